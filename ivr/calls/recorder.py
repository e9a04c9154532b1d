"""Recording of conversations: the caller in the left channel, the agents in the right, one file a call.

The dialplan begins to record each caller before the engine knows of them, and each customer whom an
agent called right after the answer (``hotline-record``). Asterisk keeps what is said while they are
bridged (``MixMonitor`` with ``b`` and ``D``). So a recording is whole, whatever becomes of the engine or
however often the call is passed on. Here it is written down that there is one, and when the channel has
gone the PBX's part becomes a finished file.
"""

import asyncio
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Row

from ivr.asterisk.dispatcher import Dispatcher
from ivr.calls.finishing import Finishing
from ivr.calls.sound_files import Finished, SoundMissing, wav_of_raw
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.standard.recording_status import RecordingFailure, RecordingKind
from storage.queries import recordings

log = structlog.get_logger(__name__)

PART = ".raw"
"""Ending of the PBX's part of a conversation: 16-bit samples of both sides in turn."""

CHANNELS, RATE = 2, 8000

LOOK_AFTER = 1.0
"""Seconds of conversation after which the PBX's part must be there."""

SETTLED_AFTER = 0.5
"""A part that has not grown for so many seconds since its channel ended is complete."""

STOP_WITHIN = 5.0
"""Seconds that files in the making have when the engine stops."""

WITHOUT_CALL = "without-call"
"""Folder of what was said to duty phones while no engine was there to write a call down."""

SWEPT_AFTER = 60.0
"""Parts that were written in the last seconds may be those of callers who have just come."""

DISK_EVERY = 5.0
"""Seconds between two looks at the disk."""
TOO_SHORT = 1.0
"""A conversation of fewer seconds may hold no sound: that is no failure."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where the PBX writes its parts and where finished recordings lie."""

    parts: Path
    finished: Path


@dataclass(slots=True)
class RunningRecording:
    """The conversation of a call that is being recorded.

    ``talking_since``: None between two talks, and when the caller is asked to rate."""

    call_id: int
    name: str
    started_at: datetime
    talking_since: datetime | None
    failed: bool = False
    talked: timedelta = timedelta()

    def pause(self, now: datetime) -> None:
        """The talk is over; the caller may still be there."""
        if self.talking_since is not None:
            self.talked += now - self.talking_since
            self.talking_since = None


