"""Incidents: several cases of one event (R-3.1), made of a proposal, joined by later cases, closed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import aliased

from ivr.standard.incident import neighbourhood
from ivr.standard.objection import LinkKind
from storage.changes import announce
from storage.models import Agent, Case, CaseLife, Incident, IncidentCase
from storage.queries import case_figures
from storage.queries.case_lists import CaseLine, columns, lines
from storage.queries.case_opening import link


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as lists and its page show it."""

    id: int
    neighbourhood: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None
    summary: str | None
    cases: int
    first_at: datetime | None
    """When the first of its cases was opened."""
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Joining:
    """A later case that probably belongs to an open incident."""

    incident_id: int
    case_id: int
    number: str


def begin(connection: Connection, place: str, case_ids: Sequence[int], by: int, now: datetime) -> int | None:
    """Make an incident of cases; those that are of another one already are left out.

    :param place: the neighbourhood, as the proposal names it.
    :returns: its id; None where no case is left.
    :raises Conflict: (at the end of the transaction) somebody took one of them at the same moment.
    """
    if not _free(connection, case_ids):
        return None
    begun = insert(Incident).values(neighbourhood=place, opened_at=now, opened_by=by)
    incident_id = int(connection.execute(begun.returning(Incident.id)).scalar_one())
    join(connection, incident_id, case_ids, by, now)
    return incident_id


def join(
    connection: Connection, incident_id: int, case_ids: Sequence[int], by: int, now: datetime
) -> list[int]:
    """Add cases to an open incident, each linked with the incident's first case.

    :returns: those that were added; none where the incident is closed.
    """
    is_open = select(Incident.id).where(Incident.id == incident_id, Incident.closed_at.is_(None))
    if connection.execute(is_open.with_for_update()).first() is None:
        return []
    free = _free(connection, case_ids)
    known = connection.execute(
        select(IncidentCase.case_id)
        .where(IncidentCase.incident_id == incident_id)
        .order_by(IncidentCase.id)
        .limit(1)
    ).scalar_one_or_none()
    for case_id in free:
        member = insert(IncidentCase).values(incident_id=incident_id, case_id=case_id, at=now, by_agent_id=by)
        connection.execute(member)
        if known is not None:
            link(connection, case_id, known, LinkKind.SAME_INCIDENT, by, now)
        known = known or case_id
    announce(connection)
    return free


def _free(connection: Connection, case_ids: Sequence[int]) -> list[int]:
    """Those of the cases that exist and are of no incident, the oldest first."""
    taken = select(IncidentCase.id).where(IncidentCase.case_id == CaseLife.case_id).exists()
    wanted = select(CaseLife.case_id).where(CaseLife.case_id.in_(list(case_ids)), ~taken)
    return list(connection.execute(wanted.order_by(CaseLife.case_id)).scalars())


def close(connection: Connection, incident_id: int, summary: str, by: int, now: datetime) -> bool:
    """Close an incident with what it was; its cases go their own ways. False: it was closed already.

    :param summary: not empty.
    """
    closed = (
        update(Incident)
        .where(Incident.id == incident_id, Incident.closed_at.is_(None))
        .values(closed_at=now, closed_by=by, summary=summary)
    )
    announce(connection)
    return connection.execute(closed).rowcount == 1


def one(connection: Connection, incident_id: int) -> IncidentView | None:
    """An incident; None where there is none."""
    found = _views(connection, limit=1, incident_id=incident_id)
    return found[0] if found else None


def newest(connection: Connection, *, limit: int) -> list[IncidentView]:
    """Open incidents, then closed ones, each the newest first."""
    return _views(connection, limit=limit)


def _views(connection: Connection, *, limit: int, incident_id: int | None = None) -> list[IncidentView]:
    opener, closer = aliased(Agent), aliased(Agent)
    wanted = (
        select(
            Incident.id,
            Incident.neighbourhood,
            Incident.opened_at,
            opener.name,
            Incident.closed_at,
            closer.name,
            Incident.summary,
            func.count(IncidentCase.id),
            func.min(CaseLife.opened_at),
            func.max(CaseLife.opened_at),
        )
        .join(opener, opener.id == Incident.opened_by)
        .outerjoin(closer, closer.id == Incident.closed_by)
        .outerjoin(IncidentCase, IncidentCase.incident_id == Incident.id)
        .outerjoin(CaseLife, CaseLife.case_id == IncidentCase.case_id)
        .group_by(Incident.id, opener.name, closer.name)
        .order_by(Incident.closed_at.is_not(None), Incident.id.desc())
        .limit(limit)
    )
    if incident_id is not None:
        wanted = wanted.where(Incident.id == incident_id)
    rows: list[Any] = list(connection.execute(wanted))
    return [IncidentView(*row) for row in rows]


def cases_of(connection: Connection, incident_id: int) -> list[CaseLine]:
    """The cases of an incident, in the order they joined it."""
    wanted = columns().join(IncidentCase, IncidentCase.case_id == CaseLife.case_id)
    return lines(connection, wanted.where(IncidentCase.incident_id == incident_id).order_by(IncidentCase.id))


def of_cases(connection: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """Case → its incident, of those that have one."""
    wanted = select(IncidentCase.case_id, IncidentCase.incident_id)
    rows = connection.execute(wanted.where(IncidentCase.case_id.in_(list(case_ids))))
    return {row.case_id: row.incident_id for row in rows}


def joining(connection: Connection, now: datetime, window: timedelta) -> list[Joining]:
    """Cases of the neighbourhood of an open incident that came within ``window`` of its last one (R-3.1)."""
    open_ones = [each for each in newest(connection, limit=100) if each.closed_at is None]
    found = []
    for case in case_figures.unassigned(connection, now - 2 * window):
        for incident in open_ones:
            near = incident.last_at is None or case.at - incident.last_at <= window
            if case.neighbourhood and case.neighbourhood == neighbourhood(incident.neighbourhood) and near:
                found.append((incident.id, case.case_id))
                break
    wanted = select(Case.id, Case.number).where(Case.id.in_([case_id for _, case_id in found]))
    numbers = {row.id: row.number for row in connection.execute(wanted)}
    return [Joining(incident_id, case_id, numbers[case_id]) for incident_id, case_id in found]
