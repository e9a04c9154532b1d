"""What came of calls to customers: the queue, satisfaction by group and week, remarks, evidence (R-3.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, or_, select

from ivr.config.sections import CallKind
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_reason import DialReason
from ivr.standard.dial_state import DialStatus
from ivr.standard.recording_status import RecordingKind
from storage.models import Agent, Case, CaseLife, DialAttempt, DialTask, Recording, RevisitAnswer, Unit


@dataclass(frozen=True, slots=True)
class QueueCount:
    """Tasks of one reason in one state; ``end`` of those that are over."""

    reason: DialReason
    status: DialStatus
    end: DialEnd | None
    tasks: int


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What customers of one group answered. ``group``: its name or word; ``asked``: who gave any answer.

    ``scored`` and ``mean``: of those who gave a score; ``judged`` and ``solved``: who said whether it is
    solved, and for how many it is.
    """

    group: str
    asked: int
    scored: int
    mean: float | None
    judged: int
    solved: int
    dissatisfied: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One attempt as it is kept (R-16.6): both numbers, time, consent, recordings by name."""

    attempt_id: int
    at: datetime
    reason: DialReason
    number: str
    shown_number: str | None
    answered_at: datetime | None
    consent_at: datetime | None
    ended_at: datetime | None
    result: DialResult | None
    case_id: int | None
    call_id: int | None
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SatisfactionReport:
    """Of a span of time, in groups; weeks are named by their Monday."""

    by_agent: list[Satisfaction]
    by_unit: list[Satisfaction]
    by_kind: list[Satisfaction]
    by_week: list[Satisfaction]


def queue_counts(connection: Connection) -> list[QueueCount]:
    """How many tasks stand where."""
    rows = connection.execute(
        select(DialTask.reason, DialTask.status, DialTask.end, func.count())
        .group_by(DialTask.reason, DialTask.status, DialTask.end, DialTask.rank)
        .order_by(DialTask.rank, DialTask.status, DialTask.end)
    )
    return [QueueCount(*row) for row in rows]


def results(connection: Connection, from_at: datetime, until_at: datetime) -> dict[DialResult, int]:
    """How many attempts of a time came to what."""
    rows = connection.execute(
        select(DialAttempt.result, func.count().label("attempts"))
        .where(
            DialAttempt.at >= from_at,
            DialAttempt.at < until_at,
            DialAttempt.result.is_not(None),
        )
        .group_by(DialAttempt.result)
    )
    return {row.result: row.attempts for row in rows if row.result is not None}


def satisfaction(
    connection: Connection, from_at: datetime, until_at: datetime, zone: ZoneInfo
) -> SatisfactionReport:
    """What customers answered in a time: per first responder, unit, kind of case and week."""
    rows = connection.execute(
        select(
            DialTask.ended_at,
            DialTask.satisfaction,
            DialTask.solved,
            DialTask.dissatisfied,
            Agent.work_number,
            Agent.name,
            Unit.name.label("unit"),
            CaseLife.kind,
        )
        .outerjoin(Agent, Agent.id == DialTask.agent_id)
        .outerjoin(CaseLife, CaseLife.case_id == DialTask.case_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(
            DialTask.ended_at >= from_at,
            DialTask.ended_at < until_at,
            or_(DialTask.satisfaction.is_not(None), DialTask.solved.is_not(None)),
        )
        .order_by(DialTask.ended_at, DialTask.id)
    ).all()
    given = [
        (
            f"{row.work_number} {row.name}" if row.work_number else "-",
            row.unit or "-",
            str(row.kind) if isinstance(row.kind, CallKind) else "-",
            _monday(row.ended_at, zone).isoformat() if row.ended_at is not None else "-",
            _Given(row.satisfaction, row.solved, bool(row.dissatisfied)),
        )
        for row in rows
    ]
    return SatisfactionReport(
        by_agent=_grouped((agent, one) for agent, _, _, _, one in given),
        by_unit=_grouped((unit, one) for _, unit, _, _, one in given),
        by_kind=_grouped((kind, one) for _, _, kind, _, one in given),
        by_week=_grouped((week, one) for _, _, _, week, one in given),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    score: int | None
    solved: bool | None
    dissatisfied: bool


def _grouped(answers: Iterable[tuple[str, _Given]]) -> list[Satisfaction]:
    groups: dict[str, list[_Given]] = {}
    for group, one in answers:
        groups.setdefault(group, []).append(one)
    return [_satisfaction(group, found) for group, found in sorted(groups.items())]


def _satisfaction(group: str, found: list[_Given]) -> Satisfaction:
    scores = [one.score for one in found if one.score is not None]
    solved = [one.solved for one in found if one.solved is not None]
    return Satisfaction(
        group=group,
        asked=len(found),
        scored=len(scores),
        mean=sum(scores) / len(scores) if scores else None,
        judged=len(solved),
        solved=sum(solved),
        dissatisfied=sum(one.dissatisfied for one in found),
    )


def _monday(moment: datetime, zone: ZoneInfo) -> date:
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def evidence(connection: Connection, number: str) -> list[Evidence]:
    """All attempts to call a number, the newest first, with the names of their recordings (R-16.6).

    Who shows this to somebody writes an audit line.
    """
    rows = connection.execute(
        select(
            DialAttempt.id,
            DialAttempt.at,
            DialTask.reason,
            DialAttempt.number,
            DialAttempt.shown_number,
            DialAttempt.answered_at,
            DialAttempt.consent_at,
            DialAttempt.ended_at,
            DialAttempt.result,
            DialTask.case_id,
            DialAttempt.call_id,
        )
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .where(DialAttempt.number == number)
        .order_by(DialAttempt.at.desc(), DialAttempt.id.desc())
    ).all()
    names: dict[int, list[str]] = {}
    calls = [row.call_id for row in rows if row.call_id is not None]
    for found in connection.execute(
        select(Recording.call_id, Recording.name)
        .where(Recording.call_id.in_(calls))
        .order_by(Recording.started_at, Recording.id)
    ):
        names.setdefault(found.call_id, []).append(found.name)
    return [Evidence(*row, recordings=tuple(names.get(row.call_id or 0, ()))) for row in rows]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a customer said: recorded (``recording``, a row), or as an agent wrote it down (``said``)."""

    at: datetime
    task_id: int
    case_number: str | None
    questionnaire: str | None
    question: str | None
    recording: Any
    said: str | None
    satisfaction: int | None
    solved: bool | None
    dissatisfied: bool | None
    agent: tuple[str, str] | None


