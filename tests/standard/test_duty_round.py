"""R-3.1: whose turn it is on the duty list."""

import pytest

from ivr.standard.duty_round import DutyOutcome, Turn, next_turn


def test_the_first_on_the_list_is_called_first() -> None:
    assert next_turn(None, None, 3) == Turn(1, 1)


@pytest.mark.parametrize(
    "outcome", [o for o in DutyOutcome if o not in (DutyOutcome.ACKNOWLEDGED, DutyOutcome.ENGINE_RESTART)]
)
def test_whoever_does_not_acknowledge_is_followed_by_the_next_round_after_round(outcome: DutyOutcome) -> None:
    turns, turn = [], Turn(1, 1)
    for _ in range(5):
        following = next_turn(turn, outcome, 3)
        assert following is not None
        turns.append(turn := following)
    assert turns == [Turn(1, 2), Turn(1, 3), Turn(2, 1), Turn(2, 2), Turn(2, 3)]


def test_nobody_is_called_after_somebody_has_acknowledged() -> None:
    assert next_turn(Turn(4, 2), DutyOutcome.ACKNOWLEDGED, 3) is None


def test_whose_call_ended_with_the_engine_is_called_again() -> None:
    assert next_turn(Turn(2, 2), DutyOutcome.ENGINE_RESTART, 3) == Turn(2, 2)


def test_a_list_that_has_become_shorter_begins_anew() -> None:
    assert next_turn(Turn(1, 5), DutyOutcome.BUSY, 2) == Turn(2, 1)
    assert next_turn(Turn(1, 5), DutyOutcome.ENGINE_RESTART, 2) == Turn(2, 1)
    assert next_turn(Turn(1, 1), DutyOutcome.BUSY, 0) is None
