"""Signs of life of the engines, for whoever starts and watches them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.models import Engine


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """What an engine last wrote about itself; ``instance`` differs with each start of one."""

    instance: str
    started_at: datetime
    seen_at: datetime
    pbx_connected: bool
    unseen_since: datetime | None = None


def sign_of_life(connection: Connection, node: str) -> SignOfLife | None:
    """The last sign of life of a PBX node's engine, None where there never was one."""
    row = connection.execute(
        select(
            Engine.instance, Engine.started_at, Engine.seen_at, Engine.pbx_connected, Engine.unseen_since
        ).where(Engine.pbx_node == node)
    ).one_or_none()
    return SignOfLife(*row) if row is not None else None


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What only the engine can say of itself.

    ``pbx_seconds``: how long the PBX took for the last request, None while it does not answer.
    ``unwritten``: facts that wait for the database. ``unrecorded``: the disk is full. ``crowded``: new
    callers are asked to be called back. ``unseen_since``: since when callers may have come who have no row.
    """

    pbx_connected: bool
    pbx_seconds: float | None = None
    unwritten: int = 0
    unrecorded: bool = False
    crowded: bool = False
    unseen_since: datetime | None = None


def sign(connection: Connection, node: str, instance: str, now: datetime, own: OwnFigures) -> None:
    """Write a sign of life; that of an engine before this one is replaced."""
    values = {
        "seen_at": now,
        "pbx_connected": own.pbx_connected,
        "pbx_seconds": own.pbx_seconds,
        "unwritten": own.unwritten,
        "unrecorded": own.unrecorded,
        "crowded": own.crowded,
        "unseen_since": own.unseen_since,
    }
    of_this = (Engine.pbx_node == node, Engine.instance == instance)
    if connection.execute(update(Engine).where(*of_this).values(values)).rowcount == 0:
        connection.execute(delete(Engine).where(Engine.pbx_node == node))
        connection.execute(
            insert(Engine), {"pbx_node": node, "instance": instance, "started_at": now, **values}
        )
