"""The order in which waiting callers are served, and how a caller's place in it is told.

Alarm calls come before everything; then callers whose agent's leg dropped (R-12.12); then by the queue's
priority; then by arrival. The moment a caller began to wait is kept through every offer and restart.
"""

from collections.abc import Iterable
from datetime import datetime

RAISED = 0
"""Priority of a caller whom a supervisor raised: before those of every queue, whose priorities begin at 1."""

OrderKey = tuple[int, int, int, datetime, int]
"""Compares as the callers are served: the smaller one first."""


def order_key(*, alarm: bool, returned: bool, priority: int, queued_at: datetime, call_id: int) -> OrderKey:
    """Where a caller stands among all who wait.

    :param alarm: smells gas.
    :param returned: talked already and lost the agent by no fault of the caller (R-12.12).
    :param priority: of the queue, the lower the earlier.
    :param queued_at: when the caller began to wait.
    :param call_id: decides between two who came at the same moment.
    """
    return (0 if alarm else 1, 0 if returned else 1, priority, queued_at, call_id)


def place_of(mine: OrderKey, others: Iterable[OrderKey]) -> int:
    """A caller's place: 1 is served next.

    :param mine: the caller's key.
    :param others: keys of those who wait for agents of the same skill; the caller's own may be among them.
    """
    return 1 + sum(other < mine for other in others)
