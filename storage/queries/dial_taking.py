"""Who is called now: tasks taken by one engine, each with its attempt, in one transaction.

Everything that protects people (R-16.6) is looked at here, in the transaction that begins the attempt, and
not only when a task was planned. Two engines never take the same task, nor the same person for two reasons
on one day: conditional writes decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, literal, not_, or_, select

from ivr.standard.dial_pacing import Allowed
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import AT_ANY_HOUR, LOOKED_AT_FIRST, DialReason, DialWay
from ivr.standard.dial_speakers import Speakers
from ivr.standard.dial_state import DialStatus
from ivr.standard.task_kind import TaskKind, TaskStatus
from storage.dial_rules import DialRules
from storage.models import Call, DialAttempt, DialTask, Task
from storage.queries.dial_begin import begin, candidates, put_aside, refusal_of
from storage.queries.dial_left import nobody_lives, only_written
from storage.queries.dial_speakers import could_be_spoken_to
from storage.queries.dialer_state import state

SPARE = 20
"""Tasks that are read beyond those wanted: few, as other engines leave alone what one has read."""
LOOKED_AT = 1000
"""Tasks of each sort that one look judges at most."""
_ONE_AT_A_TIME = 7_215_014
"""Key of the PostgreSQL advisory lock of a taking; any number that nothing else uses."""

_AN_AGENT_LOOKS_FIRST = and_(DialTask.way == DialWay.AGENT, DialTask.reason.in_(sorted(LOOKED_AT_FIRST)))
"""Never dialed by the program: an agent takes them from the desk (storage/queries/dial_preview.py)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody whom this engine calls now."""

    task_id: int
    attempt_id: int
    attempt: int
    reason: DialReason
    way: DialWay
    number: str
    language: str
    customer_id: int | None
    case_id: int | None
    questionnaire: str | None
    agent_id: int | None
    queue: str | None
    due_at: datetime


def one_at_a_time(connection: Connection) -> None:
    """Let no other engine begin calls to customers before this transaction is over.

    To be said before lines and free agents are counted, or two engines would both count on the last ones; and
    two that note their people in different orders would wait for each other for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")


def take(
    connection: Connection,
    engine: str,
    now: datetime,
    rules: DialRules,
    allowed: Allowed,
    *,
    shown_number: str | None = None,
    speakers: Speakers | None = None,
) -> list[Taken]:
    """Take what is to be called now, in order; nothing outside of the windows (R-16.6).

    Alarm call-backs are taken also while the dialer is stopped and at any hour, and nobody else beside them.

    :param engine: who calls; kept, so that what it leaves behind is found.
    :param shown_number: what the persons called will see, for the evidence.
    :param speakers: free agents; a call in which an agent speaks is begun only while one who could is left.
        None: whoever is free can speak with everybody.
    """
    one_at_a_time(connection)
    looked = _Look(connection, engine, now, rules, shown_number)
    taken = looked.take(DialTask.reason.in_(sorted(AT_ANY_HOUR)), allowed.urgent)
    if taken or not state(connection).running or not rules.may_begin(now):
        return taken
    others = DialTask.reason.not_in(sorted(AT_ANY_HOUR))
    with_agent = looked.take(
        and_(others, DialTask.way == DialWay.AGENT, not_(_AN_AGENT_LOOKS_FIRST)),
        min(allowed.lines, allowed.with_agent),
        speakers,
    )
    automatic = looked.take(and_(others, DialTask.way == DialWay.AUTOMATIC), allowed.lines - len(with_agent))
    return with_agent + automatic


