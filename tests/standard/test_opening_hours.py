"""When a queue is open."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.opening_hours import (
    END_OF_DAY,
    DayKind,
    Span,
    is_open,
    kind_of_day,
    span_to_speak,
    todays_spans,
)

MORNING: Span = (time(8), time(12))
AFTERNOON: Span = (time(14), time(20))
SHORT: Span = (time(9), time(17))
SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)


def _weekdays_only(day: date) -> DayKind | None:
    return None


def _at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


@pytest.mark.parametrize(
    ("clock", "kind", "answered"),
    [
        ("07:59:59.999999", DayKind.WORKING_DAY, False),
        ("08:00", DayKind.WORKING_DAY, True),
        ("11:59:59.999999", DayKind.WORKING_DAY, True),
        ("12:00", DayKind.WORKING_DAY, False),
        ("14:00", DayKind.WORKING_DAY, True),
        ("20:00", DayKind.WORKING_DAY, False),
        ("08:00", DayKind.DAY_OFF, False),
        ("12:30", DayKind.DAY_OFF, True),
    ],
)
def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(
    clock: str, kind: DayKind, answered: bool
) -> None:
    assert is_open([MORNING, AFTERNOON], [SHORT], kind, _at(clock)) is answered


def test_a_span_to_midnight_lasts_to_the_last_moment_of_the_day() -> None:
    night: Span = (time(6), END_OF_DAY)
    assert is_open([night], [], DayKind.WORKING_DAY, _at("23:59:59.999999"))
    assert not is_open([night], [], DayKind.WORKING_DAY, _at("00:00"))


def test_no_span_is_closed_all_day() -> None:
    assert not is_open([MORNING], [], DayKind.DAY_OFF, _at("10:00"))


@given(st.datetimes(), st.sampled_from(DayKind))
def test_all_day_is_open_at_every_moment(moment: datetime, kind: DayKind) -> None:
    all_day: list[Span] = [(time(0), END_OF_DAY)]
    assert is_open(all_day, all_day, kind, moment)


def test_the_spans_of_a_day_are_in_order() -> None:
    assert todays_spans([AFTERNOON, MORNING], [SHORT], DayKind.WORKING_DAY) == [MORNING, AFTERNOON]
    assert todays_spans([AFTERNOON, MORNING], [SHORT], DayKind.DAY_OFF) == [SHORT]


def test_a_day_the_calendar_does_not_know_is_judged_by_its_weekday() -> None:
    kinds = [kind_of_day(SATURDAY + timedelta(days=ahead), _weekdays_only) for ahead in range(7)]
    assert kinds == [DayKind.DAY_OFF] * 2 + [DayKind.WORKING_DAY] * 5


def test_the_published_calendar_wins_over_the_weekday() -> None:
    assert kind_of_day(SATURDAY, lambda day: DayKind.WORKING_DAY) is DayKind.WORKING_DAY
    assert kind_of_day(MONDAY, lambda day: DayKind.DAY_OFF) is DayKind.DAY_OFF


def test_the_companys_own_days_win_over_the_published_calendar() -> None:
    working, off = (lambda day: DayKind.WORKING_DAY), (lambda day: DayKind.DAY_OFF)
    assert kind_of_day(SATURDAY, off, own_working_days=[SATURDAY]) is DayKind.WORKING_DAY
    assert kind_of_day(MONDAY, working, own_days_off=[MONDAY]) is DayKind.DAY_OFF


def _kind(day: date) -> DayKind:
    return kind_of_day(day, _weekdays_only)


@pytest.mark.parametrize(
    ("now", "day", "span"),
    [
        (_at("06:00"), MONDAY, MORNING),
        (_at("10:00"), MONDAY, MORNING),
        (_at("13:00"), MONDAY, AFTERNOON),
        (_at("20:00"), MONDAY + timedelta(days=1), MORNING),
        (_at("18:00", SATURDAY), SATURDAY + timedelta(days=1), SHORT),
        (_at("18:00", SATURDAY + timedelta(days=1)), MONDAY, MORNING),
    ],
)
def test_the_hours_told_are_those_that_come_next(now: datetime, day: date, span: Span) -> None:
    assert span_to_speak([AFTERNOON, MORNING], [SHORT], _kind, now) == (day, span)


def test_closed_days_are_passed_over() -> None:
    assert span_to_speak([MORNING], [], _kind, _at("13:00", SATURDAY)) == (MONDAY, MORNING)


def test_who_never_opens_has_no_hours_to_tell() -> None:
    assert span_to_speak([], [], _kind, _at("10:00")) is None
