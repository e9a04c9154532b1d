"""Moments are shown in the hotline's zone, durations as clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from agent_console.moments import clock, day_begin, duration, full, milliseconds, span_of_day

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_moments_are_shown_in_the_hotlines_zone() -> None:
    moment = datetime(2026, 11, 21, 18, 3, 5, tzinfo=UTC)
    assert clock(moment, SHANGHAI) == "02:03:05"
    assert full(moment, SHANGHAI) == "2026-11-22 02:03:05"
    assert clock(None, SHANGHAI) == "–"


def test_the_day_begins_at_midnight_of_the_hotlines_zone() -> None:
    assert day_begin(datetime(2026, 11, 21, 18, tzinfo=UTC), SHANGHAI) == datetime(
        2026, 11, 21, 16, tzinfo=UTC
    )


def test_a_day_with_a_changing_clock_has_its_true_length() -> None:
    begin, end = span_of_day(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert (end - begin).total_seconds() == 23 * 3600


def test_durations_read_like_clocks() -> None:
    assert [duration(seconds) for seconds in (0, 59.9, 161, 3761, -5, None)] == [
        "0:00",
        "0:59",
        "2:41",
        "1:02:41",
        "0:00",
        "–",
    ]


def test_scripts_count_in_milliseconds() -> None:
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=UTC)) == 1500
    assert milliseconds(None) is None
