"""R-N: a case number as people type it, and what a mistyped one may have meant."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.case_number import case_number, series
from ivr.standard.case_number_check import alike, best, read

TODAY = date(2026, 11, 21)
PREFIXES = ("ZX", "", "BJ", "TS")
NUMBERS = st.builds(
    lambda prefix, day, serial: case_number(series(prefix, day), serial, 4),
    st.sampled_from(PREFIXES),
    st.dates(date(2020, 1, 1), TODAY),
    st.integers(1, 99999),
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("TS2026-11-0001", "TS2026-11-0001"),
        (" ts2026-11-1 ", "TS2026-11-0001"),
        ("TS 2026 11 0001", "TS2026-11-0001"),
        ("２０２６－１１－０００１", "2026-11-0001"),
        ("2026/11/0012", "2026-11-0012"),
        ("2026年11月第12号", "2026-11-0012"),
        ("2O26-11-0OI2", "2026-11-0012"),
        ("2026-11-12345", "2026-11-12345"),
        ("202611", None),
        ("2026-13-0001", None),
        ("2026-11-0000", None),
        ("13900000000", None),
        ("泉中小区", None),
        ("", None),
        ("'; DROP TABLE cases; --", None),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str, number: str | None) -> None:
    assert read(typed, 4) == number


@given(NUMBERS)
def test_a_number_in_its_form_is_itself_also_without_dashes(number: str) -> None:
    assert read(number, 4) == number
    assert read(number.replace("-", "").lower(), 4) == number


@given(st.text(max_size=60))
def test_whatever_is_typed_breaks_nothing(typed: str) -> None:
    number = read(typed, 4)
    assert number is None or read(number, 4) == number


@given(NUMBERS, st.data())
def test_a_slip_of_the_fingers_is_suggested(number: str, data: st.DataObject) -> None:
    """One wrong figure, or two neighbours the wrong way round."""
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from("0123456789"))
    typed = read(number[:place] + wrong + number[place + 1 :], 4)
    if typed is not None and typed != number:
        assert number in alike(typed, PREFIXES, TODAY, 4)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-0021", "2026-11-0012"),
        ("2026-01-0001", "2026-10-0001"),
        ("2026-11-00012", "2026-11-0012"),
        ("2026-11-0123", "2026-11-0012"),
        ("2026-11-0012", "TS2026-11-0012"),
    ],
)
def test_usual_slips_are_among_the_candidates(typed: str, meant: str) -> None:
    number = read(typed, 4)
    assert number is not None
    assert meant == number or meant in alike(number, PREFIXES, TODAY, 4)


@given(NUMBERS)
def test_no_candidate_is_of_a_month_to_come_nor_the_number_itself(number: str) -> None:
    candidates = alike(number, PREFIXES, TODAY, 4)
    assert number not in candidates and len(candidates) == len(set(candidates)) < 400
    assert all(read(candidate, 4) == candidate for candidate in candidates)
    assert all(candidate.lstrip("ZXBJTS")[:7] <= "2026-11" for candidate in candidates)


def test_only_what_exists_is_suggested_the_likeliest_first() -> None:
    assert best(["a", "b", "c", "d"], {"d", "b", "x"}, 1) == ["b"]


def test_what_was_not_read_is_not_compared() -> None:
    with pytest.raises(ValueError, match="is no case number"):
        alike("hello", PREFIXES, TODAY, 4)
