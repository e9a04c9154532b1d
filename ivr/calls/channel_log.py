"""When channels ended, from the PBX's own log (channel event logging, one CSV line an event).

Asked only for calls that ended while the engine was away; template: cel_custom.conf.j2.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr import hotline_clock

log = structlog.get_logger(__name__)

LOOKED_AT_BYTES = 16 * 2**20
"""How much of the log's end is read: more than an hour at 50 calls/s."""

CALLERS, FALLBACK_OF_ALARMS = "hotline-in", "hotline-fallback-alarm"
"""Contexts of the dialplan: where callers come in, and where who pressed the gas-leak key is."""


@dataclass(frozen=True, slots=True)
class ChannelEnd:
    """The end of one channel. ``by_peer``: its own other side hung up (SIP BYE), not we."""

    at: datetime
    by_peer: bool


@dataclass(frozen=True, slots=True)
class UnseenCaller:
    """Somebody who called and has left, as the PBX's log tells it. Times are UTC.

    ``alarm``: pressed the gas-leak key in the PBX's fallback. ``talked``: with a duty phone, from and to.
    """

    channel: str
    number: str
    dialled: str
    arrived_at: datetime
    ended_at: datetime
    by_peer: bool
    alarm: bool
    talked: tuple[datetime, datetime] | None
    ended: bool = True


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    at: datetime
    channel: str
    name: str
    extra: str
    number: str = ""
    dialled: str = ""
    context: str = ""


class ChannelLog:
    """The PBX's log of channels; None where its file cannot be reached (a PBX on another host)."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def ends(self) -> dict[str, ChannelEnd]:
        """Unique id → end, of every channel whose end is in the last part of the log."""
        ends: dict[str, ChannelEnd] = {}
        for line in self._lines():
            _look_for_end(line, ends)
        return ends

    def callers(self, since: datetime) -> list[UnseenCaller]:
        """Everybody who called from outside since a moment (UTC), by arrival.

        Whose end is not in the log (yet, or because the PBX died) has that of their last line, not ``ended``.
        """
        lines = [line for line in self._lines() if line.at >= since]
        ends: dict[str, ChannelEnd] = {}
        of_caller: dict[str, list[_Line]] = {}
        for line in lines:
            _look_for_end(line, ends)
            if line.kind == "CHAN_START" and line.context == CALLERS:
                of_caller[line.channel] = []
            if line.channel in of_caller:
                of_caller[line.channel].append(line)
        return [_caller(told, ends.get(channel)) for channel, told in of_caller.items()]

    def _lines(self) -> list[_Line]:
        if self._file is None:
            return []
        try:
            text = _last_part(self._file, LOOKED_AT_BYTES)
            before = self._file.with_name(f"{self._file.name}.1")
            if len(text) < LOOKED_AT_BYTES and before.exists():  # begun anew not long ago
                text = _last_part(before, LOOKED_AT_BYTES - len(text)) + text
        except OSError as error:
            log.error("channel_log.not_read", file=str(self._file), reason=error.strerror)
            return []
        lines = []
        for row in csv.reader(io.StringIO(text.decode("utf-8", "replace"))):
            if len(row) < 6:
                continue  # the first line may be cut
            try:
                time = hotline_clock.of_machine(datetime.fromtimestamp(float(row[1]), UTC))
            except ValueError:
                continue
            lines.append(_Line(row[0], time, row[2], *row[4:9]))
        return lines


def _look_for_end(line: _Line, ends: dict[str, ChannelEnd]) -> None:
    if line.kind == "HANGUP":
        ends[line.channel] = ChannelEnd(line.at, line.name != "" and _source(line.extra) == line.name)
    elif line.kind == "CHAN_END" and line.channel not in ends:
        ends[line.channel] = ChannelEnd(line.at, False)


def _caller(told: list[_Line], known_end: ChannelEnd | None) -> UnseenCaller:
    """One caller's lines in order, beginning with the channel's first."""
    first, end = told[0], known_end or ChannelEnd(told[-1].at, False)
    bridged = [line.at for line in told if line.kind == "BRIDGE_ENTER"]
    left = [line.at for line in told if line.kind == "BRIDGE_EXIT"]
    talked = (bridged[0], left[-1] if left else end.at) if bridged else None
    return UnseenCaller(
        channel=first.channel,
        number=first.number,
        dialled=next((line.dialled for line in told if line.dialled), ""),
        arrived_at=first.at,
        ended_at=end.at,
        by_peer=end.by_peer,
        alarm=any(line.context == FALLBACK_OF_ALARMS for line in told),
        talked=talked,
        ended=known_end is not None,
    )


def _last_part(file: Path, size: int) -> bytes:
    with file.open("rb") as log_file:
        log_file.seek(0, 2)
        log_file.seek(max(0, log_file.tell() - size))
        return log_file.read()


def _source(extra: str) -> str:
    try:
        return str(json.loads(extra).get("hangupsource", ""))
    except (ValueError, AttributeError):
        return ""
