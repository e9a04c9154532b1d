"""Signs of life of the engines, for whoever starts and watches them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.models import Engine


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """What an engine last wrote about itself; ``instance`` differs with each start of one."""

    instance: str
    started_at: datetime
    seen_at: datetime
    pbx_connected: bool


def sign_of_life(connection: Connection, node: str) -> SignOfLife | None:
    """The last sign of life of a PBX node's engine, None where there never was one."""
    row = connection.execute(
        select(Engine.instance, Engine.started_at, Engine.seen_at, Engine.pbx_connected).where(
            Engine.pbx_node == node
        )
    ).one_or_none()
    return SignOfLife(*row) if row is not None else None
