"""One conversation: who hears whom, and what is asked for at the desk (R-12.9, R-12.12).

Who of ours has the caller may change while it goes on; the stage around it is :mod:`ivr.calls.talk`.
"""

from collections.abc import Awaitable, Callable

from ivr.asterisk.channel import LegEnded, LegHungUp, PlayedOut
from ivr.calls import consultation as consulting
from ivr.calls import consultation_ends as ends
from ivr.calls.call import Call
from ivr.calls.consultation import Consultation
from ivr.calls.happenings import Asked, RingOver
from ivr.calls.hold import NEVER, CallerOnHold
from ivr.calls.hotline import utc_now
from ivr.calls.passing_on import begin as pass_on_blindly
from ivr.calls.taking_over import take_over, take_over_as_asked, who_joined
from ivr.calls.taking_up import bring_back
from ivr.errors import AriRefused, LegGone, StorageError
from ivr.journal import Fact
from ivr.standard.call_stage import CallStage, EndedBy
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import Refusal, SpecialEnd
from ivr.standard.intervention import OF_THE_WAITING
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TransferOutcome, read_note
from storage.queries import holds, transfers
from storage.queries.commands import TakenCommand

Wish = Callable[[TakenCommand], Awaitable[CallStage | Refusal | None]]


class Conversation:
    """One conversation: who hears whom, and what is asked for at the desk."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._hold = CallerOnHold(call)
        self._consultation: Consultation | None = None
        self._wishes: dict[CommandKind, Wish] = {
            CommandKind.INVITE_TO_RATE: self._invite_to_rate,
            CommandKind.HOLD: self._begin_hold,
            CommandKind.RESUME: self._end_hold,
            CommandKind.MUTE: self._mute,
            CommandKind.UNMUTE: self._mute,
            CommandKind.TRANSFER: self._pass_on,
            CommandKind.CONSULT: self._consult,
            CommandKind.COMPLETE_TRANSFER: self._complete_transfer,
            CommandKind.THREE_WAY: self._three_way,
            CommandKind.END_CONSULT: self._end_consult,
            CommandKind.END_CALL: self._end_call,
            CommandKind.CALL_OUT: self._called_out,
            CommandKind.TAKE_OVER: self._taken_over,
        }

    async def take_up(self) -> None:
        """After a restart: bring everybody where the database says they are."""
        call = self._call
        if call.in_bridge is None:
            return
        assert call.bridge is not None
        assert call.agent_leg is not None
        present, call.in_bridge = call.in_bridge, None
        row = await call.hotline.ledger.read(lambda c: transfers.open_of(c, call.id))
        if row is not None:
            self._consultation = await consulting.take_up(call, row)
        await bring_back(call, self._hold, self._consultation, present)
        if row is not None and self._consultation is None:
            now = utc_now()
            await self._hold.back()
            await call.keep(ends.nobody_left(call, row.id, now))

    async def go_on(self) -> CallStage:
        """Until the caller is no longer with anybody here; returns the stage that follows."""
        call = self._call
        while True:
            due = self._hold.due
            happening = await call.next(None if due == NEVER else due)
            following: CallStage | None = None
            match happening:
                case None:
                    await self._hold.speak_if_due()
                case LegHungUp(leg=leg) | LegEnded(leg=leg) if leg is call.agent_leg:
                    following = await self._agent_left()
                case LegHungUp(leg=leg) | LegEnded(leg=leg) if self._is_target(leg):
                    await self._back_to_caller(TransferOutcome.ENDED)
                case RingOver(attempt=attempt, outcome=outcome) if self._is_ringing(attempt):
                    await self._target_rang(outcome)
                case PlayedOut(playback=playback):
                    await self._hold.finished(playback)
                case Asked(command=command):
                    following = await self._asked(command)
                case other:
                    call.overheard(other)
            if following is not None:
                await self._hold.hush()
                return following

    def _is_target(self, leg: object) -> bool:
        return self._consultation is not None and leg is self._consultation.leg

    def _is_ringing(self, attempt: object) -> bool:
        return self._consultation is not None and attempt is self._consultation.attempt

    # -- legs --------------------------------------------------------------------------------------

    async def _agent_left(self) -> CallStage | None:
        """The agent's leg went first: whoever else has the caller goes on, else the caller waits."""
        call, consultation = self._call, self._consultation
        watch = who_joined(call) if consultation is None else None
        if watch is not None:
            await take_over(call, self._hold, watch, agent_gone=True)
            return None
        taken = consultation is not None and consultation.talking
        if consultation is not None and taken and (call.three_way or not consultation.destination.is_outside):
            call.log.warning("call.agent_left_first", agent=call.agent_id, taken_by=consultation.agent_id)
            self._consultation = None
            await ends.hand_over(call, self._hold, consultation, agent_gone=True)
            return None
        if consultation is not None:
            self._consultation = None
            await ends.leave(call, consultation, TransferOutcome.AGENT_GONE)
        return CallStage.WAITING

    async def _target_rang(self, outcome: OfferOutcome) -> None:
        call, consultation = self._call, self._consultation
        assert consultation is not None
        if outcome is OfferOutcome.ANSWERED:
            if await consulting.answered(call, consultation):
                return
            outcome = OfferOutcome.UNREACHABLE
        if not await consulting.ring_next(call, consultation, outcome):
            await self._back_to_caller(TransferOutcome.NOT_TAKEN)

    async def _back_to_caller(self, outcome: TransferOutcome) -> None:
        consultation, self._consultation = self._consultation, None
        assert consultation is not None
        await ends.back_to_caller(self._call, self._hold, consultation, outcome)

    async def caller_left(self) -> None:
        """The caller has gone: nobody rings on, and nobody stays behind in the bridge."""
        consultation, self._consultation = self._consultation, None
        if consultation is not None:
            await ends.leave(self._call, consultation, TransferOutcome.CALLER_GONE)

    # -- what is asked for at the desk -------------------------------------------------------------

    async def _asked(self, command: TakenCommand) -> CallStage | None:
        """Do it or say why not; returns the stage that follows, if one does."""
        call = self._call
        wish = self._wishes.get(command.kind)
        waits = command.kind in OF_THE_WAITING
        outcome: CallStage | Refusal | None = Refusal.NOT_WAITING if waits else Refusal.NO_CONVERSATION
        if wish is not None and self._may(command):
            call.plain = False
            try:
                outcome = await wish(command)
            except StorageError as error:
                call.log.error("wish.not_possible", wish=command.kind, reason=str(error))
                outcome = Refusal.NO_CONVERSATION
            except (AriRefused, LegGone) as error:
                call.log.warning("wish.not_possible", wish=command.kind, reason=str(error))
                outcome = Refusal.NO_CONVERSATION
        if isinstance(outcome, Refusal):
            call.hotline.wishes.settle(command, outcome)
            return None
        if command.kind is not CommandKind.CONSULT:
            call.hotline.wishes.settle(command)
        return outcome

    def _may(self, command: TakenCommand) -> bool:
        """Only who has the caller decides; who is asked may leave again."""
        if command.agent_id == self._call.agent_id or command.kind is CommandKind.TAKE_OVER:
            return True
        consultation = self._consultation
        return (
            command.kind is CommandKind.END_CONSULT
            and consultation is not None
            and consultation.talking
            and command.agent_id == consultation.agent_id
        )

    async def _invite_to_rate(self, command: TakenCommand) -> CallStage | Refusal | None:
        call = self._call
        if self._consultation is not None:
            if not call.three_way:
                return Refusal.CONSULTATION_RUNNING
            await self._let_go()
        call.note("call.invited_to_rate")
        return CallStage.SURVEY if call.hotline.settings.survey.enabled else CallStage.ENDED

    async def _begin_hold(self, command: TakenCommand) -> CallStage | Refusal | None:
        call, now = self._call, utc_now()
        if self._consultation is not None:
            return Refusal.CONSULTATION_RUNNING
        if self._hold.since is not None:
            return Refusal.ALREADY_ON_HOLD
        if command.arguments.get("consent") is not True:
            return Refusal.CONSENT_MISSING
        await self._hold.music(now)
        await call.keep(Fact(holds.begin, call.id, command.agent_id, now, consent=True))
        return None

    async def _end_hold(self, command: TakenCommand) -> CallStage | Refusal | None:
        if self._consultation is not None:
            return Refusal.CONSULTATION_RUNNING
        if self._hold.since is None:
            return Refusal.NOT_ON_HOLD
        now = utc_now()
        await self._hold.back()
        await self._call.keep(Fact(holds.end, self._call.id, now))
        return None

    async def _mute(self, command: TakenCommand) -> CallStage | Refusal | None:
        call, on = self._call, command.kind is CommandKind.MUTE
        assert call.agent_leg is not None
        await (call.agent_leg.mute() if on else call.agent_leg.unmute())
        call.change(muted=on)
        call.note("call.muted" if on else "call.unmuted")
        return None

    async def _pass_on(self, command: TakenCommand) -> CallStage | Refusal | None:
        if self._consultation is not None:
            return Refusal.CONSULTATION_RUNNING
        return await pass_on_blindly(self._call, command)

    async def _consult(self, command: TakenCommand) -> CallStage | Refusal | None:
        running = self._consultation
        if running is not None:
            if running.command_id != command.id:
                return Refusal.CONSULTATION_RUNNING
            # After a restart the wish comes again, to be settled by who took the consultation up.
            running.command = command
            if running.talking:
                consulting.settle(self._call, running)
            return None
        self._consultation = await consulting.begin(self._call, self._hold, command)
        if self._consultation is not None:
            await consulting.let_wait(self._call, self._hold)
        return None

    async def _complete_transfer(self, command: TakenCommand) -> CallStage | Refusal | None:
        consultation = self._consultation
        if consultation is None or not consultation.talking:
            return Refusal.NO_CONSULTATION
        self._consultation = None
        await ends.hand_over(self._call, self._hold, consultation)
        return None

    async def _three_way(self, command: TakenCommand) -> CallStage | Refusal | None:
        consultation = self._consultation
        if consultation is None or not consultation.talking or self._call.three_way:
            return Refusal.NO_CONSULTATION
        await ends.join(self._call, self._hold, consultation)
        return None

    async def _end_consult(self, command: TakenCommand) -> CallStage | Refusal | None:
        if self._consultation is None:
            return Refusal.NO_CONSULTATION
        await self._back_to_caller(TransferOutcome.ENDED)
        return None

    async def _end_call(self, command: TakenCommand) -> CallStage | Refusal | None:
        """R-12.12: the agent may leave first for a reason, which the supervisor reads."""
        call, reason = self._call, command.arguments.get("reason")
        if reason not in list(SpecialEnd):
            return Refusal.UNKNOWN_REASON
        text = read_note(command.arguments.get("text")) or None
        if self._consultation is not None:
            await self._let_go()
        call.change(special_end=SpecialEnd(reason), special_end_text=text)
        call.note("call.special_end", reason=reason, agent=command.agent_id)
        call.ended_by = EndedBy.AGENT
        return CallStage.ENDED

    async def _called_out(self, command: TakenCommand) -> CallStage | Refusal | None:
        """The wish that made this call, given back by an engine that died: it was done."""
        return None

    async def _taken_over(self, command: TakenCommand) -> CallStage | Refusal | None:
        if self._consultation is not None:
            return Refusal.ASKS_SOMEBODY
        return await take_over_as_asked(self._call, self._hold, command)

    async def _let_go(self) -> None:
        """Whoever was asked leaves, because the call goes elsewhere."""
        consultation, self._consultation = self._consultation, None
        assert consultation is not None
        await ends.leave(self._call, consultation, TransferOutcome.ENDED)
