"""Thresholds of the live board: levels on both sides, and mistakes that say what would be right."""

import re

import pytest
from pydantic import ValidationError

from ivr.config.board_section import Board, Falling, Rising


@pytest.mark.parametrize(
    ("value", "level"),
    [(None, ""), (0, ""), (2.9, ""), (3, "warn"), (7.9, "warn"), (8, "alarm"), (99, "alarm")],
)
def test_a_rising_figure_is_worse_the_higher(value: float | None, level: str) -> None:
    assert Rising(warn=3, alarm=8).level(value) == level


@pytest.mark.parametrize(
    ("value", "level"),
    [(None, ""), (100, ""), (95, ""), (94.9, "warn"), (90, "warn"), (89.9, "alarm"), (0, "alarm")],
)
def test_a_falling_share_is_worse_the_lower(value: float | None, level: str) -> None:
    assert Falling(warn=95, alarm=90).level(value) == level


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"waiting": {"warn": 8, "alarm": 3}}, "alarm (3) is below warn (8)"),
        ({"within_rings": {"warn": 90, "alarm": 95}}, "alarm (95) is above warn (90)"),
        ({"answered_quick": {"warn": 120, "alarm": 90}}, "less than or equal to 100"),
        ({"longest_wait": {"warn": -1, "alarm": 3}}, "greater than or equal to 0"),
        ({"waiting": {"warn": 1, "alarm": 2, "colour": "red"}}, "Extra inputs are not permitted"),
        ({"loudness": 3}, "Extra inputs are not permitted"),
        ({"screen_days": 1}, "greater than or equal to 7"),
    ],
)
def test_a_mistake_says_what_would_be_right(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        Board.model_validate(given)
