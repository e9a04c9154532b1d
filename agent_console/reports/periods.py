"""The time a report is of: day, week, month, quarter, or from one day to another, in the hotline's zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from agent_console.moments import span_of_day

FIRST_YEAR, LAST_YEAR = 2000, 2999


class PeriodKind(StrEnum):
    """How long a report's time is."""

    DAY = "day"  # from midnight to midnight
    WEEK = "week"  # from Monday on
    MONTH = "month"  # of the calendar
    QUARTER = "quarter"  # three months
    DAYS = "days"  # from one day to another


class PeriodTrouble(StrEnum):
    """Why no report is made."""

    NO_DAY = "no_day"  # what was given is no day
    FUTURE = "future"  # it has not begun
    TOO_LONG = "too_long"  # more days than a report covers
    ENDS_BEFORE = "ends_before"  # the last day lies before the first


@dataclass(frozen=True, slots=True)
class Period:
    """A time in whole days."""

    kind: PeriodKind
    first: date
    end: date
    """The first day that is not in it any more."""

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Beginning and end in UTC."""
        return span_of_day(self.first, zone)[0], span_of_day(self.end, zone)[0]

    @property
    def before(self) -> "Period":
        """The one before it."""
        return period_of(self.kind, self.first - timedelta(days=1), self.days)

    @property
    def after(self) -> "Period":
        """The one after it."""
        return period_of(self.kind, self.end, self.days, forward=True)


def period_of(kind: PeriodKind, day: date, days: int = 1, *, forward: bool = False) -> Period:
    """The period a day is in; of :attr:`PeriodKind.DAYS` so many that end, or begin, with it."""
    if kind is PeriodKind.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=7))
    if kind is PeriodKind.MONTH:
        return Period(kind, day.replace(day=1), _months_on(day.replace(day=1), 1))
    if kind is PeriodKind.QUARTER:
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        return Period(kind, first, _months_on(first, 3))
    first = day if forward else day - timedelta(days=days - 1)
    return Period(kind, first, first + timedelta(days=days))


def _months_on(first: date, months: int) -> date:
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    return first


def read(
    kind: str | None, day: str | None, until: str | None, today: date, longest_days: int
) -> Period | PeriodTrouble:
    """The period an address names; yesterday where it names none."""
    known = PeriodKind(kind) if kind in list(PeriodKind) else PeriodKind.DAY
    first = _day(day) if day else today - timedelta(days=1)
    last = _day(until) if until else first
    if first is None or last is None:
        return PeriodTrouble.NO_DAY
    if known is PeriodKind.DAYS:
        if last < first:
            return PeriodTrouble.ENDS_BEFORE
        found = Period(known, first, last + timedelta(days=1))
    else:
        found = period_of(known, first)
    if found.first > today:
        return PeriodTrouble.FUTURE
    return PeriodTrouble.TOO_LONG if found.days > longest_days else found


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
