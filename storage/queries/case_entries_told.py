"""New entries of cases, each read once by one engine: behind a position that is moved in the transaction
which writes what is told of them.

Ids are given before the commit, so on PostgreSQL a lower one may appear after a higher one was read. What was
read beyond such a gap is remembered beside the position, until the gap is filled or so old that nothing can
come any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlalchemy.orm import aliased

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_path import Severity
from ivr.standard.urgency import Urgency
from storage.models import Agent, Call, Case, CaseEntry, CaseLife, ReadingPosition, Unit
from storage.prepared import Prepared
from storage.queries.upsert import insert_or

READER = "case_entries"
NOTHING_COMES_AFTER = timedelta(minutes=5)
"""No transaction that writes an entry stays open so long."""

_POSITION = Prepared(
    select(ReadingPosition.position, ReadingPosition.ahead).where(ReadingPosition.reader == READER)
)
_BEYOND = Prepared(select(func.count().label("entries")).where(CaseEntry.id > bindparam("position")))


@dataclass(frozen=True, slots=True)
class EntryToTell:
    """An entry with what is told of it; the case as it is now."""

    id: int
    case_id: int
    number: str
    step: CaseStep
    agent_id: int | None
    """Who did it, where it was somebody with a work number."""
    to_unit_id: int | None
    """Of a passing on: to which unit."""
    kind: CallKind
    urgency: Urgency
    severity: Severity | None
    owner_id: int
    owner: str
    unit_id: int | None
    unit: str | None
    surname: str | None
    contact_number: str | None
    """As the customer gave it, else the number they called from."""
    address: str | None
    due_at: datetime
    """When the next thing is due; :data:`storage.queries.obligations.NEVER` while nothing is."""


def anything_new(connection: Connection) -> bool:
    """Whether there are entries that nobody has read; two looks at the end of an index."""
    known = _POSITION.first(connection)
    position, ahead = (known.position, known.ahead["ids"]) if known is not None else (0, ())
    return bool(_BEYOND.one(connection, {"position": position}).entries != len(ahead))


def read_next(connection: Connection, now: datetime, most: int) -> list[EntryToTell] | None:
    """Take the next entries; whoever commits this transaction is the one who tells of them.

    :returns: None where another engine reads now.
    """
    if _POSITION.first(connection) is None:
        _begin(connection)
    known = connection.execute(
        select(ReadingPosition.position, ReadingPosition.ahead)
        .where(ReadingPosition.reader == READER)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if known is None:
        return None
    ahead = set(known.ahead["ids"])
    rows = connection.execute(
        select(CaseEntry.id, CaseEntry.at)
        .where(CaseEntry.id > known.position)
        .order_by(CaseEntry.id)
        .limit(most + len(ahead))
    ).all()
    fresh = [row.id for row in rows if row.id not in ahead][:most]
    if not fresh:
        return []
    _move(connection, known.position, rows, ahead | set(fresh), now)
    return [_entry(row) for row in connection.execute(_facts().where(CaseEntry.id.in_(fresh)))]


def _begin(connection: Connection) -> None:
    """Nobody has ever read: from the first entry on. Where there were entries before there were readers, the
    revision of the database has written where to begin."""
    row = insert_or(connection, ReadingPosition).values(reader=READER, position=0, ahead={"ids": []})
    connection.execute(row.on_conflict_do_nothing())


def leave_out_so_far(connection: Connection) -> None:
    """Nobody is told of the entries that are there now, as those that were made up for a demo."""
    _begin(connection)
    last = select(func.coalesce(func.max(CaseEntry.id), 0)).scalar_subquery()
    connection.execute(
        update(ReadingPosition)
        .where(ReadingPosition.reader == READER)
        .values(position=last, ahead={"ids": []})
    )


def _move(connection: Connection, position: int, rows: Any, have_read: set[int], now: datetime) -> None:
    """Move the position over all that leaves no gap, and over gaps in which nothing can appear any more."""
    for row in rows:
        if row.id not in have_read or (row.id != position + 1 and row.at > now - NOTHING_COMES_AFTER):
            break
        position = row.id
    connection.execute(
        update(ReadingPosition)
        .where(ReadingPosition.reader == READER)
        .values(position=position, ahead={"ids": sorted(one for one in have_read if one > position)})
    )


def _facts() -> Any:
    owner = aliased(Agent)
    return (
        select(
            CaseEntry.id,
            CaseEntry.case_id,
            Case.number,
            CaseEntry.step,
            CaseEntry.agent_id,
            CaseEntry.changes,
            CaseLife.kind,
            CaseLife.urgency,
            CaseLife.severity,
            CaseLife.owner_id,
            owner.name.label("owner"),
            CaseLife.unit_id,
            Unit.name.label("unit"),
            Case.surname,
            func.coalesce(Case.contact_number, Call.caller_number).label("contact_number"),
            Case.address,
            CaseLife.due_at,
        )
        .join(Case, Case.id == CaseEntry.case_id)
        .join(CaseLife, CaseLife.case_id == CaseEntry.case_id)
        .join(owner, owner.id == CaseLife.owner_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .outerjoin(Call, Call.id == Case.call_id)
        .order_by(CaseEntry.id)
    )


def _entry(row: Row[Any]) -> EntryToTell:
    given = row._asdict()
    changes = given.pop("changes") or {}
    to_unit = changes.get("unit_id", [None, None])[1] if row.step is CaseStep.PASS_ON else None
    return EntryToTell(**given, to_unit_id=to_unit)
