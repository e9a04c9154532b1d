"""A call is passed on without a word before: the caller hears music while the target rings.

Who is not answered goes back to the one who passed the call on, or else waits ahead of the queue; nobody
loses their place (R-12.12).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ivr.asterisk.channel import KeyPressed
from ivr.calls.call import Call
from ivr.calls.connecting import bring_together, stop_ring
from ivr.calls.happenings import RingOver
from ivr.calls.hotline import utc_now
from ivr.calls.ring_agent import RingAttempt
from ivr.calls.targets import Asking, find, of_row, outside_rule, reserve
from ivr.errors import CallEnded
from ivr.journal import Fact
from ivr.standard.agent_state import FREE_FOR_ALARM
from ivr.standard.call_stage import CallStage
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TargetKind, TransferOutcome, TransferState, read_note, read_target
from storage.queries import calls, directed_offers, holds, talks, transfers
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer


@dataclass
class PassedOn:
    """A blind transfer that goes on."""

    id: int
    """Of the row in ``transfers``."""
    from_agent_id: int | None
    number: str | None
    """Of somebody who is none of our agents."""
    state: TransferState
    offer: NewOffer | None


async def begin(call: Call, command: TakenCommand) -> CallStage | Refusal:
    """Take the caller from the agent and reserve the target, in one transaction.

    :returns: WAITING for a queue, PASSING_ON for everybody else, or why it cannot be; then nothing
        has changed.
    """
    target = read_target(command.arguments.get("to"))
    note = read_note(command.arguments.get("note"))
    settings, node, now, agent_id = call.hotline.settings, call.hotline.node, utc_now(), call.agent_id
    until, asking = call.wrap_up_after(now), Asking(call.id, command.agent_id, attended=False)

    def write(connection: Connection) -> PassedOn | Refusal:
        found = find(connection, settings, target, asking, now)
        if isinstance(found, Refusal):
            return found
        offer = None
        if found.device is not None:
            offer = reserve(connection, call.id, found, node=node, queue=call.own_queue, now=now)
            if offer is None:
                return Refusal.TARGET_BUSY
        transfer_id = transfers.begin(
            connection,
            call_id=call.id,
            from_agent_id=agent_id,
            target=found.target,
            to_number=found.number,
            to_agent_id=found.agent_id,
            note=note,
            attended=False,
            command_id=command.id,
            now=now,
        )
        _leave_in(connection, call.id, agent_id, now, until)
        if offer is None:
            transfers.end(connection, transfer_id, call.id, TransferOutcome.TO_QUEUE, now)
            _wait_in(connection, call.id, found.target.value, None)
        else:
            calls.change(connection, call.id, stage=CallStage.PASSING_ON)
        return PassedOn(transfer_id, agent_id, found.number, TransferState.RINGING, offer)

    passed = await call.hotline.ledger.decide(write)
    if isinstance(passed, Refusal):
        return passed
    assert target is not None
    call.passed_on, call.plain = True, False
    if target.kind is TargetKind.QUEUE:
        call.queue, call.returned = target.value, True
        return CallStage.WAITING
    call.passing = passed
    return CallStage.PASSING_ON


def _leave_in(
    connection: Connection, call_id: int, agent_id: int | None, now: datetime, wrap_up_until: datetime
) -> None:
    """The agent has the caller no longer and finishes the record."""
    holds.end(connection, call_id, now)
    talks.end_all(connection, call_id, now)
    calls.change(
        connection,
        call_id,
        talk_ended_at=now,
        agent_channel=None,
        bridge=None,
        muted=False,
        three_way=False,
        agent_left_first=False,
    )
    if agent_id is not None:
        calls.finish_agent(connection, call_id, agent_id, now, wrap_up_until)


def _wait_in(connection: Connection, call_id: int, queue: str, preferred: int | None) -> None:
    """The caller waits with the place of before, ahead of those who have not talked to anybody."""
    calls.change(
        connection, call_id, stage=CallStage.WAITING, queue=queue, returned=True, preferred_agent_id=preferred
    )


async def ring_target(call: Call) -> CallStage:
    """Ring the target, then whoever passed the call on.

    :returns: TALKING with the one who answers; WAITING when nobody does, or the caller reports a leak.
    :raises CallerHungUp: the caller left; nobody rings on.
    """
    attempt: RingAttempt | None = None
    try:
        passed = call.passing or await _take_up(call)
        call.passing = None
        if passed is None:
            return await _to_queue(call, None)
        if passed.offer is not None:
            attempt = _ring(call, passed)
        await call.leg.start_music()
        if attempt is None:
            attempt = await _ring_back(call, passed)
        while attempt is not None:
            match await call.next():
                case RingOver(attempt=ended, outcome=outcome) if ended is attempt:
                    if outcome is OfferOutcome.ANSWERED and await _connect(call, passed, attempt):
                        return CallStage.TALKING
                    attempt = await _ring_back(call, passed)
                case KeyPressed(key=key, leg=leg) if (
                    leg is call.leg and key == call.hotline.settings.alarm.key
                ):
                    if not call.is_alarm:
                        call.to_alarm()
                        await stop_ring(attempt, OfferOutcome.CALLER_GONE)
                        break
                case other:
                    call.overheard(other)
        return await _to_queue(call, passed)
    except CallEnded:
        now = utc_now()
        call.hotline.ledger.note(Fact(transfers.end_open, call.id, TransferOutcome.CALLER_GONE, now))
        if attempt is not None:
            await stop_ring(attempt, OfferOutcome.CALLER_GONE)
        raise


def _ring(call: Call, passed: PassedOn) -> RingAttempt:
    assert passed.offer is not None
    if passed.number is None or passed.state is TransferState.RETURNING:
        return RingAttempt(call, passed.offer)
    rule = outside_rule(call.hotline.settings)
    return RingAttempt(call, passed.offer, rule=rule, number=passed.number)


async def _take_up(call: Call) -> PassedOn | None:
    """After a restart: who rang rings again, if they are free."""
    settings, node, now = call.hotline.settings, call.hotline.node, utc_now()

    def write(connection: Connection) -> PassedOn | None:
        row = transfers.open_of(connection, call.id)
        if row is None:
            return None
        found = of_row(connection, settings, row)
        offer = None
        if found is not None:
            offer = reserve(connection, call.id, found, node=node, queue=call.own_queue, now=now)
        return PassedOn(row.id, row.from_agent_id, row.to_number, row.state, offer)

    return await call.hotline.ledger.decide(write)


async def _ring_back(call: Call, passed: PassedOn) -> RingAttempt | None:
    """Ring who passed the call on; None when they are not free, or did not answer either."""
    if passed.state is TransferState.RETURNING or passed.from_agent_id is None:
        return None
    passed.state = TransferState.RETURNING
    node, now, agent_id = call.hotline.node, utc_now(), passed.from_agent_id

    def write(connection: Connection) -> NewOffer | None:
        colleague = directed_offers.by_id(connection, agent_id)
        if colleague is None or not colleague.device_present:
            return None
        offer = directed_offers.reserve(
            connection,
            call_id=call.id,
            agent_id=agent_id,
            device=colleague.device,
            node=node,
            queue=call.own_queue,
            now=now,
            states=FREE_FOR_ALARM,  # who finishes the record of this very call takes it back
        )
        if offer is not None:
            transfers.rings(connection, passed.id, agent_id, TransferState.RETURNING)
        return offer

    passed.offer = await call.hotline.ledger.decide(write)
    return _ring(call, passed) if passed.offer is not None else None


async def _connect(call: Call, passed: PassedOn, attempt: RingAttempt) -> bool:
    bridge = await bring_together(call, attempt, call.leg.stop_music())
    if bridge is None:
        return False
    offer, now, rings = attempt.offer, utc_now(), attempt.rings
    returned = passed.state is TransferState.RETURNING
    outcome = TransferOutcome.RETURNED if returned else TransferOutcome.TAKEN
    call.bridge, call.agent_leg, call.agent_id, call.passed_on = bridge, attempt.leg, offer.agent_id, False
    await call.keep(Fact(_write_taken, passed.id, offer, outcome, now, attempt.rung_at, rings, bridge.id))
    return True


def _write_taken(
    connection: Connection,
    transfer_id: int,
    offer: NewOffer,
    outcome: TransferOutcome,
    now: datetime,
    rung_at: datetime | None,
    rings: int,
    bridge: str,
) -> None:
    directed_offers.answered(connection, offer, now, rung_at=rung_at, rings=rings)
    transfers.end(connection, transfer_id, offer.call_id, outcome, now)
    talks.begin(connection, offer.call_id, offer.agent_id, now)
    calls.change(
        connection,
        offer.call_id,
        stage=CallStage.TALKING,
        agent_id=offer.agent_id,
        agent_channel=offer.channel,
        bridge=bridge,
        talk_ended_at=None,
    )


async def _to_queue(call: Call, passed: PassedOn | None) -> CallStage:
    """Nobody took the caller: they wait, ahead of others."""
    queue = call.queue = call.own_queue
    preferred, now = None if passed is None or call.is_alarm else passed.from_agent_id, utc_now()
    call.returned = call.passed_on = True
    await call.keep(Fact(_write_to_queue, call.id, queue, preferred, now))
    return CallStage.WAITING


def _write_to_queue(
    connection: Connection, call_id: int, queue: str, preferred: int | None, now: datetime
) -> None:
    transfers.end_open(connection, call_id, TransferOutcome.TO_QUEUE, now)
    _wait_in(connection, call_id, queue, preferred)
