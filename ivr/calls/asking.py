"""The hotline itself calls somebody: it rings there, and whoever answers is asked by key or led to an agent.

What the call is about is read from its rows, so that an engine that comes after another goes on with it
(R-16.5). Each attempt gets its result here, but that of a person who is led to an agent: it shows at the end.
"""

import asyncio
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ivr.asterisk.channel import LegEnded, LegEntered, LegPlays, LegRinging, LegUp
from ivr.calls.call import Call
from ivr.calls.early_media import EarlyMedia, NobodyWillAnswer
from ivr.calls.hotline import utc_now
from ivr.calls.outage_talk import OutageTalk
from ivr.calls.revisit_talk import AskedFor, RevisitTalk
from ivr.calls.trunks import WayOut
from ivr.config.questionnaire_files import WordedQuestionnaire, load_questionnaires, questionnaire_files
from ivr.errors import AriRefused, CallerHungUp, QuestionnaireError
from ivr.journal import Fact
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.dial_attempt import DialResult, LaterWish
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState
from ivr.standard.line_signals import LineSignals, result_of
from ivr.standard.line_tones import LineSound
from ivr.standard.questionnaire import Answered, Questionnaire
from storage.dial_rules import dial_rules
from storage.queries import calls, dial_results, dial_taking, outages
from storage.queries.dial_taking import Taken

RECORDED_WITHIN = 5.0
"""Seconds the PBX has to begin the recording of somebody who has answered."""

_OUTCOMES = {
    DialResult.BUSY: CallOutcome.CALLED_BUSY,
    DialResult.NO_ANSWER: CallOutcome.CALLED_NOT_ANSWERING,
    DialResult.REJECTED: CallOutcome.CALLED_REFUSED,
}
"""Of the call; all others could not be reached."""


async def ask_customer(call: Call) -> CallStage:
    """Ring, and talk by key with whoever answers.

    :returns: ENDED, or WAITING for who is to speak with an agent.
    :raises CallerHungUp: the person answered and hung up; what was answered is kept.
    """
    taken = await call.hotline.ledger.decide(lambda c: dial_taking.of_call(c, call.id))
    if taken is None:  # settled already, by an engine before this one
        return CallStage.ENDED
    asking = _Asking(call, taken)
    if not await asking.reach():
        return CallStage.ENDED
    call.outcome = CallOutcome.ASKED
    return await asking.talk()


def questionnaire_of(call: Call, name: str | None) -> Questionnaire | None:
    """The questionnaire of a name; None where there is none, or those that are there are wrong."""
    settings = call.hotline.settings
    folder = settings.prompts_folder
    try:
        stamp = tuple(file.stat().st_mtime_ns for file in sorted(questionnaire_files(folder)))
        found = _read(folder, settings.revisits.most_questions, stamp)
    except QuestionnaireError as error:
        call.log.error("questionnaire.wrong", problems=error.problems)
        return None
    worded = found.get(name or "")
    return worded.questionnaire if worded is not None else None


@lru_cache(maxsize=2)
def _read(folder: Path, most: int, stamp: tuple[int, ...]) -> dict[str, WordedQuestionnaire]:
    """The questionnaires, read again when one of the files has changed (``stamp``)."""
    return load_questionnaires(folder, most=most)


