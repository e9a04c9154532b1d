"""Masked numbers show what is needed to know a caller again, and no more (R-18)."""

import pytest

from agent_console.number_mask import shown


@pytest.mark.parametrize(
    ("number", "whole", "text"),
    [
        ("13912341111", False, "139****1111"),
        ("+8613912341111", False, "139****1111"),
        ("+8613912341111", True, "13912341111"),
        ("+442079460000", False, "+44****0000"),
        ("95777", False, "**77"),
        ("1", False, "**1"),
        (None, True, None),
    ],
)
def test_a_number_is_masked_by_its_length(number: str | None, whole: bool, text: str | None) -> None:
    assert shown(number, whole=whole) == text
