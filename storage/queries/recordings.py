"""Recordings, messages, survey answers and tasks of a call."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.task_kind import TASK_PRIORITY, TaskKind, TaskStatus
from storage.models import Call, Recording, SurveyAnswer, Task
from storage.prepared import Prepared
from storage.queries.calls import note

_NEW = ("call_id", "agent_id", "pbx_node", "kind", "status", "name", "started_at")
_BEGIN = Prepared(
    insert(Recording).from_select(
        _NEW,
        select(*(bindparam(name, type_=Recording.__table__.c[name].type) for name in _NEW)).where(
            ~exists().where(Recording.name == bindparam("name"))
        ),
    )
)
_FINISH = Prepared(
    update(Recording)
    .where(Recording.name == bindparam("this_name"))
    .values(
        status=RecordingStatus.FINISHED,
        ended_at=bindparam("ended_at"),
        seconds=bindparam("seconds"),
        size_bytes=bindparam("size_bytes"),
        sha256=bindparam("sha256"),
        failure=None,
    )
)


def begin(
    connection: Connection,
    call_id: int,
    agent_id: int | None,
    node: str,
    kind: RecordingKind,
    name: str,
    now: datetime,
) -> None:
    """A recording begins, unless it was begun before."""
    _BEGIN.run(
        connection,
        {
            "call_id": call_id,
            "agent_id": agent_id,
            "pbx_node": node,
            "kind": kind,
            "status": RecordingStatus.RUNNING,
            "name": name,
            "started_at": now,
        },
    )


def finish(
    connection: Connection, name: str, ended_at: datetime, *, seconds: float, size_bytes: int, sha256: str
) -> None:
    """A recording is on disk."""
    values = {"ended_at": ended_at, "seconds": seconds, "size_bytes": size_bytes, "sha256": sha256}
    _FINISH.run(connection, {"this_name": name, **values})


def fail(connection: Connection, name: str, call_id: int, now: datetime, failure: str) -> None:
    """A recording did not come out; it is said and counted."""
    connection.execute(
        update(Recording)
        .where(Recording.name == name, Recording.status == RecordingStatus.RUNNING)
        .values(status=RecordingStatus.FAILED, ended_at=now, failure=failure[:200])
    )
    note(connection, "recording.failed", now, call_id=call_id, data={"name": name, "why": failure[:200]})


def running(connection: Connection, node: str) -> list[Row[Any]]:
    """Recordings of a node that have not come to an end, each with its caller's ``channel``."""
    return list(
        connection.execute(
            select(Recording.__table__, Call.channel)
            .join(Call, Call.id == Recording.call_id)
            .where(Recording.pbx_node == node, Recording.status == RecordingStatus.RUNNING)
        )
    )


def ask_survey(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    """The caller is asked to rate the service; asking again changes nothing."""
    known = connection.execute(select(SurveyAnswer.id).where(SurveyAnswer.call_id == call_id)).first()
    if known is None:
        connection.execute(insert(SurveyAnswer), {"call_id": call_id, "agent_id": agent_id, "asked_at": now})


def answer_survey(connection: Connection, call_id: int, score: int, now: datetime) -> None:
    """The caller pressed a score."""
    connection.execute(
        update(SurveyAnswer).where(SurveyAnswer.call_id == call_id).values(score=score, answered_at=now)
    )


def owe_no_more(connection: Connection, call_id: int, kind: TaskKind, now: datetime) -> None:
    """The caller is on the line again: what was owed and is not done is not wanted any more."""
    connection.execute(
        update(Task)
        .where(Task.call_id == call_id, Task.kind == kind, Task.status == TaskStatus.OPEN)
        .values(status=TaskStatus.CANCELLED, done_at=now)
    )


def owe(
    connection: Connection, call_id: int, kind: TaskKind, now: datetime, *, recording_name: str | None = None
) -> int:
    """Store a task about a call: a call-back that keeps the caller's place, or a message."""
    call = connection.execute(
        select(Call.caller_number, Call.language, Call.queue, Call.queued_at).where(Call.id == call_id)
    ).one()
    recording_id = None
    if recording_name is not None:
        recording_id = connection.execute(
            select(Recording.id).where(Recording.name == recording_name)
        ).scalar_one_or_none()
    task_id = connection.execute(
        insert(Task).returning(Task.id),
        {
            "kind": kind,
            "status": TaskStatus.OPEN,
            "priority": TASK_PRIORITY[kind],
            "call_id": call_id,
            "number": call.caller_number,
            "language": call.language,
            "queue": call.queue,
            "queued_at": call.queued_at or now,
            "created_at": now,
            "recording_id": recording_id,
        },
    ).scalar_one()
    note(connection, f"task.{kind.value}", now, call_id=call_id, data={"task": int(task_id)})
    return int(task_id)
