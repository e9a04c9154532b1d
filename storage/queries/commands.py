"""Commands as the engine takes and settles them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from ivr.standard.command_kind import CommandKind
from storage.models import Command
from storage.prepared import Prepared

_OPEN = (
    select(
        Command.id, Command.kind, Command.agent_id, Command.by_agent_id, Command.call_id, Command.arguments
    )
    .where(
        Command.done_at.is_(None),
        Command.taken_at.is_(None),
        or_(Command.pbx_node.is_(None), Command.pbx_node == bindparam("node")),
    )
    .order_by(Command.id)
)
_ANY_OPEN = Prepared(_OPEN.limit(1))
_TAKE = (
    update(Command)
    .where(Command.id == bindparam("this"), Command.taken_at.is_(None))
    .values(taken_by=bindparam("node"), taken_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class TakenCommand:
    """A command this engine is to carry out."""

    id: int
    kind: CommandKind
    agent_id: int
    by_agent_id: int
    call_id: int | None
    arguments: dict[str, Any]


def any_open(connection: Connection, node: str) -> bool:
    """Whether there is something to take; a read, so that looking costs no write lock."""
    return _ANY_OPEN.first(connection, {"node": node}) is not None


def take(connection: Connection, node: str, now: datetime) -> list[TakenCommand]:
    """Take all open commands this node may do, in order; each goes to one engine only."""
    return [
        TakenCommand(row.id, row.kind, row.agent_id, row.by_agent_id, row.call_id, row.arguments or {})
        for row in connection.execute(_OPEN, {"node": node}).all()
        if connection.execute(_TAKE, {"this": row.id, "node": node, "now": now}).rowcount == 1
    ]


def settle(connection: Connection, command_id: int, now: datetime, refusal: str | None = None) -> None:
    """Say that a command was done, or refused and why."""
    connection.execute(update(Command).where(Command.id == command_id).values(done_at=now, refusal=refusal))


def give_back_unfinished(connection: Connection, node: str) -> int:
    """After a restart: what was taken and not done is open again. Returns how many."""
    return connection.execute(
        update(Command)
        .where(Command.taken_by == node, Command.done_at.is_(None))
        .values(taken_by=None, taken_at=None)
    ).rowcount
