"""Plans of outages, and when everybody will have been told (R-5.1)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dialing_hours import DialDay, DialingHours, may_begin
from ivr.standard.outage import OutageMistake, OutagePlan, everybody_called_by, is_late, mistakes

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)
HOUR = timedelta(hours=1)
DECENT = ((time(9), time(11, 30)), (time(14, 30), time(19, 30)))
HOURS = DialingHours(DECENT, DECENT, (), (), timedelta(seconds=40))


def kind_of(day: date) -> DialDay:
    return DialDay.WEEKEND if day.weekday() >= 5 else DialDay.WORKING_DAY


def plan(**changes: object) -> OutagePlan:
    whole = {
        "name": "检修",
        "area": "泉中小区",
        "work": "管道检修",
        "begins_at": NOW + 50 * HOUR,
        "ends_at": NOW + 58 * HOUR,
        "announced_from": NOW,
        "calls": True,
        "texts": True,
        **changes,
    }
    return OutagePlan(**whole)  # type: ignore[arg-type]


def test_each_mistake_of_a_plan_is_named() -> None:
    assert list(mistakes(plan(), NOW)) == []
    for changes, mistake in (
        ({"name": " "}, OutageMistake.NO_NAME),
        ({"area": ""}, OutageMistake.NO_AREA),
        ({"work": ""}, OutageMistake.NO_WORK),
        ({"begins_at": None}, OutageMistake.NO_TIMES),
        ({"ends_at": NOW + HOUR}, OutageMistake.ENDS_FIRST),
        ({"ends_at": NOW + 500 * HOUR}, OutageMistake.TOO_LONG),
        ({"begins_at": NOW - 3 * HOUR, "ends_at": NOW - HOUR}, OutageMistake.OVER),
        ({"calls": False, "texts": False, "announced_from": None}, OutageMistake.NO_WAY),
    ):
        assert list(mistakes(plan(**changes), NOW)) == [mistake]


def test_less_than_two_days_beforehand_is_late() -> None:
    assert not is_late(NOW + 48 * HOUR, NOW, 48 * HOUR)
    assert is_late(NOW + 47 * HOUR, NOW, 48 * HOUR)


def test_the_forecast_counts_windows_only() -> None:
    """From 10:00 there are 89 minutes of this window, then the afternoon's."""
    by = everybody_called_by(100, 60, HOURS, kind_of, NOW)
    assert by is not None and by.hour == 14 and 40 <= by.minute <= 42
    assert everybody_called_by(0, 60, HOURS, kind_of, NOW) == NOW
    assert everybody_called_by(1, 0, HOURS, kind_of, NOW) is None
    assert everybody_called_by(10**7, 60, HOURS, kind_of, NOW) is None
    never = DialingHours((), (), (), (), timedelta(seconds=40))
    assert everybody_called_by(1, 60, never, kind_of, NOW) is None


@given(st.integers(1, 5000), st.floats(1, 2000), st.integers(0, 10000))
def test_the_forecast_ends_within_a_window_and_never_earlier_for_more_people(
    left: int, per_hour: float, minutes: int
) -> None:
    at = NOW + timedelta(minutes=minutes)
    by = everybody_called_by(left, per_hour, HOURS, kind_of, at)
    more = everybody_called_by(left + 1, per_hour, HOURS, kind_of, at)
    if by is not None:
        just_before = by - timedelta(milliseconds=1)
        assert may_begin(HOURS, kind_of(by.date()), just_before)
        assert more is None or more > by
