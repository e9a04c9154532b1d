"""Recording: what caller and agent say in two channels, and what callers leave as a message.

Two snoop channels on the caller's leg record what comes from it (left) and what it hears (right). They
live in the PBX, so a recording goes on while the engine is away. Afterwards the parts become one file.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Row

from ivr.asterisk.channel import Leg, hang_up_quietly
from ivr.asterisk.connection import AriConnection, segment
from ivr.asterisk.dispatcher import Dispatcher
from ivr.asterisk.events import RecordingChanged
from ivr.calls.sound_files import Finished, SoundMissing, is_silent, join_channels, take_over
from ivr.errors import AriError, AriRefused, CallEnded
from ivr.ledger import Ledger
from ivr.standard.recording_status import RecordingKind
from storage.queries import recordings

log = structlog.get_logger(__name__)

SIDES = ("in", "out")
"""What comes from the caller, and what the caller hears."""

NOT_FOUND = 404

START_WITHIN = 2.0
"""Seconds the PBX has to make a snoop channel."""

STOP_WITHIN = 5.0
"""Seconds the PBX has to close a part."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where the PBX writes its parts and where finished recordings lie."""

    parts: Path
    finished: Path


class RunningRecording:
    """A recording that is being made."""

    def __init__(
        self, recorder: "Recorder", call_id: int, name: str, kind: RecordingKind, started_at: datetime
    ) -> None:
        self.call_id = call_id
        self.started_at = started_at
        self.name = name
        self.kind = kind
        self.parts = (
            [f"{flat(name)}-{side}" for side in SIDES] if kind is RecordingKind.CONVERSATION else [flat(name)]
        )
        self.closed = {part: asyncio.get_running_loop().create_future() for part in self.parts}
        self._recorder = recorder
        for part in self.parts:
            recorder.dispatcher.add_recording(part, self._hear)

    def _hear(self, event: RecordingChanged) -> None:
        closed = self.closed[event.name]
        if event.status != "started" and not closed.done():
            closed.set_result("" if event.status == "finished" else event.cause or "failed")

    async def stop(self) -> None:
        """The conversation is over: close the parts; the file is made in the background."""
        for part in self.parts:
            if not self.closed[part].done():
                await hang_up_quietly(self._recorder.ari, snoop_id(part))
        self._recorder.finish_later(self)


