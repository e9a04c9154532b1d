"""Telephone numbers in every writing become one, or a fault that says why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.telephone_numbers import (
    NumberFault,
    home_spelling,
    is_mobile,
    read_number,
    spellings,
    split_numbers,
)


@pytest.mark.parametrize(
    "text",
    [
        "13900000000",
        "139 0000 0000",
        "139-0000-0000",
        "+86 139 0000 0000",
        "008613900000000",
        "8613900000000",
        "013900000000",
        "１３９００００００００",
    ],
)
def test_one_mobile_number_has_one_spelling(text: str) -> None:
    assert read_number(text).e164 == "+8613900000000"


@pytest.mark.parametrize("text", ["0531-88880001", "(0531) 88880001", "+86 531 88880001", "053188880001"])
def test_a_land_line_is_kept_with_its_area_code(text: str) -> None:
    assert read_number(text).e164 == "+8653188880001"


def test_a_local_number_gets_the_area_code_of_the_settings() -> None:
    assert read_number("88880001", "0531").e164 == "+8653188880001"
    assert read_number("88880001").fault is NumberFault.NO_AREA_CODE


def test_a_mobile_range_younger_than_the_plans_is_taken() -> None:
    assert read_number("14100000000").e164 == "+8614100000000"


def test_a_foreign_number_is_taken_with_its_country() -> None:
    assert read_number("+1 202 555 0123").e164 == "+12025550123"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.39E+10", NumberFault.ROUNDED),
        ("1.39E10", NumberFault.ROUNDED),
        ("李先生", NumberFault.NO_NUMBER),
        ("139000O0000", NumberFault.NO_NUMBER),
        ("", NumberFault.NO_NUMBER),
        ("-", NumberFault.NO_NUMBER),
        ("123", NumberFault.WRONG_LENGTH),
        ("12345", NumberFault.NOT_IN_USE),
        ("139000000001", NumberFault.NOT_IN_USE),
        ("1" * 61, NumberFault.NO_NUMBER),
    ],
)
def test_what_is_no_number_says_why(text: str, fault: NumberFault) -> None:
    assert read_number(text).fault is fault
    assert read_number(text).e164 is None


@given(st.text(max_size=80))
def test_anything_typed_is_a_number_or_a_fault(text: str) -> None:
    read = read_number(text, "0531")
    assert (read.e164 is None) != (read.fault is None)


def test_the_spellings_of_carriers_lead_back_to_the_number() -> None:
    for e164 in ("+8613900000000", "+8653188880001", "+12025550123"):
        written = spellings(e164, "0531")
        assert e164 in written
        assert {read_number(spelling, "0531").e164 for spelling in written if spelling[0] in "+0"} == {e164}
    assert "88880001" in spellings("+8653188880001", "0531")


def test_numbers_are_shown_as_people_write_them() -> None:
    assert home_spelling("+8613900000000") == "13900000000"
    assert home_spelling("+8653188880001") == "053188880001"
    assert home_spelling("+864008001234") == "4008001234"
    assert home_spelling("+12025550123") == "+12025550123"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("13900000000,13900000001", ["13900000000", "13900000001"]),
        ("13900000000、0531-88880001/13900000002", ["13900000000", "0531-88880001", "13900000002"]),
        ("13900000000 13900000001", ["13900000000", "13900000001"]),
        ("139 0000 0000", ["139 0000 0000"]),
        ("13900000000\n；13900000001", ["13900000000", "13900000001"]),
        (" ,; ", []),
    ],
)
def test_several_numbers_of_a_cell_are_taken_apart(text: str, numbers: list[str]) -> None:
    assert split_numbers(text) == numbers


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+8613912341111", True),
        ("+8619900000000", True),
        ("+8653188880001", False),
        ("+864008008000", False),
        ("+85261234567", True),
        ("+85221234567", False),
        ("+12125550100", True),
        ("nonsense", False),
    ],
)
def test_texts_go_to_mobile_numbers_only(number: str, mobile: bool) -> None:
    assert is_mobile(number) is mobile
