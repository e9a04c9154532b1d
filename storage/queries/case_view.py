"""One case with all that is kept about it (R-AR)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from ivr.standard.case_clock import Clock, percent_used
from ivr.standard.case_life import Actor, CaseState, CaseStep
from ivr.standard.first_responder import Handover, answerable
from ivr.standard.objection import LinkKind
from ivr.standard.obligations import Clockwork, ObligationKind, ObligationOutcome
from storage.models import (
    Agent,
    Case,
    CaseEntry,
    CaseHandover,
    CaseLife,
    CaseLink,
    Obligation,
    ObligationPause,
    ObligationWarning,
    ResponsiblePerson,
    Unit,
)
from storage.prepared import Prepared
from storage.queries.case_lists import CaseLine, columns, line_of
from storage.queries.obligations import timer_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A step that was done."""

    entry: int
    at: datetime
    step: CaseStep
    from_state: CaseState | None
    to_state: CaseState
    actor: Actor
    work_number: str | None
    name: str | None
    """Who; of a unit, or with a work number; None: the hotline by itself."""
    said: str | None
    changes: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock stood still."""

    began_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ObligationView:
    """Something owed, and what became of it."""

    id: int
    kind: ObligationKind
    rule: str
    clock: Clock
    started_at: datetime
    due_at: datetime
    stopped: bool
    percent_used: float
    outcome: ObligationOutcome | None
    settled_at: datetime | None
    pauses: tuple[Pause, ...]
    warned: tuple[float, ...]
    """Percents of the time at which somebody was warned."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case that belongs to this one."""

    case_id: int
    number: str
    kind: LinkKind
    is_original: bool
    """The other one came first."""


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with everything."""

    line: CaseLine
    entries: tuple[Entry, ...]
    obligations: tuple[ObligationView, ...]
    handovers: tuple[Handover, ...]
    linked: tuple[Linked, ...]

    @property
    def answerable(self) -> list[str]:
        """Whom a late figure names: first responders, then the unit (R-FR)."""
        return answerable(self.line.owner, self.handovers, self.line.unit)


_THIS: BindParameter[int] = bindparam("this_case")
_BY_NUMBER = Prepared(columns().where(Case.number == bindparam("this_number")))
_BY_ID = Prepared(columns().where(Case.id == _THIS))
_ENTRIES = Prepared(
    select(
        CaseEntry.entry,
        CaseEntry.at,
        CaseEntry.step,
        CaseEntry.from_state,
        CaseEntry.to_state,
        CaseEntry.actor,
        Agent.work_number,
        func.coalesce(Agent.name, ResponsiblePerson.name).label("who"),
        CaseEntry.said,
        CaseEntry.changes,
    )
    .outerjoin(Agent, Agent.id == CaseEntry.agent_id)
    .outerjoin(ResponsiblePerson, ResponsiblePerson.id == CaseEntry.person_id)
    .where(CaseEntry.case_id == _THIS)
    .order_by(CaseEntry.entry)
)
_PAUSES = Prepared(
    select(*ObligationPause.__table__.c)
    .join(Obligation, Obligation.id == ObligationPause.obligation_id)
    .where(Obligation.case_id == _THIS)
    .order_by(ObligationPause.id)
)
_WARNED = Prepared(
    select(ObligationWarning.obligation_id, ObligationWarning.percent)
    .where(ObligationWarning.case_id == _THIS)
    .order_by(ObligationWarning.id)
)
_OWED = Prepared(select(*Obligation.__table__.c).where(Obligation.case_id == _THIS).order_by(Obligation.id))
_LINKED = tuple(
    (
        Prepared(
            select(other.label("case_id"), Case.number, CaseLink.kind)
            .join(Case, Case.id == other)
            .where(mine == _THIS)
        ),
        is_original,
    )
    for mine, other, is_original in (
        (CaseLink.case_id, CaseLink.original_id, True),
        (CaseLink.original_id, CaseLink.case_id, False),
    )
)


def _handed_over() -> Prepared:
    before, after, by = aliased(Agent), aliased(Agent), aliased(Agent)
    return Prepared(
        select(
            CaseHandover.at,
            before.name.label("before"),
            after.name.label("after"),
            by.name.label("by_whom"),
            CaseHandover.reason,
        )
        .join(before, before.id == CaseHandover.from_agent_id)
        .join(after, after.id == CaseHandover.to_agent_id)
        .join(by, by.id == CaseHandover.by_agent_id)
        .where(CaseHandover.case_id == _THIS)
        .order_by(CaseHandover.id)
    )


_HANDED_OVER = _handed_over()


def by_number(connection: Connection, number: str) -> CaseLine | None:
    """The case with a number; None where there is none. Mistyped ones: storage.queries.case_lookup."""
    found = _BY_NUMBER.first(connection, {"this_number": number})
    return line_of(found) if found is not None else None


def whole(connection: Connection, case_id: int, now: datetime, clockwork: Clockwork) -> WholeCase | None:
    """A case with its entries, obligations, handovers and links; None where there is none."""
    found = _BY_ID.first(connection, {"this_case": case_id})
    if found is None:
        return None
    return WholeCase(
        line=line_of(found),
        entries=entries(connection, case_id),
        obligations=obligations_of(connection, case_id, now, clockwork),
        handovers=handovers(connection, case_id),
        linked=linked(connection, case_id),
    )


def entries(connection: Connection, case_id: int) -> tuple[Entry, ...]:
    """What was done, from the beginning on."""
    return tuple(Entry(*row) for row in _ENTRIES.rows(connection, {"this_case": case_id}))


def obligations_of(
    connection: Connection, case_id: int, now: datetime, clockwork: Clockwork
) -> tuple[ObligationView, ...]:
    """What is and was owed, in the order it began."""
    pauses: dict[int, list[Pause]] = {}
    this = {"this_case": case_id}
    for row in _PAUSES.rows(connection, this):
        pauses.setdefault(row.obligation_id, []).append(Pause(row.began_at, row.ended_at, row.reason))
    warned: dict[int, list[float]] = {}
    for row in _WARNED.rows(connection, this):
        warned.setdefault(row.obligation_id, []).append(row.percent)
    return tuple(
        ObligationView(
            id=row.id,
            kind=row.kind,
            rule=row.rule,
            clock=row.clock,
            started_at=row.started_at,
            due_at=row.due_at,
            stopped=row.settled_at is None and row.running_since is None,
            percent_used=percent_used(timer_of(row), now, clockwork.calendar),
            outcome=row.outcome,
            settled_at=row.settled_at,
            pauses=tuple(pauses.get(row.id, ())),
            warned=tuple(warned.get(row.id, ())),
        )
        for row in _OWED.rows(connection, this)
    )


def handovers(connection: Connection, case_id: int) -> tuple[Handover, ...]:
    """Who was first responder before whom, in their order (R-FR)."""
    return tuple(Handover(*row) for row in _HANDED_OVER.rows(connection, {"this_case": case_id}))


def answers_for(connection: Connection, case_id: int) -> tuple[list[str], str | None]:
    """First responders of a case from the first on, and its unit: whom a late figure names (R-FR)."""
    row = connection.execute(
        select(Agent.name, Unit.name.label("unit"))
        .select_from(CaseLife)
        .join(Agent, Agent.id == CaseLife.owner_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(CaseLife.case_id == case_id)
    ).one()
    return answerable(row.name, handovers(connection, case_id), None), row.unit


def linked(connection: Connection, case_id: int) -> tuple[Linked, ...]:
    """The cases that belong to this one, in either direction."""
    found = []
    for others, is_original in _LINKED:
        rows = others.rows(connection, {"this_case": case_id})
        found += [Linked(row.case_id, row.number, row.kind, is_original) for row in rows]
    return tuple(sorted(found, key=lambda one: one.case_id))
