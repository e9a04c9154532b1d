"""How much of each journal on disk is in the database."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from storage.models import JournalMark

KEPT = timedelta(days=30)


def position(connection: Connection, journal: str) -> int:
    """The number of the last entry of a journal that is in; 0 where none is."""
    found = connection.execute(select(JournalMark.position).where(JournalMark.journal == journal))
    return found.scalar_one_or_none() or 0


def mark(connection: Connection, journal: str, position: int, now: datetime) -> None:
    """All entries up to this one are in with this transaction."""
    values = {"position": position, "written_at": now}
    this = JournalMark.journal == journal
    if connection.execute(update(JournalMark).where(this).values(values)).rowcount == 0:
        connection.execute(delete(JournalMark).where(JournalMark.written_at < now - KEPT))
        connection.execute(insert(JournalMark), {"journal": journal, **values})
