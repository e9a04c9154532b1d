"""Screens on the wall: each shows the board by a link of its own, without anybody's session."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from storage.models import BoardScreen

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen whose link opens the board."""

    id: int
    name: str
    made_at: datetime
    seen_at: datetime | None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make(connection: Connection, name: str, made_by: int, now: datetime) -> str:
    """A new screen; gives the token of its link, of which only the hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(
        insert(BoardScreen).values(name=name, token_hash=_hash(token), made_by=made_by, made_at=now)
    )
    return token


def opened_by(connection: Connection, token: str, now: datetime, lasts: timedelta) -> int | None:
    """Id of the screen whose link it is; None: there is none, it was ended, or its time is over."""
    return connection.execute(
        select(BoardScreen.id).where(
            BoardScreen.token_hash == _hash(token),
            BoardScreen.ended_at.is_(None),
            BoardScreen.made_at > now - lasts,
        )
    ).scalar_one_or_none()


def seen(connection: Connection, screen_id: int, now: datetime) -> None:
    """The screen shows the board now."""
    connection.execute(update(BoardScreen).where(BoardScreen.id == screen_id).values(seen_at=now))


def going_on(connection: Connection, now: datetime, lasts: timedelta) -> list[Screen]:
    """Screens whose link opens the board, the oldest first."""
    rows = connection.execute(
        select(BoardScreen.id, BoardScreen.name, BoardScreen.made_at, BoardScreen.seen_at)
        .where(BoardScreen.ended_at.is_(None), BoardScreen.made_at > now - lasts)
        .order_by(BoardScreen.id)
    )
    return [Screen(*row) for row in rows]


def end(connection: Connection, screen_id: int, now: datetime) -> bool:
    """The link opens nothing any more; False: it did not before."""
    done = connection.execute(
        update(BoardScreen)
        .where(BoardScreen.id == screen_id, BoardScreen.ended_at.is_(None))
        .values(ended_at=now)
    )
    return done.rowcount == 1
