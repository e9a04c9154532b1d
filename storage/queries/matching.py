"""Who gets whom: one transaction that pairs waiting callers with free agents and reserves both."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select

from ivr.config.sections import CallKind, DeviceKind
from ivr.standard import queue_order
from ivr.standard.agent_choice import RoutingRules, WaitingCall, as_waiting, pair
from ivr.standard.agent_state import TAKES_CALLS
from ivr.standard.call_stage import CallDirection, CallStage
from ivr.standard.device_name import device_name
from storage.models import AgentPresence, AgentSkill, Call, Engine
from storage.prepared import Prepared
from storage.queries.free_agents import anybody_free, free_agents_for
from storage.queries.offers import NewOffer, reserve

_WAITING = select(
    Call.id,
    Call.pbx_node,
    Call.queue,
    Call.language,
    Call.kind,
    Call.priority,
    Call.queued_at,
    Call.returned,
    Call.preferred_agent_id,
    Call.open_offers,
    Call.direction,
    Call.talk_started_at,
).where(
    Call.ended_at.is_(None),
    Call.stage == CallStage.WAITING,
    or_(Call.open_offers == 0, Call.kind == CallKind.ALARM),
)
_ALL_WAITING = Prepared(_WAITING)
_MINE_WAITING = Prepared(_WAITING.where(Call.pbx_node == bindparam("node")).limit(1))
_LIVE_NODES = select(Engine.pbx_node).where(Engine.seen_at > bindparam("alive_since"))
ENGINE_DEAD_AFTER = timedelta(seconds=10)
"""Callers of a node whose engine has been silent for so long do not hold agents back from others."""

DEALS = 10
"""In one match, at most: who is then still without an agent is dealt one in the next."""


def endpoint_of(work_number: str, kind: DeviceKind, address: str | None) -> str:
    """What the PBX dials to reach an agent's device."""
    device = f"fixed-device/{address}" if kind is DeviceKind.ADDRESS else device_name(work_number)
    return f"PJSIP/{device}"


def match(
    connection: Connection,
    node: str,
    rules: RoutingRules,
    now: datetime,
    has_left: Callable[[int], bool] = lambda call_id: False,
) -> list[NewOffer]:
    """Reserve agents for waiting callers of ``node``.

    :param has_left: whether a caller of this node is known to have hung up, though it is not written yet.
        Under a burst the ends of calls queue up; offering agents to those who left would only add to it.

    Every engine computes the same pairs over the callers of all living nodes and carries out its own
    share, so an agent never goes to a later caller of this node while an earlier one waits at another.
    The conditional writes in :func:`~storage.queries.offers.reserve` make a double offer impossible. Where
    another engine takes an agent in the same moment, what is left is dealt anew: whose agent that was is
    still the first.
    """
    made: list[NewOffer] = []
    for _ in range(DEALS):
        offers, all_there = _deal(connection, node, rules, now, has_left)
        made += offers
        if all_there:
            break
    return made


def _deal(
    connection: Connection, node: str, rules: RoutingRules, now: datetime, has_left: Callable[[int], bool]
) -> tuple[list[NewOffer], bool]:
    """Offers up to the first agent who is not free any more; and whether all were."""
    waiting = _waiting_calls(connection, node, rules, now, has_left)
    made: list[NewOffer] = []
    if not any(call.node == node for call in waiting):
        return made, True
    agents, devices = free_agents_for(connection, waiting, now)
    for call, agent in pair(waiting, agents, rules.kept):
        if call.node != node:
            continue
        offer = reserve(
            connection,
            call_id=call.id,
            agent_id=agent.id,
            device=_endpoint(devices[agent.id]),
            channel=f"offer-{uuid.uuid4().hex}",
            node=node,
            queue=call.queue,
            alarm=call.alarm,
            several=call.ring_all,
            now=now,
        )
        if offer is None:
            return made, False
        made.append(offer)
    return made, True


def _waiting_calls(
    connection: Connection, node: str, rules: RoutingRules, now: datetime, has_left: Callable[[int], bool]
) -> list[WaitingCall]:
    """Callers of all living nodes to whom agents may be offered."""
    rows = _ALL_WAITING.rows(connection)
    alive = {node}
    if any(row.pbx_node != node for row in rows):
        alive |= set(connection.execute(_LIVE_NODES, {"alive_since": now - ENGINE_DEAD_AFTER}).scalars())
    return [
        as_waiting(
            rules,
            now,
            call_id=row.id,
            node=row.pbx_node,
            queue=row.queue,
            language=row.language,
            alarm=row.kind is CallKind.ALARM,
            returned=row.returned,
            preferred_agent_id=row.preferred_agent_id,
            priority=row.priority,
            queued_at=row.queued_at,
            open_offers=row.open_offers,
            called=row.direction is CallDirection.OUTBOUND and row.talk_started_at is None,
        )
        for row in rows
        if row.pbx_node in alive and not (row.pbx_node == node and has_left(row.id))
    ]


def _endpoint(row: Row[Any]) -> str:
    return endpoint_of(row.work_number, row.device_kind, row.device_address)


def worth_matching(connection: Connection, node: str, now: datetime) -> bool:
    """Whether somebody of this node waits and somebody is free (see :func:`match`)."""
    waits = _MINE_WAITING.first(connection, {"node": node}) is not None
    return waits and anybody_free(connection, now)


def place_of(connection: Connection, call_id: int) -> int | None:
    """A waiting caller's place among those who wait for the same queue: 1 is next. None: not waiting."""
    me = connection.execute(_WAITING_ROW, {"this_call": call_id}).one_or_none()
    if me is None:
        return None
    others = connection.execute(_SAME_QUEUE, {"queue": me.queue})
    return queue_order.place_of(_order(me), (_order(row) for row in others))


def agents_at_work(connection: Connection, skill: str) -> int:
    """People with the skill who take calls now, busy or not."""
    return int(connection.execute(_AT_WORK, {"skill": skill}).scalar_one())


def _order(row: Any) -> queue_order.OrderKey:
    return queue_order.order_key(
        alarm=row.kind is CallKind.ALARM,
        returned=row.returned,
        priority=row.priority,
        queued_at=row.queued_at,
        call_id=row.id,
    )


_ORDER = (Call.id, Call.kind, Call.returned, Call.priority, Call.queued_at, Call.queue)
_WAITING_ROW = select(*_ORDER).where(Call.id == bindparam("this_call"), Call.stage == CallStage.WAITING)
_SAME_QUEUE = select(*_ORDER).where(
    Call.ended_at.is_(None), Call.stage == CallStage.WAITING, Call.queue == bindparam("queue")
)
_AT_WORK = (
    select(func.count())
    .select_from(AgentPresence)
    .join(AgentSkill, AgentSkill.agent_id == AgentPresence.agent_id)
    .where(AgentSkill.skill == bindparam("skill"), AgentPresence.state.in_(TAKES_CALLS))
)
