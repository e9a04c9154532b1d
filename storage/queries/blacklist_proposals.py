"""Proposals for the blacklist: made by one person, decided by another who is a supervisor (R-BL)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy import insert as insert_row
from sqlalchemy.orm import aliased

from ivr.errors import CaseRefused
from ivr.standard.blacklist import why_no_entry
from storage.models import Agent, BlacklistProposal, Case
from storage.queries import blacklist

_SOMEBODY_ELSE = -1


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as the list shows it; ``number`` is E.164."""

    id: int
    number: str
    reason: str
    until: datetime
    case_number: str | None
    proposed_at: datetime
    proposed_by_id: int
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    approved: bool
    why_not: str | None


def propose(
    connection: Connection,
    number: str,
    reason: str,
    until: datetime | None,
    by: int,
    now: datetime,
    *,
    longest_days: int,
    case_id: int | None = None,
) -> int:
    """Propose a number; nobody is turned away before it is approved.

    :param number: E.164.
    :raises CaseRefused: reason or end is missing or wrong.
    """
    refusal = why_no_entry(
        reason, by, _SOMEBODY_ELSE, until, now, approver_is_supervisor=True, longest_days=longest_days
    )
    if refusal is not None:
        raise CaseRefused(refusal, f"{number} is not proposed for the blacklist: {refusal} (R-BL)")
    proposed = insert_row(BlacklistProposal).values(
        number=number,
        reason=reason.strip(),
        until=until,
        case_id=case_id,
        proposed_at=now,
        proposed_by=by,
    )
    return int(connection.execute(proposed.returning(BlacklistProposal.id)).scalar_one())


def approve(
    connection: Connection, proposal_id: int, by: int, now: datetime, *, longest_days: int
) -> int | None:
    """Put the number on the list; returns the entry's id, None where it was decided already.

    :raises CaseRefused: not by who proposed it, only by a supervisor; or its end has passed meanwhile.
    """
    undecided = _undecided(connection, proposal_id)
    if undecided is None:
        return None
    entry_id = blacklist.add(
        connection,
        undecided.number,
        undecided.reason,
        now,
        proposed_by=undecided.proposed_by,
        approved_by=by,
        until=undecided.until,
        longest_days=longest_days,
        case_id=undecided.case_id,
    )
    _decide(connection, proposal_id, by, now, entry_id=entry_id)
    return entry_id


def turn_down(connection: Connection, proposal_id: int, why: str, by: int, now: datetime) -> bool:
    """Do not put the number on the list, and say why; False where it was decided already."""
    if _undecided(connection, proposal_id) is None:
        return False
    _decide(connection, proposal_id, by, now, why_not=why)
    return True


def _undecided(connection: Connection, proposal_id: int) -> BlacklistProposal | None:
    wanted = select(*BlacklistProposal.__table__.c).where(
        BlacklistProposal.id == proposal_id, BlacklistProposal.decided_at.is_(None)
    )
    row: BlacklistProposal | None = connection.execute(wanted.with_for_update()).one_or_none()  # type: ignore[assignment]
    return row


def _decide(connection: Connection, proposal_id: int, by: int, now: datetime, **what: object) -> None:
    decided = update(BlacklistProposal).where(BlacklistProposal.id == proposal_id)
    connection.execute(decided.values(decided_at=now, decided_by=by, **what))


def proposals(connection: Connection, *, decided: bool, limit: int) -> list[Proposal]:
    """Those that wait for a decision, the oldest first; or the last ones that were decided."""
    proposer, decider = aliased(Agent), aliased(Agent)
    wanted = (
        select(
            BlacklistProposal.id,
            BlacklistProposal.number,
            BlacklistProposal.reason,
            BlacklistProposal.until,
            Case.number,
            BlacklistProposal.proposed_at,
            BlacklistProposal.proposed_by,
            proposer.name,
            BlacklistProposal.decided_at,
            decider.name,
            BlacklistProposal.entry_id.is_not(None),
            BlacklistProposal.why_not,
        )
        .join(proposer, proposer.id == BlacklistProposal.proposed_by)
        .outerjoin(decider, decider.id == BlacklistProposal.decided_by)
        .outerjoin(Case, Case.id == BlacklistProposal.case_id)
        .limit(limit)
    )
    if decided:
        wanted = wanted.where(BlacklistProposal.decided_at.is_not(None)).order_by(
            BlacklistProposal.decided_at.desc()
        )
    else:
        wanted = wanted.where(BlacklistProposal.decided_at.is_(None)).order_by(BlacklistProposal.id)
    rows: list[Any] = list(connection.execute(wanted))
    return [Proposal(*row) for row in rows]
