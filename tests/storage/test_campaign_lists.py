"""A campaign's file: every row is called or refused with its line and its reason; nothing is lost."""

import csv
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.config import Settings
from ivr.errors import ListUnreadable
from storage.campaign_lists import CampaignList, read_campaign_list
from storage.dial_rules import number_rules

CASES = [
    ("13900000001", None),
    ("0086 139-0000-0001", "repeated"),
    ("0531-88880001", None),
    ("88880002", None),  # a local number of the company's town
    ("+852 2123 4567", "number_not_allowed"),
    ("+1 202 555 0123", "number_not_allowed"),
    ("110", "wrong_length"),
    ("95588", "wrong_length"),
    ("1390000", "not_in_use"),
    ("13900000000000000000", "wrong_length"),
    ("1.39E+10", "rounded"),
    ("李先生", "no_number"),
    ("", "no_number"),
    ("95777", "number_not_allowed"),
    ("19900000003", "do_not_call"),
    ("abc / 13900000004", None),
]


def read(settings: Settings, file: Path, most_rows: int = 200_000) -> CampaignList:
    return read_campaign_list(
        file,
        number_rules(settings),
        area_code="0531",
        most_rows=most_rows,
        do_not_call={"+8619900000003"},
    )


def write_csv(file: Path, rows: list[list[str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def test_every_row_is_called_or_refused_with_its_line_and_reason(settings: Settings, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "people.csv",
        [["停气通知名单"], ["姓名", "联系电话"], *(["张三", number] for number, _ in CASES)],
    )
    found = read(settings, file)
    reasons = {one.row: one.reason for one in found.refused}
    for row, (number, reason) in enumerate(CASES, start=3):
        told = reasons.get(row)
        assert (told is None) == (reason is None), (number, told)
        if reason is not None and number not in ("110", "95588", "95777"):
            assert told == reason, number
    assert [one.number for one in found.people] == [
        "+8613900000001",
        "+8653188880001",
        "+8653188880002",
        "+8613900000004",
    ]
    assert [one.row for one in found.people] == [3, 5, 6, 18]
    (repeated,) = [one for one in found.refused if one.reason == "repeated"]
    assert (repeated.given, repeated.about) == ("0086 139-0000-0001", "3")
    assert found.people[0].name == "张三"


def test_a_workbook_and_a_list_without_headings_are_read_alike(settings: Settings, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "手机"])
    sheet.append(["张三", 13900000001])
    sheet.append(["李四", "1390000"])
    book.save(tmp_path / "people.xlsx")
    found = read(settings, tmp_path / "people.xlsx")
    assert [(one.row, one.number) for one in found.people] == [(2, "+8613900000001")]
    assert [(one.row, one.given) for one in found.refused] == [(3, "1390000")]
    bare = write_csv(tmp_path / "bare.csv", [["13900000001", "张三"], ["13900000002", "李四"]])
    assert [one.number for one in read(settings, bare).people] == ["+8613900000001", "+8613900000002"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["姓名", "地址"], ["张三", "泉中小区"]], "no_columns"),
        ([["姓名", "电话"]], "empty"),
        ([["电话"], *[[f"139000000{place:02}"] for place in range(11)]], "too_many_rows"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_as_a_whole(
    settings: Settings, tmp_path: Path, rows: list[list[str]], reason: str
) -> None:
    file = write_csv(tmp_path / "people.csv", rows)
    with pytest.raises(ListUnreadable) as caught:
        read(settings, file, most_rows=10)
    assert caught.value.reason == reason
    assert "people.csv" in str(caught.value)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=24), max_size=30))
def test_whatever_stands_in_a_list_no_row_is_lost(numbers: list[str]) -> None:
    import tempfile

    from ivr.config import load
    from tests.conftest import PROJECT

    with tempfile.TemporaryDirectory() as folder:
        rules = number_rules(load(PROJECT / "config.yaml", {"HOTLINE_HOME": folder}))
        rows = [["行", "电话"], ["x", "13900000001"], *(["x", number] for number in numbers)]
        file = write_csv(Path(folder) / "people.csv", rows)
        found = read_campaign_list(file, rules, area_code="0531", most_rows=1000)
    with_rows = Counter(one.row for one in [*found.people, *found.refused])
    assert set(with_rows.values()) == {1}
    assert len(with_rows) == len(numbers) + 1


def hundred_thousand(file: Path, rows: int = 100_000) -> Path:
    """A big list: of each ten rows one is repeated, one foreign, one short, one impossible."""
    wrong = {3: "13900000001", 5: "+85221234567", 7: "12345", 9: "00000000000000000"}
    cells = [["姓名", "电话"]]
    cells += [["张三", wrong.get(row % 10, f"139{row:08}")] for row in range(rows)]
    return write_csv(file, cells)


@pytest.mark.long
def test_a_hundred_thousand_rows_are_read_and_none_is_lost(settings: Settings, tmp_path: Path) -> None:
    found = read(settings, hundred_thousand(tmp_path / "people.csv"))
    assert len(found.people) + len(found.refused) == 100_000
    reasons = Counter(one.reason for one in found.refused)
    assert reasons["repeated"] >= 9_999 and reasons["number_not_allowed"] >= 10_000
    assert len(found.people) == 60_000
