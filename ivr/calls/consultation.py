"""Somebody is asked while the caller hears music; then they take the caller, join, or leave again.

Agent and the one who is asked meet in the bridge of the call, which the caller has left meanwhile. So
whoever goes, the others are where they can be brought together by one step.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from ivr.asterisk.channel import Leg, LegHungUp
from ivr.calls.call import Call
from ivr.calls.hold import CallerOnHold
from ivr.calls.hotline import utc_now
from ivr.calls.ring_agent import RingAttempt
from ivr.calls.targets import REFUSAL_OF, Asking, Destination, find, next_of_queue, of_row, reserve, rule_for
from ivr.errors import AriRefused, LegGone
from ivr.journal import Fact
from ivr.ledger import AWAY
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.talk_kind import TalkKind
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import (
    Target,
    TargetKind,
    TransferState,
    read_note,
    read_target,
)
from storage.queries import directed_offers, holds, talks, transfers
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer


@dataclass
class Consultation:
    """One colleague, unit or number that is asked."""

    id: int
    """Of the row in ``transfers``."""
    destination: Destination
    command_id: int | None
    command: TakenCommand | None
    """What the agent asked for and waits for; None once it was settled."""
    state: TransferState
    attempt: RingAttempt | None = None
    leg: Leg | None = None
    agent_id: int | None = None
    asked: frozenset[int] = frozenset()
    """Agents of a queue who were rung already."""

    @property
    def talking(self) -> bool:
        """The one who is asked has answered."""
        return self.state is TransferState.TALKING


Begun = tuple[int, Destination, NewOffer]


async def begin(call: Call, hold: CallerOnHold, command: TakenCommand) -> Consultation | None:
    """Ring whoever is to be asked; what caller and agent hear is changed by :func:`let_wait`.

    :returns: None where it was refused; the command is settled then.
    """
    target = read_target(command.arguments.get("to"))
    note = read_note(command.arguments.get("note"))
    asking = Asking(call.id, command.agent_id, attended=True)
    settings, node, now, held = call.hotline.settings, call.hotline.node, utc_now(), hold.since is not None

    def write(connection: Connection) -> Begun | Refusal:
        found = find(connection, settings, target, asking, now)
        if isinstance(found, Refusal):
            return found
        offer = reserve(connection, call.id, found, node=node, queue=call.own_queue, now=now)
        if offer is None:
            return Refusal.TARGET_BUSY
        transfer_id = transfers.begin(
            connection,
            call_id=call.id,
            from_agent_id=command.agent_id,
            target=found.target,
            to_number=found.number,
            to_agent_id=found.agent_id,
            note=note,
            attended=True,
            command_id=command.id,
            now=now,
        )
        if not held:
            holds.begin(connection, call.id, command.agent_id, now, consent=None)
        return transfer_id, found, offer

    begun = await call.hotline.ledger.decide(write)
    if isinstance(begun, Refusal):
        call.hotline.wishes.settle(command, begun)
        return None
    transfer_id, destination, offer = begun
    consultation = Consultation(transfer_id, destination, command.id, command, TransferState.RINGING)
    ring(call, consultation, offer)
    return consultation


async def let_wait(call: Call, hold: CallerOnHold) -> None:
    """While the one who is asked rings: music for the caller, the ring-back tone for the agent.

    :raises CallerHungUp: the caller has gone.
    """
    if hold.since is None:
        await hold.music(utc_now())
    await tone(call, on=True)


def ring(call: Call, consultation: Consultation, offer: NewOffer) -> None:
    """Ring the one who is to be asked."""
    consultation.state, consultation.agent_id = TransferState.RINGING, offer.agent_id
    if offer.agent_id is not None:
        consultation.asked |= {offer.agent_id}
    rule = rule_for(call.hotline.settings, consultation.destination)
    number = consultation.destination.number
    consultation.attempt = RingAttempt(call, offer, rule=rule, number=number)


async def tone(call: Call, *, on: bool) -> None:
    """The ring-back tone for the agent; an agent who has gone is told by their leg's own event."""
    leg = call.agent_leg
    if leg is None or leg.ended:
        return
    try:
        await (leg.start_ringing() if on else leg.stop_ringing())
    except (AriRefused, LegGone) as error:
        call.log.warning("consultation.no_tone", reason=str(error))


