"""The one place that changes what state an agent is in; the table is ivr/standard/agent_state.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from ivr.standard.agent_state import IN_A_CALL, AgentEvent, AgentState, next_state
from storage.models import AgentPresence, AgentStateChange, Call
from storage.prepared import Prepared

_PRESENCE = Prepared(
    select(AgentPresence.__table__).where(AgentPresence.agent_id == bindparam("agent")).with_for_update()
)
_CHANGE = Prepared(insert(AgentStateChange))
_COLUMNS = [column.name for column in AgentPresence.__table__.columns if not column.primary_key]
_UPDATE = Prepared(
    update(AgentPresence)
    .where(AgentPresence.agent_id == bindparam("agent"))
    .values({name: bindparam(f"new_{name}") for name in _COLUMNS})
)
_WRAP_UPS = (
    select(AgentPresence.agent_id, AgentPresence.wrap_up_until)
    .where(AgentPresence.state == AgentState.WRAP_UP)
    .order_by(AgentPresence.wrap_up_until)
)
_FIRST_WRAP_UP = Prepared(_WRAP_UPS.limit(1))
_NEXT_REST_END = (
    select(AgentPresence.rest_until)
    .where(AgentPresence.state == AgentState.READY, AgentPresence.rest_until > bindparam("now"))
    .order_by(AgentPresence.rest_until)
    .limit(1)
)
_SIGN_OUT_WISH = "sign_out"
_SIGN_OUT_FOR = "sign_out:"
_BREAK_WISH = "break:"

IDLE_BEGINS = frozenset({AgentEvent.SIGN_IN, AgentEvent.CALL_ENDED})
"""Events after which the agent counts as idle anew; a missed or lost offer keeps the agent's turn."""

NAMES_A_CALL = frozenset({AgentEvent.OFFER, AgentEvent.CALL_OUT})
"""Events that bring a new call to an agent."""

_ENDS_A_CALL = frozenset(
    {
        (AgentEvent.WRAP_UP_OVER, AgentState.WRAP_UP),
        (AgentEvent.LISTEN_OVER, AgentState.LISTENING),
    }
)
"""What has been waited for by a wish that was remembered."""

HAS_A_CALL = IN_A_CALL | {AgentState.WRAP_UP}
"""States in which the row names a call."""

KEEPS_WRAP_UP = frozenset(
    {AgentState.WRAP_UP, AgentState.OFFERED, AgentState.TALKING, AgentState.DEVICE_GONE}
)
"""States that keep the end of a wrap-up: one that an alarm pre-empts goes on afterwards."""


@dataclass(frozen=True, slots=True)
class Change:
    """What :func:`apply` did to an agent."""

    agent_id: int
    before: AgentState
    after: AgentState


def apply(
    connection: Connection,
    agent_id: int,
    event: AgentEvent,
    now: datetime,
    *,
    reason: str | None = None,
    call_id: int | None = None,
    wrap_up_until: datetime | None = None,
    rest_until: datetime | None = None,
) -> Change | None:
    """Let ``event`` happen to an agent, keep the new state and one immutable row about it.

    :param reason: of a break, in the agent's words.
    :param call_id: the call the event belongs to; an event of another call than the agent's is ignored.
    :param wrap_up_until: end of the wrap-up that CALL_ENDED begins (UTC).
    :param rest_until: no offers before (UTC), after busy and the like.
    :returns: what changed, or None where the event has no meaning now.
    """
    row = _PRESENCE.first(connection, {"agent": agent_id})
    if row is None:
        return None
    if call_id is not None and event not in NAMES_A_CALL and row.call_id not in (None, call_id):
        return None
    event, reason = _meant(row, event, reason, now)
    present = row.device_present
    if event in (AgentEvent.DEVICE_LOST, AgentEvent.DEVICE_BACK):
        present = event is AgentEvent.DEVICE_BACK
    after = next_state(row.state, event)
    if after is None:
        if present != row.device_present:
            _write(connection, agent_id, row, device_present=present)
        return None
    if after is AgentState.READY and not present:
        after = AgentState.DEVICE_GONE
    about = call_id if call_id is not None else row.call_id
    if event is AgentEvent.ASK_READY:
        rest_until = None
    elif rest_until is None:
        rest_until = row.rest_until
    if event is not AgentEvent.CALL_ENDED:
        wrap_up_until = row.wrap_up_until if after in KEEPS_WRAP_UP else None
    _write(
        connection,
        agent_id,
        row,
        state=after,
        since=row.since if after is row.state else now,
        reason=reason if after is AgentState.BREAK else None,
        call_id=about if after in HAS_A_CALL else None,
        idle_since=now if event in IDLE_BEGINS else row.idle_since,
        rest_until=rest_until,
        wrap_up_until=wrap_up_until,
        device_present=present,
        after_call=None if after in (AgentState.BREAK, AgentState.SIGNED_OUT) else row.after_call,
    )
    _CHANGE.run(
        connection,
        {
            "agent_id": agent_id,
            "at": now,
            "event": event,
            "from_state": row.state,
            "to_state": after,
            "reason": reason,
            "call_id": about,
        },
    )
    if event is AgentEvent.OFFER_GONE and after is AgentState.READY and row.after_call:
        # What was asked while it rang is done now: there was no conversation to wait for.
        wish, why = _remembered(row.after_call)
        apply(connection, agent_id, wish, now, reason=why)
    return Change(agent_id, row.state, after)


