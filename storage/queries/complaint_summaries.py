"""The monthly summary of complaints as it was handed in (R-CS): once for each month, never changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_summary import UnitRow
from storage.models import Agent, ComplaintSummary


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A summary that was handed in."""

    month: str
    at: datetime
    by: str
    closed: int
    rows: tuple[UnitRow, ...]


def hand_in(connection: Connection, month: str, rows: Sequence[UnitRow], by: int, now: datetime) -> None:
    """Keep the summary of a month as it stands now.

    :param month: of the complaints: 2026-10.
    :raises Conflict: (at the end of the transaction) it was handed in already.
    """
    kept = insert(ComplaintSummary).values(
        month=month,
        handed_in_at=now,
        handed_in_by=by,
        closed=sum(row.closed for row in rows),
        rows={"units": [asdict(row) for row in rows]},
    )
    connection.execute(kept)


def of_month(connection: Connection, month: str) -> HandedIn | None:
    """What was handed in for a month; None: nothing yet."""
    row = connection.execute(
        select(
            ComplaintSummary.month,
            ComplaintSummary.handed_in_at,
            Agent.name,
            ComplaintSummary.closed,
            ComplaintSummary.rows,
        )
        .join(Agent, Agent.id == ComplaintSummary.handed_in_by)
        .where(ComplaintSummary.month == month)
    ).one_or_none()
    if row is None:
        return None
    name, at, by, closed, rows = row
    return HandedIn(name, at, by, closed, tuple(_line(line) for line in rows["units"]))


def _line(kept: dict[str, Any]) -> UnitRow:
    classes = {ComplaintClass(name): count for name, count in kept["by_class"].items()}
    return UnitRow(**{**kept, "by_class": classes})
