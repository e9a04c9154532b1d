"""R-OV: at 50, 80 and 100 percent of the time, up the ladder."""

from datetime import datetime, timedelta

import pytest

from ivr.standard.case_clock import Clock, start, stop
from ivr.standard.overdue import LADDER, Rung, look, rungs
from tests.standard.clockwork import CALENDAR, ZONE

MADE = datetime(2026, 11, 18, 9, 0, tzinfo=ZONE)
TIMER = start(Clock.HOURS, 10, MADE, CALENDAR)
LEVELS = (50, 80, 100)


@pytest.mark.parametrize(
    ("hours", "reached", "next_level", "next_hours"),
    [
        (0, (), 0, 5),
        (4.999, (), 0, 5),
        (5, (0,), 1, 8),
        (8, (0, 1), 2, 10),
        (10, (0, 1, 2), 3, None),
        (99, (0, 1, 2), 3, None),
    ],
)
def test_levels_are_reached_at_their_share_of_the_time(
    hours: float, reached: tuple[int, ...], next_level: int, next_hours: float | None
) -> None:
    found = look(TIMER, 0, LEVELS, MADE + timedelta(hours=hours), CALENDAR)
    assert (found.reached, found.next_level) == (reached, next_level)
    assert found.next_at == (None if next_hours is None else MADE + timedelta(hours=next_hours))


def test_a_level_somebody_was_warned_of_is_not_reached_again() -> None:
    assert look(TIMER, 1, LEVELS, MADE + timedelta(hours=6), CALENDAR).reached == ()


def test_a_stopped_clock_warns_nobody() -> None:
    stopped = stop(TIMER, MADE + timedelta(hours=1), CALENDAR)
    found = look(stopped, 0, LEVELS, MADE + timedelta(hours=50), CALENDAR)
    assert (found.reached, found.next_level, found.next_at) == ((), 0, None)


def test_each_level_goes_one_rung_higher() -> None:
    assert rungs(0) == (Rung.FIRST_RESPONDER,)
    assert rungs(1) == (Rung.FIRST_RESPONDER, Rung.UNIT_HEAD)
    assert rungs(2) == LADDER
    assert rungs(7) == LADDER


def test_of_a_severe_case_everybody_knows_from_the_first_level_on() -> None:
    """R-CL: severe ones reach the manager."""
    assert rungs(0, severe=True) == LADDER