def _meant(row: Any, event: AgentEvent, reason: str | None, now: datetime) -> tuple[AgentEvent, str | None]:
    """What an event means for an agent with a wrap-up that was pre-empted, or a wish that was remembered."""
    if event is AgentEvent.OFFER_GONE and row.wrap_up_until is not None and row.wrap_up_until > now:
        return AgentEvent.OFFER_GONE_IN_WRAP_UP, reason
    over = (event, row.state) in _ENDS_A_CALL
    if over and row.after_call:
        return _remembered(row.after_call)
    return event, reason


def _write(connection: Connection, agent_id: int, row: Any, **changed: object) -> None:
    """Write the whole row: one statement for every event, so that it is compiled once."""
    values = {f"new_{name}": changed.get(name, getattr(row, name)) for name in _COLUMNS}
    _UPDATE.run(connection, {"agent": agent_id, **values})


def _remembered(wish: str) -> tuple[AgentEvent, str | None]:
    if wish == _SIGN_OUT_WISH:
        return AgentEvent.SIGN_OUT, None
    if wish.startswith(_SIGN_OUT_FOR):
        return AgentEvent.SIGN_OUT, wish.removeprefix(_SIGN_OUT_FOR)
    return AgentEvent.ASK_BREAK, wish.removeprefix(_BREAK_WISH) or None


def remember(connection: Connection, agent_id: int, event: AgentEvent, reason: str | None) -> None:
    """Keep a wish that is refused during a call (R-12.10) for after it.

    :param reason: of a break; of a sign-out only where a supervisor signs the agent out.
    """
    wish = f"{_BREAK_WISH}{reason or ''}"
    if event is AgentEvent.SIGN_OUT:
        wish = f"{_SIGN_OUT_FOR}{reason}" if reason else _SIGN_OUT_WISH
    connection.execute(
        update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(after_call=wish)
    )


def state_of(connection: Connection, agent_id: int) -> AgentState | None:
    """The agent's state now."""
    return connection.execute(
        select(AgentPresence.state).where(AgentPresence.agent_id == agent_id)
    ).scalar_one_or_none()


def sign_out_reason(connection: Connection, agent_id: int) -> str | None:
    """Why a supervisor signed the agent out; None where the agent last left by themselves."""
    return connection.execute(
        select(AgentStateChange.reason)
        .where(AgentStateChange.agent_id == agent_id, AgentStateChange.event == AgentEvent.SIGN_OUT)
        .order_by(AgentStateChange.at.desc(), AgentStateChange.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def due_wrap_ups(connection: Connection, now: datetime) -> list[tuple[int, datetime]]:
    """Agents in wrap-up with the end of it (UTC), the earliest first; those that are over are due."""
    rows = connection.execute(_WRAP_UPS)
    return [(row.agent_id, row.wrap_up_until or now) for row in rows]


def next_wrap_up_end(connection: Connection) -> datetime | None:
    """When the next wrap-up is over (UTC); it may be over already."""
    first = _FIRST_WRAP_UP.first(connection)
    return first.wrap_up_until if first is not None else None


def next_rest_end(connection: Connection, now: datetime) -> datetime | None:
    """When the next ready agent's rest is over (UTC)."""
    return connection.execute(_NEXT_REST_END, {"now": now}).scalar_one_or_none()


def free_lost_agents(connection: Connection, now: datetime) -> int:
    """Free agents who are said to ring or talk in a call that is over; returns how many (after a restart)."""
    lost = connection.execute(
        select(AgentPresence.agent_id, AgentPresence.state)
        .outerjoin(Call, Call.id == AgentPresence.call_id)
        .where(
            AgentPresence.state.in_(IN_A_CALL),
            or_(Call.id.is_(None), Call.ended_at.is_not(None)),
        )
    ).all()
    for agent_id, state in lost:
        event = AgentEvent.OFFER_GONE if state is AgentState.OFFERED else AgentEvent.CALL_ENDED
        apply(connection, agent_id, event, now, wrap_up_until=now)
        if state is AgentState.TALKING:
            apply(connection, agent_id, AgentEvent.WRAP_UP_OVER, now)
    return len(lost)
