"""Units that work is not passed on to any more; refused while they have open cases."""

from sqlalchemy import Connection, func, select, update

from ivr.errors import CaseRefused
from ivr.standard.case_refusal import CaseRefusal
from storage.models import Case, CaseLife, Unit

SHOWN = 50
"""Numbers of open cases that a refusal names."""


def remove(connection: Connection, unit_id: int) -> None:
    """Remove a unit: it stays in what was done, but takes no more work.

    :raises CaseRefused: there is none, or cases are open at it; ``details`` are their numbers, the first due
        first.
    """
    # Others who pass a case on to it wait for this, or this for them.
    there = connection.execute(
        select(Unit.name).where(Unit.id == unit_id, Unit.active).with_for_update()
    ).scalar_one_or_none()
    if there is None:
        raise CaseRefused(
            CaseRefusal.NO_SUCH_UNIT, f"unit {unit_id}: there is none, or it was removed already"
        )
    mine = (CaseLife.unit_id == unit_id, CaseLife.closed_at.is_(None))
    count = connection.execute(select(func.count()).select_from(CaseLife).where(*mine)).scalar_one()
    if count:
        numbers = connection.execute(
            select(Case.number)
            .join(CaseLife, CaseLife.case_id == Case.id)
            .where(*mine)
            .order_by(CaseLife.due_at, CaseLife.case_id)
            .limit(SHOWN)
        ).scalars()
        raise CaseRefused(
            CaseRefusal.UNIT_HAS_CASES,
            f"{there} has {count} open cases; pass them on or close them first",
            list(numbers),
        )
    connection.execute(update(Unit).where(Unit.id == unit_id).values(active=False))
