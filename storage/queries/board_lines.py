"""What the live board says beside calls and agents: cases that are due, gas leaks, lines to the outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from ivr.config.sections import CallKind
from ivr.standard.trunk_choice import TrunkState
from storage.models import CaseLife, TrunkCondition
from storage.queries import overdue_board
from storage.queries.alarms import NOT_CLOSED
from storage.queries.case_lists import CaseLine

SOON = timedelta(hours=1)
"""What is due within it stands on the board."""
LISTED = 8


@dataclass(frozen=True, slots=True)
class TrunkNow:
    """A line to the outside, as the engine of one PBX sees it."""

    pbx_node: str
    name: str
    state: TrunkState
    since: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """Everything of one moment; ``cases`` are the first of those that are late or due within the hour."""

    late: int
    due: int
    cases: list[CaseLine]
    gas_leaks: int
    trunks: list[TrunkNow]


def read(connection: Connection, now: datetime) -> Lines:
    """Read them, each by an index of open cases only."""
    is_late = CaseLife.due_at < now
    late, due = connection.execute(
        select(func.count().filter(is_late), func.count().filter(~is_late)).where(
            CaseLife.closed_at.is_(None), CaseLife.due_at < now + SOON
        )
    ).one()
    gas_leaks = connection.execute(
        select(func.count()).where(CaseLife.kind == CallKind.ALARM, CaseLife.state.in_(NOT_CLOSED))
    ).scalar_one()
    trunks = connection.execute(
        select(TrunkCondition.pbx_node, TrunkCondition.name, TrunkCondition.state, TrunkCondition.since)
        .where(TrunkCondition.listed)
        .order_by(TrunkCondition.pbx_node, TrunkCondition.place)
    )
    return Lines(
        late=int(late),
        due=int(due),
        cases=overdue_board.board(connection, now + SOON, limit=LISTED),
        gas_leaks=int(gas_leaks),
        trunks=[TrunkNow(*row) for row in trunks],
    )
