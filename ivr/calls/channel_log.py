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

log = structlog.get_logger(__name__)

LOOKED_AT_BYTES = 16 * 2**20
"""How much of the log's end is read: more than an hour at 50 calls/s."""


@dataclass(frozen=True, slots=True)
class ChannelEnd:
    """The end of one channel. ``by_peer``: its own other side hung up (SIP BYE), not we."""

    at: datetime
    by_peer: bool


class ChannelLog:
    """The PBX's log of channels; None where its file cannot be reached (a PBX on another host)."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def ends(self) -> dict[str, ChannelEnd]:
        """Unique id → end, of every channel whose end is in the last part of the log."""
        ends: dict[str, ChannelEnd] = {}
        for kind, time, channel, name, extra in self._lines():
            if kind == "HANGUP":
                ends[channel] = ChannelEnd(time, name != "" and _source(extra) == name)
            elif kind == "CHAN_END" and channel not in ends:
                ends[channel] = ChannelEnd(time, False)
        return ends

    def _lines(self) -> list[tuple[str, datetime, str, str, str]]:
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
            if len(row) != 6:
                continue  # the first line may be cut
            try:
                time = datetime.fromtimestamp(float(row[1]), UTC)
            except ValueError:
                continue
            lines.append((row[0], time, row[2], row[4], row[5]))
        return lines


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
