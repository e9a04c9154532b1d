"""The desk's list of cases: open ones by time left, others the newest first; filtered, paged by key.

Each order is that of an index that the filter can use: a period goes by the time of making, else by number.

A page begins after the last line of the one before, so that the thousandth costs what the first does.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState
from storage.models import Case, CaseLife
from storage.queries.case_lists import CaseLine, Place, columns, lines, place_of


class Which(StrEnum):
    """Which cases a list shows."""

    OPEN = "open"  # not closed, by time left
    CLOSED = "closed"  # the newest first
    ALL = "all"  # the newest first


class Due(StrEnum):
    """How an open case stands to its next time."""

    LATE = "late"  # something is late already
    SOON = "soon"  # something is due soon
    STOPPED = "stopped"  # its clocks stand still


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed down to; None: not narrowed down by it."""

    which: Which = Which.OPEN
    kind: CallKind | None = None
    state: CaseState | None = None
    unit_id: int | None = None
    owner_id: int | None = None
    """首问负责人 (R-FR)."""
    due: Due | None = None
    """Of open cases only."""
    opened: tuple[datetime, datetime] | None = None
    """From and to, the end not included."""
    among: tuple[int, ...] | None = None
    """Ids of cases, such as those that hold the words of a search."""


@dataclass(frozen=True, slots=True)
class Heads:
    """How many open cases there are, and how they stand to their times."""

    open: int
    late: int
    soon: int


def page(
    connection: Connection,
    wanted: CaseFilter,
    now: datetime,
    soon_until: datetime,
    *,
    limit: int,
    after: Place | None = None,
) -> list[CaseLine]:
    """A page of the list.

    :param soon_until: what is due before is due soon.
    :param after: where the page before ended; see :func:`place_after`.
    """
    found = _narrowed(columns(), wanted, now, soon_until)
    if wanted.which is Which.OPEN:
        if after is not None:
            due_at, case_id = after
            later = and_(CaseLife.due_at == due_at, CaseLife.case_id > case_id)
            found = found.where(CaseLife.due_at >= due_at, or_(CaseLife.due_at > due_at, later))
        return lines(connection, found.order_by(CaseLife.due_at, CaseLife.case_id).limit(limit))
    if wanted.opened is not None:
        if after is not None:
            at, case_id = after
            before = and_(Case.created_at == at, Case.id < case_id)
            found = found.where(Case.created_at <= at, or_(Case.created_at < at, before))
        return lines(connection, found.order_by(Case.created_at.desc(), Case.id.desc()).limit(limit))
    if after is not None:
        # Said of both: PostgreSQL does not conclude the one from the other, and would walk all later cases.
        found = found.where(CaseLife.case_id < after[1], Case.id < after[1])
    return lines(connection, found.order_by(CaseLife.case_id.desc()).limit(limit))


def place_after(wanted: CaseFilter, line: CaseLine) -> Place:
    """Where the list goes on after a line."""
    return place_of(line) if wanted.which is Which.OPEN else (line.opened_at, line.id)


def _narrowed(found: Select[Any], wanted: CaseFilter, now: datetime, soon_until: datetime) -> Select[Any]:
    for column, value in (
        (CaseLife.kind, wanted.kind),
        (CaseLife.state, wanted.state),
        (CaseLife.unit_id, wanted.unit_id),
        (CaseLife.owner_id, wanted.owner_id),
    ):
        if value is not None:
            found = found.where(column == value)
    if wanted.which is Which.OPEN:
        found = found.where(CaseLife.closed_at.is_(None))
    elif wanted.which is Which.CLOSED:
        found = found.where(CaseLife.state == CaseState.CLOSED)
    if wanted.due is Due.LATE:
        found = found.where(CaseLife.due_at < now)
    elif wanted.due is Due.SOON:
        found = found.where(CaseLife.due_at >= now, CaseLife.due_at < soon_until)
    elif wanted.due is Due.STOPPED:
        found = found.where(CaseLife.paused_at.is_not(None))
    if wanted.opened is not None:
        found = found.where(Case.created_at >= wanted.opened[0], Case.created_at < wanted.opened[1])
    return found if wanted.among is None else found.where(CaseLife.case_id.in_(wanted.among))


def count(
    connection: Connection, wanted: CaseFilter, now: datetime, soon_until: datetime, *, most: int
) -> int:
    """How many cases the filter lets through, counted up to ``most``."""
    some = select(CaseLife.case_id).join(Case, Case.id == CaseLife.case_id)
    counted = _narrowed(some, wanted, now, soon_until).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(counted)).scalar_one())


def heads(connection: Connection, now: datetime, soon_until: datetime, owner_id: int | None) -> Heads:
    """Open, late and soon, of one first responder or of all."""
    late = func.count().filter(CaseLife.due_at < now)
    soon = func.count().filter(CaseLife.due_at >= now, CaseLife.due_at < soon_until)
    wanted = select(func.count(), late, soon).where(CaseLife.closed_at.is_(None))
    if owner_id is not None:
        wanted = wanted.where(CaseLife.owner_id == owner_id)
    return Heads(*connection.execute(wanted).one())


def pages(
    connection: Connection, wanted: CaseFilter, now: datetime, soon_until: datetime, *, most: int, a_page: int
) -> Iterator[Collection[CaseLine]]:
    """The list from its beginning, a page at a time, ``most`` lines in all; for what is taken away."""
    left, after = most, None
    while left > 0:
        found = page(connection, wanted, now, soon_until, limit=min(a_page, left), after=after)
        if found:
            yield found
        if len(found) < min(a_page, left):
            return
        left -= len(found)
        after = place_after(wanted, found[-1])
