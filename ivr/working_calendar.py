"""The published calendar of Chinese holidays and swapped working days, for :mod:`ivr.standard.opening_hours`.

The government publishes it a year at a time, so the library knows it up to the year of its last release.
Beyond, the weekday decides, and the days of config.yaml ``special_days`` win everywhere.
"""

from datetime import date

import chinese_calendar

from ivr.standard.dialing_hours import DialDay
from ivr.standard.opening_hours import DayKind


def published_kind(day: date) -> DayKind | None:
    """What the published calendar says of a day, None where it is not published yet."""
    try:
        working = chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
    return DayKind.WORKING_DAY if working else DayKind.DAY_OFF


def known_until() -> date:
    """The last day the published calendar knows; `hotline check` says when it is near."""
    return date(max(day.year for day in chinese_calendar.holidays), 12, 31)


def published_dial_day(day: date) -> DialDay | None:
    """What the published calendar says to the dialer of a day (R-16.6), None where it is not published."""
    try:
        working = chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
    holiday = chinese_calendar.holidays.get(day)
    if holiday == chinese_calendar.Holiday.spring_festival.value:
        return DialDay.NEVER
    if working:
        return DialDay.WORKING_DAY
    return DialDay.HOLIDAY if holiday is not None else DialDay.WEEKEND
