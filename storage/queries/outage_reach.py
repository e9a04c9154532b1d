"""Who was told of an outage and how (R-5.1): by call, by text, not yet, not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from ivr.standard.customer_address import Address, written
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_state import DialStatus
from ivr.standard.notice_kind import NoticeState
from ivr.standard.outage import OutageText
from storage.models import Customer, DialAttempt, DialTask, Notice, OutagePerson
from storage.queries.outages import OutageView
from storage.queries.seconds_between import seconds_between


class Told(StrEnum):
    """How somebody stands, for a list."""

    EVERYBODY = "everybody"  # all of them
    REACHED = "reached"  # heard the call, or the text was taken by the carrier
    WAITING = "waiting"  # a call or a text is still to come
    NOT_REACHED = "not_reached"  # nothing more will be tried


@dataclass(frozen=True, slots=True)
class Reach:
    """How many were told. ``to_call`` still are to be called, ``to_text`` to get a text."""

    people: int
    reached: int
    by_call: int
    by_text: int
    waiting: int
    to_call: int
    to_text: int
    calls_ended: Mapping[DialEnd, int]
    texts_failed: int

    @property
    def not_reached(self) -> int:
        """Nothing more will be tried for them."""
        return self.people - self.reached - self.waiting


@dataclass(frozen=True, slots=True)
class PersonTold:
    """One person of the area."""

    number: str
    customer_id: int | None
    name: str | None
    place: str
    attempts: int
    call_status: DialStatus | None
    call_end: DialEnd | None
    call_result: DialResult | None
    call_refusal: DialRefusal | None
    next_at: datetime | None
    text_state: OutageText
    notice_state: NoticeState | None
    sent_at: datetime | None


_CALLED = DialTask.end == DialEnd.REACHED
_TEXTED = Notice.state == NoticeState.SENT
_CALL_WAITS = DialTask.status != DialStatus.ENDED
_TEXT_WAITS = or_(
    OutagePerson.text_state == OutageText.WAITING,
    and_(
        OutagePerson.text_state.in_((OutageText.WRITTEN, OutageText.OFF_WAITING)),
        Notice.state == NoticeState.WAITING,
    ),
)


def _known(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is not known is not so."""
    return func.coalesce(condition, False)


_REACHED = or_(_known(_CALLED), _known(_TEXTED))
_WAITS = and_(~_REACHED, or_(_known(_CALL_WAITS), _known(_TEXT_WAITS)))
_WHICH: Mapping[Told, ColumnElement[bool]] = {
    Told.REACHED: _REACHED,
    Told.WAITING: _WAITS,
    Told.NOT_REACHED: and_(~_REACHED, ~_WAITS),
}


def _joined(wanted: Any, outage: OutageView) -> Any:
    return (
        wanted.select_from(OutagePerson)
        .outerjoin(
            DialTask,
            and_(DialTask.campaign_id == outage.campaign_id, DialTask.number == OutagePerson.number),
        )
        .outerjoin(Notice, Notice.id == OutagePerson.notice_id)
        .where(OutagePerson.outage_id == outage.id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def reach(connection: Connection, outage: OutageView) -> Reach:
    """How many people of an outage were told by now."""
    row = connection.execute(
        _joined(
            select(
                func.count().label("people"),
                _count(_REACHED).label("reached"),
                _count(_CALLED).label("by_call"),
                _count(_TEXTED).label("by_text"),
                _count(_WAITS).label("waiting"),
                _count(_CALL_WAITS).label("to_call"),
                _count(_TEXT_WAITS).label("to_text"),
                _count(Notice.state == NoticeState.FAILED).label("texts_failed"),
            ),
            outage,
        )
    ).one()
    ends = connection.execute(
        select(DialTask.end, func.count().label("tasks"))
        .where(DialTask.campaign_id == outage.campaign_id, DialTask.end.is_not(None))
        .group_by(DialTask.end)
    )
    found = {name: int(getattr(row, name)) for name in row._fields}
    return Reach(**found, calls_ended={one.end: one.tasks for one in ends})


def people(
    connection: Connection, outage: OutageView, told: Told, *, limit: int, offset: int = 0
) -> Sequence[PersonTold]:
    """People of an outage, by number."""
    wanted = _joined(
        select(
            OutagePerson.number,
            OutagePerson.customer_id,
            func.coalesce(Customer.name, OutagePerson.name).label("name"),
            Customer.compound,
            Customer.building,
            func.coalesce(DialTask.attempts, 0).label("attempts"),
            DialTask.status.label("call_status"),
            DialTask.end.label("call_end"),
            DialTask.result.label("call_result"),
            DialTask.refusal.label("call_refusal"),
            DialTask.next_at,
            OutagePerson.text_state,
            Notice.state.label("notice_state"),
            Notice.sent_at,
        ),
        outage,
    ).outerjoin(Customer, Customer.id == OutagePerson.customer_id)
    if told in _WHICH:
        wanted = wanted.where(_WHICH[told])
    rows = connection.execute(wanted.order_by(OutagePerson.number).limit(limit).offset(offset))
    return [
        PersonTold(
            **{name: getattr(row, name) for name in PersonTold.__slots__ if name != "place"},
            place=written(Address(row.compound, row.building)),
        )
        for row in rows
    ]


def seconds_of_a_call(connection: Connection, outage: OutageView) -> float | None:
    """How long an attempt took so far, from taking the line to giving it back; None before there were ten."""
    row = connection.execute(
        select(
            func.count().label("attempts"),
            func.sum(seconds_between(DialAttempt.at, DialAttempt.ended_at)).label("seconds"),
        )
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .where(DialTask.campaign_id == outage.campaign_id, DialAttempt.ended_at.is_not(None))
    ).one()
    return float(row.seconds) / row.attempts if row.attempts >= 10 and row.seconds else None
