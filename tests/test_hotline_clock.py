"""The hotline's clock in virtual time: the machine's clock leaps, the moments do not."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.hotline_clock import LONGEST_REST, MADE_UP_PART, SHARED, HotlineClock
from tests.conftest import PROJECT

SECOND = 10**9
BEGIN = 1_790_000_000 * SECOND


class Machine:
    """A machine whose two clocks a test moves."""

    def __init__(self) -> None:
        self.counted, self.apart = 50 * SECOND, BEGIN

    def clock(self, apart: int | None = None) -> HotlineClock:
        return HotlineClock(lambda: self.counted + self.apart, lambda: self.counted, apart)

    def pass_by(self, seconds: float) -> None:
        self.counted += int(seconds * SECOND)

    def leap(self, seconds: float) -> None:
        self.apart += int(seconds * SECOND)

    @property
    def says(self) -> datetime:
        return datetime.fromtimestamp((self.counted + self.apart) / SECOND, UTC)


STEPS = st.lists(st.tuples(st.floats(0, 300), st.floats(-(10**7), 10**7)), min_size=1, max_size=12)


@given(STEPS)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_however_the_machines_clock_leaps_moments_go_on_and_durations_are_true(
    steps: list[tuple[float, float]],
) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    for seconds, leap in steps:
        machine.leap(leap)
        machine.pass_by(seconds)
        now = clock.now()
        most = min(seconds, LONGEST_REST / SECOND) / MADE_UP_PART + 2e-6
        assert now >= before
        assert abs((now - before).total_seconds() - seconds) <= most
        before = now


def test_a_leap_is_made_up_little_by_little_and_then_the_clocks_agree() -> None:
    machine = Machine()
    clock = machine.clock()
    for leap in (30.0, -30.0):
        machine.leap(leap)
        assert round(clock.ahead(), 3) == leap
        for _ in range(60):
            machine.pass_by(49)
            clock.now()
        assert round(abs(clock.ahead()), 1) == round(30 - 60 * 0.49, 1)
        for _ in range(3):
            machine.pass_by(49)
            clock.now()
        assert clock.ahead() == 0
        assert abs(clock.now() - machine.says) < timedelta(microseconds=2)


def test_a_machine_that_has_slept_has_not_leapt() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.pass_by(8 * 3600)
    assert clock.ahead() == 0
    assert abs(clock.now() - machine.says) < timedelta(microseconds=2)


def test_moments_of_the_machine_before_and_after_a_leap_are_told_apart() -> None:
    for leap in (3600.0, -3600.0):
        machine = Machine()
        clock = machine.clock()
        came_before = machine.says
        machine.pass_by(5)
        machine.leap(leap)
        machine.pass_by(5)
        came_since = machine.says
        machine.pass_by(2)
        now = clock.now()
        assert round((now - clock.of_machine(came_before)).total_seconds()) == 12
        assert round((now - clock.of_machine(came_since)).total_seconds()) == 2
    assert clock.of_machine(machine.says + timedelta(days=1)) <= clock.now()


def test_nobody_in_engine_or_console_writes_down_the_machines_own_time() -> None:
    folders = ["agent_console", "ivr/calls", "ivr/carriers", "ivr/dialer", "ivr/hints", "ivr/notices"]
    for folder in [*folders, "ivr/routing", "storage/queries"]:
        for file in (PROJECT / folder).rglob("*.py"):
            assert "datetime.now(" not in file.read_text(encoding="utf-8"), (
                f"{file}: take hotline_clock.now()"
            )


def test_a_program_that_is_started_goes_by_its_starters_clock() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.leap(7200)
    machine.pass_by(1)
    told = clock.shared()
    other = machine.clock(int(told[SHARED]))
    assert abs(other.now() - clock.now()) < timedelta(microseconds=2)
    # As a process: the variable is how it learns of it.
    an_hour_ago = {SHARED: str(int(HotlineClock().shared()[SHARED]) - 3600 * SECOND)}
    said = subprocess.run(
        [sys.executable, "-c", "from ivr import hotline_clock; print(hotline_clock.ahead())"],
        env={**os.environ, **an_hour_ago},
        capture_output=True,
        text=True,
        check=True,
    )
    assert round(float(said.stdout)) == 3600
