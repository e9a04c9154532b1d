"""The blacklist (R-BL): entries with reason, approver and end; an alarm is taken whoever calls."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import aliased

from ivr.config.sections import Role
from ivr.errors import CaseRefused
from ivr.standard.blacklist import is_turned_away, why_no_entry
from storage.models import Agent, BlacklistEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the blacklist; names of who proposed, approved and lifted it."""

    id: int
    number: str
    reason: str
    proposed_by: str
    approved_by: str
    case_id: int | None
    since: datetime
    until: datetime
    lifted_at: datetime | None


def add(
    connection: Connection,
    number: str,
    reason: str,
    now: datetime,
    *,
    proposed_by: int,
    approved_by: int | None,
    until: datetime | None,
    longest_days: int,
    case_id: int | None = None,
) -> int:
    """Put a number on the list; returns the entry's id.

    :param number: E.164.
    :param case_id: what it came of.
    :raises CaseRefused: reason, approver or end is missing or wrong.
    """
    role = connection.execute(
        select(Agent.role).where(Agent.id == (approved_by or 0), Agent.active)
    ).scalar_one_or_none()
    refusal = why_no_entry(
        reason,
        proposed_by,
        approved_by,
        until,
        now,
        approver_is_supervisor=role is Role.SUPERVISOR,
        longest_days=longest_days,
    )
    if refusal is not None:
        raise CaseRefused(refusal, f"{number} is not put on the blacklist: {refusal} (R-BL)")
    entered = insert(BlacklistEntry).values(
        number=number,
        reason=reason.strip(),
        proposed_by=proposed_by,
        approved_by=approved_by,
        case_id=case_id,
        since=now,
        until=until,
    )
    return int(connection.execute(entered.returning(BlacklistEntry.id)).scalar_one())


def lift(connection: Connection, entry_id: int, by: int, now: datetime) -> bool:
    """End an entry before its time; False where it was over already."""
    lifted = (
        update(BlacklistEntry)
        .where(BlacklistEntry.id == entry_id, BlacklistEntry.lifted_at.is_(None), BlacklistEntry.until > now)
        .values(lifted_at=now, lifted_by=by)
    )
    return connection.execute(lifted).rowcount == 1


def turns_away(connection: Connection, numbers: Collection[str], kind: str | None, now: datetime) -> bool:
    """Whether a caller is turned away; never for an alarm.

    :param numbers: of the caller, in every spelling.
    :param kind: what the call is about as far as is known.
    """
    ends = connection.execute(
        select(BlacklistEntry.until).where(
            BlacklistEntry.number.in_(list(numbers)), BlacklistEntry.lifted_at.is_(None)
        )
    ).scalars()
    return is_turned_away(kind, ends, now)


def entries(connection: Connection, now: datetime, *, also_over: bool = False) -> list[Entry]:
    """The list, those that end first first.

    :param also_over: with those that are over or were lifted.
    """
    proposer, approver = aliased(Agent), aliased(Agent)
    wanted = (
        select(
            BlacklistEntry.id,
            BlacklistEntry.number,
            BlacklistEntry.reason,
            proposer.name,
            approver.name,
            BlacklistEntry.case_id,
            BlacklistEntry.since,
            BlacklistEntry.until,
            BlacklistEntry.lifted_at,
        )
        .join(proposer, proposer.id == BlacklistEntry.proposed_by)
        .join(approver, approver.id == BlacklistEntry.approved_by)
    )
    if not also_over:
        wanted = wanted.where(BlacklistEntry.lifted_at.is_(None), BlacklistEntry.until > now)
    return [Entry(*row) for row in connection.execute(wanted.order_by(BlacklistEntry.until))]