class Recorder:
    """Makes recordings and finishes them, one file at a time, beside the calls."""

    def __init__(
        self,
        ledger: Ledger,
        ari: AriConnection,
        dispatcher: Dispatcher,
        node: str,
        where: Where,
        now: Callable[[], datetime],
    ) -> None:
        self.ari = ari
        self.dispatcher = dispatcher
        self._ledger = ledger
        self._node = node
        self._where = where
        self._now = now
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recordings")
        self._tasks: set[asyncio.Task[None]] = set()
        self._finishing: set[str] = set()

    async def record_talk(
        self, call_id: int, agent_id: int | None, caller: Leg, mark: str
    ) -> RunningRecording:
        """Begin to record a conversation on the caller's leg.

        :param mark: tells several conversations of one call apart.
        """
        now = self._now()
        running = RunningRecording(
            self, call_id, name_of(now, call_id, mark), RecordingKind.CONVERSATION, now
        )
        self._begin(running, agent_id, now)
        try:
            await asyncio.gather(
                *(
                    self._record_side(caller, part, side)
                    for part, side in zip(running.parts, SIDES, strict=True)
                )
            )
        except (AriError, CallEnded, TimeoutError) as error:
            self._fail(running, f"the PBX did not record: {error}")
            for part in running.parts:
                await hang_up_quietly(self.ari, snoop_id(part))
        return running

    async def _record_side(self, caller: Leg, part: str, side: str) -> None:
        """Snoop on one side of the caller's leg, and record it as soon as the snoop takes orders."""
        entered = asyncio.Event()
        snoop = Leg(self.ari, snoop_id(part), lambda event: entered.set())
        self.dispatcher.add(snoop)
        try:
            await caller.snoop(snoop.id, side)
            async with asyncio.timeout(START_WITHIN):
                await entered.wait()
            await snoop.record(part, 0, 0, "none")
        finally:
            self.dispatcher.remove(snoop)

    async def record_message(
        self, call_id: int, caller: Leg, longest: float, longest_silence: float
    ) -> RunningRecording:
        """Begin to record a message of the caller; # ends it."""
        now = self._now()
        running = RunningRecording(
            self, call_id, name_of(now, call_id, "message"), RecordingKind.MESSAGE, now
        )
        self._begin(running, None, now)
        await caller.record(running.parts[0], longest, longest_silence)
        return running

    def take_up(self, row: Row[Any], recording_now: frozenset[str]) -> RunningRecording | None:
        """After a restart: one that still runs is given back, one that ended is finished.

        :param recording_now: channels that there are, and names of recordings that run by themselves.
        """
        if row.name in self._finishing:
            return None
        running = RunningRecording(self, row.call_id, row.name, row.kind, row.started_at)
        if any(snoop_id(part) in recording_now or part in recording_now for part in running.parts):
            return running
        for closed in running.closed.values():
            closed.set_result("")
        self.finish_later(running)
        return None

    def take_up_message(self, row: Row[Any], recording_now: frozenset[str]) -> RunningRecording:
        """After a restart: the message of a caller who is still there, whether it still runs or has ended."""
        running = RunningRecording(self, row.call_id, row.name, row.kind, row.started_at)
        for part, closed in running.closed.items():
            if part not in recording_now:
                closed.set_result("")
        return running

    async def holds_silence(self, running: RunningRecording) -> bool:
        """Whether nobody speaks in a message, as soon as the PBX has closed it."""
        await asyncio.wait(running.closed.values(), timeout=START_WITHIN)
        part = self._where.parts / f"{running.parts[0]}.wav"
        return await asyncio.get_running_loop().run_in_executor(self._disk, is_silent, part)

    def finish_later(self, running: RunningRecording) -> None:
        """Make the file as soon as the parts are closed."""
        self._finishing.add(running.name)
        task = asyncio.create_task(self._finish(running), name=f"recording-{running.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Finish what was begun, for a few seconds at most; the rest is finished at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
        self._disk.shutdown(wait=False, cancel_futures=True)

    def _begin(self, running: RunningRecording, agent_id: int | None, now: datetime) -> None:
        self._ledger.note(
            lambda c: recordings.begin(
                c, running.call_id, agent_id, self._node, running.kind, running.name, now
            )
        )

    def _fail(self, running: RunningRecording, why: str) -> None:
        log.error("recording.failed", call=running.call_id, name=running.name, reason=why)
        now = self._now()
        self._ledger.note(lambda c: recordings.fail(c, running.name, running.call_id, now, why))
        for part in running.parts:
            self.dispatcher.remove_recording(part)
            if not running.closed[part].done():
                running.closed[part].cancel()

    async def _finish(self, running: RunningRecording) -> None:
        try:
            await self._finish_file(running)
        finally:
            self._finishing.discard(running.name)

    async def _finish_file(self, running: RunningRecording) -> None:
        if any(closed.cancelled() for closed in running.closed.values()):
            return  # failed when it began
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                await asyncio.wait(running.closed.values())
        problems = [
            closed.result() for closed in running.closed.values() if closed.done() and closed.result()
        ]
        for part in running.parts:
            self.dispatcher.remove_recording(part)
        if problems:
            self._fail(running, f"the PBX stopped recording: {problems[0]}")
            return
        try:
            done = await asyncio.get_running_loop().run_in_executor(self._disk, self._make_file, running)
        except (SoundMissing, OSError) as error:
            self._fail(running, str(error))
            return
        ended_at = running.started_at + timedelta(seconds=done.seconds)
        self._ledger.note(
            lambda c: recordings.finish(
                c,
                running.name,
                ended_at,
                seconds=done.seconds,
                size_bytes=done.size_bytes,
                sha256=done.sha256,
            )
        )

    def _make_file(self, running: RunningRecording) -> Finished:
        parts = [self._where.parts / f"{part}.wav" for part in running.parts]
        target = self._where.finished / f"{running.name}.wav"
        done = (
            join_channels(parts[0], parts[1], target)
            if running.kind is RecordingKind.CONVERSATION
            else take_over(parts[0], target)
        )
        for part in parts:
            part.unlink(missing_ok=True)
        return done


def name_of(now: datetime, call_id: int, mark: str) -> str:
    """A recording's name: its day's folder, call and mark."""
    return f"{now:%Y/%m/%d}/{call_id}-{mark}"


def flat(name: str) -> str:
    """A recording's name without folders, as the PBX uses it."""
    return name.replace("/", "-")


async def is_recording(ari: AriConnection, part: str) -> bool:
    """Whether the PBX is writing a part of this name."""
    try:
        await ari.get(f"/recordings/live/{segment(part)}")
    except AriRefused as error:
        if error.status != NOT_FOUND:
            raise
        return False
    return True


def snoop_id(part: str) -> str:
    """The channel that records a part."""
    return f"snoop-{part}"
