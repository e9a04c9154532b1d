"""R-CT, R-OV: clocks by hours, days and working days, over year ends and swapped days, stopped too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.standard import case_clock
from ivr.standard.case_clock import Calendar, Clock, Timer
from tests.standard.clockwork import CALENDAR, SWAPPED, ZONE, is_working

MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 1, 20), timezones=st.just(UTC))
"""Around the National Day week, swapped days and the end of a year."""
AMOUNTS = {
    Clock.HOURS: st.integers(1, 2000),
    Clock.DAYS: st.integers(1, 40),
    Clock.WORKING_DAYS: st.integers(1, 30),
}
CLOCKS = st.sampled_from(Clock)
PAUSES = st.timedeltas(timedelta(0), timedelta(days=25))


@st.composite
def started(draw: st.DrawFn) -> tuple[datetime, Timer]:
    clock, at = draw(CLOCKS), draw(MOMENTS)
    return at, case_clock.start(clock, draw(AMOUNTS[clock]), at, CALENDAR)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def walked(start: datetime, days: int) -> datetime:
    """A working-day clock done the slow way: every day looked at in turn."""
    day = start.astimezone(ZONE).date()
    while days:
        day = date.fromordinal(day.toordinal() + 1)
        if day in SWAPPED or is_working(day):
            days -= 1
    return datetime.combine(date.fromordinal(day.toordinal() + 1), time(), ZONE)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-18T15:00", 3, "2026-11-24T00:00"),  # Wednesday: Thursday, Friday, Monday
        ("2026-11-21T08:00", 3, "2026-11-26T00:00"),  # Saturday: it does not count, nor does Sunday
        ("2026-09-30T09:00", 3, "2026-10-11T00:00"),  # 8, 9 and the swapped Saturday the 10th
        ("2026-12-31T23:59", 1, "2027-01-05T00:00"),  # New Year's holiday runs into a weekend
        ("2026-12-24T10:00", 2, "2026-12-28T00:00"),  # Friday, and a swapped Sunday
    ],
)
def test_working_days_know_holidays_and_swapped_days(start: str, days: int, due: str) -> None:
    """R-CT: the day it starts on does not count, and the last one counts to its end."""
    assert case_clock.due(Clock.WORKING_DAYS, days, local(start), CALENDAR) == local(due)


def test_hours_count_day_and_night() -> None:
    """R-13.3: 24 hours are 24 hours, also over a holiday."""
    begin = local("2026-09-30T17:00")
    assert case_clock.due(Clock.HOURS, 24, begin, CALENDAR) == local("2026-10-01T17:00")


@given(MOMENTS, st.integers(1, 40))
def test_working_days_equal_a_walk_day_by_day(start: datetime, days: int) -> None:
    assert case_clock.due(Clock.WORKING_DAYS, days, start, CALENDAR) == walked(start, days)


@given(MOMENTS, PAUSES)
def test_what_counts_equals_every_hour_looked_at(begin: datetime, length: timedelta) -> None:
    begin = begin.replace(minute=0, second=0, microsecond=0)
    hours = int(length / timedelta(hours=1))
    looked_at = sum(
        is_working((begin + timedelta(hours=hour)).astimezone(ZONE).date()) for hour in range(hours)
    )
    counted = case_clock.counted_between(Clock.WORKING_DAYS, begin, begin + timedelta(hours=hours), CALENDAR)
    assert counted == timedelta(hours=looked_at)


@given(started())
def test_nothing_is_due_before_it_starts(given: tuple[datetime, Timer]) -> None:
    at, timer = given
    assert timer.due_at > at and timer.total > timedelta(0)


@given(CLOCKS, MOMENTS, PAUSES, st.data())
def test_what_starts_later_is_not_due_earlier(
    clock: Clock, at: datetime, later: timedelta, data: st.DataObject
) -> None:
    amount = data.draw(AMOUNTS[clock])
    first = case_clock.due(clock, amount, at, CALENDAR)
    assert case_clock.due(clock, amount, at + later, CALENDAR) >= first
    assert case_clock.due(clock, amount + 1, at, CALENDAR) > first


@given(started(), st.floats(0, 0.999), PAUSES)
def test_a_pause_makes_it_later_by_exactly_the_pause(
    given: tuple[datetime, Timer], when: float, pause: timedelta
) -> None:
    """R-CT, R-OV: what counted before the pause and after it is the whole time, no more and no less."""
    at, timer = given
    stopped_at = at + (timer.due_at - at) * when
    assume(stopped_at < timer.due_at)
    stopped = case_clock.stop(timer, stopped_at, CALENDAR)
    on = case_clock.go_on(stopped, stopped_at + pause, CALENDAR)
    assert stopped.running_since is None and on.running_since == stopped_at + pause
    if timer.clock is not Clock.WORKING_DAYS:
        assert on.due_at == timer.due_at + pause
    counted = case_clock.counted_between(timer.clock, at, stopped_at, CALENDAR)
    counted += case_clock.counted_between(timer.clock, stopped_at + pause, on.due_at, CALENDAR)
    assert counted == timer.total
    assert on.due_at >= timer.due_at


@given(started(), st.floats(0, 0.9), PAUSES, PAUSES)
def test_a_longer_pause_is_not_due_earlier(
    given: tuple[datetime, Timer], when: float, pause: timedelta, more: timedelta
) -> None:
    at, timer = given
    stopped_at = at + (timer.due_at - at) * when
    stopped = case_clock.stop(timer, stopped_at, CALENDAR)
    first = case_clock.go_on(stopped, stopped_at + pause, CALENDAR)
    assert case_clock.go_on(stopped, stopped_at + pause + more, CALENDAR).due_at >= first.due_at


@given(started(), PAUSES)
def test_what_is_late_stays_late(given: tuple[datetime, Timer], late: timedelta) -> None:
    _, timer = given
    assert case_clock.stop(timer, timer.due_at + late, CALENDAR) is timer


@given(started(), st.lists(st.floats(1, 100), min_size=2, max_size=5))
def test_shares_of_the_time_come_in_their_order(given: tuple[datetime, Timer], percents: list[float]) -> None:
    """R-OV."""
    at, timer = given
    moments = [case_clock.moment_of_share(timer, percent, CALENDAR) for percent in sorted(percents)]
    assert all(moment is not None and at <= moment <= timer.due_at for moment in moments)
    assert moments == sorted(moments, key=lambda moment: moment or at)
    assert case_clock.moment_of_share(timer, 100, CALENDAR) == timer.due_at


@given(started(), st.floats(1, 99))
def test_at_a_share_so_much_of_the_time_is_used(given: tuple[datetime, Timer], percent: float) -> None:
    _, timer = given
    moment = case_clock.moment_of_share(timer, percent, CALENDAR)
    assert moment is not None
    assert case_clock.percent_used(timer, moment, CALENDAR) == pytest.approx(percent, abs=1e-4)


@given(started(), st.floats(0, 0.9), PAUSES)
def test_a_lengthened_clock_keeps_its_pauses(
    given: tuple[datetime, Timer], when: float, pause: timedelta
) -> None:
    """R-CT: 13 days become 17 where an outside party takes part, whenever that is found out."""
    at, timer = given
    stopped_at = at + (timer.due_at - at) * when
    on = case_clock.go_on(case_clock.stop(timer, stopped_at, CALENDAR), stopped_at + pause, CALENDAR)
    amount = 2500
    clock = timer.clock if timer.clock is Clock.HOURS else None
    assume(clock is not None)
    longer = case_clock.lengthened(on, amount, at, CALENDAR)
    assert longer.due_at == at + timedelta(hours=amount) + pause


def test_a_stopped_clock_reaches_no_share() -> None:
    at = local("2026-11-18T15:00")
    stopped = case_clock.stop(case_clock.start(Clock.HOURS, 6, at, CALENDAR), at, CALENDAR)
    assert case_clock.moment_of_share(stopped, 50, CALENDAR) is None
    assert case_clock.percent_used(stopped, at + timedelta(days=9), CALENDAR) == 0


def test_a_time_agreed_with_the_customer_is_the_new_end() -> None:
    """R-CT: within 5 working days unless agreed otherwise with the customer."""
    at = local("2026-11-18T15:00")
    timer = case_clock.start(Clock.WORKING_DAYS, 5, at, CALENDAR)
    moved = case_clock.agreed(timer, local("2026-12-20T18:00"), CALENDAR)
    assert moved.due_at == local("2026-12-20T18:00")
    assert case_clock.moment_of_share(moved, 100, CALENDAR) == moved.due_at
    with pytest.raises(ValueError, match="after its start"):
        case_clock.agreed(timer, at, CALENDAR)


@pytest.mark.parametrize(("clock", "amount"), [(Clock.HOURS, 0), (Clock.DAYS, -1), (Clock.WORKING_DAYS, 1.5)])
def test_an_amount_that_is_none_is_refused(clock: Clock, amount: float) -> None:
    with pytest.raises(ValueError, match="not"):
        case_clock.due(clock, amount, local("2026-11-18T15:00"), CALENDAR)


def test_a_calendar_without_working_days_is_no_endless_walk() -> None:
    never = Calendar(ZONE, lambda day: False)
    with pytest.raises(ValueError, match="working day"):
        case_clock.due(Clock.WORKING_DAYS, 1, local("2026-11-18T15:00"), never)
    with pytest.raises(ValueError, match="working day"):
        case_clock.moment_after(Clock.WORKING_DAYS, local("2026-11-18T15:00"), timedelta(hours=1), never)
