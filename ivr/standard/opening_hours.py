"""When a queue is open: hours by kind of day, with holidays and swapped working days (R-CT).

All times of day are local; who calls turns the moment into the hotline's zone first.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

Span = tuple[time, time]
"""From and to; the end is not open any more, but :data:`END_OF_DAY` is midnight."""

END_OF_DAY = time(23, 59, 59, 999999)
"""How 24:00 is written as a time of day."""

SEARCHED_DAYS = 31
"""How far ahead the next opening is looked for: longer than any run of holidays."""

SATURDAY = 5


class DayKind(StrEnum):
    """What opening hours distinguish."""

    WORKING_DAY = "working_day"  # people work, a swapped weekend among them
    DAY_OFF = "day_off"  # weekend or holiday


Calendar = Callable[[date], DayKind | None]
"""A published calendar: what it says of a day, None where it says nothing."""


def kind_of_day(
    day: date,
    calendar: Calendar,
    own_working_days: Collection[date] = (),
    own_days_off: Collection[date] = (),
) -> DayKind:
    """Whether people work on a day.

    The company's own days win over the published calendar; a day the calendar does not know is judged
    by its weekday.
    """
    if day in own_days_off:
        return DayKind.DAY_OFF
    if day in own_working_days:
        return DayKind.WORKING_DAY
    published = calendar(day)
    if published is not None:
        return published
    return DayKind.DAY_OFF if day.weekday() >= SATURDAY else DayKind.WORKING_DAY


def todays_spans(working_day: Sequence[Span], day_off: Sequence[Span], kind: DayKind) -> list[Span]:
    """The spans of a day of this kind, in order; an empty list is closed all day."""
    return sorted(working_day if kind is DayKind.WORKING_DAY else day_off)


def is_open(working_day: Sequence[Span], day_off: Sequence[Span], kind: DayKind, local_now: datetime) -> bool:
    """Whether somebody answers now.

    :param working_day: spans of working days. ``day_off``: spans of the others.
    :param kind: of the local day.
    :param local_now: the moment in the hotline's time zone.
    """
    now = local_now.time()
    return any(_within(span, now) for span in todays_spans(working_day, day_off, kind))


def span_to_speak(
    working_day: Sequence[Span],
    day_off: Sequence[Span],
    kind_of: Callable[[date], DayKind],
    local_now: datetime,
) -> tuple[date, Span] | None:
    """The hours to tell a caller who is too early or too late: the span that is open now or opens next.

    :param kind_of: kind of any day.
    :returns: the day and its span (``from_time``, ``to_time``), None when it does not open within a month.
    """
    for ahead in range(SEARCHED_DAYS + 1):
        day = local_now.date() + timedelta(days=ahead)
        for span in todays_spans(working_day, day_off, kind_of(day)):
            if ahead > 0 or local_now.time() < span[1]:
                return day, span
    return None


def _within(span: Span, now: time) -> bool:
    begin, end = span
    return begin <= now and (now < end or end == END_OF_DAY)
