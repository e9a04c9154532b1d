"""The numbers and the calendar that tests of cases run by."""

from datetime import date
from zoneinfo import ZoneInfo

from ivr.config.case_sections import Obligations
from ivr.standard.case_clock import Calendar

ZONE = ZoneInfo("Asia/Shanghai")

HOLIDAYS = frozenset(
    {date(2026, 10, day) for day in range(1, 8)} | {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)}
)
SWAPPED = frozenset({date(2026, 9, 27), date(2026, 10, 10), date(2026, 12, 27)})
"""Days of a weekend on which people work."""


def is_working(day: date) -> bool:
    return day in SWAPPED or (day not in HOLIDAYS and day.weekday() < 5)


CALENDAR = Calendar(ZONE, is_working)
CLOCKWORK = Obligations().clockwork(CALENDAR)
TIMES = CLOCKWORK.times
