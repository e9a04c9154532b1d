"""Wishes of people at a page: written here for the engine, and read back with what became of them."""

from collections.abc import Iterable
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
    by_agent_id: int
    agent_id: int


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
    select(
        Command.id,
        Command.kind,
        Command.at,
        Command.done_at,
        Command.refusal,
        Command.by_agent_id,
        Command.agent_id,
    )
    .order_by(Command.id.desc())
    .limit(LOOKED_BACK)
)


def newest(connection: Connection) -> list[Asked]:
    """The newest :data:`LOOKED_BACK` commands of all, the newest first."""
    return [Asked(*row) for row in connection.execute(_NEWEST).all()]


def latest(asked: Iterable[Asked]) -> dict[int, Asked]:
    """The newest of these commands about each agent."""
    found: dict[int, Asked] = {}
    for one in asked:
        found.setdefault(one.agent_id, one)
    return found


def latest_by(asked: Iterable[Asked]) -> dict[int, Asked]:
    """The newest of these commands that each person asked for."""
    found: dict[int, Asked] = {}
    for one in asked:
        found.setdefault(one.by_agent_id, one)
    return found
