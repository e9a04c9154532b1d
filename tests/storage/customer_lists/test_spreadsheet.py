"""Workbooks: cells as text, formulas never executed, and files that are built to hurt."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from ivr.errors import ListUnreadable
from storage.customer_lists import spreadsheet
from storage.customer_lists.reading import ListFormat, recognise, rows
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, workbook


def reason(file: Path) -> str:
    with pytest.raises(ListUnreadable) as refused:
        list(rows(file, recognise(file)))
    return refused.value.reason


def test_the_first_sheet_that_holds_something_is_read(tmp_path: Path) -> None:
    file = workbook(tmp_path, [], [["", None]], [HEADINGS, *ROWS])
    shape = recognise(file)
    assert (shape.format, shape.sheet) == (ListFormat.XLSX, "表3")
    assert list(rows(file, shape)) == [(1, HEADINGS), (2, ROWS[0][:5]), (3, ROWS[1])]


def test_cells_are_text_as_people_see_them(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        [[13900000000, 13900000000.0, 2019, 2.5, date(2019, 5, 1), datetime(2019, 5, 1, 8), True, " 李 "]],
    )
    assert next(rows(file, recognise(file)))[1] == [
        *("13900000000", "13900000000", "2019", "2.5"),
        *("2019-05-01", "2019-05-01 08:00:00", "True", "李"),
    ]


def test_a_formula_is_the_text_that_was_typed(tmp_path: Path) -> None:
    formulas = ['=HYPERLINK("http://x","李")', "=1+1", '=cmd|"/c calc"!A0']
    file = workbook(tmp_path, [["姓名"], *[[formula] for formula in formulas]])
    assert [cells[0] for _, cells in rows(file, recognise(file))][1:] == formulas


def test_an_empty_workbook_is_said_so(tmp_path: Path) -> None:
    assert reason(workbook(tmp_path, [])) == "empty"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("names.csv", "姓名")
    assert reason(file) == "no_list"


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbook(tmp_path, [HEADINGS])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/zeros.bin", b"\0" * (spreadsheet.LARGEST_UNPACKED + 1))
    assert file.stat().st_size < 1024 * 1024
    monkeypatch.setattr("openpyxl.load_workbook", lambda *given, **more: pytest.fail("it was opened"))
    assert reason(file) == "too_big_unpacked"


def test_a_workbook_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, [HEADINGS])
    with zipfile.ZipFile(file, "a") as parts:
        for number in range(spreadsheet.MOST_PARTS):
            parts.writestr(f"xl/{number}", "")
    assert reason(file) == "too_big_unpacked"


@pytest.mark.parametrize(
    "sheet",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
        + "]><worksheet><sheetData><row><c><v>&m;</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'",
        "",
    ],
)
def test_a_sheet_that_is_built_to_hurt_or_broken_is_refused(tmp_path: Path, sheet: str) -> None:
    file = _with_sheet(workbook(tmp_path, [HEADINGS]), sheet)
    assert reason(file) == "broken"


def test_a_sheet_that_claims_endless_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LAST_ROW", 1000)
    endless = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="999999999999"><c r="A999999999999" t="inlineStr"><is><t>x</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    assert reason(_with_sheet(workbook(tmp_path, [HEADINGS]), endless)) == "broken"


def _with_sheet(file: Path, xml: str) -> Path:
    changed = file.with_name("changed.xlsx")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            target.writestr(entry.filename, xml if is_sheet else source.read(entry))
    return changed
