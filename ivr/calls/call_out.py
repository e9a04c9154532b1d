"""An agent calls somebody: the agent's device rings first, then the customer's telephone (R-16.4).

From the answer on it is a conversation like any other, recorded like any other: the customer's leg goes
through the dialplan's ``hotline-record`` before both hear each other.
"""

import asyncio
from datetime import datetime

from sqlalchemy import Connection

from ivr.asterisk.bridge import Bridge
from ivr.asterisk.channel import LegEnded, LegEntered, LegHungUp, LegRinging, LegUp
from ivr.calls.call import Call
from ivr.calls.connecting import stop_ring
from ivr.calls.consultation import tone
from ivr.calls.happenings import Asked, RingOver
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.ring_agent import RingAttempt
from ivr.calls.talk import end_agents_part
from ivr.errors import AriRefused, CallEnded, CallerHungUp, LegGone
from ivr.journal import Fact
from ivr.standard.agent_state import AgentEvent
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import CALLS_OUT_FROM, Refusal
from ivr.standard.line_signals import LineSignals
from ivr.standard.three_rings import OfferOutcome, outcome_of_cause
from storage.queries import calls, directed_offers, talks
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer

RECORDED_WITHIN = 5.0
"""Seconds the PBX has to begin the recording of a customer who has answered."""

NO_ANSWER_CAUSES = frozenset({18, 19})
"""Q.850: no user responding, no answer from user."""

ENDS = {
    OfferOutcome.BUSY: (CallOutcome.CALLED_BUSY, Refusal.TARGET_BUSY),
    OfferOutcome.DECLINED: (CallOutcome.CALLED_REFUSED, Refusal.TARGET_REFUSED),
    OfferOutcome.UNREACHABLE: (CallOutcome.CALLED_NOT_REACHED, Refusal.TARGET_NOT_REACHED),
}
NOT_ANSWERING = (CallOutcome.CALLED_NOT_ANSWERING, Refusal.TARGET_NOT_ANSWERING)


def reserve_own_device(
    connection: Connection, hotline: Hotline, call_id: int, agent_id: int, device: str
) -> NewOffer | None:
    return directed_offers.reserve(
        connection,
        call_id=call_id,
        agent_id=agent_id,
        device=device,
        node=hotline.node,
        queue=directed_offers.OWN_DEVICE,
        now=utc_now(),
        event=AgentEvent.CALL_OUT,
        states=CALLS_OUT_FROM,
    )


async def dial_out(call: Call) -> CallStage:
    """Ring the agent's own device, then the customer.

    :returns: TALKING when both hear each other, else ENDED; the wish is settled with what came of it.
    :raises CallerHungUp: the customer answered and left at once.
    """
    try:
        reached = await _agent_picks_up(call) and await _customer_answers(call)
    except CallEnded:
        await _leave(call)
        raise
    if reached:
        return CallStage.TALKING
    await call.leg.hang_up()
    await _leave(call)
    return CallStage.ENDED


async def _leave(call: Call) -> None:
    """Nobody was reached, or only for a moment: the agent is out of the call and finishes the record."""
    _settle(call, Refusal.TARGET_NOT_REACHED)
    picked_up, now, agent_id = call.agent_leg is not None, utc_now(), call.agent_id
    until = call.wrap_up_after(now)
    await end_agents_part(call)
    if picked_up and agent_id is not None:
        call.hotline.ledger.note(Fact(calls.finish_agent, call.id, agent_id, now, until))


def _settle(call: Call, refusal: str | None = None) -> None:
    command, call.asked_for = call.asked_for, None
    if command is not None:
        call.hotline.wishes.settle(command, refusal)


async def _agent_picks_up(call: Call) -> bool:
    """Ring the agent's own device and put it into the call's bridge."""
    if call.agent_leg is not None:
        return True
    offer, call.own_offer = call.own_offer or await _reserve_again(call), None
    if offer is None:
        _settle(call, Refusal.IN_A_CALL)
        return False
    attempt = RingAttempt(call, offer, missed=OfferOutcome.DECLINED)
    while True:
        match await call.inbox.next():
            case RingOver(attempt=ended, outcome=OfferOutcome.ANSWERED) if ended is attempt:
                return await _in_bridge(call, attempt)
            case RingOver(attempt=ended, outcome=outcome) if ended is attempt:
                call.note("call.own_device_not_answered", outcome=outcome.value)
                return False
            case Asked(command=command) if _comes_again(call, command):
                continue
            case Asked(command=command) if _gives_up(call, command):
                await stop_ring(attempt, OfferOutcome.CALLER_GONE)
                return False
            case other:
                call.overheard(other)


async def _reserve_again(call: Call) -> NewOffer | None:
    """After a restart: the agent's device is to ring anew."""

    def write(connection: Connection) -> NewOffer | None:
        agent = directed_offers.by_id(connection, call.agent_id or 0)
        if agent is None:
            return None
        return reserve_own_device(connection, call.hotline, call.id, agent.id, agent.device)

    return await call.hotline.ledger.decide(write)


