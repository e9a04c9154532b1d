"""Which lines of the script an agent has said in a call."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.models import ScriptTick
from storage.queries.upsert import insert_or


def read(connection: Connection, call_id: int, agent_id: int) -> list[str]:
    """The ids of the lines that were ticked, in the order in which that happened."""
    rows = connection.execute(
        select(ScriptTick.line)
        .where(ScriptTick.call_id == call_id, ScriptTick.agent_id == agent_id)
        .order_by(ScriptTick.ticked_at, ScriptTick.line)
    )
    return list(rows.scalars())


def tick(connection: Connection, call_id: int, agent_id: int, line: str, now: datetime) -> None:
    """Keep that a line was said; once, whatever how often it is asked."""
    made = insert_or(connection, ScriptTick).values(
        call_id=call_id, agent_id=agent_id, line=line, ticked_at=now
    )
    connection.execute(made.on_conflict_do_nothing())


def take_back(connection: Connection, call_id: int, agent_id: int, line: str) -> None:
    """Forget a tick that was a slip of the hand."""
    connection.execute(
        delete(ScriptTick).where(
            ScriptTick.call_id == call_id, ScriptTick.agent_id == agent_id, ScriptTick.line == line
        )
    )
