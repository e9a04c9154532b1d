"""Why somebody is called, and who is called first.

An alarm caller who was not answered before everything; then who was promised a call, in the order in which
they were promised it; then notices of outages, which lose their sense soonest (R-5.1); then revisits by the
time they are due; then campaigns.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DialReason(StrEnum):
    """Why somebody is called."""

    ALARM_CALL_BACK = "alarm_call_back"  # an alarm caller hung up unanswered
    FOLLOW_UP = "follow_up"  # was not satisfied when asked: the first responder calls
    CALL_BACK = "call_back"  # asked to be called back, and keeps the place
    OUTAGE_NOTICE = "outage_notice"  # the gas will be off where they live
    REVISIT = "revisit"  # a case asks for it (R-13.5, R-14.4, R-15.4, R-CR)
    CAMPAIGN = "campaign"  # one of a list


class DialWay(StrEnum):
    """Who speaks to the person called."""

    AUTOMATIC = "automatic"  # the program asks, by keys
    AGENT = "agent"  # an agent, who sees beforehand whom and why


RANK: dict[DialReason, int] = {
    DialReason.ALARM_CALL_BACK: 1,
    DialReason.FOLLOW_UP: 10,
    DialReason.CALL_BACK: 20,
    DialReason.OUTAGE_NOTICE: 30,
    DialReason.REVISIT: 40,
    DialReason.CAMPAIGN: 60,
}
"""The lower is called first."""

ASKED_FOR = frozenset({DialReason.ALARM_CALL_BACK, DialReason.FOLLOW_UP, DialReason.CALL_BACK})
"""The person wants or was promised this call; what protects from unasked calls does not stand against it."""

AT_ANY_HOUR = frozenset({DialReason.ALARM_CALL_BACK})
"""Nothing about an alarm waits for a window."""

ASKS_FOR_OPINION = frozenset({DialReason.REVISIT, DialReason.CAMPAIGN})
"""Not again within 30 days of the last of these (R-16.6)."""

LOOKED_AT_FIRST = ASKS_FOR_OPINION
"""An agent who asks for somebody's opinion sees beforehand whom and why: with the way AGENT these are never
dialed by the program, an agent takes them from the desk (R-16.1)."""

OrderKey = tuple[int, datetime, int]


@dataclass(frozen=True, slots=True)
class Due:
    """What decides the order of a task.

    ``due_at``: of a promised call when it was promised, of a revisit when it is owed, else when it was
    planned. ``id``: the older of two that are alike is first.
    """

    reason: DialReason
    due_at: datetime
    id: int


def order_key(due: Due) -> OrderKey:
    """Sorts tasks into the order in which they are called."""
    return RANK[due.reason], due.due_at, due.id
