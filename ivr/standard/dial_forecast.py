"""When everybody will have been called, at the pace there is: a forecast for people, never a promise."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.standard.dialing_hours import SEARCHED_DAYS, DialingHours, KindOf, spans_of

ENOUGH = 20
"""Calls of before from which a pace is taken; with fewer, what is configured is assumed."""
CALLS_OF_A_TASK = 1.5
"""Assumed while nothing is known: some are called more than once."""
TALK = timedelta(seconds=60)
"""Assumed length of what is said, while nothing is known."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly people are called.

    ``lines``: at once. ``call``: how long a line is taken by a call. ``calls_of_a_task``: until it is over.
    """

    lines: int
    call: timedelta
    calls_of_a_task: float


def pace(lines: int, ring: timedelta, *, calls: int, busy: timedelta, tasks: int) -> Pace:
    """The pace of calls of before, or an assumed one.

    :param ring: how long a phone may ring.
    :param calls: that were made, ``busy``: how long together, ``tasks``: that were over with them.
    """
    if calls < ENOUGH or tasks < 1:
        return Pace(lines, ring / 2 + TALK, CALLS_OF_A_TASK)
    return Pace(lines, max(busy / calls, timedelta(seconds=1)), max(1.0, calls / tasks))


def forecast(
    tasks: int, at: Pace, hours: DialingHours, kind_of: KindOf, local_now: datetime
) -> datetime | None:
    """When the last of the tasks is likely to be over.

    :param tasks: to be called by the program.
    :param local_now: in the hotline's zone, which the answer has too.
    :returns: None where there is no line, or no window within two months is enough.
    """
    if tasks <= 0:
        return local_now
    if at.lines <= 0:
        return None
    left = at.call * (tasks * at.calls_of_a_task / at.lines)
    for ahead in range(SEARCHED_DAYS + 1):
        day = local_now.date() + timedelta(days=ahead)
        for begin, end in spans_of(hours, kind_of(day)):
            first = max(datetime.combine(day, begin, local_now.tzinfo), local_now)
            last = datetime.combine(day, end, local_now.tzinfo)
            if last <= first:
                continue
            if last - first >= left:
                return first + left
            left -= last - first
    return None