def remarks(connection: Connection, from_at: datetime, until_at: datetime, limit: int) -> list[Remark]:
    """What customers left to be listened to or read, the newest first."""
    recorded = connection.execute(
        _of_remarks(RevisitAnswer.at, RevisitAnswer.question, *Recording.__table__.c)
        .join(RevisitAnswer, RevisitAnswer.dial_attempt_id == DialAttempt.id)
        .join(Recording, Recording.id == RevisitAnswer.recording_id)
        .where(
            RevisitAnswer.at >= from_at,
            RevisitAnswer.at < until_at,
            Recording.kind == RecordingKind.MESSAGE,
        )
        .order_by(RevisitAnswer.at.desc())
        .limit(limit)
    ).all()
    written = connection.execute(
        _of_remarks(DialAttempt.ended_at.label("at"), DialAttempt.said)
        .where(
            DialAttempt.ended_at >= from_at, DialAttempt.ended_at < until_at, DialAttempt.said.is_not(None)
        )
        .order_by(DialAttempt.ended_at.desc())
        .limit(limit)
    ).all()
    found = [_remark(row, question=row.question, recording=row) for row in recorded]
    found += [_remark(row, said=row.said) for row in written]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def _of_remarks(*columns: Any) -> Select[Any]:
    return (
        select(
            *columns,
            DialTask.id.label("task"),
            DialTask.questionnaire,
            DialTask.satisfaction,
            DialTask.solved,
            DialTask.dissatisfied,
            Case.number.label("case_number"),
            Agent.work_number,
            Agent.name.label("responder"),
        )
        .select_from(DialAttempt)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Case, Case.id == DialTask.case_id)
        .outerjoin(Agent, Agent.id == DialTask.agent_id)
    )


def _remark(
    row: Any, *, question: str | None = None, recording: Any = None, said: str | None = None
) -> Remark:
    return Remark(
        at=row.at,
        task_id=row.task,
        case_number=row.case_number,
        questionnaire=row.questionnaire,
        question=question,
        recording=recording,
        said=said,
        satisfaction=row.satisfaction,
        solved=row.solved,
        dissatisfied=row.dissatisfied,
        agent=(row.work_number, row.responder) if row.work_number is not None else None,
    )
