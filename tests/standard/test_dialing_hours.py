"""R-16.6: nobody is called outside of decent hours, at rest, on the eve or the days of Spring Festival."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dialing_hours import (
    DialDay,
    DialingHours,
    OwnDays,
    kind_of_dial_day,
    may_begin,
    next_opening,
    spans_of,
)
from ivr.standard.spring_festival import NEW_YEAR, is_spring_festival
from ivr.working_calendar import published_dial_day

ZONE = ZoneInfo("Asia/Shanghai")
DECENT = ((time(9), time(11, 30)), (time(14, 30), time(19, 30)))
HOURS = DialingHours(working_day=DECENT, weekend=DECENT, holiday=(), ring=timedelta(seconds=40))
DAYS = st.dates(date(2004, 1, 1), date(2060, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(ZONE))
TIMES = st.times(time(0), time(23, 59))
SPANS = st.lists(st.tuples(TIMES, TIMES).map(lambda two: (min(two), max(two))), max_size=4)


def kind_of(day: date) -> DialDay:
    return kind_of_dial_day(day, published_dial_day)


@given(MOMENTS)
def test_no_call_begins_where_the_standard_has_none(now: datetime) -> None:
    if may_begin(HOURS, kind_of(now.date()), now):
        assert time(9) <= now.time() < time(11, 29, 20) or time(14, 30) <= now.time() < time(19, 29, 20)
        assert not is_spring_festival(now.date())
        assert chinese_calendar.holidays.get(now.date()) is None


@given(DAYS, SPANS, SPANS, st.integers(0, 600), TIMES)
def test_rest_wins_over_every_window_and_the_last_ring_ends_within(
    day: date,
    windows: list[tuple[time, time]],
    rest: list[tuple[time, time]],
    ring: int,
    at: time,
) -> None:
    hours = DialingHours(windows, windows, windows, rest, timedelta(seconds=ring))
    now = datetime.combine(day, at, ZONE)
    if may_begin(hours, kind_of(day), now):
        stops = now + timedelta(seconds=ring)
        assert stops.date() == day
        assert not any(begin <= at < end for begin, end in rest)
        assert not any(begin < stops.time() and at < end for begin, end in rest if begin < end)
        assert any(begin <= at for begin, _ in windows) and any(stops.time() <= end for _, end in windows)


@given(MOMENTS, SPANS, SPANS, st.sets(st.integers(0, 23), max_size=4))
def test_the_next_opening_is_allowed_and_the_first_one(
    now: datetime, windows: list[tuple[time, time]], rest: list[tuple[time, time]], avoided: set[int]
) -> None:
    hours = DialingHours(windows, windows, (), rest)
    opening = next_opening(hours, kind_of, now, avoided_hours=avoided)
    if opening is None:
        return
    assert opening >= now and opening.hour not in avoided
    assert may_begin(hours, kind_of(opening.date()), opening)
    for minutes in range(0, min(2000, int((opening - now).total_seconds() // 60)), 7):
        earlier = now + timedelta(minutes=minutes)
        if earlier < opening and earlier.hour not in avoided:
            assert not may_begin(hours, kind_of(earlier.date()), earlier)


def test_without_a_window_nobody_is_ever_called() -> None:
    none = DialingHours((), (), ())
    assert next_opening(none, kind_of, datetime(2026, 11, 23, 10, tzinfo=ZONE)) is None
    assert not any(
        may_begin(none, kind_of(date(2026, 11, 23)), datetime(2026, 11, 23, hour, tzinfo=ZONE))
        for hour in range(24)
    )


def test_a_window_that_is_open_all_day_ends_at_midnight() -> None:
    from ivr.config.sections import parse_span

    hours = DialingHours((parse_span("00:00-24:00"),), (), (), ring=timedelta(seconds=40))
    assert may_begin(hours, DialDay.WORKING_DAY, datetime(2026, 11, 23, 23, 58, tzinfo=ZONE))
    assert not may_begin(hours, DialDay.WORKING_DAY, datetime(2026, 11, 23, 23, 59, 30, tzinfo=ZONE))


def test_windows_that_meet_are_one() -> None:
    hours = DialingHours(((time(9), time(10)), (time(10), time(11))), (), (), ring=timedelta(minutes=5))
    assert spans_of(hours, DialDay.WORKING_DAY) == [(time(9), time(10, 55))]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 14), DialDay.WORKING_DAY),  # a Saturday that was swapped
        (date(2026, 2, 15), DialDay.NEVER),  # first published day of the festival
        (date(2026, 2, 16), DialDay.NEVER),  # the eve
        (date(2026, 2, 23), DialDay.NEVER),  # the last day
        (date(2024, 2, 9), DialDay.NEVER),  # the eve was published as a working day
        (date(2026, 2, 25), DialDay.WORKING_DAY),
        (date(2026, 10, 1), DialDay.HOLIDAY),
        (date(2026, 10, 10), DialDay.WORKING_DAY),  # swapped
        (date(2026, 11, 22), DialDay.WEEKEND),
        (date(2027, 2, 5), DialDay.NEVER),  # the eve of a year that is not published
        (date(2031, 1, 22), DialDay.NEVER),
        (date(2031, 3, 1), DialDay.WEEKEND),
        (date(2077, 2, 1), DialDay.NEVER),  # nobody knows yet when its festival is
        (date(2077, 3, 1), DialDay.WORKING_DAY),
    ],
)
def test_kinds_of_days(day: date, kind: DialDay) -> None:
    assert kind_of(day) is kind


def test_own_days_win_but_for_spring_festival() -> None:
    own = OwnDays(
        working_days=[date(2026, 11, 22), date(2026, 2, 17)],
        days_off=[date(2026, 11, 23)],
        never=[date(2026, 11, 24)],
    )
    kinds = [kind_of_dial_day(date(2026, 11, day), published_dial_day, own) for day in (22, 23, 24, 25)]
    assert kinds == [DialDay.WORKING_DAY, DialDay.HOLIDAY, DialDay.NEVER, DialDay.WORKING_DAY]
    assert kind_of_dial_day(date(2026, 2, 17), published_dial_day, own) is DialDay.NEVER


def test_the_new_year_of_each_published_year_is_the_published_one() -> None:
    festivals = [day for day, name in chinese_calendar.holidays.items() if name == "Spring Festival"]
    for year in {day.year for day in festivals}:
        days = [day for day in festivals if day.year == year]
        assert min(days) <= NEW_YEAR[year] <= max(days)
        assert min(days) - NEW_YEAR[year] <= timedelta(days=1)
    assert all(1 <= day.month <= 2 and day.year == year for year, day in NEW_YEAR.items())


@given(st.integers(2004, 2100))
def test_every_year_has_its_festival(year: int) -> None:
    """Each year, known or not, has an eve and at least eight days on which nobody is called."""
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(90)]
    assert sum(map(is_spring_festival, days)) >= 9


def test_a_moment_of_another_zone_is_for_the_one_who_asks_to_turn() -> None:
    utc = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert not may_begin(HOURS, kind_of(utc.date()), utc)
    assert may_begin(HOURS, kind_of(utc.date()), utc.astimezone(ZONE))
