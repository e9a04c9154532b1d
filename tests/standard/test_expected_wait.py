"""The wait a caller is told to expect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.expected_wait import expected_wait, spoken_minutes


@pytest.mark.parametrize(
    ("place", "agents", "mean", "seconds"),
    [(1, 1, 180, 180), (1, 3, 180, 60), (4, 2, 150, 300), (10, 8, 200, 250), (1, 5, 0, 0)],
)
def test_the_agents_together_serve_one_caller_every_mean_over_agents(
    place: int, agents: int, mean: float, seconds: float
) -> None:
    assert expected_wait(place, agents, mean) == seconds


def test_where_nobody_is_at_work_nothing_is_promised() -> None:
    assert expected_wait(1, 0, 180) is None


def test_a_place_below_one_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="the next caller's place is 1"):
        expected_wait(0, 1, 180)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (1, 1), (60, 1), (60.1, 2), (119, 2), (600, 10)])
def test_minutes_are_rounded_up_and_never_none(seconds: float, minutes: int) -> None:
    assert spoken_minutes(seconds) == minutes


@given(st.integers(1, 50), st.integers(1, 50), st.floats(1, 3600))
def test_who_is_further_behind_never_waits_less(place: int, agents: int, mean: float) -> None:
    near, far = expected_wait(place, agents, mean), expected_wait(place + 1, agents, mean)
    assert near is not None and far is not None and near < far
