"""Who is called now: tasks taken by one engine, each with its attempt, in one transaction.

Everything that protects people (R-16.6) is looked at here, in the transaction that begins the attempt, and
not only when a task was planned. Two engines never take the same task, nor the same person for two reasons
on one day: conditional writes decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, literal, or_, select, update

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_pacing import Allowed
from ivr.standard.dial_protection import WAITS_FOR_TOMORROW, DialRefusal, Known, why_not
from ivr.standard.dial_reason import ASKED_FOR, AT_ANY_HOUR, DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus
from ivr.standard.task_kind import TaskKind, TaskStatus
from storage.dial_rules import DialRules
from storage.models import Campaign, DialAttempt, DialedNumber, DialTask, DoNotCall, Task
from storage.queries.dial_cases import give_up
from storage.queries.dialer_state import state
from storage.queries.upsert import insert_or

SPARE = 20
"""Tasks that are read beyond those wanted: few, as other engines leave alone what one has read."""
LOOKED_AT = 1000
"""Tasks of each sort that one look judges at most."""
_ONE_AT_A_TIME = 7_215_014
"""Key of the PostgreSQL advisory lock of a taking; any number that nothing else uses."""


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


def take(
    connection: Connection,
    engine: str,
    now: datetime,
    rules: DialRules,
    allowed: Allowed,
    *,
    shown_number: str | None = None,
) -> list[Taken]:
    """Take what is to be called now, in order; nothing outside of the windows (R-16.6).

    Alarm call-backs are taken also while the dialer is stopped and at any hour.

    :param engine: who calls; kept, so that what it leaves behind is found.
    :param shown_number: what the persons called will see, for the evidence.
    """
    if connection.dialect.name == "postgresql":
        # Two engines that note their people in different orders would wait for each other for ever.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
    looked = _Look(connection, engine, now, rules, shown_number)
    taken = looked.take(DialTask.reason.in_(sorted(AT_ANY_HOUR)), allowed.urgent)
    if not state(connection).running or not rules.may_begin(now):
        return taken
    lines = max(0, allowed.lines - len(taken))
    others = DialTask.reason.not_in(sorted(AT_ANY_HOUR))
    with_agent = looked.take(
        and_(others, DialTask.way == DialWay.AGENT), min(lines, max(0, allowed.with_agent - len(taken)))
    )
    automatic = looked.take(and_(others, DialTask.way == DialWay.AUTOMATIC), lines - len(with_agent))
    return taken + with_agent + automatic


class _Look:
    """One look at the queue: remembers whom it has taken already."""

    def __init__(
        self, connection: Connection, engine: str, now: datetime, rules: DialRules, shown_number: str | None
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._now = now
        self._rules = rules
        self._local = rules.local(now)
        self._shown = shown_number
        self._numbers: set[str] = set()

    def take(self, which: ColumnElement[bool], most: int) -> list[Taken]:
        """The first ``most`` that may be called."""
        taken: list[Taken] = []
        looked_at = 0
        while len(taken) < most and looked_at < LOOKED_AT:
            wanted = most - len(taken)
            rows = self._candidates(which, wanted + SPARE)
            for row in rows:
                if len(taken) == most:
                    break
                looked_at += 1
                if (one := self._judge(row)) is not None:
                    taken.append(one)
            if len(rows) < wanted + SPARE:
                break
        return taken

    def _judge(self, row: Row[Any]) -> Taken | None:
        """Take it, or put it off, or end it: in each case it is no candidate of this moment any more."""
        refusal = self._refusal(row)
        if refusal is None and row.number in self._numbers:
            refusal = DialRefusal.OTHER_REASON_TODAY
        if refusal is None:
            return self._begin(row)
        if row.reason in ASKED_FOR:  # the same person is being called this moment
            later = self._now + self._rules.attempts.no_line_wait
            self._connection.execute(
                update(DialTask).where(DialTask.id == row.id).values(next_at=later, refusal=refusal)
            )
        else:
            self._refuse(row, refusal)
        return None

    def _candidates(self, which: ColumnElement[bool], most: int) -> Sequence[Any]:
        blocked = and_(DoNotCall.number == DialTask.number, DoNotCall.lifted_at.is_(None))
        return self._connection.execute(
            select(
                *DialTask.__table__.c,
                DoNotCall.id.label("do_not_call"),
                DialedNumber.asked_at,
                DialedNumber.empty_at,
                DialedNumber.called_on,
                DialedNumber.called_for,
                DialedNumber.called_task,
            )
            .outerjoin(Campaign, Campaign.id == DialTask.campaign_id)
            .outerjoin(DoNotCall, blocked)
            .outerjoin(DialedNumber, DialedNumber.number == DialTask.number)
            .where(
                which,
                DialTask.status == DialStatus.OPEN,
                DialTask.next_at <= self._now,
                or_(DialTask.campaign_id.is_(None), Campaign.state == CampaignState.RUNNING),
                or_(DialTask.until_at.is_(None), DialTask.until_at > self._now),
            )
            .order_by(DialTask.rank, DialTask.due_at, DialTask.id)
            .limit(most)
            .with_for_update(of=DialTask.__table__, skip_locked=True)
        ).all()

    def _refusal(self, row: Row[Any]) -> DialRefusal | None:
        known = Known(
            do_not_call=row.do_not_call is not None,
            asked_at=row.asked_at,
            empty_at=row.empty_at,
            called_on=row.called_on,
            called_for=row.called_for,
            called_task=row.called_task,
        )
        return why_not(row.reason, known, self._local, rest=self._rules.rest, task=row.id)

    def _refuse(self, row: Row[Any], refusal: DialRefusal) -> None:
        """Another day, or not at all; a case is told that its customer will not be asked."""
        task = update(DialTask).where(DialTask.id == row.id)
        if refusal in WAITS_FOR_TOMORROW:
            self._connection.execute(task.values(next_at=self._tomorrow(), refusal=refusal))
            return
        ended = {"status": DialStatus.ENDED, "end": DialEnd.REFUSED, "ended_at": self._now, "next_at": None}
        self._connection.execute(task.values(refusal=refusal, **ended))
        if row.obligation_id is not None:
            give_up(self._connection, row.case_id, refusal, self._now, self._rules)

    def _tomorrow(self) -> datetime:
        day = self._local.date() + timedelta(days=1)
        return datetime.combine(day, time(), self._rules.zone).astimezone(UTC)

    def _begin(self, row: Row[Any]) -> Taken | None:
        """Take the task and the person's day, and begin the attempt; None: another engine was quicker."""
        mine = self._connection.execute(
            update(DialTask)
            .where(DialTask.id == row.id, DialTask.status == DialStatus.OPEN)
            .values(
                status=DialStatus.TAKEN,
                taken_by=self._engine,
                taken_at=self._now,
                attempts=DialTask.attempts + 1,
                refusal=None,
            )
        )
        if mine.rowcount != 1:
            return None
        if not take_day(self._connection, row.number, self._local.date(), row.id, row.reason):
            self._connection.execute(
                update(DialTask)
                .where(DialTask.id == row.id)
                .values(
                    status=DialStatus.OPEN,
                    attempts=row.attempts,
                    next_at=self._tomorrow(),
                    refusal=DialRefusal.OTHER_REASON_TODAY,
                )
            )
            return None
        self._numbers.add(row.number)
        attempt = row.attempts + 1
        attempt_id = self._connection.execute(
            insert(DialAttempt)
            .values(
                dial_task_id=row.id,
                attempt=attempt,
                number=row.number,
                shown_number=self._shown,
                at=self._now,
                engine=self._engine,
            )
            .returning(DialAttempt.id)
        ).scalar_one()
        return _taken(row, int(attempt_id), attempt)


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
    return _taken(row, int(row.attempt_id), row.attempt) if row is not None else None


