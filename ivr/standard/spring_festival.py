"""Which days are the eve and the days of Spring Festival, on which nobody is called (R-16.6).

The published calendar says it for the years it knows. Beyond it, the day of the new year is known: it is
computed for Beijing time (GB/T 33661-2017). A year that is in neither has no calls from the first day the
festival can begin to the last it can end.
"""

from datetime import date, timedelta

_DAYS = """
2004-01-22 2005-02-09 2006-01-29 2007-02-18 2008-02-07 2009-01-26 2010-02-14 2011-02-03 2012-01-23
2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12
2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03
2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24
2040-02-12 2041-02-01 2042-01-22 2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26 2048-02-14
2049-02-02 2050-01-23
"""

NEW_YEAR: dict[int, date] = {day.year: day for day in map(date.fromisoformat, _DAYS.split())}
"""The first day of the first month, 正月初一, by year."""

LONGEST = timedelta(days=8)
"""Days of the festival that are kept free where no calendar is published: as many as it ever had."""
EARLIEST_EVE = (1, 20)
LATEST_END = (2, 28)
"""Between these days lies every Spring Festival with its eve (the new year is from 21 January on)."""


def is_spring_festival(day: date) -> bool:
    """Whether a day is the eve of Spring Festival, or one of its days, by the new year alone.

    Days that a published calendar adds to it are for whoever reads that calendar.
    """
    first = NEW_YEAR.get(day.year)
    if first is None:
        return EARLIEST_EVE <= (day.month, day.day) <= LATEST_END
    return first - timedelta(days=1) <= day < first + LONGEST
