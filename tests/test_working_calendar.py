"""Chinese holidays and swapped working days."""

from datetime import date, timedelta

import pytest

from ivr.standard.opening_hours import DayKind, kind_of_day
from ivr.working_calendar import known_until, published_kind


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 17), DayKind.DAY_OFF),  # Spring Festival, a Tuesday
        (date(2026, 2, 14), DayKind.WORKING_DAY),  # a Saturday worked for it
        (date(2026, 10, 1), DayKind.DAY_OFF),  # National Day, a Thursday
        (date(2026, 10, 10), DayKind.WORKING_DAY),  # a Saturday worked for it
        (date(2026, 11, 21), DayKind.DAY_OFF),  # an ordinary Saturday
        (date(2026, 11, 23), DayKind.WORKING_DAY),  # an ordinary Monday
    ],
)
def test_holidays_and_swapped_working_days_are_known(day: date, kind: DayKind) -> None:
    assert published_kind(day) is kind


def test_beyond_what_is_published_the_calendar_says_nothing_and_the_weekday_decides() -> None:
    first_unknown = known_until() + timedelta(days=1)
    assert published_kind(known_until()) is not None
    assert published_kind(first_unknown) is None
    monday = first_unknown + timedelta(days=-first_unknown.weekday() % 7)
    assert kind_of_day(monday, published_kind) is DayKind.WORKING_DAY
    assert kind_of_day(monday + timedelta(days=5), published_kind) is DayKind.DAY_OFF
    assert kind_of_day(monday, published_kind, own_days_off=[monday]) is DayKind.DAY_OFF


def test_the_last_known_day_ends_a_year() -> None:
    assert (known_until().month, known_until().day) == (12, 31)
    assert known_until() >= date(2026, 12, 31)
