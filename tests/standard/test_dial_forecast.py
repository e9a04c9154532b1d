"""When everybody will have been called: within the windows only (R-16.6), at the pace there was."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_forecast import ENOUGH, Pace, forecast, pace
from ivr.standard.dialing_hours import DialDay, DialingHours, may_begin
from tests.standard.clockwork import ZONE

MORNING = (time(9), time(11))
HOURS = DialingHours(working_day=[MORNING, (time(14), time(15))], weekend=[], holiday=[])
NINE = datetime(2026, 11, 18, 9, 0, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


def working(day: object) -> DialDay:
    return DialDay.WORKING_DAY


@pytest.mark.parametrize(
    ("tasks", "lines", "end"),
    [
        (0, 4, NINE),
        (60, 1, NINE + timedelta(hours=1)),
        (120, 1, NINE + timedelta(hours=2)),
        (150, 1, datetime(2026, 11, 18, 14, 30, tzinfo=ZONE)),
        (600, 2, datetime(2026, 11, 19, 11, 0, tzinfo=ZONE)),
        (240, 1, datetime(2026, 11, 19, 10, 0, tzinfo=ZONE)),
        (1, 0, None),
        (1_000_000, 1, None),
    ],
)
def test_time_outside_of_the_windows_does_not_count(tasks: int, lines: int, end: datetime | None) -> None:
    found = forecast(tasks, Pace(lines, MINUTE, 1.0), HOURS, working, NINE)
    assert found == end


@given(st.integers(1, 3000), st.integers(1, 30), st.floats(1, 3), st.integers(0, 60 * 24))
def test_the_end_lies_in_a_window_or_at_its_close(tasks: int, lines: int, calls: float, later: int) -> None:
    begun = NINE + later * MINUTE
    found = forecast(tasks, Pace(lines, MINUTE, calls), HOURS, working, begun)
    if found is not None:
        assert found > begun
        assert may_begin(HOURS, DialDay.WORKING_DAY, found - timedelta(microseconds=1))


def test_few_calls_are_no_pace_to_go_by() -> None:
    ring = timedelta(seconds=40)
    assumed = pace(4, ring, calls=ENOUGH - 1, busy=timedelta(hours=9), tasks=3)
    assert assumed == Pace(4, timedelta(seconds=80), 1.5)
    assert pace(4, ring, calls=100, busy=timedelta(seconds=5000), tasks=80) == Pace(
        4, timedelta(seconds=50), 1.25
    )
