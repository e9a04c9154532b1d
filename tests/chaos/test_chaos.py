"""A short share of ``make chaos`` and ``make soak``."""

import pytest

from tests.chaos import soak
from tests.chaos.__main__ import go_on
from tests.chaos.breaks import engine_killed
from tests.chaos.hotline import hotline
from tests.chaos.overload import overload
from tests.chaos.soak import Look, growth
from tests.chaos.table import Alarm, Broken, is_kept, lines_of

FAILURES = [Broken("engine killed", 100, 103), Broken("database away", 110, 125)]


@pytest.mark.e2e
@pytest.mark.long
def test_five_times_what_the_machine_holds_hurts_nobody_inside() -> None:
    with hotline() as place:
        came_of_it = overload(place)
        assert came_of_it.is_right, came_of_it.lines()


@pytest.mark.e2e
@pytest.mark.long
def test_alarm_callers_reach_somebody_while_parts_fail() -> None:
    with hotline() as place:
        alarms, failures = go_on(place, 6, {"engine killed": engine_killed})
        assert is_kept(alarms, failures), lines_of(alarms, failures, "SQLite", 1)
        assert soak.left_over(place) == []


@pytest.mark.parametrize(
    ("alarm", "after", "kept"),
    [
        (Alarm("1", 90, 95, "agent", True), 5, True),
        (Alarm("2", 101, 109, "agent", True), 6, True),
        (Alarm("3", 99, 186, "called back", True), 61, False),
        (Alarm("4", 101, 104, "agent", False), 1, False),
        (Alarm("5", 101, None, "", True), float("inf"), False),
    ],
)
def test_the_guarantee_counts_from_the_return_of_what_was_away(
    alarm: Alarm, after: float, kept: bool
) -> None:
    assert alarm.after_return(FAILURES) == after
    assert is_kept([alarm], FAILURES) is kept


def test_the_table_tells_what_met_which_failure() -> None:
    alarms = [Alarm("1", 90, 95, "agent", True), Alarm("2", 101, 109, "duty phone", True)]
    lines = lines_of(alarms, FAILURES, "SQLite", 1)
    assert "| engine killed | 1 | 3.0 s | 1 | 6.0 s |" in lines
    assert "| database away | 1 | 15.0 s | 0 | 0.0 s |" in lines
    assert "| nothing | | | 1 | 5.0 s after the call |" in lines
    assert lines[-1] == "Reached by: agent 1, duty phone 1."


@pytest.mark.parametrize(("end", "grown"), [(104, False), (106, True), (90, False)])
def test_memory_that_grows_by_more_than_five_percent_after_the_warm_up_is_found(
    end: int, grown: bool
) -> None:
    def look(kilobytes: int) -> Look:
        return Look(*(dict.fromkeys(soak.PROGRAMS, value) for value in (7, kilobytes, 9)))

    looks = [look(50)] * 2 + [look(100)] * 6 + [look(end)] * 2
    assert growth(looks)[1] is grown


def test_a_program_that_did_not_live_through_all_calls_is_told() -> None:
    first, later = (Look({**dict.fromkeys(soak.PROGRAMS, 7), "PBX": pid}, {}, {}) for pid in (8, 9))

    assert soak.started_again([first, later, later]) == ["PBX started again 1 times"]
    assert soak.started_again([first, first]) == []
