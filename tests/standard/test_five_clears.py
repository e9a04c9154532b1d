"""R-5C: five clears and one report; which of them is missing is named."""

from dataclasses import replace

import pytest

from ivr.standard.five_clears import CaseFacts, Clear, missing

CLEAR = CaseFacts(
    content="灶具打不着火",
    missing_fields=(),
    at_unit=True,
    unit_done=True,
    answered=True,
    result="更换电磁阀，试火正常",
    report="已修复，客户满意",
)


def test_with_five_clears_and_a_report_a_case_may_be_closed() -> None:
    assert missing(CLEAR) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"content": " "}, Clear.LISTENED),
        ({"missing_fields": ("address",)}, Clear.ASKED),
        ({"unit_done": False}, Clear.FOLLOWED_UP),
        ({"answered": False}, Clear.ANSWERED),
        ({"result": ""}, Clear.RECORDED),
        ({"report": "\n"}, Clear.REPORTED),
    ],
)
def test_each_of_them_is_missed_by_its_name(change: dict[str, object], named: Clear) -> None:
    assert missing(replace(CLEAR, **change)) == [named]  # type: ignore[arg-type]


def test_what_was_passed_on_to_nobody_needs_no_following_up() -> None:
    """R-3.2."""
    assert missing(replace(CLEAR, at_unit=False, unit_done=False)) == []


def test_all_that_is_missing_is_named_in_order() -> None:
    empty = CaseFacts("", ("surname",), True, False, False, "", "")
    assert missing(empty) == list(Clear)
