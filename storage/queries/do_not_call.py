"""Numbers that asked not to be called (R-16.6): added by a key, an agent or the operator; lifted only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from ivr.standard.dial_state import DoNotCallSource
from storage.models import DoNotCall
from storage.queries.upsert import insert_or


@dataclass(frozen=True, slots=True)
class Blocked:
    """A number that is not called."""

    id: int
    number: str
    since: datetime
    source: DoNotCallSource
    reason: str | None


def add(
    connection: Connection,
    number: str,
    now: datetime,
    source: DoNotCallSource,
    *,
    attempt_id: int | None = None,
    by: int | None = None,
    reason: str | None = None,
) -> bool:
    """Put a number on the list; False: it stands there already.

    :param number: E.164.
    :param attempt_id: the call in which the key was pressed.
    """
    made = connection.execute(
        insert_or(connection, DoNotCall)
        .values(
            number=number,
            since=now,
            source=source,
            dial_attempt_id=attempt_id,
            by_agent_id=by,
            reason=reason,
        )
        .on_conflict_do_nothing()
        .returning(DoNotCall.id)
    )
    return made.first() is not None


def lift(connection: Connection, number: str, now: datetime, by: int | None = None) -> bool:
    """Take a number off the list, as its owner wishes; False: it does not stand there."""
    lifted = connection.execute(
        update(DoNotCall)
        .where(DoNotCall.number == number, DoNotCall.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=by)
    )
    return bool(lifted.rowcount == 1)


def listed(connection: Connection, limit: int = 1000) -> list[Blocked]:
    """Who stands on the list, the newest first."""
    rows = connection.execute(
        select(DoNotCall.id, DoNotCall.number, DoNotCall.since, DoNotCall.source, DoNotCall.reason)
        .where(DoNotCall.lifted_at.is_(None))
        .order_by(DoNotCall.id.desc())
        .limit(limit)
    )
    return [Blocked(*row) for row in rows]