class _Asking:
    """One call of the dialer."""

    def __init__(self, call: Call, taken: Taken) -> None:
        self._call = call
        self._taken = taken
        self._questionnaire: Questionnaire | None = None
        self._early: EarlyMedia | None = None
        self._again = call.leg.up  # answered while an engine before this one lived

    # -- ringing -------------------------------------------------------------------------------

    async def reach(self) -> bool:
        """Ring until somebody answers; otherwise the attempt is settled with what the line said."""
        call, taken = self._call, self._taken
        if taken.way is DialWay.AUTOMATIC and taken.reason is not DialReason.OUTAGE_NOTICE:
            self._questionnaire = questionnaire_of(call, taken.questionnaire)
            if self._questionnaire is None:
                call.log.error("questionnaire.missing", name=taken.questionnaire)
                await self._not_reached(LineSignals())
                return False
        if self._again:
            return await self._back_again()
        try:
            signals = await self._ring()
        except (CallerHungUp, AriRefused) as error:
            call.log.warning("dialer.not_dialed", reason=str(error))
            signals = LineSignals()
        finally:
            if self._early is not None:
                call.hotline.keep(asyncio.create_task(self._stop_listening(), name=f"listened {call.id}"))
        if signals is None:
            return True
        await self._not_reached(signals)
        return False

    async def _back_again(self) -> bool:
        """After a restart: the dialplan may hold the person, with music, until there is an engine."""
        call, deadline = self._call, asyncio.get_running_loop().time() + RECORDED_WITHIN
        while call.leg.id in call.alive and call.leg.id not in call.in_application:
            match await call.next(deadline):
                case LegEntered(leg=leg) if leg is call.leg:
                    break
                case None:
                    await self._settle(DialResult.HUNG_UP)
                    return False
                case other:
                    call.overheard(other)
        await call.leg.stop_left_over()
        return True

    async def _ring(self) -> LineSignals | None:
        """None: somebody answered, and the recording has begun."""
        call, loop = self._call, asyncio.get_running_loop()
        settings = call.hotline.settings
        line = call.hotline.line_out(call.leg, self._taken.number)
        within = settings.dialer.ring_seconds
        deadline, dialed, rang, answered = loop.time() + within, call.leg_exists, False, False
        if not call.leg_exists:
            if not await line.begin(None):
                call.log.error("dialer.no_line_out", number=self._taken.number)
                return LineSignals()
            call.leg_exists = True
        while True:
            match await call.inbox.next(line.until(deadline)):
                case None if answered:
                    call.log.error("dialer.recording_not_begun")
                    return LineSignals()
                case None if await line.nothing_came(deadline):
                    continue
                case None:
                    await call.leg.hang_up()
                    return await self._with_sound(LineSignals(rang=rang, given_up=True))
                case NobodyWillAnswer(leg=leg) if leg is call.leg and not answered:
                    await call.leg.hang_up()
                    return await self._with_sound(LineSignals(rang=rang, given_up=True))
                case LegPlays(leg=leg) if leg is call.leg and self._early is None and not answered:
                    line.carries()
                    hub, parts = call.hotline, call.hotline.recorder.where.parts
                    self._early = EarlyMedia(
                        hub.ari, hub.dispatcher, hub.listener, call.leg, parts, call.inbox.put
                    )
                case LegEntered(leg=leg) if leg is call.leg and answered:
                    return None
                case LegEntered(leg=leg) if leg is call.leg and not dialed:
                    dialed = True
                    # Should this engine die, the PBX ends the ringing by itself.
                    await call.leg.dial(None, within + 2)
                case LegRinging(leg=leg) if leg is call.leg and not rang:
                    rang = True
                    line.carries()
                    self._note(rang_at=utc_now())
                case LegUp(leg=leg) if leg is call.leg and not answered:
                    answered, deadline = True, loop.time() + RECORDED_WITHIN
                    line.answered()
                    await self._answered(line.way)
                case LegEnded(leg=leg, cause=cause, sip=sip) if leg is call.leg:
                    if answered:
                        await self._settle(DialResult.HUNG_UP)
                        raise CallerHungUp(f"call {call.id}: hung up at once")
                    signals = await self._with_sound(LineSignals(cause or None, sip, rang))
                    if not await line.goes_on(signals, None):
                        return signals
                    dialed, deadline = False, loop.time() + within
                case other:
                    call.overheard(other)

    async def _with_sound(self, signals: LineSignals) -> LineSignals:
        """What the line said, with what was heard of it before anybody answered."""
        if self._early is None:
            return signals
        heard = await self._early.over()
        self._call.note("call.early_media", heard=heard.value if heard is not None else None)
        sounds = heard in (LineSound.VOICE, LineSound.OTHER_TONE)
        return replace(signals, heard=heard, early_media=sounds)

    async def _stop_listening(self) -> None:
        if self._early is not None:
            await self._early.over()

    async def _answered(self, way: WayOut | None) -> None:
        """Written first; then the dialplan begins the recording and sends the person back at once.

        The evidence names what the person saw, which differs by trunk (R-16.6).
        """
        now = utc_now()
        shown = {"shown_number": way.shown_number} if way is not None and way.shown_number else {}
        self._call.hotline.ledger.note(Fact(calls.change, self._call.id, answered_at=now))
        self._note(answered_at=now, **shown)
        await self._call.leg.to_dialplan("hotline-asked")

    async def _not_reached(self, signals: LineSignals) -> None:
        result = result_of(signals)
        self._call.outcome = _OUTCOMES.get(result, CallOutcome.CALLED_NOT_REACHED)
        await self._settle(result, cause=signals.cause, sip=signals.sip)
        await self._call.leg.hang_up()

    # -- talking -------------------------------------------------------------------------------

    async def talk(self) -> CallStage:
        """With the person who has answered."""
        call, taken = self._call, self._taken
        if call.hotline.settings.recording.enabled:
            call.hotline.recorder.record_talk(call.id, None, call.leg.id)
            call.recorded = True
        if taken.reason is DialReason.OUTAGE_NOTICE:
            return await self._tell_of_outage()
        if self._questionnaire is None:
            return await self._to_agent(greeting=taken.reason is not DialReason.ALARM_CALL_BACK)
        given: list[Answered] | None = None
        if self._again:
            consented, answers = await call.hotline.ledger.decide(
                lambda c: dial_results.so_far(c, taken.attempt_id)
            )
            given = answers if consented else None
        return await self._hold(RevisitTalk(call, taken.attempt_id, self._questionnaire, given))

    async def _tell_of_outage(self) -> CallStage:
        """R-5.1: somebody of the area is told; of one that was taken back meanwhile nobody is."""
        call, task_id = self._call, self._taken.task_id
        outage = await call.hotline.ledger.decide(lambda c: outages.of_task(c, task_id))
        if outage is None or outage.state is CampaignState.STOPPED:  # called off while it rang
            await self._settle(DialResult.HUNG_UP)
            await call.say(call.phrase(Prompt.REVISIT_SORRY))
            return CallStage.ENDED
        return await self._hold(OutageTalk(call, outage))

    async def _hold(self, talk: RevisitTalk | OutageTalk) -> CallStage:
        """Talk by key to the end, and settle what came of it."""
        try:
            if await talk.hold() is AskedFor.AGENT:
                return await self._to_agent(greeting=False)
        except CallerHungUp:
            await self._settle(talk.result, later=talk.later)
            raise
        await self._settle(talk.result, later=talk.later)
        return CallStage.ENDED

    async def _to_agent(self, *, greeting: bool) -> CallStage:
        """To the first responder if they are free, else to a free agent, ahead of those who call us."""
        call, taken = self._call, self._taken
        if greeting:
            try:
                await call.say(call.phrase(Prompt.CALL_BACK_GREETING))
            except CallerHungUp:
                await self._settle(DialResult.HUNG_UP)
                raise
        queues = call.hotline.settings.queues
        call.queue = taken.queue if taken.queue in queues else call.own_queue
        call.returned = call.passed_on = True
        await call.keep(Fact(calls.change, call.id, returned=True, preferred_agent_id=taken.agent_id))
        return CallStage.WAITING

    # -- what is written -----------------------------------------------------------------------

    def _note(self, **values: object) -> None:
        self._call.hotline.ledger.note(Fact(dial_results.note, self._taken.attempt_id, **values))

    async def _settle(
        self,
        result: DialResult,
        *,
        later: LaterWish | None = None,
        cause: int | None = None,
        sip: int | None = None,
    ) -> None:
        """The result is kept on disk while the database is away; what follows of it the rules then say.

        Should this engine die in between, the dialer of the next one carries out what follows.
        """
        call, attempt_id = self._call, self._taken.attempt_id
        rules = dial_rules(call.hotline.settings)
        call.log.info("dialer.attempt_over", attempt=attempt_id, result=result.value)
        written = Fact(
            dial_results.write_result, attempt_id, result, utc_now(), later=later, cause=cause, sip=sip
        )
        await call.keep(written.followed_by(lambda c: dial_results.carry_out(c, attempt_id, rules)))
