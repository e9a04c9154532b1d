"""What somebody hears whom the hotline calls by itself: consent first, then questions (R-16.1 to R-16.5).

Everything that is answered is kept the moment it is given; who hangs up has answered so far all the same.
"""

import asyncio
from enum import StrEnum

from ivr.asterisk.channel import KeyPressed
from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.errors import AriRefused, CallerHungUp
from ivr.journal import Fact
from ivr.speech.phrases import media
from ivr.speech.prompt_ids import Prompt
from ivr.standard.dial_attempt import DialResult, LaterWish
from ivr.standard.questionnaire import (
    END,
    Answered,
    Question,
    Questionnaire,
    answer,
    is_dissatisfied,
    opinion,
)
from storage.queries import dial_results

ALL_KEYS = "0123456789*#"
AGENT_KEY, REPEAT_KEY, END_KEY = "0", "*", "#"
YES_KEY, NOT_NOW_KEY = "1", "2"
WHEN = {"1": LaterWish.EVENING, "2": LaterWish.TOMORROW}
NEVER_KEY = "3"
ROUNDS = 2
"""How often something is said to somebody who presses nothing, or a key that means nothing."""
LISTENS_AFTERWARDS = 1.5
"""Seconds after the goodbye in which the customer hangs up first (R-16.4)."""
BEEP = "sound:beep"


class AskedFor(StrEnum):
    """What becomes of the call after what was said."""

    END = "end"  # it is over
    AGENT = "agent"  # the person wants to speak to somebody


