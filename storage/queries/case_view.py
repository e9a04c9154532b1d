"""One case with all that is kept about it (R-AR)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
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
from storage.queries.case_lists import CaseLine, columns, lines
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


def by_number(connection: Connection, number: str) -> CaseLine | None:
    """The case with a number; None where there is none. Mistyped ones: storage.queries.case_lookup."""
    found = lines(connection, columns().where(Case.number == number))
    return found[0] if found else None


def whole(connection: Connection, case_id: int, now: datetime, clockwork: Clockwork) -> WholeCase | None:
    """A case with its entries, obligations, handovers and links; None where there is none."""
    found = lines(connection, columns().where(Case.id == case_id))
    if not found:
        return None
    return WholeCase(
        line=found[0],
        entries=entries(connection, case_id),
        obligations=obligations_of(connection, case_id, now, clockwork),
        handovers=handovers(connection, case_id),
        linked=linked(connection, case_id),
    )


def entries(connection: Connection, case_id: int) -> tuple[Entry, ...]:
    """What was done, from the beginning on."""
    rows = connection.execute(
        select(
            CaseEntry.entry,
            CaseEntry.at,
            CaseEntry.step,
            CaseEntry.from_state,
            CaseEntry.to_state,
            CaseEntry.actor,
            Agent.work_number,
            Agent.name,
            ResponsiblePerson.name,
            CaseEntry.said,
            CaseEntry.changes,
        )
        .outerjoin(Agent, Agent.id == CaseEntry.agent_id)
        .outerjoin(ResponsiblePerson, ResponsiblePerson.id == CaseEntry.person_id)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.entry)
    )
    return tuple(Entry(*row[:7], row[7] or row[8], *row[9:]) for row in rows)


def obligations_of(
    connection: Connection, case_id: int, now: datetime, clockwork: Clockwork
) -> tuple[ObligationView, ...]:
    """What is and was owed, in the order it began."""
    pauses: dict[int, list[Pause]] = {}
    for row in connection.execute(
        select(*ObligationPause.__table__.c)
        .join(Obligation, Obligation.id == ObligationPause.obligation_id)
        .where(Obligation.case_id == case_id)
        .order_by(ObligationPause.id)
    ):
        pauses.setdefault(row.obligation_id, []).append(Pause(row.began_at, row.ended_at, row.reason))
    warned: dict[int, list[float]] = {}
    for row in connection.execute(
        select(ObligationWarning.obligation_id, ObligationWarning.percent)
        .where(ObligationWarning.case_id == case_id)
        .order_by(ObligationWarning.id)
    ):
        warned.setdefault(row.obligation_id, []).append(row.percent)
    rows = connection.execute(
        select(*Obligation.__table__.c).where(Obligation.case_id == case_id).order_by(Obligation.id)
    )
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
        for row in rows
    )


def handovers(connection: Connection, case_id: int) -> tuple[Handover, ...]:
    """Who was first responder before whom, in their order (R-FR)."""
    before, after, by = aliased(Agent), aliased(Agent), aliased(Agent)
    rows = connection.execute(
        select(CaseHandover.at, before.name, after.name, by.name, CaseHandover.reason)
        .join(before, before.id == CaseHandover.from_agent_id)
        .join(after, after.id == CaseHandover.to_agent_id)
        .join(by, by.id == CaseHandover.by_agent_id)
        .where(CaseHandover.case_id == case_id)
        .order_by(CaseHandover.id)
    )
    return tuple(Handover(*row) for row in rows)


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
    for mine, other, is_original in (
        (CaseLink.case_id, CaseLink.original_id, True),
        (CaseLink.original_id, CaseLink.case_id, False),
    ):
        rows = connection.execute(
            select(other, Case.number, CaseLink.kind).join(Case, Case.id == other).where(mine == case_id)
        )
        found += [Linked(*row, is_original=is_original) for row in rows]
    return tuple(sorted(found, key=lambda one: one.case_id))
