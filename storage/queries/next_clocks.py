"""Of many cases: the clock that ends next, as lists show it beside each line (R-OV)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.standard.case_clock import percent_used
from ivr.standard.obligations import Clockwork, ObligationKind
from storage.models import Obligation
from storage.queries.obligations import timer_of


@dataclass(frozen=True, slots=True)
class NextClock:
    """A clock of a case, at one moment."""

    kind: ObligationKind
    rule: str
    due_at: datetime
    percent_used: float
    """Of the time that counts; 100 and more: it is late."""
    stopped: bool


def of_cases(
    connection: Connection, case_ids: Collection[int], now: datetime, clockwork: Clockwork
) -> dict[int, NextClock]:
    """The running clock of each case that ends first, else a stopped one; who owes nothing is left out."""
    rows = connection.execute(
        select(*Obligation.__table__.c)
        .where(Obligation.case_id.in_(list(case_ids)), Obligation.settled_at.is_(None))
        .order_by(Obligation.due_at, Obligation.id)
    )
    found: dict[int, NextClock] = {}
    for row in rows:
        known = found.get(row.case_id)
        if known is not None and (not known.stopped or row.running_since is None):
            continue
        used = percent_used(timer_of(row), now, clockwork.calendar)
        found[row.case_id] = NextClock(row.kind, row.rule, row.due_at, used, row.running_since is None)
    return found
