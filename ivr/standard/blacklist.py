"""The blacklist (R-BL): an entry needs a reason, an approver and an end; an alarm stays an alarm."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ivr.standard.case_refusal import CaseRefusal


def why_no_entry(
    reason: str,
    proposed_by: int,
    approved_by: int | None,
    until: datetime | None,
    now: datetime,
    *,
    approver_is_supervisor: bool,
    longest_days: int,
) -> CaseRefusal | None:
    """What an entry lacks; None: it may be made.

    :param longest_days: an entry ends within so many days (config.yaml: blacklist.longest_days).
    """
    if not reason.strip():
        return CaseRefusal.NO_REASON
    if approved_by is None or approved_by == proposed_by or not approver_is_supervisor:
        return CaseRefusal.NO_APPROVER
    if until is None or not now < until <= now + timedelta(days=longest_days):
        return CaseRefusal.NO_END
    return None


def is_turned_away(kind: str | None, ends: Iterable[datetime], now: datetime) -> bool:
    """Whether a caller is turned away.

    :param kind: what the call is about, as far as is known; an alarm is never turned away.
    :param ends: when the entries of the caller's number end that were not lifted.
    """
    return kind != "alarm" and any(now < end for end in ends)