class _Look:
    """One look at the queue: remembers whom it has taken already."""

    def __init__(
        self, connection: Connection, engine: str, now: datetime, rules: DialRules, shown_number: str | None
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._now = now
        self._rules = rules
        self._shown = shown_number
        self._numbers: set[str] = set()

    def take(self, which: ColumnElement[bool], most: int, speakers: Speakers | None = None) -> list[Taken]:
        """The first ``most`` that may be called, and with whom one of ``speakers`` could speak."""
        taken: list[Taken] = []
        looked_at = 0
        while len(taken) < most and looked_at < LOOKED_AT:
            wanted = most - len(taken)
            could = which if speakers is None else and_(which, could_be_spoken_to(self._rules, speakers))
            rows = self._candidates(could, wanted + SPARE)
            for row in rows:
                if len(taken) == most:
                    break
                looked_at += 1
                if (one := self._judge(row, speakers)) is not None:
                    taken.append(one)
            if len(rows) < wanted + SPARE:
                break
        return taken

    def _judge(self, row: Row[Any], speakers: Speakers | None) -> Taken | None:
        """Take it, or put it off, or end it: in each case it is no candidate of this moment any more.

        Nor is one with whom nobody who is left could speak: it keeps its place.
        """
        refusal = refusal_of(row, self._now, self._rules)
        if refusal is None and row.number in self._numbers:
            refusal = DialRefusal.OTHER_REASON_TODAY
        if refusal is None:
            wanted = self._rules.wanted(row.queue, row.language, row.agent_id)
            if speakers is not None and speakers.count_on(wanted) is None:
                return None
            return self._begin(row)
        put_aside(self._connection, row, refusal, self._now, self._rules)
        return None

    def _candidates(self, which: ColumnElement[bool], most: int) -> Sequence[Any]:
        nobody_looks = or_(DialTask.held_until.is_(None), DialTask.held_until <= self._now)
        return self._connection.execute(
            candidates(and_(which, nobody_looks), self._now)
            .order_by(DialTask.rank, DialTask.due_at, DialTask.id)
            .limit(most)
            .with_for_update(of=DialTask.__table__, skip_locked=True)
        ).all()

    def _begin(self, row: Row[Any]) -> Taken | None:
        attempt_id = begin(
            self._connection, row, self._engine, self._now, self._rules, shown_number=self._shown
        )
        if attempt_id is None:
            return None
        self._numbers.add(row.number)
        return taken_of(row, attempt_id, row.attempts + 1)


def of_call(connection: Connection, call_id: int) -> Taken | None:
    """What a call is about that the dialer made and that is not settled; None for any other."""
    row: Any = connection.execute(
        select(
            *DialTask.__table__.c,
            DialAttempt.id.label("attempt_id"),
            DialAttempt.attempt,
        )
        .join(DialAttempt, DialAttempt.dial_task_id == DialTask.id)
        .where(DialAttempt.call_id == call_id, DialAttempt.result.is_(None))
    ).one_or_none()
    return taken_of(row, int(row.attempt_id), row.attempt) if row is not None else None


def anything(connection: Connection, now: datetime, rules: DialRules) -> bool:
    """Whether there may be something to take, or to settle: cheap, to be asked again and again."""
    due = select(DialTask.id).where(DialTask.status == DialStatus.OPEN, DialTask.next_at <= now)
    if not (state(connection).running and rules.may_begin(now)):
        due = due.where(DialTask.reason.in_(sorted(AT_ANY_HOUR)))
    due = due.where(not_(_AN_AGENT_LOOKS_FIRST))
    up = (
        select(DialAttempt.id)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .where(DialAttempt.result.is_(None), or_(DialAttempt.agent_id.is_(None), nobody_lives(now, rules)))
    )
    planned = select(literal(1)).where(DialTask.task_id == Task.id).exists()
    promised = select(Task.id).where(
        Task.status == TaskStatus.OPEN,
        Task.kind.in_((TaskKind.ALARM_CALL_BACK, TaskKind.CALL_BACK)),
        Task.number.is_not(None),
        ~planned,
    )
    found = (due, up, only_written(), promised)
    return any(connection.execute(each.limit(1)).first() is not None for each in found)


def taken_of(row: Row[Any], attempt_id: int, attempt: int) -> Taken:
    """What is called, of a task's row."""
    return Taken(
        task_id=row.id,
        attempt_id=attempt_id,
        attempt=attempt,
        reason=row.reason,
        way=row.way,
        number=row.number,
        language=row.language,
        customer_id=row.customer_id,
        case_id=row.case_id,
        questionnaire=row.questionnaire,
        agent_id=row.agent_id,
        queue=row.queue,
        due_at=row.due_at,
    )
