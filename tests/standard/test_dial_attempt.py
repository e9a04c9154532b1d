"""R-16.6: at most 3 attempts at different hours, hours between them, waits by result."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_attempt import (
    NOT_COUNTED,
    Attempt,
    AttemptRules,
    DialEnd,
    DialResult,
    LaterWish,
    after,
    after_alarm,
)
from ivr.standard.dialing_hours import DialDay, DialingHours, may_begin

ZONE = ZoneInfo("Asia/Shanghai")
DECENT = ((time(9), time(11, 30)), (time(14, 30), time(19, 30)))
HOURS = DialingHours(DECENT, DECENT, (), ring=timedelta(seconds=40))
RULES = AttemptRules(
    most=3,
    waits={
        DialResult.BUSY: timedelta(hours=1),
        DialResult.NO_ANSWER: timedelta(hours=3),
        DialResult.OFF: timedelta(hours=4),
        DialResult.REJECTED: timedelta(hours=24),
        DialResult.HUNG_UP: timedelta(hours=24),
        DialResult.BROKEN: timedelta(hours=2),
    },
    evening=time(18),
    no_line_wait=timedelta(minutes=5),
    alarm_wait=timedelta(minutes=2),
    alarm_most=10,
)
UNANSWERED = st.sampled_from(
    [
        DialResult.BUSY,
        DialResult.NO_ANSWER,
        DialResult.OFF,
        DialResult.REJECTED,
        DialResult.HUNG_UP,
        DialResult.NO_LINE,
        DialResult.BROKEN,
    ]
)
MOMENTS = st.datetimes(datetime(2026, 3, 2), datetime(2026, 12, 31), timezones=st.just(ZONE))


def kind_of(day: date) -> DialDay:
    return DialDay.WEEKEND if day.weekday() >= 5 else DialDay.WORKING_DAY


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@given(MOMENTS, st.lists(UNANSWERED, min_size=12, max_size=12))
def test_a_person_is_tried_at_most_three_times_at_different_hours_with_hours_between(
    begin: datetime, results: list[DialResult]
) -> None:
    attempts: list[Attempt] = []
    moment: datetime | None = begin
    for result in results:
        assert moment is not None
        attempts.append(Attempt(moment, result))
        found = after(RULES, attempts, HOURS, kind_of, moment + timedelta(seconds=30))
        assert (found.at is None) != (found.end is None)
        if found.at is None:
            break
        moment = found.at
        assert may_begin(HOURS, kind_of(moment.date()), moment)
    counted = [one.at for one in attempts if one.result not in NOT_COUNTED]
    assert len(counted) <= 3
    assert len({one.hour for one in counted}) == len(counted)
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(counted))


@pytest.mark.parametrize(
    ("result", "begun", "again"),
    [
        (DialResult.BUSY, at(23, 9), at(23, 10)),
        (DialResult.NO_ANSWER, at(23, 9), at(23, 14, 30)),  # three hours later is rest time
        (DialResult.OFF, at(23, 14, 30), at(23, 18, 30)),
        (DialResult.REJECTED, at(23, 9, 10), at(24, 10)),  # a day later, but at another hour
        (DialResult.NO_LINE, at(23, 9), at(23, 9, 5)),  # the person noticed nothing: any hour will do
        (DialResult.NO_ANSWER, at(27, 18), at(28, 9)),  # a Friday evening
    ],
)
def test_how_long_is_waited_follows_what_came_of_it(
    result: DialResult, begun: datetime, again: datetime
) -> None:
    assert after(RULES, [Attempt(begun, result)], HOURS, kind_of, begun).at == again


@pytest.mark.parametrize(
    ("result", "end"),
    [
        (DialResult.DONE, DialEnd.REACHED),
        (DialResult.PART, DialEnd.REACHED),
        (DialResult.AGENT, DialEnd.REACHED),
        (DialResult.NEVER, DialEnd.NOT_WANTED),
        (DialResult.EMPTY, DialEnd.EMPTY_NUMBER),
    ],
)
def test_what_ends_at_once(result: DialResult, end: DialEnd) -> None:
    found = after(RULES, [Attempt(at(23, 9), result)], HOURS, kind_of, at(23, 9))
    assert found.end is end and found.at is None


@pytest.mark.parametrize(
    ("said_at", "wish", "again"),
    [
        (at(23, 10), LaterWish.EVENING, at(23, 18)),
        (at(23, 18, 20), LaterWish.EVENING, at(24, 18)),
        (at(23, 10), LaterWish.TOMORROW, at(24, 9)),
        (at(23, 9), LaterWish.TOMORROW, at(24, 9)),  # the hour is theirs: they chose it
        (at(23, 9), LaterWish.UNSAID, at(24, 10)),
    ],
)
def test_whom_it_does_not_suit_is_called_when_they_said(
    said_at: datetime, wish: LaterWish, again: datetime
) -> None:
    """R-16.3."""
    attempt = Attempt(said_at, DialResult.LATER, wish)
    assert after(RULES, [attempt], HOURS, kind_of, said_at).at == again


def test_the_third_attempt_is_the_last_also_of_those_who_put_us_off() -> None:
    attempts = [Attempt(at(day, 9 + day - 23), DialResult.LATER, LaterWish.TOMORROW) for day in (23, 24, 25)]
    assert after(RULES, attempts, HOURS, kind_of, at(25, 11)).end is DialEnd.UNREACHABLE


def test_a_notice_that_comes_too_late_is_no_notice() -> None:
    """R-5.1: beforehand."""
    busy = [Attempt(at(23, 19), DialResult.BUSY)]
    found = after(RULES, busy, HOURS, kind_of, at(23, 19, 1), until=at(24, 8))
    assert found.end is DialEnd.NO_TIME_LEFT
    assert after(RULES, busy, HOURS, kind_of, at(23, 19, 1), until=at(24, 12)).at == at(24, 9)


def test_where_every_hour_was_tried_nobody_is_called_again() -> None:
    narrow = DialingHours(((time(9), time(9, 30)),), ((time(9), time(9, 30)),), ())
    found = after(RULES, [Attempt(at(23, 9), DialResult.BUSY)], narrow, kind_of, at(23, 9))
    assert found.end is DialEnd.NO_TIME_LEFT


def test_an_alarm_caller_is_tried_again_soon_at_any_hour() -> None:
    attempts: list[Attempt] = []
    moment = at(22, 23, 50)
    while True:
        attempts.append(Attempt(moment, DialResult.NO_ANSWER))
        found = after_alarm(RULES, attempts, moment)
        if found.at is None:
            break
        assert found.at - moment == timedelta(minutes=2)
        moment = found.at
    assert len(attempts) == 10 and found.end is DialEnd.UNREACHABLE
    assert after_alarm(RULES, [Attempt(moment, DialResult.AGENT)], moment).end is DialEnd.REACHED


def test_while_our_own_line_fails_an_alarm_caller_is_not_given_up() -> None:
    moment = at(22, 23, 50)
    failed = [Attempt(moment, DialResult.NO_LINE)] * 50
    assert after_alarm(RULES, failed, moment).at == moment + timedelta(minutes=2)
    tried = [Attempt(moment, DialResult.NO_ANSWER)] * 10
    assert after_alarm(RULES, failed + tried, moment).end is DialEnd.UNREACHABLE


def test_what_broke_off_is_tried_once_more() -> None:
    """An engine that dies in the middle of a call."""
    first = Attempt(at(23, 9), DialResult.BROKEN)
    again = after(RULES, [first], HOURS, kind_of, at(23, 9, 5)).at
    assert again is not None
    second = Attempt(again, DialResult.BROKEN)
    assert after(RULES, [first, second], HOURS, kind_of, again).end is DialEnd.UNREACHABLE