def anything(connection: Connection, now: datetime, rules: DialRules) -> bool:
    """Whether there may be something to take, or to settle: cheap, to be asked again and again."""
    due = select(DialTask.id).where(DialTask.status == DialStatus.OPEN, DialTask.next_at <= now)
    if not (state(connection).running and rules.may_begin(now)):
        due = due.where(DialTask.reason.in_(sorted(AT_ANY_HOUR)))
    up = select(DialAttempt.id).where(DialAttempt.result.is_(None))
    planned = select(literal(1)).where(DialTask.task_id == Task.id).exists()
    promised = select(Task.id).where(
        Task.status == TaskStatus.OPEN,
        Task.kind.in_((TaskKind.ALARM_CALL_BACK, TaskKind.CALL_BACK)),
        Task.number.is_not(None),
        ~planned,
    )
    return any(connection.execute(each.limit(1)).first() is not None for each in (due, up, promised))


def _taken(row: Row[Any], attempt_id: int, attempt: int) -> Taken:
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


def take_day(connection: Connection, number: str, day: date, task_id: int, reason: DialReason) -> bool:
    """Note that a person is called on a day for a task; False: for another one already (one reason a day).

    A call that was asked for is made all the same.

    :param day: in the hotline's zone.
    """
    values = {"called_on": day, "called_task": task_id, "called_for": reason}
    free = or_(
        DialedNumber.called_on.is_(None),
        DialedNumber.called_on != day,
        DialedNumber.called_task == task_id,
    )
    noted = connection.execute(
        insert_or(connection, DialedNumber)
        .values(number=number, **values)
        .on_conflict_do_update(
            index_elements=["number"], set_=values, where=None if reason in ASKED_FOR else free
        )
        .returning(DialedNumber.number)
    )
    return noted.first() is not None
