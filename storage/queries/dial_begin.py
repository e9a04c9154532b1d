"""Beginning an attempt: what every call to a customer goes through, the program's and an agent's (R-16.6).

Rows given here are those of :func:`candidates`: a task with what is known of its number.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, or_, select, update

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import WAITS_FOR_TOMORROW, DialRefusal, Known, why_not
from ivr.standard.dial_reason import ASKED_FOR, DialReason
from ivr.standard.dial_state import CampaignState, DialStatus
from storage.dial_rules import DialRules
from storage.models import Campaign, DialAttempt, DialedNumber, DialTask, DoNotCall
from storage.queries.dial_cases import give_up
from storage.queries.upsert import insert_or


def candidates(which: ColumnElement[bool], now: datetime) -> Select[Any]:
    """Tasks that may be due now, with what is known of their numbers; in no order yet."""
    blocked = and_(DoNotCall.number == DialTask.number, DoNotCall.lifted_at.is_(None))
    return (
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
            DialTask.next_at <= now,
            or_(DialTask.campaign_id.is_(None), Campaign.state == CampaignState.RUNNING),
            or_(DialTask.until_at.is_(None), DialTask.until_at > now),
        )
    )


def refusal_of(row: Row[Any], now: datetime, rules: DialRules) -> DialRefusal | None:
    """Why the rules do not let somebody be called now; None: they do."""
    known = Known(
        do_not_call=row.do_not_call is not None,
        asked_at=row.asked_at,
        empty_at=row.empty_at,
        called_on=row.called_on,
        called_for=row.called_for,
        called_task=row.called_task,
    )
    return why_not(row.reason, known, rules.local(now), rest=rules.rest, task=row.id)


def put_aside(
    connection: Connection, row: Row[Any], refusal: DialRefusal, now: datetime, rules: DialRules
) -> None:
    """A little later, another day, or not at all; a case is told that its customer will not be asked."""
    task = update(DialTask).where(DialTask.id == row.id)
    if row.reason in ASKED_FOR:  # the same person is being called this moment
        later = now + rules.attempts.no_line_wait
        connection.execute(task.values(next_at=later, refusal=refusal))
        return
    if refusal in WAITS_FOR_TOMORROW:
        connection.execute(task.values(next_at=_tomorrow(now, rules), refusal=refusal))
        return
    ended = {"status": DialStatus.ENDED, "end": DialEnd.REFUSED, "ended_at": now, "next_at": None}
    connection.execute(task.values(refusal=refusal, **ended))
    if row.obligation_id is not None:
        give_up(connection, row.case_id, refusal, now, rules)


def _tomorrow(now: datetime, rules: DialRules) -> datetime:
    day = rules.local(now).date() + timedelta(days=1)
    return datetime.combine(day, time(), rules.zone).astimezone(UTC)


def begin(
    connection: Connection,
    row: Row[Any],
    engine: str,
    now: datetime,
    rules: DialRules,
    *,
    shown_number: str | None,
    agent_id: int | None = None,
) -> int | None:
    """Take the task and the person's day, and begin the attempt; None: somebody else was quicker.

    :param engine: who calls; ``agent_id``: the agent, where it is one and not the program.
    :returns: the attempt's id.
    """
    mine = connection.execute(
        update(DialTask)
        .where(DialTask.id == row.id, DialTask.status == DialStatus.OPEN)
        .values(
            status=DialStatus.TAKEN,
            taken_by=engine,
            taken_at=now,
            attempts=DialTask.attempts + 1,
            refusal=None,
            held_by=None,
            held_until=None,
        )
    )
    if mine.rowcount != 1:
        return None
    if not take_day(connection, row.number, rules.local(now).date(), row.id, row.reason):
        connection.execute(
            update(DialTask)
            .where(DialTask.id == row.id)
            .values(
                status=DialStatus.OPEN,
                attempts=row.attempts,
                next_at=_tomorrow(now, rules),
                refusal=DialRefusal.OTHER_REASON_TODAY,
            )
        )
        return None
    made = connection.execute(
        insert(DialAttempt)
        .values(
            dial_task_id=row.id,
            attempt=row.attempts + 1,
            number=row.number,
            shown_number=shown_number,
            at=now,
            engine=engine,
            agent_id=agent_id,
        )
        .returning(DialAttempt.id)
    )
    return int(made.scalar_one())


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
