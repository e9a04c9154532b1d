"""What is reached by the clock (R-OV): found with an index, by one engine only, and written down once.

``FOR UPDATE SKIP LOCKED`` on PostgreSQL: what another engine is at is left to it. SQLite has one writer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ivr.config.sections import CallKind
from ivr.standard.complaint_path import Severity
from ivr.standard.obligations import Clockwork, ObligationKind
from ivr.standard.overdue import Rung, look, rungs
from storage.changes import announce
from storage.models import Case, CaseLife, Obligation, ObligationWarning
from storage.prepared import Prepared
from storage.queries.obligations import timer_of

_NEXT = Prepared(select(func.min(Obligation.warn_at).label("at")).where(Obligation.warn_at.is_not(None)))
_REACHED = (
    select(
        *Obligation.__table__.c,
        Case.number,
        CaseLife.kind.label("case_kind"),
        CaseLife.severity,
        CaseLife.owner_id,
        CaseLife.unit_id,
    )
    .join(CaseLife, CaseLife.case_id == Obligation.case_id)
    .join(Case, Case.id == Obligation.case_id)
    .where(Obligation.warn_at.is_not(None), Obligation.warn_at <= bindparam("now"))
    .order_by(Obligation.warn_at, Obligation.id)
    .limit(bindparam("most"))
    .with_for_update(of=Obligation, skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class DueWarning:
    """Somebody is to be warned, once."""

    obligation_id: int
    case_id: int
    number: str
    case_kind: CallKind
    kind: ObligationKind
    level: int
    """The highest that was reached, counted from 0."""
    percent: float
    due_at: datetime
    rungs: tuple[Rung, ...]
    owner_id: int
    """The first responder (R-FR)."""
    unit_id: int | None


def next_at(connection: Connection) -> datetime | None:
    """When the next warning is due; a look at the beginning of an index, for an engine to sleep by."""
    at: datetime | None = _NEXT.one(connection).at
    return at


def take_due(
    connection: Connection, now: datetime, clockwork: Clockwork, most: int = 200
) -> list[DueWarning]:
    """Take what is reached by now; each is given to one engine, whatever becomes of it.

    A level that passed unseen, as while nothing ran, is written down too, but only the highest is told.

    :param most: at a time; ask again when so many came.
    """
    found = [
        warning
        for row in connection.execute(_REACHED, {"now": now, "most": most}).all()
        if (warning := _take(connection, row, now, clockwork)) is not None
    ]
    if found:
        announce(connection)
    return found


def _take(connection: Connection, row: Any, now: datetime, clockwork: Clockwork) -> DueWarning | None:
    reached = look(timer_of(row), row.level, clockwork.warn_at, now, clockwork.calendar)
    connection.execute(
        update(Obligation)
        .where(Obligation.id == row.id)
        .values(level=reached.next_level, warn_at=reached.next_at)
    )
    severe = row.severity is Severity.SEVERE
    for level in reached.reached:
        connection.execute(
            insert(ObligationWarning).values(
                obligation_id=row.id,
                case_id=row.case_id,
                level=level,
                percent=clockwork.warn_at[level],
                at=now,
                rungs=" ".join(rungs(level, severe=severe)),
            )
        )
    if not reached.reached:
        return None
    highest = reached.reached[-1]
    return DueWarning(
        obligation_id=row.id,
        case_id=row.case_id,
        number=row.number,
        case_kind=row.case_kind,
        kind=row.kind,
        level=highest,
        percent=clockwork.warn_at[highest],
        due_at=row.due_at,
        rungs=rungs(highest, severe=severe),
        owner_id=row.owner_id,
        unit_id=row.unit_id,
    )