class RevisitTalk:
    """One talk by key. ``result`` and ``later``: what it comes to if it ended now.

    :param given: what was answered to an engine before this one; None: whether it suits was not said yet.
    """

    def __init__(
        self, call: Call, attempt_id: int, questionnaire: Questionnaire, given: list[Answered] | None = None
    ) -> None:
        self.result = DialResult.HUNG_UP
        self.later: LaterWish | None = None
        self._call = call
        self._attempt_id = attempt_id
        self._questionnaire = questionnaire
        self._consented = given is not None
        self._given: list[Answered] = list(given or ())

    async def hold(self) -> AskedFor:
        """Speak and listen to the end.

        :raises CallerHungUp: the person hung up; ``result`` says where.
        """
        call = self._call
        if self._consented:
            return await self._questions()
        opening = [*call.phrase(Prompt.REVISIT_OPENING), *call.phrase(Prompt.REVISIT_CONSENT)]
        match await self._choose(opening, call.phrase(Prompt.REVISIT_CONSENT), YES_KEY + NOT_NOW_KEY):
            case "1":
                return await self._questions()
            case "0":
                return AskedFor.AGENT
            case "2":
                await self._not_now()
            case _:  # nothing was pressed: that is no consent
                self.result, self.later = DialResult.LATER, LaterWish.UNSAID
        await self._goodbye(call.phrase(Prompt.REVISIT_SORRY))
        return AskedFor.END

    async def _not_now(self) -> None:
        """R-16.3: ask again another time or never, as the customer says."""
        call = self._call
        self.result, self.later = DialResult.LATER, LaterWish.UNSAID
        when = call.phrase(Prompt.REVISIT_WHEN)
        key = await self._choose(when, when, "".join(WHEN) + NEVER_KEY, agent=False)
        if key == NEVER_KEY:
            self.result, self.later = DialResult.NEVER, None
            await call.say(call.phrase(Prompt.REVISIT_NEVER))
        elif key is not None:
            self.later = WHEN[key]

    async def _questions(self) -> AskedFor:
        call, now = self._call, utc_now()
        self.result = DialResult.PART
        if not self._consented:
            call.hotline.ledger.note(Fact(dial_results.note, self._attempt_id, consent_at=now))
        answered = {one.question: one for one in self._given}
        name = self._questionnaire.first.id
        while name != END:
            question = self._questionnaire.question(name)
            if (before := answered.get(name)) is not None:
                name = _after(question, before)
                continue
            if question.remark:
                await self._remark(question)
                name = question.next
                continue
            key = await self._put(question)
            if key == AGENT_KEY:
                return AskedFor.AGENT
            given, name = answer(question, key)
            if given is not None:
                self._keep(given)
        self.result = DialResult.DONE
        await self._thank()
        return AskedFor.END

    async def _put(self, question: Question) -> str | None:
        """Put a question; None where nothing that means something was pressed."""
        sounds = media(self._call.hotline.catalogue, question.prompt, self._call.language)
        return await self._choose(sounds, sounds, "".join(question.choices))

    async def _choose(
        self, first: list[str], again: list[str], keys: str, *, agent: bool = True
    ) -> str | None:
        """Say something until one of ``keys`` is pressed: it counts from the first word on.

        Once more on *, and for who presses nothing or the wrong key.

        :returns: the key, "0" for an agent, None after some rounds.
        """
        call, patience = self._call, self._call.hotline.settings.revisits.answer_seconds
        sounds, rounds = first, 0
        while rounds < ROUNDS:
            key = await call.ask(sounds, keys=ALL_KEYS, patience=patience)
            if key is not None and (key in keys or (agent and key == AGENT_KEY)):
                return key
            sounds = again
            if key != REPEAT_KEY:
                rounds += 1
                said = Prompt.MENU_SILENCE if key is None else Prompt.MENU_WRONG_KEY
                sounds = [*call.phrase(said), *again]
        return None

    def _keep(self, given: Answered, recording: str | None = None) -> None:
        now = utc_now()
        self._given.append(given)
        self._call.hotline.ledger.note(
            Fact(dial_results.answer, self._attempt_id, given, now, recording_name=recording)
        )

    async def _remark(self, question: Question) -> None:
        """Record what the customer says; #, silence or a hang-up ends it. Nothing said is nothing kept."""
        call = self._call
        limits = call.hotline.settings
        sounds = [*media(call.hotline.catalogue, question.prompt, call.language), BEEP]
        if await call.say(sounds, keys=END_KEY) == END_KEY:
            return
        try:
            message = await call.hotline.messages.record(
                call.id,
                call.leg,
                limits.revisits.longest_remark_seconds,
                limits.recording.longest_silence_seconds,
            )
        except AriRefused as error:
            call.log.error("remark.not_recorded", reason=str(error))
            return
        deadline = asyncio.get_running_loop().time() + limits.revisits.longest_remark_seconds + 5
        message.closed.add_done_callback(lambda _: call.inbox.put(None))
        try:
            while not message.closed.done():
                match await call.next(deadline):
                    case KeyPressed(key=key) if key == END_KEY:
                        await call.leg.stop_recording(message.part)
                    case None if not message.closed.done():
                        await call.leg.stop_recording(message.part)
                        break
                    case None:
                        continue
                    case other:
                        call.overheard(other)
        except CallerHungUp:
            self.result = DialResult.DONE if question.next == END else DialResult.PART
            raise
        finally:
            if not await call.hotline.messages.holds_silence(message):
                self._keep(Answered(question.id, question.measures, None), message.name)
            call.hotline.messages.finish_later(message)

    async def _thank(self) -> None:
        """R-16.4: thanks with the hotline's number; the customer may hang up first."""
        call = self._call
        settings = call.hotline.settings
        sounds = call.phrase(Prompt.REVISIT_THANKS, hotline=settings.company.hotline)
        if is_dissatisfied(opinion(self._given), settings.revisits.dissatisfied_at_most):
            sounds = [*call.phrase(Prompt.REVISIT_FOLLOW_UP), *sounds]
        await self._goodbye([*sounds, *call.phrase(Prompt.REVISIT_GOODBYE)])

    async def _goodbye(self, sounds: list[str]) -> None:
        """The last words; who hangs up during them has heard enough, that changes nothing any more."""
        await self._call.ask(sounds, keys="", patience=LISTENS_AFTERWARDS)


def _after(question: Question, given: Answered) -> str:
    """Where an answer leads that was given to an engine before this one."""
    leads = (choice.next for choice in question.choices.values() if choice.word == given.word)
    return next(leads, question.next)
