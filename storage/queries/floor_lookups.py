"""What an act on the floor has to know before it is asked of an engine."""

from sqlalchemy import Connection, select

from storage.models import Agent, Call


def node_of(connection: Connection, call_id: int) -> str | None:
    """The PBX that has a call which goes on; None: it is over, or there never was one."""
    return connection.execute(
        select(Call.pbx_node).where(Call.id == call_id, Call.ended_at.is_(None))
    ).scalar_one_or_none()


def work_number_of(connection: Connection, agent_id: int) -> str | None:
    """Of somebody who may sign in; None where there is nobody."""
    return connection.execute(
        select(Agent.work_number).where(Agent.id == agent_id, Agent.active)
    ).scalar_one_or_none()
