"""Attempts whose end nobody saw, or of whose result nothing has followed yet.

Of the first their call is over, or there never was one. The others' result was written without what follows
of it, by an engine that kept it on disk while the database was away and died meanwhile.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_preview import result_of_call
from ivr.standard.dial_state import DialStatus
from storage.dial_rules import DialRules
from storage.models import Call, DialAttempt, DialTask, Event


def nobody_lives(now: datetime, rules: DialRules) -> ColumnElement[bool]:
    """Whether an attempt without a result has no call, or one that is over; joined with task and call.

    A talk of an agent waits for what the agent writes down, for a while.
    """
    written_late = Call.ended_at <= now - rules.written_within
    nothing_to_write = or_(Call.talk_started_at.is_(None), DialTask.questionnaire.is_(None))
    over = or_(DialAttempt.agent_id.is_(None), nothing_to_write, written_late)
    return or_(DialAttempt.call_id.is_(None), and_(Call.ended_at.is_not(None), over))


def not_carried_out(attempt: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Whether nothing has followed yet of an attempt that has its result: its task is still being called.

    :param attempt: how many-th of the task.
    """
    return and_(DialTask.status == DialStatus.TAKEN, DialTask.attempts == attempt)


def only_written(engines: Iterable[str] | None = None) -> Select[int]:
    """Ids of attempts that have a result of which nothing has followed yet.

    :param engines: whose; None: everybody's.
    """
    wanted = (
        select(DialAttempt.id)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .where(not_carried_out(DialAttempt.attempt.expression), DialAttempt.result.is_not(None))
    )
    return wanted if engines is None else wanted.where(DialTask.taken_by.in_(list(engines)))


def left_behind(
    connection: Connection, now: datetime, rules: DialRules, engines: Iterable[str] | None = None
) -> Sequence[Any]:
    """Attempts that nobody lives any more, as :func:`broken_result` takes them.

    :param engines: whose; None: everybody's.
    """
    rang = Event.call_id == DialAttempt.call_id, Event.kind == "call.dialled"
    wanted = (
        select(
            DialAttempt.id,
            func.coalesce(DialAttempt.answered_at, Call.answered_at).label("answered_at"),
            DialAttempt.consent_at,
            DialAttempt.agent_id,
            Call.talk_started_at,
            Call.outcome,
            select(Event.id).where(*rang).exists().label("dialled"),
        )
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .where(DialAttempt.result.is_(None), nobody_lives(now, rules))
    )
    if engines is not None:
        wanted = wanted.where(DialAttempt.engine.in_(list(engines)))
    return connection.execute(wanted.order_by(DialAttempt.id)).all()


def broken_result(row: Row[Any]) -> DialResult:
    """What an attempt came to whose end nobody saw, or whose person was handed on to an agent."""
    if row.talk_started_at is not None:
        return DialResult.AGENT
    if row.agent_id is not None:
        return result_of_call(row.outcome, answered=row.answered_at is not None, dialled=bool(row.dialled))
    if row.consent_at is not None:
        return DialResult.PART
    return DialResult.HUNG_UP if row.answered_at is not None else DialResult.BROKEN
