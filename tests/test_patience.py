"""A wait of a test lasts as long as it says, and longer by what the machine stood still."""

import pytest

from tests import patience
from tests.patience import LONGEST, Patience


class Machine:
    """Its clock, and for how long somebody has had to wait for a processor."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.stalled = 100.0
        monkeypatch.setattr(patience.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(patience, "_stalled", lambda: self.stalled)


def test_on_a_machine_with_nothing_else_to_do_it_is_over_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch)
    wait = Patience(3)
    machine.now += 2.9
    assert not wait.is_over
    machine.now += 0.2
    assert wait.is_over


def test_what_the_machine_stood_does_not_count_but_for_ever_it_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine(monkeypatch)
    wait = Patience(3)
    machine.now += 8
    machine.stalled += 6
    assert not wait.is_over
    machine.now += 1.1
    assert wait.is_over
    machine.stalled += 100
    machine.now += 3 * LONGEST
    assert wait.is_over
    assert str(wait).startswith("3 s (21.1 s")
