"""Who may be asked or given a call: people at their desks and what they do now."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from storage.models import Agent, AgentPresence


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who takes calls."""

    work_number: str
    name: str
    role: Role
    state: AgentState


def at_work(connection: Connection, but: int) -> list[Colleague]:
    """People who are signed in, but one (``but``, an agent's id), by work number."""
    rows = connection.execute(
        select(Agent.work_number, Agent.name, Agent.role, AgentPresence.state)
        .join(AgentPresence, AgentPresence.agent_id == Agent.id)
        .where(
            Agent.active,
            Agent.id != but,
            Agent.role.in_([Role.AGENT, Role.SUPERVISOR]),
            AgentPresence.state != AgentState.SIGNED_OUT,
        )
        .order_by(Agent.work_number)
    )
    return [Colleague(*row) for row in rows]


def names_of(connection: Connection, agent_ids: Collection[int]) -> dict[int, str]:
    """Work number and name of people, also of those who have left, by id."""
    rows = connection.execute(
        select(Agent.id, Agent.work_number, Agent.name).where(Agent.id.in_(list(agent_ids)))
    )
    return {agent_id: f"{work_number} {name}" for agent_id, work_number, name in rows}
