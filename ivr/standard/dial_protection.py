"""Who must not be called now, or at all (R-16.6), and one reason a day for each person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ivr.standard.dial_reason import ASKED_FOR, ASKS_FOR_OPINION, DialReason


class DialRefusal(StrEnum):
    """Why somebody is not called."""

    DO_NOT_CALL = "do_not_call"  # asked never to be called
    ASKED_RECENTLY = "asked_recently"  # was asked within the last 30 days
    OTHER_REASON_TODAY = "other_reason_today"  # is or was called for something else on this day
    EMPTY_NUMBER = "empty_number"  # nobody has this number
    NOT_TO_BE_CALLED = "not_to_be_called"  # foreign, premium, an emergency number or one of our own
    NO_NUMBER = "no_number"  # nobody knows how to reach them


WAITS_FOR_TOMORROW = frozenset({DialRefusal.OTHER_REASON_TODAY})
"""Refused today only; the others end the task."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a number.

    ``asked_at``: when it was last asked for its opinion and answered. ``empty_at``: when the network last
    said that nobody has it. ``called_on``: the local day of the last call, and ``called_for`` its reason.
    """

    do_not_call: bool = False
    asked_at: datetime | None = None
    empty_at: datetime | None = None
    called_on: date | None = None
    called_for: DialReason | None = None
    called_task: int | None = None


def why_not(
    reason: DialReason,
    known: Known,
    local_now: datetime,
    *,
    rest: timedelta,
    task: int | None = None,
) -> DialRefusal | None:
    """Why a number is not called now for a reason; None: it may be.

    :param local_now: in the hotline's zone.
    :param rest: for how long nobody is asked again (30 days).
    :param task: that wants to call; another attempt of the same one is the same reason.
    """
    if reason in ASKED_FOR:
        return None
    if known.do_not_call:
        return DialRefusal.DO_NOT_CALL
    if known.empty_at is not None and local_now - known.empty_at < rest:
        return DialRefusal.EMPTY_NUMBER
    if reason in ASKS_FOR_OPINION and known.asked_at is not None and local_now - known.asked_at < rest:
        return DialRefusal.ASKED_RECENTLY
    same = task is not None and known.called_task == task
    if known.called_on == local_now.date() and not same:
        return DialRefusal.OTHER_REASON_TODAY
    return None
