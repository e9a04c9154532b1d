"""What is known of who calls: their last calls, and their cases that are still open."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select

from ivr.config.sections import CallKind
from ivr.standard.call_stage import CallOutcome
from ivr.standard.case_life import CaseState
from storage.models import Agent, Call, Case, CaseLife, Unit
from storage.queries.obligations import NEVER
from storage.telephone_numbers import read_number, spellings


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """An earlier call from the same number."""

    id: int
    arrived_at: datetime
    queue: str | None
    outcome: CallOutcome | None
    work_number: str | None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that is not closed."""

    id: int
    number: str
    kind: CallKind
    created_at: datetime
    content: str
    unit: str | None
    work_number: str
    """Of the first responder now (R-FR)."""
    state: CaseState | None = None
    due_at: datetime | None = None
    """When the next thing is due; None: nothing is."""


def numbers_like(number: str, area_code: str | None) -> list[str]:
    """How one number may stand in the tables: as the network sent it, as kept, as people write it.

    :param area_code: of local numbers (config.yaml: company.area_code).
    """
    e164 = read_number(number, area_code).e164
    return [number] if e164 is None else sorted({number, e164, *spellings(e164, area_code)})


def calls_of(
    connection: Connection, numbers: Collection[str], *, before: int, limit: int
) -> list[EarlierCall]:
    """The last calls from a number, in whatever spelling, but the call ``before``; the newest first."""
    rows = connection.execute(
        select(Call.id, Call.arrived_at, Call.queue, Call.outcome, Agent.work_number)
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.caller_number.in_(list(numbers)), Call.id != before)
        .order_by(Call.arrived_at.desc())
        .limit(limit)
    )
    return [EarlierCall(*row) for row in rows]


def open_cases(
    connection: Connection, numbers: Collection[str], customers: Collection[int], *, limit: int
) -> list[OpenCase]:
    """Cases that are not closed, of a number or of customers of the archive, the newest first."""
    whose = list(_whose(numbers, customers))
    if not whose:
        return []
    rows = connection.execute(
        select(
            Case.id,
            Case.number,
            func.coalesce(CaseLife.kind, Case.kind, type_=Case.kind.type),
            Case.created_at,
            Case.content,
            Unit.name,
            Agent.work_number,
            CaseLife.state,
            CaseLife.due_at,
        )
        .outerjoin(CaseLife, CaseLife.case_id == Case.id)
        .join(Agent, Agent.id == func.coalesce(CaseLife.owner_id, Case.first_responder_id))
        .outerjoin(Unit, Unit.id == func.coalesce(CaseLife.unit_id, Case.unit_id))
        .where(Case.closed_at.is_(None), or_(*whose))
        .order_by(Case.created_at.desc())
        .limit(limit)
    )
    return [OpenCase(*row[:8], due_at=None if row.due_at == NEVER else row.due_at) for row in rows]


def _whose(numbers: Collection[str], customers: Collection[int]) -> Iterable[ColumnElement[bool]]:
    if numbers:
        yield Case.contact_number.in_(list(numbers))
    if customers:
        yield Case.customer_id.in_(list(customers))
