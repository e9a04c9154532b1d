"""The free agents who can matter to the callers who wait: no more rows than callers, in the rule's order.

Who gets whom is decided in :mod:`ivr.standard.agent_choice`. Every caller there takes one agent, so of
those who fit a caller only as many as there are callers can be chosen; hundreds of others need not be
read for each call. The order here must be that of :func:`ivr.standard.agent_choice.choose`.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from ivr.standard.agent_choice import FreeAgent, WaitingCall
from ivr.standard.agent_state import FREE_FOR_ALARM, AgentState
from storage.models import Agent, AgentPresence, AgentSkill
from storage.prepared import Prepared

_Needed, _Preferred = aliased(AgentSkill), aliased(AgentSkill)


def _free(states: Collection[AgentState]) -> Select[*tuple[Any, ...]]:
    """Agents in one of ``states`` who can be rung."""
    return (
        select(
            AgentPresence.agent_id,
            AgentPresence.state,
            AgentPresence.idle_since,
            Agent.work_number,
            Agent.device_kind,
            Agent.device_address,
        )
        .join(Agent, Agent.id == AgentPresence.agent_id)
        .where(
            AgentPresence.state.in_(states),
            AgentPresence.device_present.is_(True),
            Agent.active.is_(True),
            or_(AgentPresence.rest_until.is_(None), AgentPresence.rest_until <= bindparam("now")),
        )
    )


def _best(states: Collection[AgentState]) -> Select[*tuple[Any, ...]]:
    """The first ``most`` of those with ``skill``, those with ``language_skill`` before others."""
    return (
        _free(states)
        .join(
            _Needed,
            and_(_Needed.agent_id == AgentPresence.agent_id, _Needed.skill == bindparam("skill")),
        )
        .outerjoin(
            _Preferred,
            and_(
                _Preferred.agent_id == AgentPresence.agent_id,
                _Preferred.skill == bindparam("language_skill"),
            ),
        )
        .order_by(
            _Preferred.skill.is_(None),
            AgentPresence.state == AgentState.WRAP_UP,
            _Needed.level,
            AgentPresence.idle_since,
            AgentPresence.agent_id,
        )
        .limit(bindparam("most"))
    )


_ALL = _free(FREE_FOR_ALARM)
_THESE = _ALL.where(AgentPresence.agent_id.in_(bindparam("agents", expanding=True)))
_BEST = {True: Prepared(_best(FREE_FOR_ALARM)), False: Prepared(_best({AgentState.READY}))}
"""By whether it is for alarm calls, which pre-empt wrap-up."""
_SKILLS = select(AgentSkill.agent_id, AgentSkill.skill, AgentSkill.level)
_SKILLS_OF_SOME = _SKILLS.where(AgentSkill.agent_id.in_(bindparam("agents", expanding=True)))
_SKILLS_OF_ONE = Prepared(_SKILLS.where(AgentSkill.agent_id == bindparam("agent")))
_ANYBODY = Prepared(_ALL.limit(1))


def anybody_free(connection: Connection, now: datetime) -> bool:
    """Whether an agent could be offered a call of some kind."""
    return _ANYBODY.first(connection, {"now": now}) is not None


def free_agents_for(
    connection: Connection, waiting: list[WaitingCall], now: datetime
) -> tuple[list[FreeAgent], dict[int, Row[Any]]]:
    """The agents to deal to these callers, and their rows (work number, device) by id.

    Who is not among them could not be chosen; :func:`ivr.standard.agent_choice.pair` gives the same
    pairs as for all free agents.
    """
    rows = {row.agent_id: row for row in _rows(connection, waiting, now)}
    if not rows:
        return [], rows
    skills: dict[int, dict[str, int]] = {agent_id: {} for agent_id in rows}
    for row in _skills_of(connection, list(rows)):
        skills[row.agent_id][row.skill] = row.level
    agents = [
        FreeAgent(
            id=row.agent_id,
            skills=skills[row.agent_id],
            idle_since=row.idle_since,
            wrapping_up=row.state is AgentState.WRAP_UP,
        )
        for row in rows.values()
    ]
    return agents, rows


def _skills_of(connection: Connection, agents: list[int]) -> Iterable[Any]:
    """Most often there is one caller, so one agent."""
    if len(agents) == 1:
        return _SKILLS_OF_ONE.rows(connection, {"agent": agents[0]})
    return connection.execute(_SKILLS_OF_SOME, {"agents": agents})


def _rows(connection: Connection, waiting: list[WaitingCall], now: datetime) -> Iterator[Row[Any]]:
    # Who must stay for callers can be said of all who are free only.
    if any(call.ring_all or call.called for call in waiting):
        yield from connection.execute(_ALL, {"now": now})
        return
    takers = [call for call in waiting if not call.open_offers]
    for skill, language_skill, alarm in {(call.skill, call.language_skill, call.alarm) for call in takers}:
        values = {"now": now, "skill": skill, "language_skill": language_skill, "most": len(takers)}
        yield from _BEST[alarm].rows(connection, values)
    preferred = {agent for call in takers for agent in (call.preferred_agent_id, call.first_responder_id)}
    if known := sorted(agent for agent in preferred if agent is not None):
        yield from connection.execute(_THESE, {"now": now, "agents": known})
