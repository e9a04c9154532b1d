"""Saving the record of a call: the first save makes the case and passes it on, later ones correct it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, or_, select

from ivr.config.sections import CallKind
from ivr.standard.case_number import case_number
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.record_rules import PASSED_ON
from ivr.standard.urgency import Urgency
from storage.changes import announce
from storage.models import AgentPresence, Call, CallRecord, Case, Offer, RecordDraft
from storage.queries.case_numbers import next_serial


@dataclass(frozen=True, slots=True)
class RecordText:
    """A checked record of a call."""

    kind: CallKind
    complaint_class: ComplaintClass | None
    urgency: Urgency
    unit_id: int | None
    customer_id: int | None
    surname: str | None
    form_of_address: str | None
    contact_number: str | None
    address: str | None
    content: str


@dataclass(frozen=True, slots=True)
class SavedCase:
    """The case of a call; ``entry`` 1 is what made it, later ones are corrections (R-AR)."""

    id: int
    number: str
    kind: CallKind
    entry: int
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the form of a call begins with."""

    id: int
    kind: CallKind | None
    queue: str | None
    caller_number: str | None
    arrived_at: datetime


def call_facts(connection: Connection, call_id: int) -> CallFacts | None:
    """What is known of a call before anything is typed; None where there is no such call."""
    row = connection.execute(
        select(Call.id, Call.kind, Call.queue, Call.caller_number, Call.arrived_at).where(Call.id == call_id)
    ).one_or_none()
    return CallFacts(*row) if row is not None else None


def may_write(connection: Connection, call_id: int, agent_id: int) -> bool:
    """Whether the call is or was this agent's: at their desk, talked in by them, or typed of by them last."""
    mine = (
        select(Call.id)
        .where(Call.id == call_id)
        .where(
            or_(
                Call.agent_id == agent_id,
                select(AgentPresence.agent_id)
                .where(AgentPresence.agent_id == agent_id, AgentPresence.call_id == call_id)
                .exists(),
                select(RecordDraft.call_id)
                .where(RecordDraft.call_id == call_id, RecordDraft.agent_id == agent_id)
                .exists(),
                select(Offer.id)
                .where(Offer.call_id == call_id, Offer.agent_id == agent_id, Offer.answered_at.is_not(None))
                .exists(),
            )
        )
    )
    return connection.execute(mine).first() is not None


def case_of(connection: Connection, call_id: int) -> SavedCase | None:
    """The case that was made of a call."""
    row = connection.execute(
        select(
            Case.id,
            Case.number,
            Case.kind,
            select(func.max(CallRecord.entry)).where(CallRecord.case_id == Case.id).scalar_subquery(),
            Case.passed_at,
        ).where(Case.call_id == call_id)
    ).one_or_none()
    return SavedCase(*row) if row is not None else None


def latest(connection: Connection, call_id: int) -> Row[tuple[object, ...]] | None:
    """The newest record of a call, as a row of its table."""
    return connection.execute(
        select(*CallRecord.__table__.c)
        .where(CallRecord.call_id == call_id)
        .order_by(CallRecord.entry.desc())
        .limit(1)
    ).one_or_none()


def save(
    connection: Connection,
    call: CallFacts,
    text: RecordText,
    now: datetime,
    *,
    agent_id: int,
    series: str,
    digits: int,
) -> SavedCase:
    """Make the case of a call, or correct it; the same text again changes nothing.

    R-FR: whoever saves first is the first responder. R-14.1, R-15.1: repair, alarm and complaint are passed
    on to their unit in this transaction.

    :param series: of the number, from :func:`ivr.standard.case_number.series`.
    :param digits: of the number's serial.
    """
    # One at a time for a call: two saves at once must not make two cases, or lose a correction.
    connection.execute(select(Call.id).where(Call.id == call.id).with_for_update())
    known = case_of(connection, call.id)
    if known is not None:
        return _correct(connection, known, call, text, now, agent_id)
    passed_at = now if text.kind in PASSED_ON and text.unit_id is not None else None
    number = case_number(series, next_serial(connection, series), digits)
    case_id = connection.execute(
        insert(Case)
        .values(
            number=number,
            first_responder_id=agent_id,
            call_id=call.id,
            passed_at=passed_at,
            created_at=now,
            **asdict(text),
        )
        .returning(Case.id)
    ).scalar_one()
    _enter(connection, case_id, 1, call, text, now, agent_id)
    announce(connection)
    return SavedCase(case_id, number, text.kind, 1, passed_at)


def _correct(
    connection: Connection, known: SavedCase, call: CallFacts, text: RecordText, now: datetime, agent_id: int
) -> SavedCase:
    last = latest(connection, call.id)
    if last is not None and all(getattr(last, name) == value for name, value in asdict(text).items()):
        return known
    _enter(connection, known.id, known.entry + 1, call, text, now, agent_id)
    announce(connection)
    return SavedCase(known.id, known.number, known.kind, known.entry + 1, known.passed_at)


def _enter(
    connection: Connection,
    case_id: int,
    entry: int,
    call: CallFacts,
    text: RecordText,
    now: datetime,
    agent_id: int,
) -> None:
    connection.execute(
        insert(CallRecord).values(
            case_id=case_id,
            call_id=call.id,
            entry=entry,
            agent_id=agent_id,
            saved_at=now,
            menu_kind=call.kind,
            **asdict(text),
        )
    )
