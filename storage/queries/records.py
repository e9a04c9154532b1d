"""Saving the record of a call: the first save makes the case and passes it on, later ones correct it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, insert, or_, select

from ivr.config.sections import CallKind
from ivr.standard.case_number import case_number
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.record_rules import PASSED_ON
from ivr.standard.urgency import Urgency
from storage.changes import announce
from storage.models import AgentPresence, Call, CallRecord, Case, Offer, RecordDraft
from storage.prepared import Prepared
from storage.queries import talks
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


_CALL: BindParameter[int] = bindparam("this_call")
_AGENT: BindParameter[int] = bindparam("this_agent")
_FACTS = Prepared(
    select(Call.id, Call.kind, Call.queue, Call.caller_number, Call.arrived_at).where(Call.id == _CALL)
)
_MINE = Prepared(
    select(Call.id)
    .where(Call.id == _CALL)
    .where(
        or_(
            Call.agent_id == _AGENT,
            select(AgentPresence.agent_id)
            .where(AgentPresence.agent_id == _AGENT, AgentPresence.call_id == _CALL)
            .exists(),
            select(RecordDraft.call_id)
            .where(RecordDraft.call_id == _CALL, RecordDraft.agent_id == _AGENT)
            .exists(),
            select(Offer.id)
            .where(Offer.call_id == _CALL, Offer.agent_id == _AGENT, Offer.answered_at.is_not(None))
            .exists(),
        )
    )
)
_LOCKED = Prepared(select(Call.id).where(Call.id == _CALL).with_for_update())
_ENTRIES = select(func.max(CallRecord.entry)).where(CallRecord.case_id == Case.id).scalar_subquery()
_CASE = Prepared(
    select(Case.id, Case.number, Case.kind, _ENTRIES.label("entry"), Case.passed_at).where(
        Case.call_id == _CALL
    )
)
_NEW_CASE = Prepared(insert(Case).returning(Case.id))
_NEW_RECORD = Prepared(insert(CallRecord))


def call_facts(connection: Connection, call_id: int) -> CallFacts | None:
    """What is known of a call before anything is typed; None where there is no such call."""
    row = _FACTS.first(connection, {"this_call": call_id})
    return CallFacts(*row) if row is not None else None


def may_write(connection: Connection, call_id: int, agent_id: int) -> bool:
    """Whether the call is or was this agent's: at their desk, talked in by them, or typed of by them last."""
    return _MINE.first(connection, {"this_call": call_id, "this_agent": agent_id}) is not None


def case_of(connection: Connection, call_id: int) -> SavedCase | None:
    """The case that was made of a call."""
    row = _CASE.first(connection, {"this_call": call_id})
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

    R-FR: whoever talked with the caller first is the first responder, whoever of those the call was passed on
    to saves. R-14.1, R-15.1: repair, alarm and complaint are passed on to their unit in this transaction.

    :param agent_id: who saves.
    :param series: of the number, from :func:`ivr.standard.case_number.series`.
    :param digits: of the number's serial.
    """
    # One at a time for a call: two saves at once must not make two cases, or lose a correction.
    _LOCKED.first(connection, {"this_call": call.id})
    known = case_of(connection, call.id)
    if known is not None:
        return _correct(connection, known, call, text, now, agent_id)
    passed_at = now if text.kind in PASSED_ON and text.unit_id is not None else None
    number = case_number(series, next_serial(connection, series), digits)
    values = {
        "number": number,
        "first_responder_id": talks.first_of(connection, call.id) or agent_id,
        "call_id": call.id,
        "passed_at": passed_at,
        "created_at": now,
        **asdict(text),
    }
    case_id = int(_NEW_CASE.one(connection, values).id)
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
    values = {
        "case_id": case_id,
        "call_id": call.id,
        "entry": entry,
        "agent_id": agent_id,
        "saved_at": now,
        "menu_kind": call.kind,
        **asdict(text),
    }
    _NEW_RECORD.run(connection, values)
