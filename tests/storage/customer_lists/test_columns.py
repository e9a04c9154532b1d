"""Columns are guessed from Chinese and English headings, and named once each."""

import pytest

from storage.customer_lists.columns import find_header, guess, raw_customer, wrong_columns


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("用户名称", "name"),
        (" 姓 名 ", "name"),
        ("户号*", "account_number"),
        ("联系电话（必填）", "numbers"),
        ("手机号码2", "numbers"),
        ("Mobile", "numbers"),
        ("用气地址", "address"),
        ("楼栋号", "building"),
        ("出厂日期", "meter_year"),
        ("Customer_No", "account_number"),
        ("备注：", "note"),
        ("天气", None),
        ("", None),
        ("请在此处填写用户的电话号码，可填写多个号码", None),
    ],
)
def test_a_heading_tells_what_the_column_means(heading: str, field: str | None) -> None:
    assert guess([heading]) == [field]


def test_several_columns_may_be_numbers_and_nothing_else_twice() -> None:
    assert guess(["姓名", "户名", "手机", "座机"]) == ["name", None, "numbers", "numbers"]


def test_the_header_is_found_below_a_title() -> None:
    rows = [(1, ["2026年用户名单"]), (3, ["户号", "姓名", "电话"]), (4, ["1", "李", "13900000000"])]
    assert find_header(rows) == 3
    assert find_header([(1, ["李", "13900000000"])]) is None
    assert find_header([(1, ["姓名"])]) == 1


def test_a_row_becomes_fields_and_numbers_come_together() -> None:
    columns = ["name", "numbers", None, "numbers", "note"]
    assert raw_customer(["李", "1", "x", "2"], columns) == {"name": "李", "numbers": "1\n2"}


def test_columns_need_a_name_and_no_meaning_twice() -> None:
    assert wrong_columns(["name", "numbers", "numbers", None]) is None
    assert wrong_columns([None, "note"]) == "no_name"
    assert wrong_columns(["name", "note", "note"]) == "note"
