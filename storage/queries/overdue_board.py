"""What is late or soon will be: what is owed, how far the warnings went, who answers (R-OV, R-FR)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from ivr.standard.obligations import ObligationKind
from ivr.standard.overdue import Rung
from storage.models import Agent, CaseHandover, CaseLife, Obligation, ObligationWarning
from storage.queries.case_lists import CaseLine, Place, columns, lines
from storage.queries.obligations import NEVER

NO_UNIT = 0
"""As a filter: cases that are at no unit."""


@dataclass(frozen=True, slots=True)
class OwedNow:
    """What a case owes next, and how far the ladder was climbed."""

    kind: ObligationKind
    rule: str
    started_at: datetime
    due_at: datetime
    percent: float
    """The highest share of the time that somebody was warned at; 0: nobody yet."""
    rungs: tuple[Rung, ...]
    """Who was warned then, from below."""


@dataclass(frozen=True, slots=True)
class OwnerLoad:
    """How many open cases somebody is first responder of (R-FR)."""

    agent_id: int
    work_number: str
    name: str
    open: int
    late: int
    soon: int


def board(
    connection: Connection,
    until: datetime,
    *,
    limit: int,
    unit_id: int | None = None,
    owner_id: int | None = None,
    after: Place | None = None,
) -> list[CaseLine]:
    """Open cases of which something is due before ``until``, what is late the longest first.

    :param unit_id: only of this unit, :data:`NO_UNIT`: of none. ``owner_id``: only of this first responder.
    """
    wanted = columns().where(CaseLife.closed_at.is_(None), CaseLife.due_at < until)
    if unit_id is not None:
        wanted = wanted.where(
            CaseLife.unit_id.is_(None) if unit_id == NO_UNIT else CaseLife.unit_id == unit_id
        )
    if owner_id is not None:
        wanted = wanted.where(CaseLife.owner_id == owner_id)
    if after is not None:
        due_at, case_id = after
        later = and_(CaseLife.due_at == due_at, CaseLife.case_id > case_id)
        wanted = wanted.where(CaseLife.due_at >= due_at, or_(CaseLife.due_at > due_at, later))
    return lines(connection, wanted.order_by(CaseLife.due_at, CaseLife.case_id).limit(limit))


def owed_now(connection: Connection, case_ids: Sequence[int]) -> dict[int, OwedNow]:
    """What each case owes next; those that owe nothing are missing."""
    rows = connection.execute(
        select(
            Obligation.id,
            Obligation.case_id,
            Obligation.kind,
            Obligation.rule,
            Obligation.started_at,
            Obligation.due_at,
        )
        .where(
            Obligation.case_id.in_(list(case_ids)),
            Obligation.settled_at.is_(None),
            Obligation.running_since.is_not(None),
        )
        .order_by(Obligation.case_id, Obligation.due_at.desc(), Obligation.id.desc())
    ).all()
    next_ones = {row.case_id: row for row in rows}
    warned = {
        row.obligation_id: row
        for row in connection.execute(
            select(ObligationWarning.obligation_id, ObligationWarning.percent, ObligationWarning.rungs)
            .where(ObligationWarning.obligation_id.in_([row.id for row in next_ones.values()]))
            .order_by(ObligationWarning.level)
        )
    }
    return {
        case_id: OwedNow(
            row.kind,
            row.rule,
            row.started_at,
            row.due_at,
            warned[row.id].percent if row.id in warned else 0.0,
            tuple(Rung(each) for each in warned[row.id].rungs.split()) if row.id in warned else (),
        )
        for case_id, row in next_ones.items()
    }


def former_owners(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[str]]:
    """First responders who handed a case over, the first one first; both names stay (R-FR)."""
    before = aliased(Agent)
    rows = connection.execute(
        select(CaseHandover.case_id, before.name)
        .join(before, before.id == CaseHandover.from_agent_id)
        .where(CaseHandover.case_id.in_(list(case_ids)))
        .order_by(CaseHandover.id)
    )
    found: dict[int, list[str]] = {}
    for case_id, name in rows:
        found.setdefault(case_id, []).append(name)
    return found


def owner_loads(connection: Connection, now: datetime, until: datetime) -> list[OwnerLoad]:
    """Open, late and soon late cases of every first responder who has some, the most late ones first."""
    late = func.count().filter(CaseLife.due_at < now)
    soon = func.count().filter(CaseLife.due_at >= now, CaseLife.due_at < until)
    rows = connection.execute(
        select(CaseLife.owner_id, Agent.work_number, Agent.name, func.count(), late, soon)
        .join(Agent, Agent.id == CaseLife.owner_id)
        .where(CaseLife.closed_at.is_(None), CaseLife.due_at < NEVER)
        .group_by(CaseLife.owner_id, Agent.work_number, Agent.name)
        .order_by(late.desc(), soon.desc(), Agent.work_number)
    )
    return [OwnerLoad(*row) for row in rows]
