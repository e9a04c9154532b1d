"""Imports of lists: their state and progress, written by who works on one, read by every page.

One import is at work at a time (a unique index). A program that dies over one leaves a state at work and no
sign of life; whoever looks next settles that. The rows themselves come in one transaction with the state
"done", so a list is in the archive whole or not at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from ivr.standard.import_state import AT_WORK, OVER, DuplicateChoice, ImportState
from storage.models import Agent, CustomerImport

SILENT_AFTER = timedelta(seconds=60)
"""A program that works on an import gives a sign of life every second, but while it writes."""
LONGEST_FAILURE = 400
LONGEST_FILE_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import."""

    id: int
    state: ImportState
    file_name: str
    size_bytes: int
    uploaded_at: datetime
    ended_at: datetime | None
    how: dict[str, Any] | None
    duplicates: DuplicateChoice | None
    rows: int
    rows_done: int
    rows_wrong: int
    rows_known: int
    created: int
    updated: int
    skipped: int
    failure: str | None
    """A word, ": ", and what it is about."""
    work_number: str | None = None
    name: str | None = None
    """Who; both None for a command of the operator."""


_RUN = (
    select(
        CustomerImport.id,
        CustomerImport.state,
        CustomerImport.file_name,
        CustomerImport.size_bytes,
        CustomerImport.uploaded_at,
        CustomerImport.ended_at,
        CustomerImport.how,
        CustomerImport.duplicates,
        CustomerImport.rows,
        CustomerImport.rows_done,
        CustomerImport.rows_wrong,
        CustomerImport.rows_known,
        CustomerImport.created,
        CustomerImport.updated,
        CustomerImport.skipped,
        CustomerImport.failure,
        Agent.work_number,
        Agent.name,
    )
    .outerjoin(Agent, Agent.id == CustomerImport.agent_id)
    .order_by(CustomerImport.id.desc())
)


def one(connection: Connection, import_id: int) -> ImportRun | None:
    """An import; None when there is none."""
    row = connection.execute(_RUN.where(CustomerImport.id == import_id)).one_or_none()
    return ImportRun(**row._mapping) if row is not None else None


def newest(connection: Connection, limit: int) -> list[ImportRun]:
    """The newest imports, the newest first."""
    return [ImportRun(**row._mapping) for row in connection.execute(_RUN.limit(limit))]


def add(
    connection: Connection,
    now: datetime,
    *,
    file_name: str,
    size_bytes: int,
    sha256: str,
    by: int | None,
    how: dict[str, Any],
) -> int:
    """Write an import whose file is here; returns its id."""
    made = insert(CustomerImport).values(
        state=ImportState.UPLOADED,
        file_name=file_name[:LONGEST_FILE_NAME],
        size_bytes=size_bytes,
        sha256=sha256,
        agent_id=by,
        uploaded_at=now,
        seen_at=now,
        how=how,
    )
    return int(connection.execute(made.returning(CustomerImport.id)).scalar_one())


def change_how(connection: Connection, import_id: int, how: dict[str, Any]) -> bool:
    """Read the file otherwise from now on, so it is to be checked anew; False: it is at work or over."""
    done = connection.execute(
        update(CustomerImport)
        .where(
            CustomerImport.id == import_id,
            CustomerImport.state.in_([ImportState.UPLOADED, ImportState.CHECKED]),
        )
        .values(how=how, state=ImportState.UPLOADED)
    )
    return done.rowcount == 1


def begin(
    connection: Connection,
    import_id: int,
    now: datetime,
    *,
    before: ImportState,
    at_work: ImportState,
    duplicates: DuplicateChoice | None = None,
) -> bool:
    """Take an import to work on; False when it is in no such state or another one is at work."""
    busy = select(CustomerImport.id).where(CustomerImport.at_work.is_(True))
    if connection.execute(busy).first() is not None:
        return False
    values: dict[str, Any] = {"state": at_work, "at_work": True, "seen_at": now, "rows_done": 0}
    if duplicates is not None:
        values["duplicates"] = duplicates
    taken = update(CustomerImport).where(CustomerImport.id == import_id, CustomerImport.state == before)
    return connection.execute(taken.values(**values)).rowcount == 1


def progress(connection: Connection, import_id: int, rows_done: int, now: datetime) -> bool:
    """Give a sign of life; False when the work was taken for dead meanwhile, and must stop."""
    done = connection.execute(
        update(CustomerImport)
        .where(CustomerImport.id == import_id, CustomerImport.at_work.is_(True))
        .values(rows_done=rows_done, seen_at=now)
    )
    return done.rowcount == 1


def settle(connection: Connection, import_id: int, state: ImportState, now: datetime, **columns: Any) -> bool:
    """End a piece of work, in the transaction of what it wrote; False: taken for dead, write nothing."""
    if state in OVER:
        columns["ended_at"] = now
    if "failure" in columns:
        columns["failure"] = str(columns["failure"])[:LONGEST_FAILURE]
    done = connection.execute(
        update(CustomerImport)
        .where(CustomerImport.id == import_id, CustomerImport.at_work.is_(True))
        .values(state=state, at_work=False, seen_at=now, **columns)
    )
    return done.rowcount == 1


def cancel(connection: Connection, import_id: int, now: datetime) -> bool:
    """Give an import up that nobody works on; False when it is at work or over."""
    waiting = CustomerImport.state.in_([ImportState.UPLOADED, ImportState.CHECKED])
    done = connection.execute(
        update(CustomerImport)
        .where(CustomerImport.id == import_id, waiting)
        .values(state=ImportState.CANCELLED, ended_at=now)
    )
    return done.rowcount == 1


def settle_dead(connection: Connection, now: datetime) -> int:
    """Mark imports whose program died over them; nothing of them is in the archive. How many there were."""
    done = connection.execute(
        update(CustomerImport)
        .where(
            or_(CustomerImport.at_work.is_(True), CustomerImport.state.in_(list(AT_WORK))),
            CustomerImport.seen_at < now - SILENT_AFTER,
        )
        .values(state=ImportState.INTERRUPTED, at_work=False, ended_at=now)
    )
    return int(done.rowcount)


def any_dead(connection: Connection, now: datetime) -> bool:
    """Whether :func:`settle_dead` has something to do; asked first, for it needs no lock."""
    silent = CustomerImport.at_work.is_(True) & (CustomerImport.seen_at < now - SILENT_AFTER)
    return connection.execute(select(CustomerImport.id).where(silent)).first() is not None
