"""What is past its time, by class, and taking it out. Cases and entries never go (R-AR)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, not_, or_, select, update

from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.retention_class import RetentionClass
from ivr.standard.task_kind import TaskStatus
from storage.models import (
    Call,
    Case,
    CaseLife,
    CasePhoto,
    DialAttempt,
    Event,
    QualitySample,
    QualityScore,
    RecordDraft,
    Recording,
    Task,
    VisitorPhone,
)
from storage.queries import audit
from storage.queries.audit import ConsoleFact


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a class is past its time: what was there before ``before``, which is ``days`` ago."""

    of: RetentionClass
    days: int
    before: datetime


def files_due(
    connection: Connection, rule: Rule, node: str, *, after: int, limit: int
) -> list[tuple[int, str]]:
    """Id and name of the next recordings or photos that are past their time.

    :param node: whose recordings: their files lie with the PBX they were made by.
    :param after: only those with a greater id.
    """
    if rule.of is RetentionClass.PHOTOS:
        wanted = select(CasePhoto.id, CasePhoto.file_name).where(_photo_due(rule), CasePhoto.id > after)
        rows = connection.execute(wanted.order_by(CasePhoto.id).limit(limit))
    else:
        due = _recording_due(rule, node)
        chosen = select(Recording.id, Recording.name).where(due, Recording.id > after)
        rows = connection.execute(chosen.order_by(Recording.id).limit(limit))
    return [(int(row[0]), str(row[1])) for row in rows]


def count_files(connection: Connection, rule: Rule, node: str) -> int:
    """How many recordings or photos are past their time; of photos, also those whose file has gone."""
    if rule.of is RetentionClass.PHOTOS:
        counted = select(func.count()).select_from(CasePhoto).where(_photo_due(rule))
    else:
        counted = select(func.count()).select_from(Recording).where(_recording_due(rule, node))
    return int(connection.execute(counted).scalar_one())


def recordings_gone(connection: Connection, ids: Sequence[int]) -> None:
    """The sound of these recordings was deleted; that they were made, by whom, and their hash stays."""
    connection.execute(update(Recording).where(Recording.id.in_(ids)).values(status=RecordingStatus.DELETED))


def count_rows(connection: Connection, rule: Rule) -> int:
    """How many rows of a class without files are past their time."""
    table, due = _rows_due(rule)
    return int(connection.execute(select(func.count()).select_from(table).where(due)).scalar_one())


def delete_rows(connection: Connection, rule: Rule, limit: int) -> int:
    """Delete at most ``limit`` rows of a class without files; returns how many they were."""
    table, due = _rows_due(rule)
    key = next(iter(table.__table__.primary_key.columns))
    chosen = select(key).where(due).limit(limit).scalar_subquery()
    return int(connection.execute(delete(table).where(key.in_(chosen))).rowcount)


def note(connection: Connection, rule: Rule, count: int, now: datetime, ids: Sequence[int] = ()) -> None:
    """Write into the audit log what was deleted by which rule."""
    data: dict[str, Any] = {"class": rule.of.value, "count": count, "days": rule.days}
    if ids:
        data["ids"] = list(ids)
    audit.note(connection, ConsoleFact.DELETED_BY_RULE, now, agent_id=None, data=data)


def _recording_due(rule: Rule, node: str) -> ColumnElement[bool]:
    kind = RecordingKind.MESSAGE if rule.of is RetentionClass.MESSAGES else RecordingKind.CONVERSATION
    revisit = exists().where(DialAttempt.call_id == Recording.call_id)
    which = [Recording.kind == kind, not_(revisit)] if rule.of is not RetentionClass.REVISITS else [revisit]
    owed = exists().where(Task.recording_id == Recording.id, Task.status == TaskStatus.OPEN)
    return and_(
        Recording.pbx_node == node,
        Recording.status == RecordingStatus.FINISHED,
        Recording.started_at < rule.before,
        *which,
        not_(_of_case_not_over(rule)),
        not_(owed),
        not_(_drawn_and_not_scored()),
    )


def _drawn_and_not_scored() -> ColumnElement[bool]:
    """Whether the recording was drawn and waits for its reader (R-QA1)."""
    scored = exists().where(QualityScore.sample_id == QualitySample.id)
    return exists().where(QualitySample.recording_id == Recording.id, not_(scored))


def _of_case_not_over(rule: Rule) -> ColumnElement[bool]:
    """Whether the recording's call belongs to a case that is open, or was closed after the rule's moment."""
    return exists(
        select(Case.id)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .join(Call, or_(Case.call_id == Call.id, Case.id == Call.case_id))
        .where(
            Call.id == Recording.call_id, or_(CaseLife.closed_at.is_(None), CaseLife.closed_at >= rule.before)
        )
    )


def _photo_due(rule: Rule) -> ColumnElement[bool]:
    over = exists().where(CaseLife.case_id == CasePhoto.case_id, CaseLife.closed_at < rule.before)
    return and_(CasePhoto.at < rule.before, over)


def _rows_due(rule: Rule) -> tuple[Any, ColumnElement[bool]]:
    if rule.of is RetentionClass.DRAFTS:
        return RecordDraft, RecordDraft.saved_at < rule.before
    if rule.of is RetentionClass.VISITOR_PHONES:
        return VisitorPhone, VisitorPhone.expires_at < rule.before
    kept = or_(Event.kind.startswith("console.", autoescape=True), Event.kind.startswith("demo."))
    return Event, and_(Event.at < rule.before, not_(kept))
