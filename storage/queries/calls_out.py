"""Calls that agents make: written before the agent's own device rings."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage.models import AgentPresence, Call, Command
from storage.queries import calls


def arrive(connection: Connection, values: dict[str, Any], command_id: int) -> int:
    """Write a call that an agent makes, and that the wish has become it; gives the call's id.

    :param values: columns of ``calls``.
    :param command_id: the wish; should an engine die now, the next one does not call a second time.
    """
    call_id = int(connection.execute(insert(Call).returning(Call.id), values).scalar_one())
    connection.execute(update(Command).where(Command.id == command_id).values(call_id=call_id))
    at: datetime = values["arrived_at"]
    calls.note(
        connection,
        "call.called_out",
        at,
        node=values["pbx_node"],
        call_id=call_id,
        agent_id=values["agent_id"],
        data={"customer": values["customer_id"], "case": values["case_id"]},
    )
    return call_id


def reason_of_break(connection: Connection, agent_id: int) -> str | None:
    """Why an agent is on a break."""
    return connection.execute(
        select(AgentPresence.reason).where(AgentPresence.agent_id == agent_id)
    ).scalar_one_or_none()
