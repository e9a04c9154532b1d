"""What is written about one case: the newest words, whom and what it belongs to, calls, corrections."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, select

from ivr.config.sections import CallKind, Role
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.obligations import ObligationKind
from ivr.standard.overdue import Rung
from storage.models import (
    Agent,
    Call,
    CallRecord,
    Case,
    CaseLife,
    Customer,
    Obligation,
    ObligationWarning,
    Unit,
)

_WRITTEN = ("surname", "form_of_address", "contact_number", "address", "content")
_CORRECTED = (*_WRITTEN, "kind", "complaint_class", "urgency", "unit_id", "customer_id")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What stands beside a case's line."""

    surname: str | None
    form_of_address: str | None
    contact_number: str | None
    address: str | None
    content: str
    customer_id: int | None
    customer: str | None
    """The customer's name in the archive."""
    first_kind: CallKind
    """As it was first written; the number tells of this one (R-12.7)."""
    complaint_class: ComplaintClass | None
    responsibility: Responsibility | None
    outside_party: bool
    passed_at: datetime | None
    answered_at: datetime | None
    first_work_number: str
    first_responder: str
    """Who took the first contact; stays whoever has it later (R-FR)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A later version of the record (R-AR)."""

    entry: int
    at: datetime
    work_number: str
    name: str
    changes: dict[str, tuple[Any, Any]]
    """Field → before, after."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Somebody was warned that a time runs out (R-OV)."""

    at: datetime
    percent: float
    rungs: tuple[Rung, ...]
    kind: ObligationKind


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to choose."""

    id: int
    work_number: str
    name: str


def facts(connection: Connection, case_id: int) -> CaseFacts | None:
    """What is written about a case; None where there is no case with a life."""
    case = connection.execute(
        select(
            *Case.__table__.c,
            CaseLife.complaint_class.label("class_now"),
            CaseLife.responsibility,
            CaseLife.outside_party,
            CaseLife.answered_at,
            Agent.work_number,
            Agent.name,
        )
        .join(CaseLife, CaseLife.case_id == Case.id)
        .join(Agent, Agent.id == Case.first_responder_id)
        .where(Case.id == case_id)
    ).one_or_none()
    if case is None:
        return None
    written = _records(connection, case_id)
    newest: Any = written[-1] if written else case
    customer_id = newest.customer_id
    name = select(Customer.name).where(Customer.id == customer_id)
    return CaseFacts(
        **{field: getattr(newest, field) for field in _WRITTEN},
        customer_id=customer_id,
        customer=connection.execute(name).scalar_one_or_none() if customer_id is not None else None,
        first_kind=case.kind,
        complaint_class=case.class_now,
        responsibility=case.responsibility,
        outside_party=case.outside_party,
        passed_at=case.passed_at,
        answered_at=case.answered_at,
        first_work_number=case.work_number,
        first_responder=case.name,
    )


def _records(connection: Connection, case_id: int) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(*CallRecord.__table__.c, Agent.work_number, Agent.name)
            .join(Agent, Agent.id == CallRecord.agent_id)
            .where(CallRecord.case_id == case_id)
            .order_by(CallRecord.entry)
        )
    )


def corrections(connection: Connection, case_id: int) -> list[Correction]:
    """What later versions of the record changed, in their order."""
    written = _records(connection, case_id)
    found = []
    for before, after in pairwise(written):
        changes = {
            field: (getattr(before, field), getattr(after, field))
            for field in _CORRECTED
            if getattr(before, field) != getattr(after, field)
        }
        found.append(Correction(after.entry, after.saved_at, after.work_number, after.name, changes))
    return found


def warnings(connection: Connection, case_id: int) -> list[Warned]:
    """Which warnings were given, in their order."""
    rows = connection.execute(
        select(ObligationWarning.at, ObligationWarning.percent, ObligationWarning.rungs, Obligation.kind)
        .join(Obligation, Obligation.id == ObligationWarning.obligation_id)
        .where(ObligationWarning.case_id == case_id)
        .order_by(ObligationWarning.id)
    )
    return [
        Warned(row.at, row.percent, tuple(Rung(rung) for rung in row.rungs.split()), row.kind) for row in rows
    ]


def calls_of(connection: Connection, case_id: int) -> list[int]:
    """Ids of the calls that belong to a case: it was made in them, corrected after them, or called about."""
    found: set[int] = set()
    for some in (
        select(CallRecord.call_id).where(CallRecord.case_id == case_id),
        select(Case.call_id).where(Case.id == case_id, Case.call_id.is_not(None)),
        select(Call.id).where(Call.case_id == case_id),
    ):
        found.update(call_id for call_id in connection.execute(some).scalars() if call_id is not None)
    return sorted(found)


def unit_names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Names of units, those included that take no more work."""
    rows = connection.execute(select(Unit.id, Unit.name).where(Unit.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def agent_names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """ "1001 王敏" of agents, those included who have left."""
    rows = connection.execute(select(Agent.id, Agent.work_number, Agent.name).where(Agent.id.in_(list(ids))))
    return {row.id: f"{row.work_number} {row.name}" for row in rows}


def who_answers(connection: Connection) -> list[Choice]:
    """Everybody who may be first responder now, by work number (R-FR)."""
    rows = connection.execute(
        select(Agent.id, Agent.work_number, Agent.name)
        .where(Agent.active, Agent.role.in_((Role.AGENT, Role.SUPERVISOR)))
        .order_by(Agent.work_number)
    )
    return [Choice(*row) for row in rows]
