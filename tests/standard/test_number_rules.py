"""Which numbers may be called from a desk, and how a line wants them written."""

import pytest

from ivr.standard.number_rules import Judged, NumberForm, NumberRules, NumberVerdict, as_dialled, judge

RULES = NumberRules(
    emergency={"110", "119", "120"},
    emergency_allowed={"119"},
    countries={"+86", "+852"},
    premium={"+86168", "1259"},
    short={"95", "100", "12"},
    own={"95777", "053195777"},
)


@pytest.mark.parametrize(
    ("typed", "e164", "number"),
    [
        ("139 0000-0000", "+8613900000000", "+8613900000000"),
        ("0531-88880001", "+8653188880001", "+8653188880001"),
        ("00852 2123 4567", "+85221234567", "+85221234567"),
        ("95588", None, "95588"),
        ("10086", None, "10086"),
        ("119", None, "119"),
    ],
)
def test_a_number_that_may_be_called_is_normalised(typed: str, e164: str | None, number: str) -> None:
    assert judge(typed, e164, RULES) == Judged(NumberVerdict.ALLOWED, number)


@pytest.mark.parametrize("typed", ["110", " 1 1 0 ", "0110", "+86110", "0086 120", "86-110"])
def test_an_emergency_number_is_known_in_every_spelling(typed: str) -> None:
    assert judge(typed, None, RULES) == Judged(NumberVerdict.EMERGENCY)
    assert judge(typed, "+86110", RULES) == Judged(NumberVerdict.EMERGENCY)


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("16812345", "+8616812345"),  # premium
        ("+86 168 123 45", "+8616812345"),
        ("12590", None),
        ("+12025550123", "+12025550123"),  # foreign
        ("00442079460000", "+442079460000"),
        ("95777", None),  # our own
        ("0531 95777", "+8653195777"),
        ("+86 95777", None),
        ("34567", None),  # a short number that is on no list
    ],
)
def test_premium_foreign_and_our_own_numbers_are_not_called(typed: str, e164: str | None) -> None:
    assert judge(typed, e164, RULES) == Judged(NumberVerdict.NOT_ALLOWED)


@pytest.mark.parametrize("typed", ["", "12", "abc", "+", "0", "0000000", "1" * 40, "一二三", "\x00"])
def test_what_is_no_number_is_said_so(typed: str) -> None:
    assert judge(typed, None, RULES) == Judged(NumberVerdict.NOT_VALID)


@pytest.mark.parametrize(
    ("number", "form", "prefix", "dialled"),
    [
        ("+8613900000000", NumberForm.NATIONAL, "", "13900000000"),
        ("+8653188880001", NumberForm.NATIONAL, "", "053188880001"),
        ("+85221234567", NumberForm.NATIONAL, "", "0085221234567"),
        ("+8653188880001", NumberForm.E164, "", "+8653188880001"),
        ("+8613900000000", NumberForm.NATIONAL, "9", "913900000000"),
        ("95588", NumberForm.NATIONAL, "0", "095588"),
        ("119", NumberForm.E164, "", "119"),
    ],
)
def test_a_line_gets_numbers_as_it_wants_them(
    number: str, form: NumberForm, prefix: str, dialled: str
) -> None:
    assert as_dialled(number, form, prefix) == dialled
