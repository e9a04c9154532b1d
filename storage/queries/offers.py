"""Offers of calls to agents: reserved, rung, and settled once (R-12.3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from ivr.standard.agent_state import FREE_FOR_ALARM, AgentEvent, AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.three_rings import AGENTS_FAULT, OfferOutcome
from storage.models import AgentPresence, AgentStateChange, Call, Offer
from storage.prepared import Prepared
from storage.queries import calls, presence

_OPEN = (
    update(Call)
    .where(Call.id == bindparam("this_call"), Call.stage == CallStage.WAITING, Call.ended_at.is_(None))
    .values(open_offers=Call.open_offers + 1)
)
_OPEN_CALL = Prepared(_OPEN)
_FIRST_OFFER = Prepared(_OPEN.where(Call.open_offers == 0))
_INSERT = Prepared(insert(Offer).returning(Offer.id))
_CHANGE = Prepared(insert(AgentStateChange))
_STATE = Prepared(select(AgentPresence.state).where(AgentPresence.agent_id == bindparam("agent")))
_TAKE = Prepared(
    update(AgentPresence)
    .where(AgentPresence.agent_id == bindparam("agent"), AgentPresence.state == bindparam("was"))
    .values(
        state=AgentState.OFFERED,
        since=bindparam("now"),
        call_id=bindparam("this_call"),
        reason=None,
    )
)
_SETTLE = Prepared(
    update(Offer)
    .where(Offer.id == bindparam("this_offer"), Offer.outcome.is_(None))
    .values(
        rung_at=bindparam("rung"),
        rings=bindparam("ring_count"),
        outcome=bindparam("how"),
        ended_at=bindparam("now"),
        answered_at=bindparam("answered"),
    )
)
_RUNG = Prepared(
    update(Offer)
    .where(Offer.id == bindparam("this_offer"), Offer.outcome.is_(None))
    .values(rung_at=func.coalesce(Offer.rung_at, bindparam("at", type_=Offer.rung_at.type)), rings=1)
)
_ANSWER = Prepared(
    update(Call)
    .where(Call.id == bindparam("this_call"), Call.stage == CallStage.WAITING, Call.ended_at.is_(None))
    .values(
        stage=CallStage.TALKING,
        agent_id=bindparam("agent_id"),
        agent_channel=bindparam("agent_channel"),
        bridge=bindparam("bridge"),
        talk_started_at=func.coalesce(
            Call.talk_started_at, bindparam("begun", type_=Call.talk_started_at.type)
        ),
        returned=False,
        preferred_agent_id=None,
        open_offers=Call.open_offers - 1,
    )
)
_CLOSE_CALL = Prepared(
    update(Call)
    .where(Call.id == bindparam("this_call"), Call.open_offers > 0)
    .values(open_offers=Call.open_offers - 1)
)


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer that was reserved and is to ring."""

    id: int
    call_id: int
    agent_id: int | None
    channel: str
    device: str


def reserve(
    connection: Connection,
    *,
    call_id: int,
    agent_id: int | None,
    device: str,
    channel: str,
    node: str,
    queue: str,
    alarm: bool,
    several: bool,
    now: datetime,
) -> NewOffer | None:
    """Offer a call to an agent: both are free and are taken, or nothing happens and None is given.

    :param agent_id: None for a duty phone.
    :param alarm: an alarm call may pre-empt wrap-up.
    :param several: the call may ring at several devices at once (alarm after 20 s).
    """
    opening = _OPEN_CALL if several else _FIRST_OFFER
    if opening.run(connection, {"this_call": call_id}) != 1:
        return None
    if agent_id is not None and not _take_agent(connection, agent_id, call_id, alarm=alarm, now=now):
        _CLOSE_CALL.run(connection, {"this_call": call_id})
        return None
    written = _INSERT.one(
        connection,
        {
            "call_id": call_id,
            "agent_id": agent_id,
            "pbx_node": node,
            "device": device,
            "channel": channel,
            "queue": queue,
            "made_at": now,
        },
    )
    return NewOffer(int(written.id), call_id, agent_id, channel, device)


def _take_agent(connection: Connection, agent_id: int, call_id: int, *, alarm: bool, now: datetime) -> bool:
    was = AgentState.READY
    if alarm:
        found = _STATE.first(connection, {"agent": agent_id})
        if found is None or found.state not in FREE_FOR_ALARM:
            return False
        was = found.state
    taken = _TAKE.run(connection, {"agent": agent_id, "was": was, "now": now, "this_call": call_id})
    if taken != 1:
        return False
    _CHANGE.run(
        connection,
        {
            "agent_id": agent_id,
            "at": now,
            "event": AgentEvent.OFFER,
            "from_state": was,
            "to_state": AgentState.OFFERED,
            "call_id": call_id,
        },
    )
    return True


def rung(connection: Connection, offer_id: int, at: datetime) -> None:
    """The device rings: the first ring of three begins."""
    _RUNG.run(connection, {"this_offer": offer_id, "at": at})


def settle(
    connection: Connection,
    offer: NewOffer,
    outcome: OfferOutcome,
    now: datetime,
    *,
    rung_at: datetime | None,
    rings: int,
    rest_until: datetime | None = None,
) -> bool:
    """Write how an offer that nobody answered ended, and free the agent; False when it was settled before."""
    if not _close(connection, offer, outcome, now, rung_at=rung_at, rings=rings):
        return False
    _CLOSE_CALL.run(connection, {"this_call": offer.call_id})
    if offer.agent_id is not None:
        event = AgentEvent.MISSED if outcome in AGENTS_FAULT else AgentEvent.OFFER_GONE
        presence.apply(connection, offer.agent_id, event, now, call_id=offer.call_id, rest_until=rest_until)
    calls.note(connection, f"offer.{outcome.value}", now, call_id=offer.call_id, agent_id=offer.agent_id)
    return True


def answer(
    connection: Connection,
    offer: NewOffer,
    now: datetime,
    *,
    rung_at: datetime | None,
    rings: int,
    bridge: str,
) -> bool:
    """The agent answered and the call is theirs; False when the call is no longer to be had."""
    mine = _ANSWER.run(
        connection,
        {
            "this_call": offer.call_id,
            "agent_id": offer.agent_id,
            "agent_channel": offer.channel,
            "bridge": bridge,
            "begun": now,
        },
    )
    if mine != 1:
        return False
    _close(connection, offer, OfferOutcome.ANSWERED, now, rung_at=rung_at, rings=rings, answered_at=now)
    if offer.agent_id is not None:
        presence.apply(connection, offer.agent_id, AgentEvent.ANSWER, now, call_id=offer.call_id)
    calls.note(connection, "offer.answered", now, call_id=offer.call_id, agent_id=offer.agent_id)
    return True


def _close(
    connection: Connection,
    offer: NewOffer,
    outcome: OfferOutcome,
    now: datetime,
    *,
    rung_at: datetime | None,
    rings: int,
    answered_at: datetime | None = None,
) -> bool:
    done = _SETTLE.run(
        connection,
        {
            "this_offer": offer.id,
            "rung": rung_at,
            "ring_count": rings,
            "how": outcome,
            "now": now,
            "answered": answered_at,
        },
    )
    return done == 1


def open_of_node(connection: Connection, node: str) -> list[Row[Any]]:
    """Offers of a node without outcome: what rang when its engine died."""
    return list(
        connection.execute(select(Offer.__table__).where(Offer.pbx_node == node, Offer.outcome.is_(None)))
    )
