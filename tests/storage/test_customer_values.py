"""What is typed about a customer, tidied and checked with every mistake by field."""

import pytest

from ivr.standard.customer_type import CustomerType
from storage.customer_values import LENGTHS, CustomerValues, Fault, read_customer
from storage.telephone_numbers import NumberFault


def read(**raw: str) -> tuple[CustomerValues, list[tuple[str, str]]]:
    values, mistakes = read_customer(raw, area_code="0531", this_year=2026)
    return values, [(mistake.field, mistake.fault.value) for mistake in mistakes]


def test_everything_that_is_right_is_kept_in_one_spelling() -> None:
    values, mistakes = read(
        name=" 李  志强 ",
        account_number="ＱＺ０１",
        form_of_address="男",
        customer_type="居民",
        address="泉中小区3栋2单元501室",
        meter_kind="IC卡表",
        meter_year="2019年5月",
        numbers="13900000000、88880001",
        note="第一行\r\n第二行 ",
    )
    assert mistakes == []
    assert values == CustomerValues(
        name="李 志强",
        account_number="QZ01",
        form_of_address="先生",
        customer_type=CustomerType.HOUSEHOLD,
        compound="泉中小区",
        building="3",
        entrance="2",
        door="501",
        meter_kind="IC卡表",
        meter_year=2019,
        note="第一行\n第二行",
        numbers=("+8613900000000", "+8653188880001"),
    )
    assert values.address == "泉中小区 3号楼 2单元 501"


def test_parts_of_an_address_win_over_its_whole_line() -> None:
    values, _ = read(name="李", address="泉中小区3号楼2单元501", building="4")
    assert values.address == "泉中小区 4号楼 2单元 501"


def test_markup_and_emoji_are_text_like_any_other() -> None:
    values, mistakes = read(name="<b>李</b>😀", note="=1+1; DROP TABLE customers")
    assert mistakes == []
    assert (values.name, values.note) == ("<b>李</b>😀", "=1+1; DROP TABLE customers")


@pytest.mark.parametrize("field", sorted(LENGTHS))
def test_ten_thousand_characters_are_refused_in_every_field(field: str) -> None:
    _, mistakes = read(**{"name": "李", field: "长" * 10_000})
    assert (field, "too_long") in mistakes


@pytest.mark.parametrize(
    "field", [*sorted(LENGTHS), "numbers", "meter_year", "form_of_address", "customer_type"]
)
@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u202e", "\ud800"])
def test_characters_that_cannot_be_shown_are_refused_in_every_field(field: str, sign: str) -> None:
    _, mistakes = read(**{"name": "李", field: f"1{sign}2"})
    assert (field, "unprintable") in mistakes


def test_a_customer_needs_a_name() -> None:
    assert read(name="  ")[1] == [("name", "missing")]


@pytest.mark.parametrize("year", ["19", "1899", "3000", "二〇一九", "2019x", "-1"])
def test_a_year_in_which_no_meter_was_made_is_refused(year: str) -> None:
    _, mistakes = read_customer({"name": "李", "meter_year": year}, area_code=None, this_year=2026)
    assert [(one.fault, one.right) for one in mistakes] == [(Fault.NO_YEAR, "1950–2027")]


def test_each_impossible_number_is_named() -> None:
    values, mistakes = read_customer(
        {"name": "李", "numbers": "13900000000, 12345, 1.39E+10"}, area_code=None, this_year=2026
    )
    assert values.numbers == ("+8613900000000",)
    assert [(one.given, one.fault) for one in mistakes] == [
        ("12345", NumberFault.NOT_IN_USE),
        ("1.39E+10", NumberFault.ROUNDED),
    ]


def test_a_number_given_twice_is_one_and_more_than_ten_are_too_many() -> None:
    assert read(name="李", numbers="13900000000 139-0000-0000")[0].numbers == ("+8613900000000",)
    many = ",".join(f"1390000000{digit}" for digit in range(10)) + ",13900000010"
    assert read(name="李", numbers=many)[1] == [("numbers", "too_many")]


def test_numbers_that_stay_come_before_those_that_are_added() -> None:
    values, _ = read_customer(
        {"name": "李", "numbers": "13900000001"}, area_code=None, this_year=2026, numbers=["+8613900000000"]
    )
    assert values.numbers == ("+8613900000000", "+8613900000001")


def test_mistakes_come_in_the_order_of_the_form() -> None:
    _, mistakes = read(note="\0", name="", meter_year="x", form_of_address="陛下")
    assert [field for field, _ in mistakes] == ["name", "form_of_address", "meter_year", "note"]