async def _in_bridge(call: Call, attempt: RingAttempt) -> bool:
    offer, now, rings = attempt.offer, utc_now(), attempt.rings
    bridge = Bridge(call.hotline.ari, f"call-{call.id}-{offer.id}")
    attempt.hand_over()
    try:
        await bridge.create()
        await bridge.add(attempt.leg.id)
    except AriRefused as error:
        call.log.warning("offer.lost_when_answered", offer=offer.id, reason=str(error))
        await bridge.destroy()
        await attempt.lose(OfferOutcome.UNREACHABLE)
        return False
    call.bridge, call.agent_leg = bridge, attempt.leg
    await call.keep(Fact(_write_own_answer, offer, now, attempt.rung_at, rings, bridge.id))
    return True


def _write_own_answer(
    connection: Connection, offer: NewOffer, now: datetime, rung_at: datetime | None, rings: int, bridge: str
) -> None:
    directed_offers.answered(connection, offer, now, rung_at=rung_at, rings=rings)
    calls.change(connection, offer.call_id, agent_channel=offer.channel, bridge=bridge)


async def _customer_answers(call: Call) -> bool:
    """Dial the customer; the agent hears the ring-back tone meanwhile."""
    settings, loop = call.hotline.settings, asyncio.get_running_loop()
    line = call.hotline.line_out(call.leg, call.caller_number or "")
    assert call.agent_leg is not None
    await tone(call, on=True)
    within = settings.calling_out.answer_within
    deadline, dialled, answered, rang = loop.time() + within, call.leg_exists, False, False
    try:
        if not call.leg_exists:
            if not await line.begin(call.agent_leg.id):
                return _not_reached(call, *ENDS[OfferOutcome.UNREACHABLE])
            call.leg_exists = True
        elif call.leg.up:
            answered, deadline = True, loop.time() + RECORDED_WITHIN
            await _to_recording(call)
        while True:
            match await call.inbox.next(line.until(deadline)):
                case None if await line.nothing_came(deadline):
                    continue
                case None:
                    return _not_reached(call, *NOT_ANSWERING)
                case LegEntered(leg=leg) if leg is call.leg and answered:
                    return await _meet(call)
                case LegEntered(leg=leg) if leg is call.leg and not dialled:
                    dialled = True
                    await call.leg.dial(call.agent_leg.id, within + 2)
                    call.note("call.dialled", trunk=line.way.trunk if line.way else None)
                case LegRinging(leg=leg) if leg is call.leg:
                    rang = True
                    line.carries()
                case LegUp(leg=leg) if leg is call.leg and not answered:
                    answered, deadline = True, loop.time() + RECORDED_WITHIN
                    line.answered()
                    await _to_recording(call)
                case LegHungUp(leg=leg) if leg is call.leg and answered:
                    call.outcome = CallOutcome.ANSWERED
                    raise CallerHungUp(f"call {call.id}: the customer hung up")
                case LegEnded(leg=leg, cause=cause, sip=sip) if leg is call.leg:
                    signals = LineSignals(cause or None, sip, rang)
                    if not answered and await line.goes_on(signals, call.agent_leg.id):
                        dialled, deadline = False, loop.time() + within
                        continue
                    if cause in NO_ANSWER_CAUSES:
                        return _not_reached(call, *NOT_ANSWERING)
                    return _not_reached(call, *ENDS[outcome_of_cause(cause)])
                case LegHungUp(leg=leg) | LegEnded(leg=leg) if leg is call.agent_leg:
                    return _given_up(call)
                case Asked(command=command) if _comes_again(call, command):
                    continue
                case Asked(command=command) if _gives_up(call, command):
                    return _given_up(call)
                case other:
                    call.overheard(other)
    except (AriRefused, LegGone) as error:
        call.log.warning("call_out.not_dialled", number=call.caller_number, reason=str(error))
        return _not_reached(call, *ENDS[OfferOutcome.UNREACHABLE])


async def _to_recording(call: Call) -> None:
    """Let the dialplan begin the recording; it sends the customer back at once."""
    if call.leg.id in call.alive and call.leg.id not in call.in_application:
        return  # on its way already when an engine before this one died
    await call.leg.to_dialplan("hotline-record")


async def _meet(call: Call) -> bool:
    """Customer and agent hear each other."""
    assert call.bridge is not None
    await tone(call, on=False)
    await call.bridge.add(call.leg.id)
    call.outcome, now = CallOutcome.ANSWERED, utc_now()
    await call.keep(Fact(_write_reached, call.id, call.agent_id, now))
    _settle(call)
    return True


def _write_reached(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    calls.change(connection, call_id, stage=CallStage.TALKING, answered_at=now, talk_started_at=now)
    talks.begin(connection, call_id, agent_id, now)
    calls.note(connection, "call.reached", now, call_id=call_id, agent_id=agent_id)


def _not_reached(call: Call, outcome: CallOutcome, refusal: Refusal) -> bool:
    call.outcome = outcome
    _settle(call, refusal)
    return False


def _given_up(call: Call) -> bool:
    call.outcome, call.ended_by = CallOutcome.CALL_OUT_GIVEN_UP, EndedBy.AGENT
    _settle(call)
    return False


def _gives_up(call: Call, command: TakenCommand) -> bool:
    """Whether the agent ends it before anybody has answered."""
    if command.kind is not CommandKind.END_CALL or command.agent_id != call.agent_id:
        return False
    call.ended_by = EndedBy.AGENT
    call.hotline.wishes.settle(command)
    return True


def _comes_again(call: Call, command: TakenCommand) -> bool:
    """Whether this is the wish to make this very call, given back by an engine that died."""
    if command.kind is not CommandKind.CALL_OUT or call.asked_for is not None:
        return False
    call.asked_for = command
    return True
