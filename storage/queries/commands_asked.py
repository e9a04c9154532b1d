"""Wishes of people at a page: written here for the engine, and read back with what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from ivr.standard.command_kind import CommandKind
from storage.changes import announce
from storage.models import Command

LOOKED_BACK = 100
"""How many of the newest commands are read for the pages; an outcome is shown for a moment only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish and what became of it."""

    id: int
    kind: CommandKind
    at: datetime
    done_at: datetime | None
    refusal: str | None


def ask(
    connection: Connection,
    kind: CommandKind,
    now: datetime,
    *,
    by_agent_id: int,
    agent_id: int,
    call_id: int | None = None,
    pbx_node: str | None = None,
    arguments: dict[str, Any] | None = None,
) -> int:
    """Write a wish for the engine and wake it; gives the command's id.

    :param by_agent_id: who asks.
    :param agent_id: whom it is about.
    :param call_id: the call it is about, if any; ``pbx_node``: the node that has the call.
    :param arguments: of the wish, e.g. ``{"reason": "meal"}`` of a break.
    """
    made = connection.execute(
        insert(Command)
        .values(
            at=now,
            kind=kind,
            by_agent_id=by_agent_id,
            agent_id=agent_id,
            call_id=call_id,
            pbx_node=pbx_node,
            arguments=arguments,
        )
        .returning(Command.id)
    )
    announce(connection)
    return int(made.scalar_one())


_NEWEST = (
    select(Command.id, Command.agent_id, Command.kind, Command.at, Command.done_at, Command.refusal)
    .order_by(Command.id.desc())
    .limit(LOOKED_BACK)
)


def latest(connection: Connection) -> dict[int, Asked]:
    """The newest command about each agent, among the last :data:`LOOKED_BACK` of all."""
    newest: dict[int, Asked] = {}
    for command_id, agent_id, kind, at, done_at, refusal in connection.execute(_NEWEST).all():
        newest.setdefault(agent_id, Asked(command_id, kind, at, done_at, refusal))
    return newest
