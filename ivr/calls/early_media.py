"""Listens to what a network plays before anybody answers, and says what it is (SIP 183, RFC 3960).

A channel that hears what the leg hears is recorded while it lasts. Nothing is kept: the sound is deleted as
soon as it was judged, as nobody has answered and nobody was told of a recording.
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from ivr.asterisk.channel import Leg, LegEntered, hang_up_quietly
from ivr.asterisk.connection import AriConnection, segment
from ivr.asterisk.dispatcher import Dispatcher
from ivr.calls.line_listener import LineListener
from ivr.errors import AriError
from ivr.standard.line_tones import LineSound

log = structlog.get_logger(__name__)

FIRST_LOOK = 3.0
"""Seconds of early media after which it is judged first: four periods of a busy tone."""
EACH_LOOK = 3.0
LONGEST_SECONDS = 120
FINAL = frozenset({LineSound.BUSY, LineSound.CONGESTION, LineSound.VACANT})
"""Nobody will answer any more: the line is given back."""
NAME = "early-"
"""How these channels and files begin."""


@dataclass(frozen=True, slots=True)
class NobodyWillAnswer:
    """A tone is heard with which a network ends an attempt, though it keeps the line."""

    leg: Leg


class EarlyMedia:
    """Of one leg. ``heard``: what was made out last.

    :param folder: where the PBX writes recordings.
    :param tell: is given :class:`NobodyWillAnswer`.
    """

    def __init__(
        self,
        ari: AriConnection,
        dispatcher: Dispatcher,
        listener: LineListener,
        leg: Leg,
        folder: Path,
        tell: Callable[[NobodyWillAnswer], None],
    ) -> None:
        self.heard: LineSound | None = None
        self._tell = tell
        self._over = False
        self._ari = ari
        self._listener = listener
        self._leg = leg
        self._name = f"{NAME}{uuid.uuid4().hex}"
        self._file = folder / f"{self._name}.wav"
        self._dispatcher = dispatcher
        self._entered = asyncio.Event()
        self._ear = Leg(ari, self._name, self._heard_of)
        dispatcher.add(self._ear)
        self._task = asyncio.create_task(self._listen(), name=f"early media {leg.id}")

    def _heard_of(self, event: object) -> None:
        """Of the channel that listens: before it has entered it takes no order."""
        if isinstance(event, LegEntered):
            self._entered.set()

    async def _listen(self) -> None:
        try:
            path = f"/channels/{segment(self._leg.id)}/snoop/{segment(self._name)}"
            await self._ari.post(path, {"spy": "in", "app": self._ari.application, "appArgs": "early"})
            await self._entered.wait()
            await self._ari.post(
                f"/channels/{segment(self._name)}/record",
                {"name": self._name, "format": "wav", "maxDurationSeconds": LONGEST_SECONDS},
            )
        except AriError as error:
            log.info("early_media.not_heard", leg=self._leg.id, reason=str(error))
            return
        await asyncio.sleep(FIRST_LOOK)
        while not self._leg.ended:
            await self._judge()
            if self.heard in FINAL:
                self._tell(NobodyWillAnswer(self._leg))
                return
            await asyncio.sleep(EACH_LOOK)

    async def _judge(self) -> None:
        found = await self._listener.what(self._file)
        if found not in (None, LineSound.SILENCE):
            self.heard = found

    async def over(self) -> LineSound | None:
        """The leg was answered, or has ended: what was heard. The sound is deleted."""
        if self._over:
            return self.heard
        self._over = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if not self._leg.up and self.heard not in FINAL:
            await self._judge()
        self._dispatcher.remove(self._ear)
        await hang_up_quietly(self._ari, self._name)
        self._file.unlink(missing_ok=True)
        return self.heard
