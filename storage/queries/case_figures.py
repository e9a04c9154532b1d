"""Figures about cases: the monthly summary of complaints (R-CS), proposed incidents, what was late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from ivr.config.sections import CallKind
from ivr.standard.complaint_summary import ClosedComplaint
from ivr.standard.first_responder import answerable
from ivr.standard.incident import Located, Proposal, neighbourhood, proposals
from ivr.standard.objection import LinkKind
from ivr.standard.obligations import ObligationKind, ObligationOutcome
from storage.models import Agent, Case, CaseLife, CaseLink, Customer, IncidentCase, Obligation, Unit
from storage.queries.case_view import handovers

_LOOKED_AT = (CallKind.ALARM, CallKind.REPAIR)


@dataclass(frozen=True, slots=True)
class Late:
    """Something that was done too late, and who answers for it (R-FR)."""

    case_id: int
    number: str
    kind: ObligationKind
    rule: str
    due_at: datetime
    settled_at: datetime
    answerable: tuple[str, ...]
    """First responders from the first on, then the unit."""


def closed_complaints(connection: Connection, from_at: datetime, until_at: datetime) -> list[ClosedComplaint]:
    """Complaints closed in a time, its end not included; for the monthly summary (R-CS)."""
    late = (
        select(Obligation.id)
        .where(Obligation.case_id == CaseLife.case_id, Obligation.outcome == ObligationOutcome.LATE)
        .exists()
    )
    objected = (
        select(CaseLink.case_id)
        .where(
            CaseLink.original_id == CaseLife.case_id,
            CaseLink.kind.in_((LinkKind.OBJECTION, LinkKind.NOT_ACCEPTED)),
        )
        .exists()
    )
    rows = connection.execute(
        select(Unit.name, CaseLife.complaint_class, CaseLife.responsibility, late, objected)
        .select_from(CaseLife)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(
            CaseLife.kind == CallKind.COMPLAINT,
            CaseLife.closed_at >= from_at,
            CaseLife.closed_at < until_at,
        )
        .order_by(CaseLife.closed_at)
    )
    return [ClosedComplaint(*row[:3], late=bool(row[3]), objected=bool(row[4])) for row in rows]


def proposed_incidents(
    connection: Connection, now: datetime, window: timedelta, at_least: int
) -> list[Proposal]:
    """Alarms and repairs of one neighbourhood that came close together (R-3.1); known incidents are left out.

    :param window: between one and the next (config.yaml: incidents.window_minutes).
    """
    return proposals(unassigned(connection, now - 2 * window), window, at_least)


def unassigned(connection: Connection, since: datetime) -> list[Located]:
    """Alarms and repairs made since a moment that are of no incident, and where they are."""
    linked = (
        select(CaseLink.case_id)
        .where(CaseLink.case_id == Case.id, CaseLink.kind == LinkKind.SAME_INCIDENT)
        .exists()
    )
    of_incident = select(IncidentCase.id).where(IncidentCase.case_id == Case.id).exists()
    rows = connection.execute(
        select(Case.id, Case.created_at, Customer.compound, Case.address)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .where(Case.created_at > since, CaseLife.kind.in_(_LOOKED_AT), ~linked, ~of_incident)
    )
    return [Located(row.id, row.created_at, neighbourhood(row.compound or row.address or "")) for row in rows]


def late(connection: Connection, from_at: datetime, until_at: datetime, *, limit: int) -> list[Late]:
    """What was settled too late in a time, the newest first; every line names who answers for it (R-FR)."""
    rows: Sequence[Any] = connection.execute(
        select(
            Obligation.case_id,
            Case.number,
            Obligation.kind,
            Obligation.rule,
            Obligation.due_at,
            Obligation.settled_at,
            Agent.name.label("owner"),
            Unit.name.label("unit"),
        )
        .join(CaseLife, CaseLife.case_id == Obligation.case_id)
        .join(Case, Case.id == Obligation.case_id)
        .join(Agent, Agent.id == CaseLife.owner_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(
            Obligation.outcome == ObligationOutcome.LATE,
            Obligation.settled_at >= from_at,
            Obligation.settled_at < until_at,
        )
        .order_by(Obligation.settled_at.desc())
        .limit(limit)
    ).all()
    return [
        Late(
            case_id=row.case_id,
            number=row.number,
            kind=row.kind,
            rule=row.rule,
            due_at=row.due_at,
            settled_at=row.settled_at,
            answerable=tuple(answerable(row.owner, handovers(connection, row.case_id), row.unit)),
        )
        for row in rows
    ]
