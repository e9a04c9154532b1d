"""Calls to customers as a list to look through, and one of them with its attempts, answers and recordings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.orm import aliased

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import DialStatus
from storage.models import (
    Agent,
    Campaign,
    Case,
    CaseLife,
    Customer,
    DialAttempt,
    DialTask,
    Recording,
    RevisitAnswer,
    Unit,
)


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are wanted; what is None or empty does not matter.

    ``due_by``: to be called until then, ``due_after``: only from then on. ``numbers``: spellings of one.
    """

    reason: DialReason | None = None
    way: DialWay | None = None
    status: DialStatus | None = None
    end: DialEnd | None = None
    result: DialResult | None = None
    attempts: int | None = None
    due_by: datetime | None = None
    due_after: datetime | None = None
    campaign_id: int | None = None
    dissatisfied: bool = False
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskView:
    """A call to a customer. ``agent``: work number and name of who is to speak, the first responder."""

    id: int
    reason: DialReason
    way: DialWay
    status: DialStatus
    number: str | None
    customer_id: int | None
    name: str | None
    surname: str | None
    form_of_address: str | None
    address: str
    language: str
    campaign_id: int | None
    campaign: str | None
    questionnaire: str | None
    agent: tuple[str, str] | None
    planned_at: datetime
    due_at: datetime
    next_at: datetime | None
    until_at: datetime | None
    attempts: int
    held_by: str | None
    held_until: datetime | None
    ended_at: datetime | None
    end: DialEnd | None
    refusal: DialRefusal | None
    result: DialResult | None
    satisfaction: int | None
    solved: bool | None
    dissatisfied: bool | None
    case_id: int | None
    case_number: str | None
    case_kind: CallKind | None
    case_state: CaseState | None
    case_content: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt: its row, who called where an agent did, answers (rows) and recordings (rows)."""

    row: Any
    agent: tuple[str, str] | None
    answers: list[Any] = field(default_factory=list)
    recordings: list[Any] = field(default_factory=list)


_Holder = aliased(Agent)


def _select() -> Select[Any]:
    return (
        select(
            *DialTask.__table__.c,
            Customer.name.label("customer_name"),
            Customer.compound,
            Customer.building,
            Customer.entrance,
            Customer.door,
            Campaign.name.label("campaign_name"),
            Agent.work_number,
            Agent.name.label("agent_name"),
            _Holder.work_number.label("holder"),
            Case.number.label("case_number"),
            Case.surname,
            Case.form_of_address,
            Case.address.label("case_address"),
            Case.content,
            CaseLife.kind.label("case_kind"),
            CaseLife.state.label("case_state"),
            Unit.name.label("unit_name"),
        )
        .outerjoin(Customer, Customer.id == DialTask.customer_id)
        .outerjoin(Campaign, Campaign.id == DialTask.campaign_id)
        .outerjoin(Agent, Agent.id == DialTask.agent_id)
        .outerjoin(_Holder, _Holder.id == DialTask.held_by)
        .outerjoin(Case, Case.id == DialTask.case_id)
        .outerjoin(CaseLife, CaseLife.case_id == DialTask.case_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
    )


def count(connection: Connection, wanted: TaskFilter) -> int:
    """How many tasks fit."""
    counted = select(func.count()).select_from(DialTask).where(*_conditions(wanted))
    return int(connection.execute(counted).scalar_one())


def page(connection: Connection, wanted: TaskFilter, *, offset: int, limit: int) -> list[TaskView]:
    """One page: what is to be called in its order, then what is over, the newest first."""
    over = DialTask.status == DialStatus.ENDED
    rows = connection.execute(
        _select()
        .where(*_conditions(wanted))
        .order_by(over, DialTask.ended_at.desc(), DialTask.rank, DialTask.due_at, DialTask.id)
        .offset(offset)
        .limit(limit)
    )
    return [_view(row) for row in rows]


def one(connection: Connection, task_id: int) -> TaskView | None:
    """One task; None where there is none."""
    row = connection.execute(_select().where(DialTask.id == task_id)).one_or_none()
    return _view(row) if row is not None else None


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions = [
        column == value
        for column, value in (
            (DialTask.reason, wanted.reason),
            (DialTask.way, wanted.way),
            (DialTask.status, wanted.status),
            (DialTask.end, wanted.end),
            (DialTask.result, wanted.result),
            (DialTask.attempts, wanted.attempts),
            (DialTask.campaign_id, wanted.campaign_id),
        )
        if value is not None
    ]
    if wanted.due_by is not None:
        conditions.append(DialTask.next_at <= wanted.due_by)
    if wanted.due_after is not None:
        conditions.append(DialTask.next_at > wanted.due_after)
    if wanted.dissatisfied:
        conditions.append(DialTask.dissatisfied.is_(True))
    if wanted.numbers:
        conditions.append(DialTask.number.in_(wanted.numbers))
    return conditions


def _view(row: Any) -> TaskView:
    agent = (row.work_number, row.agent_name) if row.work_number is not None else None
    called = f"{row.surname or ''}{row.form_of_address or ''}" or None
    own = [
        row.compound,
        row.building and f"{row.building}号楼",
        row.entrance and f"{row.entrance}单元",
        row.door,
    ]
    return TaskView(
        id=row.id,
        reason=row.reason,
        way=row.way,
        status=row.status,
        number=row.number,
        customer_id=row.customer_id,
        name=row.customer_name or row.name or called,
        surname=row.surname,
        form_of_address=row.form_of_address,
        language=row.language,
        address=" ".join(part for part in own if part) or row.case_address or "",
        campaign_id=row.campaign_id,
        campaign=row.campaign_name,
        questionnaire=row.questionnaire,
        agent=agent,
        planned_at=row.planned_at,
        due_at=row.due_at,
        next_at=row.next_at,
        until_at=row.until_at,
        attempts=row.attempts,
        held_by=row.holder,
        held_until=row.held_until,
        ended_at=row.ended_at,
        end=row.end,
        refusal=row.refusal,
        result=row.result,
        satisfaction=row.satisfaction,
        solved=row.solved,
        dissatisfied=row.dissatisfied,
        case_id=row.case_id,
        case_number=row.case_number,
        case_kind=row.case_kind,
        case_state=row.case_state,
        case_content=row.content,
        unit=row.unit_name,
    )


def attempts_of(connection: Connection, task_id: int) -> list[AttemptView]:
    """The attempts of a task, the last first."""
    return attempts_where(connection, DialAttempt.dial_task_id == task_id)


def attempts_to(connection: Connection, numbers: Sequence[str], limit: int) -> list[AttemptView]:
    """Attempts to reach any of these spellings of numbers, the last first."""
    return attempts_where(connection, DialAttempt.number.in_(numbers), limit)


def attempts_where(connection: Connection, which: ColumnElement[bool], limit: int = 200) -> list[AttemptView]:
    """Attempts with answers and recordings, the newest first (R-16.6)."""
    rows = connection.execute(
        select(
            *DialAttempt.__table__.c,
            DialTask.reason,
            DialTask.case_id,
            DialTask.questionnaire,
            Agent.work_number,
            Agent.name,
        )
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Agent, Agent.id == DialAttempt.agent_id)
        .where(which)
        .order_by(DialAttempt.at.desc(), DialAttempt.id.desc())
        .limit(limit)
    ).all()
    found = {
        row.id: AttemptView(row, (row.work_number, row.name) if row.work_number is not None else None)
        for row in rows
    }
    for answer in connection.execute(
        select(*RevisitAnswer.__table__.c)
        .where(RevisitAnswer.dial_attempt_id.in_(list(found)))
        .order_by(RevisitAnswer.at, RevisitAnswer.question)
    ):
        found[answer.dial_attempt_id].answers.append(answer)
    of_call = {one.row.call_id: one for one in found.values() if one.row.call_id is not None}
    for recording in connection.execute(
        select(*Recording.__table__.c)
        .where(Recording.call_id.in_(list(of_call)))
        .order_by(Recording.started_at, Recording.id)
    ):
        of_call[recording.call_id].recordings.append(recording)
    return list(found.values())
