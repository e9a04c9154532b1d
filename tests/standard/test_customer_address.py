"""Addresses as 小区, 楼, 单元, 门牌 (R-12.6): taken apart, tidied, written."""

import pytest

from ivr.standard.customer_address import Address, take_apart, tidy, written

WHOLE = Address("泉中小区", "3", "2", "501")


@pytest.mark.parametrize(
    "line",
    [
        "泉中小区3号楼2单元501",
        "泉中小区 3号楼 2单元 501室",
        "泉中小区3栋2单元501户",
        "泉中小区3幢2门洞501号",
        "泉中小区3#2单元501",
        "泉中小区 3-2-501",
    ],
)
def test_one_address_is_found_in_every_usual_writing(line: str) -> None:
    assert take_apart(line) == WHOLE


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("泉中小区3号楼", Address("泉中小区", "3")),
        ("北斗新城A座1203", Address("北斗新城", "A", None, "1203")),
        ("经十路88号", Address("经十路88号")),
        ("  ", Address()),
        ("3号楼2单元501", Address("3号楼2单元501")),
        ("<script>", Address("<script>")),
    ],
)
def test_what_is_not_understood_stays_as_it_was_written(line: str, address: Address) -> None:
    assert take_apart(line) == address


def test_the_same_building_has_one_spelling() -> None:
    for building in ("3", "3号楼", "3栋", "3幢", "3#", "3楼"):
        assert tidy(Address("泉中小区", building, "2单元", "501室")) == WHOLE


def test_names_of_buildings_are_kept() -> None:
    named = Address("北斗新城", "迎宾楼", "东", "底商")
    assert tidy(named) == named
    assert written(named) == "北斗新城 迎宾楼 东单元 底商"


def test_an_address_is_written_with_what_is_known() -> None:
    assert written(WHOLE) == "泉中小区 3号楼 2单元 501"
    assert written(Address("泉中小区", None, None, "501")) == "泉中小区 501"
    assert written(Address()) == ""


def test_taking_apart_what_was_written_gives_the_same_address() -> None:
    assert take_apart(written(WHOLE)) == WHOLE


def test_a_long_line_is_taken_apart_at_once() -> None:
    assert take_apart("1-" * 5000).compound == "1-" * 5000
