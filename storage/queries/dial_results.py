"""What comes of an attempt: kept as evidence (R-16.6), and what follows for task, person and case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from ivr.standard.dial_attempt import (
    REACHED,
    Attempt,
    DialEnd,
    DialResult,
    LaterWish,
    Next,
    after,
    after_alarm,
)
from ivr.standard.dial_reason import ASKS_FOR_OPINION, AT_ANY_HOUR
from ivr.standard.dial_state import DialStatus, DoNotCallSource
from ivr.standard.questionnaire import Answered, Opinion, is_dissatisfied, opinion
from ivr.standard.task_kind import TaskStatus
from storage.changes import announce
from storage.dial_rules import DialRules
from storage.models import (
    Call,
    DialAttempt,
    DialedNumber,
    DialTask,
    Recording,
    RevisitAnswer,
    Task,
)
from storage.queries import dial_cases, do_not_call
from storage.queries.dial_left import broken_result, left_behind, not_carried_out, only_written
from storage.queries.upsert import insert_or


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows from an attempt: another one at ``next_at``, or the ``end``."""

    next_at: datetime | None
    end: DialEnd | None
    dissatisfied: bool = False
    follow_up: int | None = None
    """Task of the first responder's call, where the case was opened again."""


def note(connection: Connection, attempt_id: int, **values: Any) -> None:
    """Keep something of an attempt that is not over: call_id, rang_at, answered_at, consent_at."""
    connection.execute(
        update(DialAttempt).where(DialAttempt.id == attempt_id, DialAttempt.result.is_(None)).values(**values)
    )


def answer(
    connection: Connection,
    attempt_id: int,
    given: Answered,
    now: datetime,
    *,
    recording_name: str | None = None,
) -> None:
    """Keep an answer the moment it is given: who hangs up later has answered all the same (R-16.5)."""
    recording_id = None
    if recording_name is not None:
        recording_id = connection.execute(
            select(Recording.id).where(Recording.name == recording_name)
        ).scalar_one_or_none()
    connection.execute(
        insert_or(connection, RevisitAnswer)
        .values(
            dial_attempt_id=attempt_id,
            question=given.question,
            measures=given.measures,
            word=given.word,
            value=given.value,
            recording_id=recording_id,
            at=now,
        )
        .on_conflict_do_nothing()
    )


def so_far(connection: Connection, attempt_id: int) -> tuple[bool, list[Answered]]:
    """Whether the person of an attempt has agreed to be asked, and what was answered, remarks among it."""
    consent_at = connection.execute(
        select(DialAttempt.consent_at).where(DialAttempt.id == attempt_id)
    ).scalar_one()
    rows = connection.execute(
        select(RevisitAnswer.question, RevisitAnswer.measures, RevisitAnswer.word, RevisitAnswer.value)
        .where(RevisitAnswer.dial_attempt_id == attempt_id)
        .order_by(RevisitAnswer.at)
    ).all()
    return consent_at is not None, [Answered(*row) for row in rows]


def settle(
    connection: Connection,
    attempt_id: int,
    result: DialResult,
    now: datetime,
    rules: DialRules,
    *,
    later: LaterWish | None = None,
    cause: int | None = None,
    sip: int | None = None,
) -> Settled | None:
    """Write down what came of an attempt, with all that follows; None: it was written already.

    :param cause: Q.850. ``sip``: the final SIP answer.
    """
    if not write_result(connection, attempt_id, result, now, later=later, cause=cause, sip=sip):
        return None
    return carry_out(connection, attempt_id, rules)


def write_result(
    connection: Connection,
    attempt_id: int,
    result: DialResult,
    now: datetime,
    *,
    later: LaterWish | None = None,
    cause: int | None = None,
    sip: int | None = None,
) -> bool:
    """Write down what came of an attempt and nothing else; False: it was written already.

    Needs no rules, so it can be kept on disk while the database is away; :func:`carry_out` follows.
    """
    over = connection.execute(
        update(DialAttempt)
        .where(DialAttempt.id == attempt_id, DialAttempt.result.is_(None))
        .values(
            result=result,
            later=later,
            ended_at=now,
            cause=cause,
            sip=sip,
            # Of an agent's call the conversation knows when it was answered.
            answered_at=func.coalesce(
                DialAttempt.answered_at,
                select(Call.answered_at).where(Call.id == DialAttempt.call_id).scalar_subquery(),
            ),
        )
    )
    return over.rowcount == 1


