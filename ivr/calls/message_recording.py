"""Recording of messages: one side, begun and ended by the engine, finished when the PBX has closed it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from ivr.asterisk.channel import Leg
from ivr.asterisk.connection import AriConnection, segment
from ivr.asterisk.dispatcher import Dispatcher
from ivr.asterisk.events import RecordingChanged
from ivr.calls.finishing import Finishing
from ivr.calls.recorder import Recorder, name_of, note_failed, note_finished
from ivr.calls.sound_files import SoundMissing, is_silent, take_over
from ivr.errors import AriRefused
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.standard.recording_status import RecordingFailure, RecordingKind
from storage.queries import recordings

NOT_FOUND = 404

CLOSED_WITHIN = 2.0
"""Seconds the PBX has to close a message before it is listened to for silence."""

STOP_WITHIN = 5.0
"""Seconds the PBX has to close a message before its file is taken as it is."""


class Message:
    """A message that a caller is leaving."""

    def __init__(self, dispatcher: Dispatcher, call_id: int, name: str, started_at: datetime) -> None:
        self.call_id = call_id
        self.name = name
        self.started_at = started_at
        self.part = flat(name)
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done when the PBX has closed the file, with what went wrong or nothing."""
        dispatcher.add_recording(self.part, self._hear)

    def _hear(self, event: RecordingChanged) -> None:
        if event.status != "started" and not self.closed.done():
            self.closed.set_result("" if event.status == "finished" else event.cause or "failed")


class MessageRecorder:
    """Begins messages and finishes their files, with the recorder's thread for the disk."""

    def __init__(
        self,
        ledger: Ledger,
        dispatcher: Dispatcher,
        node: str,
        recorder: Recorder,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._dispatcher = dispatcher
        self._node = node
        self._recorder = recorder
        self._now = now
        self._finishing = Finishing()

    async def record(self, call_id: int, caller: Leg, longest: float, longest_silence: float) -> Message:
        """Begin to record a message of the caller; # ends it.

        :param longest: seconds; ``longest_silence`` likewise.
        :raises AriRefused: the PBX cannot record.
        """
        now = self._now()
        name = name_of(now.astimezone(self._recorder.zone), call_id, "message")
        message = Message(self._dispatcher, call_id, name, now)
        kind = RecordingKind.MESSAGE
        self._ledger.note(Fact(recordings.begin, call_id, None, self._node, kind, message.name, now))
        await caller.record(message.part, longest, longest_silence)
        return message

    def take_up(self, row: Row[Any], recording_now: frozenset[str]) -> Message:
        """After a restart: the message of a caller who is still there, whether it still runs or has ended.

        :param recording_now: names of recordings that the PBX is writing.
        """
        message = Message(self._dispatcher, row.call_id, row.name, row.started_at)
        if message.part not in recording_now:
            message.closed.set_result("")
        return message

    def take_over(self, row: Row[Any], recording_now: frozenset[str]) -> None:
        """After a restart: finish the message of a caller who has gone."""
        if row.name not in self._finishing.names:
            self.finish_later(self.take_up(row, recording_now))

    async def holds_silence(self, message: Message) -> bool:
        """Whether nobody speaks in a message, as soon as the PBX has closed it."""
        await asyncio.wait([message.closed], timeout=CLOSED_WITHIN)
        return bool(await self._on_disk(is_silent, self._part(message)))

    def finish_later(self, message: Message) -> None:
        """Make the file as soon as the PBX has closed its part."""
        self._finishing.begin(message.name, self._finish(message))

    async def close(self) -> None:
        """Finish what was begun, for a few seconds at most; the rest is finished at the next start."""
        await self._finishing.close(STOP_WITHIN)

    async def _finish(self, message: Message) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                await asyncio.wait([message.closed])
        self._dispatcher.remove_recording(message.part)
        if problem := message.closed.result() if message.closed.done() else "":
            self._fail(message, RecordingFailure.STOPPED, problem)
            return
        part, target = self._part(message), self._recorder.where.finished / f"{message.name}.wav"
        try:
            done = await self._on_disk(take_over, part, target)
            await self._on_disk(part.unlink, True)
        except SoundMissing as error:
            self._fail(message, RecordingFailure.LOST, error)
        except OSError as error:
            self._fail(message, RecordingFailure.NOT_KEPT, error)
        else:
            note_finished(self._ledger, message.name, message.started_at, done)

    def _fail(self, message: Message, why: RecordingFailure, details: object) -> None:
        note_failed(self._ledger, message.name, message.call_id, self._now(), why.because(details))

    def _part(self, message: Message) -> Path:
        return self._recorder.where.parts / f"{message.part}.wav"

    async def _on_disk(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._recorder.disk, work, *arguments)


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
