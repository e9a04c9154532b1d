"""The times behind the figures that are made of states: each stay of an agent in one of them, as a list."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from ivr.standard.agent_state import TAKES_CALLS, AgentState
from ivr.standard.report_figures import Figure
from storage.models import Agent, AgentStateChange
from storage.queries import long_reading

STATES: dict[Figure, Collection[AgentState]] = {
    Figure.WRAP_UP: (AgentState.WRAP_UP,),
    Figure.OCCUPANCY: TAKES_CALLS,
}
"""Figures made of the time in states, and in which."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An agent in a state, as far as it lies within the report's time."""

    work_number: str
    name: str
    state: AgentState
    begin: datetime
    end: datetime
    call_id: int | None
    """The call it was about."""


def behind(
    connection: Connection,
    begin: datetime,
    end: datetime,
    now: datetime,
    figure: Figure,
    *,
    agent_id: int | None = None,
    offset: int,
    limit: int,
) -> tuple[int, list[Stay]] | None:
    """How many stays a figure is made of, and a page of them, the newest first; None: it is not of states.

    :param now: what is still to come is not counted; ``agent_id``: only of this one.
    """
    states = STATES.get(figure)
    if states is None:
        return None
    long_reading.allow(connection)
    end, change = min(end, now), AgentStateChange
    began_in = and_(change.at >= begin, change.at < end)
    wanted = [change.to_state.in_(states), or_(began_in, change.id.in_(_going_on(connection, begin)))]
    if agent_id is not None:
        wanted.append(change.agent_id == agent_id)
    total = connection.execute(select(func.count()).select_from(change).where(*wanted)).scalar_one()
    later = aliased(AgentStateChange)
    left = (
        select(later.at)
        .where(
            later.agent_id == change.agent_id,
            later.at >= change.at,
            or_(later.at > change.at, later.id > change.id),
        )
        .order_by(later.at, later.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(Agent.work_number, Agent.name, change.to_state, change.at, left, change.call_id)
        .join(Agent, Agent.id == change.agent_id)
        .where(*wanted)
        .order_by(change.at.desc(), change.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return int(total), [
        Stay(number, name, state, max(entered, begin), min(gone or end, end), call_id)
        for number, name, state, entered, gone, call_id in rows
    ]


def _going_on(connection: Connection, moment: datetime) -> list[int]:
    """The changes that had led everybody to what they were doing at a moment."""
    change = AgentStateChange
    last = (
        select(change.id)
        .where(change.agent_id == Agent.id, change.at < moment)
        .order_by(change.at.desc(), change.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return [found for (found,) in connection.execute(select(last).select_from(Agent)) if found is not None]
