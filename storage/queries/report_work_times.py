"""How long people were at work, busy and in wrap-up: from their changes of state, in one pass over them.

The time in a set of states is the sum of the moments at which it was left, less those at which it was
entered; who was in it at the beginning or the end of the time entered or left it there. So no change needs to
know the one after it, which over millions of rows would take many times as long.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select

from ivr.standard.agent_state import TAKES_CALLS, AgentState
from ivr.standard.report_figures import Counts
from storage.models import Agent, AgentStateChange
from storage.queries.report_conditions import milliseconds

_BUSY = frozenset({AgentState.TALKING, AgentState.WRAP_UP})
_SETS = {
    "at_work_seconds": TAKES_CALLS,
    "busy_seconds": _BUSY,
    "wrap_up_seconds": frozenset({AgentState.WRAP_UP}),
}


def work_times(connection: Connection, begin: datetime, end: datetime, now: datetime) -> dict[int, Counts]:
    """Seconds of every agent in states that take calls, busy, and in wrap-up.

    :param now: what is still to come is not counted.
    """
    end = max(begin, min(end, now))
    found: dict[int, Counts] = {}
    for name, agent_id, length in _inside(connection, begin, end):
        setattr(found.setdefault(agent_id, Counts()), name, length)
    for agent_id, state in _states_at(connection, begin).items():
        _add(found, agent_id, state, -begin.timestamp())
    for agent_id, state in _states_at(connection, end).items():
        _add(found, agent_id, state, end.timestamp())
    for counts in found.values():
        for name in _SETS:
            setattr(counts, name, round(getattr(counts, name), 3))
    return {agent_id: counts for agent_id, counts in found.items() if counts.at_work_seconds > 0}


def _add(found: dict[int, Counts], agent_id: int, state: AgentState, seconds: float) -> None:
    counts = found.setdefault(agent_id, Counts())
    for name, states in _SETS.items():
        if state in states:
            setattr(counts, name, getattr(counts, name) + seconds)


def _inside(connection: Connection, begin: datetime, end: datetime) -> list[tuple[str, int, float]]:
    """By set and agent: moments left less moments entered within the time, as seconds since 1970."""
    change = AgentStateChange
    since = milliseconds(literal(begin, change.at.type), change.at)

    def net(states: Collection[AgentState]) -> ColumnElement[Any]:
        left, entered = change.from_state.in_(states), change.to_state.in_(states)
        return func.sum(case((and_(left, ~entered), since), (and_(entered, ~left), -since), else_=0))

    def crossings(states: Collection[AgentState]) -> ColumnElement[Any]:
        left, entered = change.from_state.in_(states), change.to_state.in_(states)
        return func.sum(case((and_(left, ~entered), 1), (and_(entered, ~left), -1), else_=0))

    crosses = or_(
        *(change.from_state.in_(states) for states in _SETS.values()), change.to_state.in_(TAKES_CALLS)
    )
    rows = connection.execute(
        select(
            change.agent_id,
            *(column for states in _SETS.values() for column in (net(states), crossings(states))),
        )
        .where(change.at >= begin, change.at < end, crosses)
        .group_by(change.agent_id)
    )
    start = begin.timestamp()
    return [
        (name, row[0], int(row[1 + 2 * place]) / 1000 + int(row[2 + 2 * place]) * start)
        for row in rows
        for place, name in enumerate(_SETS)
    ]


def _states_at(connection: Connection, moment: datetime) -> dict[int, AgentState]:
    """What everybody was doing at a moment: what their last change before it led to."""
    change = AgentStateChange
    last = (
        select(change.to_state)
        .where(change.agent_id == Agent.id, change.at < moment)
        .order_by(change.at.desc(), change.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(select(Agent.id, last))
    return {agent_id: state for agent_id, state in rows if state is not None}
