"""The beginning of a case's life, in the transaction that saves the record; corrections; new forms (R-CA)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from ivr.config.sections import CallKind
from ivr.errors import CaseRefused
from ivr.standard.case_life import LIVES, Actor, CaseState, CaseStep, first_state
from ivr.standard.case_number import case_number
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.complaint_path import Severity, path, severity
from ivr.standard.objection import LinkKind, new_form
from ivr.standard.obligations import Clockwork, ObligationKind, Owed, at_making
from ivr.standard.urgency import Urgency
from storage.models import CallRecord, Case, CaseEntry, CaseLife, CaseLink
from storage.prepared import Prepared
from storage.queries import case_effects, obligations, units
from storage.queries.case_access import Who, capacity, hats_of, locked
from storage.queries.case_numbers import next_serial
from storage.queries.case_steps import Asked, Done, do, enter

_CORRECTED = ("kind", "complaint_class", "urgency")
_CASE = Prepared(select(*Case.__table__.c).where(Case.id == bindparam("this_case")))
_LIFE = Prepared(select(CaseLife.state, CaseLife.due_at).where(CaseLife.case_id == bindparam("this_case")))
_NEW_LIFE = Prepared(insert(CaseLife))
_NEW_ENTRY = Prepared(insert(CaseEntry))


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that has begun its life."""

    case_id: int
    number: str
    state: CaseState
    due_at: datetime
    tell_manager: bool
    """A severe complaint reaches the manager at once (R-CL)."""


def open_life(
    connection: Connection,
    case_id: int,
    now: datetime,
    clockwork: Clockwork,
    *,
    answered: bool,
    by: int | None = None,
    owed: Sequence[Owed] | None = None,
    again: bool = False,
) -> Opened:
    """Begin the life of a case, in the transaction that made it: passed on at once (R-14.1, R-15.1).

    A case that has a life already is left as it is.

    :param answered: a consultation that was answered in the call; otherwise the answer is owed (R-13.3).
    :param by: who writes it, where that may be another than the first responder (R-FR).
    :param owed: other obligations than those of its kind.
    :param again: a complaint whose earlier answer was not accepted (R-CA).
    :raises CaseRefused: there is no such case, or its unit was removed.
    """
    case = _CASE.first(connection, {"this_case": case_id})
    if case is None:
        raise CaseRefused(CaseRefusal.NO_SUCH_CASE, f"there is no case {case_id}")
    grave = _severity(case, again=again)
    known = _LIFE.first(connection, {"this_case": case_id})
    if known is None:
        begun = at_making(case.kind, clockwork.times, answered=answered) if owed is None else owed
        state, due_at = _begin(connection, case, grave, begun, now, clockwork, by, answered=answered)
    else:
        state, due_at = known.state, known.due_at
    return Opened(
        case_id,
        case.number,
        state,
        due_at,
        tell_manager=grave is not None and path(case.complaint_class, grave).manager_at_once,
    )


def _severity(case: Any, *, again: bool = False) -> Severity | None:
    """Of a complaint with a class (R-CL)."""
    if case.kind is not CallKind.COMPLAINT or case.complaint_class is None:
        return None
    return severity(case.complaint_class, case.urgency, again=again)


def _begin(
    connection: Connection,
    case: Any,
    grave: Severity | None,
    owed: Sequence[Owed],
    now: datetime,
    clockwork: Clockwork,
    by: int | None,
    *,
    answered: bool,
) -> tuple[CaseState, datetime]:
    """Write the life and the entries it begins with, and start its clocks."""
    passed_on = case.passed_at is not None and case.unit_id is not None
    if passed_on:
        case_effects.refuse_removed_unit(connection, case.unit_id)
    told = answered and case.kind is CallKind.CONSULTATION
    state = first_state(passed_on=passed_on, answered=told)
    due_at = obligations.start(connection, case.id, owed, case.created_at, clockwork)
    steps = [CaseStep.OPEN]
    if state is not CaseState.OPENED:
        steps.append(CaseStep.PASS_ON if passed_on else CaseStep.ANSWER)
    life = {
        "case_id": case.id,
        "kind": case.kind,
        "complaint_class": case.complaint_class,
        "severity": grave,
        "urgency": case.urgency,
        "state": state,
        "unit_id": case.unit_id if passed_on else None,
        "owner_id": case.first_responder_id,
        "opened_at": case.created_at,
        "answered_at": now if state is CaseState.ANSWERED else None,
        "due_at": due_at,
        "entries": len(steps),
    }
    _NEW_LIFE.run(connection, life)
    who = by or case.first_responder_id
    entries = [_entry(case, place, step, state, now, who) for place, step in enumerate(steps, 1)]
    _NEW_ENTRY.run_many(connection, entries)
    return state, due_at


def _entry(case: Any, place: int, step: CaseStep, state: CaseState, now: datetime, by: int) -> dict[str, Any]:
    """One of the entries that a case begins with."""
    opening = step is CaseStep.OPEN
    return {
        "case_id": case.id,
        "entry": place,
        "at": now,
        "step": step,
        "from_state": None if opening else CaseState.OPENED,
        "to_state": CaseState.OPENED if opening else state,
        "actor": Actor.FIRST_RESPONDER if by == case.first_responder_id else Actor.AGENT,
        "agent_id": by,
        "changes": {"unit_id": [None, case.unit_id]} if step is CaseStep.PASS_ON else None,
    }