def carry_out(connection: Connection, attempt_id: int, rules: DialRules) -> Settled | None:
    """Do what follows of an attempt that has its result, once; None: that was done already."""
    attempt = connection.execute(select(*DialAttempt.__table__.c).where(DialAttempt.id == attempt_id)).one()
    task = connection.execute(
        select(*DialTask.__table__.c)
        .where(DialTask.id == attempt.dial_task_id, not_carried_out(attempt.attempt))
        .with_for_update()
    ).one_or_none()
    if task is None:
        return None
    result, now = attempt.result, attempt.ended_at
    follows = _next(connection, task, now, rules)
    _, answers = so_far(connection, attempt_id)
    heard = [one for one in answers if one.word is not None]
    remark = len(heard) < len(answers)
    found = opinion(heard)
    reached = result in REACHED
    dissatisfied = reached and is_dissatisfied(found, rules.dissatisfied_at_most)
    _write(connection, task, follows, now, result, found, reached, dissatisfied)
    _note_number(connection, task, attempt, result, now)
    follow_up = None
    if task.task_id is not None and follows.end is not None:
        settle_promise(connection, task.task_id, follows.end, now)
    if task.obligation_id is not None and result is not DialResult.AGENT:
        asked = bool(heard) or remark or result is DialResult.DONE
        if reached and asked:
            follow_up = _enter(connection, task, attempt, found, dissatisfied, remark, now, rules)
        elif follows.end is not None:
            why = DialEnd.NOT_WANTED if reached else follows.end
            dial_cases.give_up(connection, task.case_id, why, now, rules)
    announce(connection)
    return Settled(follows.at, follows.end, dissatisfied, follow_up)


def _next(connection: Connection, task: Row[Any], now: datetime, rules: DialRules) -> Next:
    attempts = [
        Attempt(rules.local(row.at), row.result, row.later)
        for row in connection.execute(
            select(DialAttempt.at, DialAttempt.result, DialAttempt.later)
            .where(DialAttempt.dial_task_id == task.id, DialAttempt.result.is_not(None))
            .order_by(DialAttempt.attempt)
        )
    ]
    if task.reason in AT_ANY_HOUR:
        found = after_alarm(rules.attempts, attempts, now)
    else:
        until = rules.local(task.until_at) if task.until_at is not None else None
        found = after(rules.attempts, attempts, rules.hours, rules.kind_of, rules.local(now), until=until)
    return Next(found.at.astimezone(UTC) if found.at is not None else None, found.end)


def _write(
    connection: Connection,
    task: Row[Any],
    follows: Next,
    now: datetime,
    result: DialResult,
    found: Opinion,
    reached: bool,
    dissatisfied: bool,
) -> None:
    values: dict[str, Any] = {"result": result, "next_at": follows.at, "taken_by": None, "taken_at": None}
    if follows.end is not None:
        values |= {"status": DialStatus.ENDED, "end": follows.end, "ended_at": now}
    else:
        values["status"] = DialStatus.OPEN
    if reached and (found.satisfaction is not None or found.solved is not None):
        values |= {
            "satisfaction": found.satisfaction,
            "solved": found.solved,
            "dissatisfied": dissatisfied,
        }
    connection.execute(update(DialTask).where(DialTask.id == task.id).values(**values))


def _note_number(
    connection: Connection, task: Row[Any], attempt: Row[Any], result: DialResult, now: datetime
) -> None:
    """What the attempt says of the number: asked, empty, never again."""
    number = update(DialedNumber).where(DialedNumber.number == attempt.number)
    if result in REACHED and task.reason in ASKS_FOR_OPINION:
        connection.execute(number.values(asked_at=now))
    if result is DialResult.EMPTY:
        connection.execute(number.values(empty_at=now))
    if result is DialResult.NEVER:
        by, source = attempt.agent_id, DoNotCallSource.KEY
        source = source if by is None else DoNotCallSource.AGENT
        do_not_call.add(connection, attempt.number, now, source, attempt_id=attempt.id, by=by)


def settle_promise(connection: Connection, task_id: int, end: DialEnd, now: datetime) -> None:
    """A promised call was made, or will not be made any more."""
    status = TaskStatus.DONE if end is DialEnd.REACHED else TaskStatus.CANCELLED
    connection.execute(
        update(Task)
        .where(Task.id == task_id, Task.status == TaskStatus.OPEN)
        .values(status=status, done_at=now)
    )


def _enter(
    connection: Connection,
    task: Row[Any],
    attempt: Row[Any],
    found: Opinion,
    dissatisfied: bool,
    remark: bool,
    now: datetime,
    rules: DialRules,
) -> int | None:
    """The revisit into the case; a dissatisfied customer's case is opened again and called back on top."""
    whole = attempt.result is DialResult.DONE
    entered = dial_cases.revisited(
        connection,
        task.case_id,
        found,
        now,
        rules,
        remark=remark,
        whole=whole,
        agent_id=attempt.agent_id,
        said=attempt.said,
    )
    if not dissatisfied or not entered:
        return None
    dial_cases.reopen(connection, task.case_id, now, rules, agent_id=attempt.agent_id)
    return dial_cases.follow_up(connection, task.id, now)


def settle_left_behind(
    connection: Connection, now: datetime, rules: DialRules, engines: Iterable[str] | None = None
) -> int:
    """Settle calls that are over: those handed on to agents, and what an engine that died left behind.

    Who had answered is not called again at once.
    """
    written = connection.execute(only_written(engines).order_by(DialAttempt.id)).scalars().all()
    for attempt_id in written:
        carry_out(connection, attempt_id, rules)
    rows = left_behind(connection, now, rules, engines)
    for row in rows:
        settle(connection, row.id, broken_result(row), now, rules)
    return len(written) + len(rows)
