"""Cases in reports: by kind and class, late by person and unit (R-FR), satisfaction by unit (R-3.6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from ivr.config.sections import CallKind
from ivr.standard.complaint_class import ComplaintClass
from storage.models import Agent, Call, Case, CaseLife, Obligation, SurveyAnswer, Unit


@dataclass(frozen=True, slots=True)
class CasesOfKind:
    """Cases made in the time, by kind as it was corrected last, and class; ``closed`` of them are closed."""

    kind: CallKind
    complaint_class: ComplaintClass | None
    made: int
    closed: int


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case behind a figure."""

    number: str
    kind: CallKind
    complaint_class: ComplaintClass | None
    created_at: datetime
    closed_at: datetime | None
    first_responder: str
    unit: str | None
    late_since: datetime | None
    """When the first of its obligations became late in the time."""
    score: int | None
    """What the caller of its call gave."""


@dataclass(frozen=True, slots=True)
class LateOf:
    """Obligations whose time ran out within the report's, of a first responder and a unit (R-FR)."""

    work_number: str
    name: str
    unit: str | None
    late: int
    still_owed: int


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's cases of the time, and the ratings of the calls they were made of."""

    unit: str
    cases: int
    rated: int
    mean_score: float | None


def by_kind(connection: Connection, begin: datetime, end: datetime) -> list[CasesOfKind]:
    """Cases by kind and class."""
    rows = connection.execute(
        select(
            CaseLife.kind,
            CaseLife.complaint_class,
            func.count(),
            func.count().filter(_closed(end)),
        )
        .select_from(Case)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .where(Case.created_at >= begin, Case.created_at < end)
        .group_by(CaseLife.kind, CaseLife.complaint_class)
        .order_by(CaseLife.kind, CaseLife.complaint_class)
    )
    return [CasesOfKind(*row) for row in rows]


def late(connection: Connection, begin: datetime, end: datetime, now: datetime) -> list[LateOf]:
    """What became late in the time, by first responder and unit, whether it was done later or is still owed.

    It stays in the report of the time in which it became late, so that a report made again says the same.
    """
    end = min(end, now)
    owed = func.count().filter(_owed(end))
    rows = connection.execute(
        select(Agent.work_number, Agent.name, Unit.name, func.count(), owed)
        .select_from(Obligation)
        .join(CaseLife, CaseLife.case_id == Obligation.case_id)
        .join(Agent, Agent.id == CaseLife.owner_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(_late(begin, end))
        .group_by(Agent.work_number, Agent.name, Unit.name)
        .order_by(func.count().desc(), Agent.work_number, Unit.name)
    )
    return [LateOf(*row) for row in rows]


def by_unit(connection: Connection, begin: datetime, end: datetime) -> list[UnitFigures]:
    """Cases and satisfaction by unit."""
    rows = connection.execute(
        select(
            Unit.name,
            func.count(),
            func.count(SurveyAnswer.score),
            func.avg(SurveyAnswer.score),
        )
        .select_from(Case)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .join(Unit, Unit.id == CaseLife.unit_id)
        .outerjoin(Call, Call.id == Case.call_id)
        .outerjoin(SurveyAnswer, SurveyAnswer.call_id == Call.id)
        .where(Case.created_at >= begin, Case.created_at < end)
        .group_by(Unit.name)
        .order_by(Unit.name)
    )
    return [UnitFigures(name, n, rated, float(mean) if rated else None) for name, n, rated, mean in rows]


def _closed(end: datetime) -> ColumnElement[bool]:
    return and_(CaseLife.closed_at.is_not(None), CaseLife.closed_at < end)


def _owed(end: datetime) -> ColumnElement[bool]:
    """Not done until the end of the time."""
    return or_(Obligation.settled_at.is_(None), Obligation.settled_at >= end)


def _late(begin: datetime, end: datetime) -> ColumnElement[bool]:
    """Obligations that became late in a time."""
    over = or_(Obligation.settled_at.is_(None), Obligation.settled_at > Obligation.due_at)
    return and_(Obligation.due_at >= begin, Obligation.due_at < end, over)


def behind(
    connection: Connection,
    begin: datetime,
    end: datetime,
    now: datetime,
    *,
    late: bool,
    only: str | None = None,
    kind: CallKind | None = None,
    complaint_class: ComplaintClass | None = None,
    owner: str | None = None,
    unit: str | None = None,
    offset: int,
    limit: int,
) -> tuple[int, list[ListedCase]]:
    """How many cases are behind a figure, and a page of them, the newest first.

    :param late: those that became late in the time; otherwise those made in it.
    :param only: of those made the "closed", or the "rated"; of the late those still "owed"; None: all.
    :param owner: work number of the first responder; ``unit``: its name, "" for none.
    """
    end = min(end, now) if late else end
    since = (
        select(func.min(Obligation.due_at))
        .where(Obligation.case_id == Case.id, _late(begin, end))
        .scalar_subquery()
    )
    wanted: list[ColumnElement[bool]] = [and_(Case.created_at >= begin, Case.created_at < end)]
    if late:
        owed = [_owed(end)] if only == "owed" else []
        wanted = [Case.id.in_(select(Obligation.case_id).where(_late(begin, end), *owed))]
    elif only == "closed":
        wanted.append(_closed(end))
    elif only == "rated":
        wanted.append(SurveyAnswer.score.is_not(None))
    if kind is not None:
        wanted += [CaseLife.kind == kind]
        wanted += [
            CaseLife.complaint_class == complaint_class
            if complaint_class is not None
            else CaseLife.complaint_class.is_(None)
        ]
    if owner is not None:
        wanted.append(Agent.work_number == owner)
    if unit is not None:
        wanted.append(Unit.name == unit if unit else CaseLife.unit_id.is_(None))
    found = (
        select(
            Case.number,
            CaseLife.kind,
            CaseLife.complaint_class,
            Case.created_at,
            CaseLife.closed_at,
            Agent.work_number + " " + Agent.name,
            Unit.name,
            since,
            SurveyAnswer.score,
        )
        .select_from(Case)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .join(Agent, Agent.id == CaseLife.owner_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .outerjoin(SurveyAnswer, SurveyAnswer.call_id == Case.call_id)
        .where(*wanted)
    )
    total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    rows = connection.execute(found.order_by(Case.created_at.desc()).offset(offset).limit(limit)).all()
    return int(total), [ListedCase(*row) for row in rows]