async def answered(call: Call, consultation: Consultation) -> bool:
    """The one who is asked has answered; False when their leg has gone again already."""
    attempt = consultation.attempt
    assert attempt is not None
    assert call.bridge is not None
    attempt.hand_over()
    await tone(call, on=False)
    try:
        await call.bridge.add(attempt.leg.id)
    except AriRefused as error:
        call.log.warning("offer.lost_when_answered", offer=attempt.offer.id, reason=str(error))
        await attempt.lose(OfferOutcome.UNREACHABLE)
        return False
    offer = attempt.offer
    answer = Fact(_write_answer, consultation.id, offer, utc_now(), attempt.rung_at, attempt.rings)
    consultation.attempt, consultation.leg = None, attempt.leg
    call.consulted_leg = attempt.leg
    consultation.state, consultation.agent_id = TransferState.TALKING, offer.agent_id
    await call.keep(answer)
    settle(call, consultation)
    return True


def _write_answer(
    connection: Connection,
    transfer_id: int,
    offer: NewOffer,
    now: datetime,
    rung_at: datetime | None,
    rings: int,
) -> None:
    directed_offers.answered(connection, offer, now, rung_at=rung_at, rings=rings)
    transfers.talks(connection, transfer_id, offer.agent_id, offer.channel, now)
    talks.begin(connection, offer.call_id, offer.agent_id, now, TalkKind.CONSULTED)


async def ring_next(call: Call, consultation: Consultation, outcome: OfferOutcome) -> bool:
    """One did not answer: ring the next of a queue; False when there is nobody left."""
    consultation.attempt = None
    if consultation.destination.target.kind is TargetKind.QUEUE:
        settings, node, now = call.hotline.settings, call.hotline.node, utc_now()
        but = set(consultation.asked) | ({call.agent_id} if call.agent_id is not None else set())

        def write(connection: Connection) -> tuple[Destination, NewOffer] | None:
            found = next_of_queue(connection, settings, consultation.destination, now, but)
            if found is None:
                return None
            offer = reserve(connection, call.id, found, node=node, queue=call.own_queue, now=now)
            if offer is None:
                return None
            transfers.rings(connection, consultation.id, offer.agent_id)
            return found, offer

        try:
            following = await call.hotline.ledger.decide(write)
        except AWAY as error:
            call.log.error("consultation.nobody_else_rung", reason=str(error))
            following = None
        if following is not None:
            consultation.destination = following[0]
            ring(call, consultation, following[1])
            return True
    settle(call, consultation, REFUSAL_OF.get(outcome, Refusal.TARGET_NOT_ANSWERING))
    return False


def settle(call: Call, consultation: Consultation, refusal: Refusal | None = None) -> None:
    """Tell the agent what became of the wish, once."""
    command, consultation.command = consultation.command, None
    if command is not None:
        call.hotline.wishes.settle(command, refusal)


# -- after a restart ---------------------------------------------------------------------------


async def take_up(call: Call, row: Row[Any]) -> Consultation | None:
    """Go on with a consultation that went on when an engine died; one that rang rings again.

    :returns: None when the one who was asked is not free any more; the transfer stays open then.
    """
    settings, node, now = call.hotline.settings, call.hotline.node, utc_now()

    def write(connection: Connection) -> tuple[Destination | None, NewOffer | None]:
        found = of_row(connection, settings, row)
        if found is None or row.state is TransferState.TALKING:
            return found, None
        return found, reserve(connection, call.id, found, node=node, queue=call.own_queue, now=now)

    destination, offer = await call.hotline.ledger.decide(write)
    if destination is None:
        destination = Destination(Target(row.to_kind, row.to_value), agent_id=row.to_agent_id)
    consultation = Consultation(row.id, destination, row.command_id, None, row.state)
    consultation.agent_id = row.to_agent_id
    if row.state is TransferState.TALKING:
        consultation.leg = leg = Leg(call.hotline.ari, row.channel, call.inbox.put)
        leg.up = True
        call.consulted_leg = leg
        call.hotline.dispatcher.add(leg)
        if row.channel not in call.alive:
            leg.ended = True
            call.inbox.put(LegHungUp(leg))
    elif offer is not None:
        ring(call, consultation, offer)
        await tone(call, on=True)
    else:
        return None
    return consultation
