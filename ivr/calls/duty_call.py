"""One call to somebody on the duty list: it rings, says which alarm, and asks for a key (R-3.1)."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from ivr.asterisk.channel import (
    KeyPressed,
    Leg,
    LegEnded,
    LegEntered,
    LegHungUp,
    LegRinging,
    LegUp,
    PlayedOut,
)
from ivr.asterisk.inbox import Inbox
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.line_out import LineOut
from ivr.calls.trunks import WayOut
from ivr.errors import AriRefused, LegGone
from ivr.journal import Fact
from ivr.speech.phrases import media
from ivr.speech.prompt_ids import Prompt
from ivr.standard.duty_round import DutyOutcome
from ivr.standard.line_signals import LineSignals
from ivr.standard.three_rings import OfferOutcome, outcome_of_cause
from storage.queries import duty_calls

log = structlog.get_logger(__name__)

NO_ANSWER_CAUSES = frozenset({18, 19})
"""Q.850: no user responding, no answer from user."""
OUTCOMES = {
    OfferOutcome.BUSY: DutyOutcome.BUSY,
    OfferOutcome.DECLINED: DutyOutcome.DECLINED,
}
THANKS_SECONDS = 6.0
"""How long the last sentence may take before the call is ended."""


@dataclass(frozen=True, slots=True)
class DutyAsked:
    """A call that is written down, and made now or taken up."""

    id: int
    channel: str
    case_number: str
    asked_at: datetime
    ways: list[WayOut] | None = None
    """What the PBX dials, one after the other; None: it has dialled, for an engine before this one."""
    answered: bool = False


class DutyLeg:
    """The leg of one call to the duty list."""

    def __init__(self, hotline: Hotline, asked: DutyAsked) -> None:
        self._hotline = hotline
        self._asked = asked
        self._rules = hotline.settings.duty_list
        self._inbox: Inbox[Any] = Inbox()
        self._leg = Leg(hotline.ari, asked.channel, self._inbox.put)
        self._leg.up = asked.answered

    async def talk(self) -> DutyOutcome:
        """Ring, speak and listen; the leg is gone when this returns.

        :raises AriDisconnected: the PBX is away; whoever comes next takes the leg up, or calls anew.
        """
        self._hotline.dispatcher.add(self._leg)
        try:
            outcome = await self._reach()
            if outcome is None:
                outcome = await self._speak()
            await self._leg.hang_up()
        except LegGone:
            outcome = DutyOutcome.NOT_ACKNOWLEDGED if self._leg.up else DutyOutcome.UNREACHABLE
        except AriRefused as error:
            log.warning("duty_call.refused", call=self._asked.id, reason=str(error))
            outcome = DutyOutcome.NOT_ACKNOWLEDGED if self._leg.up else DutyOutcome.UNREACHABLE
        finally:
            self._hotline.dispatcher.remove(self._leg)
        return outcome

    async def _reach(self) -> DutyOutcome | None:
        """Ring until somebody answers (None), or say why nobody did."""
        if self._leg.up:
            await self._leg.stop_left_over()
            return None
        loop = asyncio.get_running_loop()
        already = (utc_now() - self._asked.asked_at).total_seconds()
        deadline, rang = loop.time() + max(1.0, self._rules.ring_seconds - already), False
        line = LineOut(
            self._hotline.ari,
            self._hotline.trunks,
            self._leg,
            self._asked.ways or [],
            self._hotline.settings.failover.patience_seconds,
        )
        if self._asked.ways is not None and not await line.begin(None):
            return DutyOutcome.UNREACHABLE
        while True:
            match await self._inbox.next(line.until(deadline)):
                case None if await line.nothing_came(deadline):
                    continue
                case None:
                    return DutyOutcome.NO_ANSWER
                case LegEntered():
                    # Should this engine die, the PBX ends the ringing by itself.
                    await self._leg.dial(None, self._rules.ring_seconds + 2)
                case LegRinging() if not rang:
                    rang = True
                    line.carries()
                    self._note(duty_calls.rang)
                case LegUp():
                    line.answered()
                    self._note(duty_calls.answered)
                    return None
                case LegEnded(cause=cause, sip=sip) if await line.goes_on(
                    LineSignals(cause or None, sip, rang), None
                ):
                    deadline = loop.time() + self._rules.ring_seconds
                case LegEnded(cause=cause) if cause in NO_ANSWER_CAUSES:
                    return DutyOutcome.NO_ANSWER
                case LegEnded(cause=cause):
                    return OUTCOMES.get(outcome_of_cause(cause), DutyOutcome.UNREACHABLE)

    async def _speak(self) -> DutyOutcome:
        """Say what it is about, some times, until the key is pressed."""
        rules = self._rules
        sentence = self._phrase(
            Prompt.DUTY_ALARM, case_number=self._asked.case_number, key=int(rules.acknowledge_key)
        )
        for _ in range(rules.say_times):
            outcome = await self._ask(sentence)
            if outcome is DutyOutcome.ACKNOWLEDGED:
                # Written at once: nobody else is to be called, whatever becomes of the thanks.
                self._note(duty_calls.acknowledged)
                await self._thank()
            if outcome is not None:
                return outcome
        return DutyOutcome.NOT_ACKNOWLEDGED

    async def _ask(self, sentence: list[str]) -> DutyOutcome | None:
        """Say it once and wait for the key; None: nothing was pressed."""
        loop = asyncio.get_running_loop()
        playback = await self._leg.play(sentence)
        deadline: float | None = None
        while True:
            match await self._inbox.next(deadline):
                case None:
                    return None
                case KeyPressed(key=key) if key == self._rules.acknowledge_key:
                    await self._leg.stop_playing(playback)
                    return DutyOutcome.ACKNOWLEDGED
                case LegHungUp() | LegEnded():
                    return DutyOutcome.NOT_ACKNOWLEDGED
                case PlayedOut(playback=ended) if ended == playback:
                    deadline = loop.time() + self._rules.acknowledge_within

    async def _thank(self) -> None:
        """The last words; one who has had enough and hangs up has acknowledged all the same."""
        deadline = asyncio.get_running_loop().time() + THANKS_SECONDS
        try:
            playback = await self._leg.play(self._phrase(Prompt.DUTY_THANKS))
        except LegGone:
            return
        while True:
            match await self._inbox.next(deadline):
                case None | LegHungUp() | LegEnded():
                    return
                case PlayedOut(playback=ended) if ended == playback:
                    return

    def _phrase(self, prompt: Prompt, **values: object) -> list[str]:
        hotline = self._hotline
        return media(hotline.catalogue, prompt, hotline.settings.default_language, **values)

    def _note(self, write: Any) -> None:
        at, call_id = utc_now(), self._asked.id
        self._hotline.ledger.note(Fact(write, call_id, at))
