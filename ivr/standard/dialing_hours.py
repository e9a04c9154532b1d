"""When customers may be called: windows by kind of day, rest hours, holidays, Spring Festival (R-16.6).

All times of day are local to the hotline; who asks turns the moment into its zone first. Nothing is ever
allowed by default: no window, no call.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from ivr.standard.opening_hours import SATURDAY, Span
from ivr.standard.spring_festival import is_spring_festival

SEARCHED_DAYS = 60
"""How far ahead the next window is looked for: longer than any run of days without one."""
HOUR = timedelta(hours=1)


class DialDay(StrEnum):
    """What the dialer distinguishes among days."""

    WORKING_DAY = "working_day"  # people work, a swapped weekend among them
    WEEKEND = "weekend"  # Saturday or Sunday
    HOLIDAY = "holiday"  # a public holiday, or a day off of the company
    NEVER = "never"  # eve or days of Spring Festival, or a day the company named: nobody is called


Published = Callable[[date], DialDay | None]
"""A published calendar: NEVER are its days of Spring Festival; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class OwnDays:
    """The company's own days (config.yaml): they win over the published ones, but Spring Festival stays."""

    working_days: Collection[date] = ()
    days_off: Collection[date] = ()
    never: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class DialingHours:
    """Windows by kind of day, and the hours of rest, which win over every window.

    ``ring``: how long a phone may ring; a call begins so early that it stops ringing within the window.
    """

    working_day: Sequence[Span]
    weekend: Sequence[Span]
    holiday: Sequence[Span]
    rest: Sequence[Span] = ()
    ring: timedelta = timedelta()


KindOf = Callable[[date], DialDay]
"""The kind of any day."""


def kind_of_dial_day(day: date, published: Published, own: OwnDays = OwnDays()) -> DialDay:
    """What kind of day it is for the dialer.

    A day that no calendar knows is judged by its weekday.
    """
    said = published(day)
    if day in own.never or said is DialDay.NEVER or is_spring_festival(day):
        return DialDay.NEVER
    if day in own.days_off:
        return DialDay.HOLIDAY
    if day in own.working_days:
        return DialDay.WORKING_DAY
    if said is not None:
        return said
    return DialDay.WEEKEND if day.weekday() >= SATURDAY else DialDay.WORKING_DAY


def spans_of(hours: DialingHours, kind: DialDay) -> list[Span]:
    """When a call may begin on a day of this kind: its windows without rest and without the last ring.

    In order; from and to, the end itself is not allowed any more. Empty: nobody is called.
    """
    windows: dict[DialDay, Sequence[Span]] = {
        DialDay.WORKING_DAY: hours.working_day,
        DialDay.WEEKEND: hours.weekend,
        DialDay.HOLIDAY: hours.holiday,
    }
    left = _united(windows.get(kind, ()))
    for rest in hours.rest:
        left = [piece for span in left for piece in _without(span, rest)]
    shorter = ((begin, _earlier(end, hours.ring)) for begin, end in left)
    return [(begin, end) for begin, end in shorter if begin < end]


def may_begin(hours: DialingHours, kind: DialDay, local_now: datetime) -> bool:
    """Whether a call may begin now.

    :param kind: of the local day.
    :param local_now: the moment in the hotline's zone.
    """
    now = local_now.time()
    return any(begin <= now < end for begin, end in spans_of(hours, kind))


def next_opening(
    hours: DialingHours,
    kind_of: KindOf,
    local_from: datetime,
    *,
    avoided_hours: Collection[int] = (),
) -> datetime | None:
    """The first moment from ``local_from`` on at which a call may begin.

    :param local_from: in the hotline's zone, which the answer has too.
    :param avoided_hours: hours of the day (0–23) at which this person was tried already (R-16.6).
    :returns: None where there is none within two months.
    """
    for begin, end in openings(hours, kind_of, local_from):
        moment = begin
        while moment < end:
            if moment.hour not in avoided_hours:
                return moment
            moment = moment.replace(minute=0, second=0, microsecond=0) + HOUR
    return None


def openings(
    hours: DialingHours, kind_of: KindOf, local_from: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Spans in which calls may begin, from ``local_from`` on, as moments; for two months."""
    for ahead in range(SEARCHED_DAYS + 1):
        day = local_from.date() + timedelta(days=ahead)
        for begin, end in spans_of(hours, kind_of(day)):
            first = datetime.combine(day, begin, local_from.tzinfo)
            last = datetime.combine(day, end, local_from.tzinfo)
            if last > local_from:
                yield max(first, local_from), last


def _united(spans: Sequence[Span]) -> list[Span]:
    """The same hours, in order, with spans that meet or overlap made one."""
    whole: list[Span] = []
    for begin, end in sorted(spans):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return whole


def _without(span: Span, rest: Span) -> list[Span]:
    """What is left of a span outside of the rest."""
    before = (span[0], min(span[1], rest[0]))
    after = (max(span[0], rest[1]), span[1])
    return [piece for piece in (before, after) if piece[0] < piece[1]]


def _earlier(moment: time, by: timedelta) -> time:
    """A time of day moved back; not over midnight."""
    day = date(2000, 1, 2)
    moved = datetime.combine(day, moment) - by
    return moved.time() if moved.date() == day else time()