def adopt_correction(
    connection: Connection, case_id: int, who: Who, now: datetime, clockwork: Clockwork
) -> Done | None:
    """Take up what the newest record of a case corrected: kind, class, urgency, unit (R-12.7, R-AR).

    Another kind owes other things: what is owed begins anew from the making of the case. In the
    transaction that saves the record.

    :returns: None where nothing changed that the life of the case knows.
    """
    record = connection.execute(
        select(*CallRecord.__table__.c)
        .where(CallRecord.case_id == case_id)
        .order_by(CallRecord.entry.desc())
        .limit(1)
    ).one_or_none()
    life = locked(connection, case_id)
    if record is None:
        return None
    values = {name: getattr(record, name) for name in _CORRECTED}
    changes = {
        name: [getattr(life, name), value] for name, value in values.items() if value != getattr(life, name)
    }
    done = _correct(connection, life, record, who, now, clockwork, changes) if changes else None
    return _correct_unit(connection, case_id, record, who, now, clockwork) or done


def _correct(
    connection: Connection,
    life: Row[Any],
    record: Row[Any],
    who: Who,
    now: datetime,
    clockwork: Clockwork,
    changes: dict[str, Any],
) -> Done:
    actor = capacity(CaseStep.CORRECT, hats_of(connection, life, who))
    values = {name: getattr(record, name) for name in _CORRECTED} | {"severity": _severity(record)}
    state = life.state
    if "kind" in changes:
        state = _state_in(record.kind, life)
        obligations.settle(connection, life.case_id, frozenset(ObligationKind), now, dropped=True)
        if life.closed_at is None:
            owed = at_making(record.kind, clockwork.times, answered=life.answered_at is not None)
            obligations.start(connection, life.case_id, owed, life.opened_at, clockwork)
    return enter(connection, life, CaseStep.CORRECT, state, actor, who, now, values=values, changes=changes)


def _state_in(kind: str, life: Row[Any]) -> CaseState:
    """Where the case stands as one of another kind, whose life may not know its state."""
    known = {state for (state, _), after in LIVES[kind].items() if after is not state}
    if life.state in known or life.state is CaseState.CLOSED:
        return CaseState(life.state)
    return CaseState.OPENED if life.unit_id is None else CaseState.PASSED


def _correct_unit(
    connection: Connection,
    case_id: int,
    record: Row[Any],
    who: Who,
    now: datetime,
    clockwork: Clockwork,
) -> Done | None:
    """Pass the case on to the unit that the record names now, where that is still possible."""
    life = locked(connection, case_id)
    if record.unit_id in (None, life.unit_id) or (life.state, CaseStep.PASS_ON) not in LIVES[life.kind]:
        return None
    return do(connection, case_id, Asked(CaseStep.PASS_ON, unit_id=record.unit_id), who, now, clockwork)


def object_to(
    connection: Connection,
    case_id: int,
    said: str,
    who: Who,
    now: datetime,
    clockwork: Clockwork,
    *,
    series: str,
    digits: int,
    urgency: Urgency = Urgency.ORDINARY,
    call_id: int | None = None,
    seen: int | None = None,
) -> Opened:
    """The customer does not accept the conclusion: a new form with the original attached (R-CA, R-14.4).

    :param said: what the customer objects; it is what the new case says.
    :param series: of the new number, from :func:`ivr.standard.case_number.series`; ``digits`` of its serial.
    :param call_id: the call in which the customer said so.
    :param seen: how many entries the case had on the page; None: whatever they are.
    :raises CaseRefused: the complaint is not answered yet, or somebody without a work number asks.
    """
    if who.agent_id is None:
        raise CaseRefused(CaseRefusal.NOT_YOURS_TO_DO, "an objection is taken by somebody who answers calls")
    old = locked(connection, case_id)
    do(connection, case_id, Asked(CaseStep.OBJECT, said, seen=seen), who, now, clockwork)
    urgent = urgency is not Urgency.ORDINARY
    form = new_form(old.answered_at, now, clockwork.times, urgent=urgent)
    number = case_number(series, next_serial(connection, series), digits)
    new_id = _copy(connection, old, said.strip(), who.agent_id, number, urgency, call_id, now)
    connection.execute(
        insert(CaseLink).values(
            case_id=new_id, original_id=case_id, kind=form.link, at=now, by_agent_id=who.agent_id
        )
    )
    return open_life(connection, new_id, now, clockwork, answered=False, owed=form.owed, again=True)


def _copy(
    connection: Connection,
    old: Row[Any],
    said: str,
    agent_id: int,
    number: str,
    urgency: Urgency,
    call_id: int | None,
    now: datetime,
) -> int:
    case = connection.execute(select(*Case.__table__.c).where(Case.id == old.case_id)).one()
    unit = None if old.unit_id is None else units.one(connection, old.unit_id)
    same = ("customer_id", "surname", "form_of_address", "contact_number", "address")
    new_id = connection.execute(
        insert(Case)
        .values(
            number=number,
            kind=old.kind,
            complaint_class=old.complaint_class,
            urgency=urgency,
            first_responder_id=agent_id,
            unit_id=unit.id if unit else None,
            call_id=call_id,
            content=said,
            passed_at=now if unit else None,
            created_at=now,
            **{name: getattr(case, name) for name in same},
        )
        .returning(Case.id)
    ).scalar_one()
    return int(new_id)


def link(
    connection: Connection, case_id: int, original_id: int, kind: LinkKind, by: int | None, now: datetime
) -> None:
    """Say that two cases belong together, such as those of one incident."""
    connection.execute(
        insert(CaseLink).values(case_id=case_id, original_id=original_id, kind=kind, at=now, by_agent_id=by)
    )