class Recorder:
    """Knows which conversations are recorded and finishes their files, one at a time, beside the calls."""

    def __init__(
        self,
        ledger: Ledger,
        dispatcher: Dispatcher,
        node: str,
        where: Where,
        now: Callable[[], datetime],
        zone: tzinfo,
        *,
        full_percent: float = 100.0,
    ) -> None:
        self.where = where
        self.zone = zone
        """The hotline's: a recording lies in the folder of its day there."""
        self.disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recordings")
        self._dispatcher = dispatcher
        self._ledger = ledger
        self._node = node
        self._now = now
        self._full_percent = full_percent
        self.disk_is_full = False
        """Used beyond ``full_percent``: nothing new is recorded, the calls go on."""
        self._finishing = Finishing()
        """By channel, whose files are in the making."""
        self._running: dict[str, list[RunningRecording]] = {}
        """By the caller's channel; more than one where a caller came back through the PBX's fallback."""

    async def watch_disk(self) -> None:
        """Look at the disk of the recordings until cancelled, and say loudly when it is full."""
        while True:
            used = await asyncio.get_running_loop().run_in_executor(
                self.disk, _used_percent, self.where.parts
            )
            if (full := used >= self._full_percent) != self.disk_is_full:
                self.disk_is_full = full
                if full:
                    log.error(
                        "recording.disk_full", used_percent=round(used, 2), folder=str(self.where.parts)
                    )
                else:
                    log.warning("recording.disk_has_room", used_percent=round(used, 2))
            await asyncio.sleep(DISK_EVERY)

    def record_talk(self, call_id: int, agent_id: int | None, channel: str) -> None:
        """A conversation begins; later ones of the same call are in the same recording.

        :param agent_id: who talks first.
        :param channel: the caller's; the dialplan has begun to record it.
        """
        now = self._now()
        for running in self._running.get(channel, ()):
            if running.call_id == call_id:
                running.talking_since = running.talking_since or now
                return
        running = RunningRecording(call_id, name_of(now.astimezone(self.zone), call_id, "talk"), now, now)
        kind = RecordingKind.CONVERSATION
        self._ledger.note(Fact(recordings.begin, call_id, agent_id, self._node, kind, running.name, now))
        self._follow(channel, running)

    def talk_over(self, channel: str) -> None:
        """Nobody of ours talks to the caller on this channel any more."""
        for running in self._running.get(channel, ()):
            running.pause(self._now())

    def take_up(self, row: Row[Any], alive: frozenset[str]) -> None:
        """After a restart: a recording that still runs is followed again, one that ended is finished.

        :param row: with ``channel``, the caller's.
        :param alive: channels that there are.
        """
        running = RunningRecording(row.call_id, row.name, row.started_at, row.started_at)
        if row.channel in alive:
            self._follow(row.channel, running)
        elif row.channel not in self._finishing.names:
            self._finishing.begin(row.channel, self._finish(row.channel, [running]))

    def forget(self, channel: str) -> None:
        """A caller without any conversation has gone: the PBX's empty part goes as well."""
        self.disk.submit(self._part(channel).unlink, missing_ok=True)

    def sweep(self, alive: frozenset[str]) -> None:
        """After a restart: parts of callers who came and went without an engine.

        Most are empty. One with sound is a talk with a duty phone: it is kept, without a call.
        """
        newest = time.time() - SWEPT_AFTER  # the clock of the files
        self.disk.submit(_sweep, self.where, alive | self._finishing.names, newest)

    def drop(self) -> None:
        """The connection is lost: what runs is taken up after the next connect."""
        self._running.clear()

    async def close(self) -> None:
        """Finish what was begun, for a few seconds at most; the rest is finished at the next start."""
        await self._finishing.close(STOP_WITHIN)
        self.disk.shutdown(wait=False, cancel_futures=True)

    # -- one channel's recordings --------------------------------------------------------------

    def _follow(self, channel: str, running: RunningRecording) -> None:
        """Finish it when its channel ends, and look once whether the PBX records at all."""
        known = self._running.setdefault(channel, [])
        known.append(running)
        if len(known) == 1:
            self._dispatcher.when_ended(channel, lambda: self._ended(channel))
        asyncio.get_running_loop().call_later(LOOK_AFTER, self._look, channel, running)

    def _look(self, channel: str, running: RunningRecording) -> None:
        if running in self._running.get(channel, ()):
            self._finishing.begin(f"look at {running.name}", self._check(channel, running))

    async def _check(self, channel: str, running: RunningRecording) -> None:
        part = self._part(channel)
        there = await asyncio.get_running_loop().run_in_executor(self.disk, part.exists)
        if not there and running in self._running.get(channel, ()):
            if self.disk_is_full:
                why, details = RecordingFailure.NOT_KEPT, "the disk is full, nothing is recorded"
            else:
                why, details = RecordingFailure.NOT_BEGUN, f"{part.name} is not there"
            self._fail(running, why, details)

    def _ended(self, channel: str) -> None:
        self._finishing.begin(channel, self._finish(channel, self._running.pop(channel, [])))

    async def _finish(self, channel: str, these: list[RunningRecording]) -> None:
        ended_at = self._now()
        loop = asyncio.get_running_loop()
        part = self._part(channel)
        size = -1
        while (grown := await loop.run_in_executor(self.disk, _size, part)) != size:
            size = grown
            await asyncio.sleep(SETTLED_AFTER)
        for running in these:
            if not running.failed:
                await self._make(part, running, ended_at)
        await loop.run_in_executor(self.disk, lambda: part.unlink(missing_ok=True))

    async def _make(self, part: Path, running: RunningRecording, ended_at: datetime) -> None:
        target = self.where.finished / f"{running.name}.wav"
        try:
            done = await asyncio.get_running_loop().run_in_executor(self.disk, _make_file, part, target)
        except SoundMissing as error:
            self._fail(running, RecordingFailure.LOST, error)
            return
        except OSError as error:
            self._fail(running, RecordingFailure.NOT_KEPT, error)
            return
        running.pause(ended_at)
        talked = running.talked.total_seconds()
        if done.seconds == 0 and talked > TOO_SHORT:
            self._fail(running, RecordingFailure.SILENT, f"{part.name} holds no sound of {talked:.0f} s")
        else:
            note_finished(self._ledger, running.name, running.started_at, done)

    def _fail(self, running: RunningRecording, why: RecordingFailure, details: object) -> None:
        running.failed = True
        note_failed(self._ledger, running.name, running.call_id, self._now(), why.because(details))

    def _part(self, channel: str) -> Path:
        return self.where.parts / f"{channel}{PART}"


def _used_percent(folder: Path) -> float:
    """Of the disk on which a folder is; 0 where that cannot be told."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return 0.0
    return 100 * usage.used / max(1, usage.used + usage.free)


def _make_file(part: Path, target: Path) -> Finished:
    return wav_of_raw(part, target, channels=CHANNELS, rate=RATE)


def _sweep(where: Where, kept: frozenset[str], newest: float) -> None:
    for part in where.parts.glob(f"*{PART}"):
        if part.stem in kept or part.stat().st_mtime > newest:
            continue
        if _size(part) > 0:
            target = where.finished / WITHOUT_CALL / f"{part.stem}.wav"
            done = _make_file(part, target)
            log.warning("recording.without_call", file=str(target), seconds=round(done.seconds, 1))
        part.unlink(missing_ok=True)


def _size(part: Path) -> int:
    """Bytes of a part; -2 when it is not there."""
    try:
        return part.stat().st_size
    except OSError:
        return -2


def note_finished(ledger: Ledger, name: str, started_at: datetime, done: Finished) -> None:
    """Write down that a recording is on disk."""
    ended_at = started_at + timedelta(seconds=done.seconds)
    sizes = {"seconds": done.seconds, "size_bytes": done.size_bytes, "sha256": done.sha256}
    ledger.note(Fact(recordings.finish, name, ended_at, **sizes))


def note_failed(ledger: Ledger, name: str, call_id: int, now: datetime, why: str) -> None:
    """Say and count a recording that did not come out."""
    log.error("recording.failed", call=call_id, name=name, reason=why)
    ledger.note(Fact(recordings.fail, name, call_id, now, why))


def name_of(local_now: datetime, call_id: int, mark: str) -> str:
    """A recording's name: the folder of its day in the hotline's zone, call and mark."""
    return f"{local_now:%Y/%m/%d}/{call_id}-{mark}"
