"""Lists of cases: a unit's, a first responder's, what is late or soon will be, the desk's, a customer's."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState
from ivr.standard.complaint_path import Severity
from ivr.standard.urgency import Urgency
from storage.models import Agent, Case, CaseLife, Unit
from storage.queries.obligations import NEVER

Place = tuple[datetime, int]
"""Where a list by time left goes on: ``due_at`` and id of the last line before."""

_OPEN = CaseLife.closed_at.is_(None)
_COLUMNS: tuple[Any, ...] = (
    Case.id,
    Case.number,
    CaseLife.kind,
    CaseLife.state,
    CaseLife.urgency,
    CaseLife.severity,
    CaseLife.unit_id,
    Unit.name.label("unit"),
    CaseLife.owner_id,
    Agent.work_number,
    Agent.name.label("owner"),
    Case.surname,
    Case.form_of_address,
    Case.contact_number,
    Case.address,
    Case.content,
    CaseLife.opened_at,
    CaseLife.due_at,
    CaseLife.paused_at,
    CaseLife.closed_at,
    CaseLife.entries,
)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of a list."""

    id: int
    number: str
    kind: CallKind
    state: CaseState
    urgency: Urgency
    severity: Severity | None
    unit_id: int | None
    unit: str | None
    owner_id: int
    work_number: str
    owner: str
    """The first responder's name (R-FR)."""
    surname: str | None
    form_of_address: str | None
    contact_number: str | None
    address: str | None
    content: str
    opened_at: datetime
    due_at: datetime | None
    """When the next thing is due; None: nothing is, or the clocks stand still."""
    paused_at: datetime | None
    closed_at: datetime | None
    entries: int


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """How many open cases a unit has; ``unit_id`` None: cases that are at no unit."""

    unit_id: int | None
    unit: str | None
    open: int
    late: int
    next_due_at: datetime | None


def columns() -> Select[Any]:
    """What :class:`CaseLine` is made of, to be narrowed down."""
    return (
        select(*_COLUMNS)
        .select_from(CaseLife)
        .join(Case, Case.id == CaseLife.case_id)
        .join(Agent, Agent.id == CaseLife.owner_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
    )


def lines(connection: Connection, wanted: Select[Any]) -> list[CaseLine]:
    """Carry out what :func:`columns` was narrowed down to."""
    return [line_of(row) for row in connection.execute(wanted)]


def line_of(row: Sequence[Any]) -> CaseLine:
    """A row of :func:`columns` as a line."""
    line = CaseLine(*row)
    return replace(line, due_at=None) if line.due_at == NEVER else line


def of_unit(
    connection: Connection, unit_id: int, *, limit: int, after: Place | None = None
) -> list[CaseLine]:
    """A unit's open cases by time left, the late ones first (R-OV)."""
    return _by_time_left(connection, [CaseLife.unit_id == unit_id], limit, after)


def of_owner(
    connection: Connection, agent_id: int, *, limit: int, after: Place | None = None
) -> list[CaseLine]:
    """The open cases somebody is first responder of, by time left (R-FR)."""
    return _by_time_left(connection, [CaseLife.owner_id == agent_id], limit, after)


def overdue(
    connection: Connection, now: datetime, *, limit: int, after: Place | None = None
) -> list[CaseLine]:
    """Open cases of which something is late, the longest first (R-OV)."""
    return _by_time_left(connection, [CaseLife.due_at < now], limit, after)


def due_soon(
    connection: Connection, now: datetime, until: datetime, *, limit: int, after: Place | None = None
) -> list[CaseLine]:
    """Open cases of which something is due between now and then, the soonest first (R-OV)."""
    return _by_time_left(connection, [CaseLife.due_at >= now, CaseLife.due_at < until], limit, after)


def _by_time_left(
    connection: Connection, conditions: Iterable[ColumnElement[bool]], limit: int, after: Place | None
) -> list[CaseLine]:
    wanted = columns().where(_OPEN, *conditions)
    if after is not None:
        due_at, case_id = after
        later = and_(CaseLife.due_at == due_at, CaseLife.case_id > case_id)
        wanted = wanted.where(CaseLife.due_at >= due_at, or_(CaseLife.due_at > due_at, later))
    return lines(connection, wanted.order_by(CaseLife.due_at, CaseLife.case_id).limit(limit))


def place_of(line: CaseLine) -> Place:
    """Where a list by time left goes on after a line."""
    return line.due_at or NEVER, line.id


def newest(
    connection: Connection,
    *,
    limit: int,
    kind: CallKind | None = None,
    state: CaseState | None = None,
    unit_id: int | None = None,
    owner_id: int | None = None,
    only_open: bool = False,
    opened: tuple[datetime, datetime] | None = None,
    before: int | None = None,
) -> list[CaseLine]:
    """The desk's list: the newest first, narrowed down.

    :param opened: from and to, the end not included.
    :param before: id of the last line before.
    """
    wanted = columns()
    for column, value in (
        (CaseLife.kind, kind),
        (CaseLife.state, state),
        (CaseLife.unit_id, unit_id),
        (CaseLife.owner_id, owner_id),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    if only_open:
        wanted = wanted.where(_OPEN)
    if opened is not None:
        wanted = wanted.where(Case.created_at >= opened[0], Case.created_at < opened[1])
    if before is not None:
        # Said of both: PostgreSQL does not conclude the one from the other, and would walk all later cases.
        wanted = wanted.where(CaseLife.case_id < before, Case.id < before)
    return lines(connection, wanted.order_by(CaseLife.case_id.desc()).limit(limit))


def of_customer(
    connection: Connection, customer_id: int | None, numbers: Collection[str], *, limit: int
) -> list[CaseLine]:
    """All cases of a customer, open and closed, the newest first.

    :param numbers: in every spelling, as :func:`storage.queries.caller_history.numbers_like` gives them.
    """
    whose: list[ColumnElement[bool]] = []
    if customer_id is not None:
        whose.append(Case.customer_id == customer_id)
    if numbers:
        by_number = Case.contact_number.in_(list(numbers))
        # Several customers may share a number: a case that names another one of them is not this one's.
        others = or_(Case.customer_id.is_(None), Case.customer_id == customer_id)
        whose.append(by_number if customer_id is None else and_(by_number, others))
    if not whose:
        return []
    return lines(connection, columns().where(or_(*whose)).order_by(Case.id.desc()).limit(limit))


def loads(connection: Connection, now: datetime) -> list[UnitLoad]:
    """Open and late cases of every unit that has some, the most late ones first; heads the overdue board."""
    late = func.count().filter(CaseLife.due_at < now)
    rows = connection.execute(
        select(CaseLife.unit_id, Unit.name, func.count(), late, func.min(CaseLife.due_at))
        .select_from(CaseLife)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(_OPEN)
        .group_by(CaseLife.unit_id, Unit.name)
        .order_by(late.desc(), func.count().desc())
    )
    return [
        UnitLoad(unit_id, name, count, late_ones, None if due_at == NEVER else due_at)
        for unit_id, name, count, late_ones, due_at in rows
    ]
