"""Offers to one that somebody named (a colleague, a number) or to the own device, beside the matching.

They are rows of ``offers`` like all others, the proof of the rings (R-12.3), and are settled in the same
way. The call's count of open offers, which matching goes by, is not touched: such a call does not wait.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.three_rings import OfferOutcome
from storage.models import Agent, AgentPresence, AgentSkill, Offer
from storage.queries import calls, presence
from storage.queries.matching import endpoint_of
from storage.queries.offers import NewOffer

OWN_DEVICE = ""
"""Queue of an offer to the agent's own device, which rings because the agent calls out."""

_COLLEAGUE = (
    select(
        Agent.id,
        Agent.work_number,
        Agent.device_kind,
        Agent.device_address,
        AgentPresence.state,
        AgentPresence.device_present,
    )
    .outerjoin(AgentPresence, AgentPresence.agent_id == Agent.id)
    .where(Agent.active.is_(True))
)
_BY_WORK_NUMBER = _COLLEAGUE.where(Agent.work_number == bindparam("work_number"))
_BY_ID = _COLLEAGUE.where(Agent.id == bindparam("agent"))
_FREE = (
    _COLLEAGUE.join(AgentSkill, AgentSkill.agent_id == Agent.id)
    .where(
        AgentSkill.skill == bindparam("skill"),
        AgentPresence.state == AgentState.READY,
        AgentPresence.device_present.is_(True),
        or_(AgentPresence.rest_until.is_(None), AgentPresence.rest_until <= bindparam("now")),
        Agent.id.not_in(bindparam("but", expanding=True)),
    )
    .order_by(AgentSkill.level, AgentPresence.idle_since, Agent.id)
    .limit(1)
)
_INSERT = insert(Offer).returning(Offer.id)
_ANSWERED = (
    update(Offer)
    .where(Offer.id == bindparam("this_offer"), Offer.outcome.is_(None))
    .values(
        rung_at=bindparam("rung"),
        rings=bindparam("ring_count"),
        outcome=OfferOutcome.ANSWERED,
        ended_at=bindparam("now"),
        answered_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent whom a call may be passed on to. ``device``: what the PBX dials."""

    id: int
    work_number: str
    device: str
    state: AgentState
    device_present: bool


def _colleague(row: Any) -> Colleague:
    agent_id, work_number, kind, address, state, present = row
    return Colleague(
        agent_id,
        work_number,
        endpoint_of(work_number, kind, address),
        state or AgentState.SIGNED_OUT,
        present is None or present,
    )


def by_work_number(connection: Connection, work_number: str) -> Colleague | None:
    """An agent by work number; None where there is nobody."""
    row = connection.execute(_BY_WORK_NUMBER, {"work_number": work_number}).one_or_none()
    return _colleague(row) if row is not None else None


def by_id(connection: Connection, agent_id: int) -> Colleague | None:
    """An agent by id; None where there is nobody any more."""
    row = connection.execute(_BY_ID, {"agent": agent_id}).one_or_none()
    return _colleague(row) if row is not None else None


def best_free(connection: Connection, skill: str, now: datetime, but: Collection[int]) -> Colleague | None:
    """The free agent with a skill who is asked first, as in matching: best level, then longest idle."""
    row = connection.execute(_FREE, {"skill": skill, "now": now, "but": list(but)}).one_or_none()
    return _colleague(row) if row is not None else None


def reserve(
    connection: Connection,
    *,
    call_id: int,
    agent_id: int | None,
    device: str,
    node: str,
    queue: str,
    now: datetime,
    event: AgentEvent = AgentEvent.OFFER,
    states: Collection[AgentState] = frozenset({AgentState.READY}),
) -> NewOffer | None:
    """Offer a call to one agent (None: a number outside); None when the agent is not free.

    :param device: what the PBX dials.
    :param queue: which the call belongs to, or :data:`OWN_DEVICE`.
    :param event: OFFER, or CALL_OUT for the agent's own call.
    :param states: in which the agent may be taken.
    """
    if agent_id is not None:
        change = None
        if presence.state_of(connection, agent_id) in states:
            change = presence.apply(connection, agent_id, event, now, call_id=call_id)
        if change is None or change.before not in states:
            return None
    channel = f"offer-{uuid.uuid4().hex}"
    values = {
        "call_id": call_id,
        "agent_id": agent_id,
        "pbx_node": node,
        "device": device,
        "channel": channel,
        "queue": queue,
        "made_at": now,
    }
    offer_id = connection.execute(_INSERT, values).scalar_one()
    return NewOffer(int(offer_id), call_id, agent_id, channel, device)


def answered(
    connection: Connection, offer: NewOffer, now: datetime, *, rung_at: datetime | None, rings: int
) -> None:
    """The one who was asked, or the agent's own device, has answered."""
    values = {"this_offer": offer.id, "rung": rung_at, "ring_count": rings, "now": now}
    if connection.execute(_ANSWERED, values).rowcount != 1:
        return
    if offer.agent_id is not None:
        presence.apply(connection, offer.agent_id, AgentEvent.ANSWER, now, call_id=offer.call_id)
    calls.note(connection, "offer.answered", now, call_id=offer.call_id, agent_id=offer.agent_id)
