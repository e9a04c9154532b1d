"""How long people were at work, busy and in wrap-up: from their changes of state, in one pass over them.

The time in a set of states is the sum of the moments at which it was left, less those at which it was
entered; who was in it at the beginning or the end of the time entered or left it there. So no change needs to
know the one after it, which over millions of rows would take many times as long.
"""

from datetime import datetime

from sqlalchemy import Connection, func, literal, select

from ivr.standard.agent_state import TAKES_CALLS, AgentState
from ivr.standard.report_figures import Counts
from storage.models import Agent, AgentStateChange
from storage.queries import long_reading
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
    long_reading.allow(connection)
    end = max(begin, min(end, now))
    lengths = _inside(connection, begin, end)
    for moment, sign in ((begin, -1), (end, 1)):
        for agent_id, state in _states_at(connection, moment).items():
            for name, states in _SETS.items():
                if state in states:
                    lengths[agent_id, name] = lengths.get((agent_id, name), 0) + sign * _milliseconds(moment)
    found: dict[int, Counts] = {}
    for (agent_id, name), length in lengths.items():
        setattr(found.setdefault(agent_id, Counts()), name, length / 1000)
    return {agent_id: counts for agent_id, counts in found.items() if counts.at_work_seconds > 0}


def _milliseconds(moment: datetime) -> int:
    """Since 1970; whole numbers, so that the order of adding changes nothing."""
    return round(moment.timestamp() * 1000)


def _inside(connection: Connection, begin: datetime, end: datetime) -> dict[tuple[int, str], int]:
    """By agent and set: moments left less moments entered within the time, as milliseconds since 1970."""
    change = AgentStateChange
    since = func.sum(milliseconds(literal(begin, change.at.type), change.at))
    rows = connection.execute(
        select(change.agent_id, change.from_state, change.to_state, since, func.count())
        .where(change.at >= begin, change.at < end)
        .group_by(change.agent_id, change.from_state, change.to_state)
    )
    found: dict[tuple[int, str], int] = {}
    for agent_id, left, entered, total, times in rows:
        moments = int(total) + times * _milliseconds(begin)
        for name, states in _SETS.items():
            sign = (left in states) - (entered in states)
            found[agent_id, name] = found.get((agent_id, name), 0) + sign * moments
    return found


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
