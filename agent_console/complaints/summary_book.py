"""The monthly summary of complaints as a workbook; no cell of it is taken for a formula (R-CS)."""

import io
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from agent_console.cases.exports import harmless
from agent_console.words import word
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_summary import UnitRow

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def headings() -> list[str]:
    """Of the table, on the page and in the workbook."""
    return [
        gettext("Unit"),
        gettext("Closed complaints"),
        gettext("Share"),
        gettext("Unit responsible"),
        gettext("Share of responsibility"),
        gettext("Too late"),
        gettext("Not accepted"),
        *(word(each) for each in ComplaintClass),
    ]


def cells(row: UnitRow) -> list[str | int | float]:
    """A line of the table; shares in percent with one place."""
    return [
        row.unit or gettext("at no unit"),
        row.closed,
        round(row.share, 1),
        row.responsible,
        round(row.responsible_share, 1),
        row.late,
        row.objected,
        *(row.by_class.get(each, 0) for each in ComplaintClass),
    ]


def total(rows: Sequence[UnitRow]) -> list[str | int | float]:
    """The last line: everything together."""
    return [
        gettext("Together"),
        sum(row.closed for row in rows),
        100.0 if rows else 0.0,
        sum(row.responsible for row in rows),
        100.0 if any(row.responsible for row in rows) else 0.0,
        sum(row.late for row in rows),
        sum(row.objected for row in rows),
        *(sum(row.by_class.get(each, 0) for row in rows) for each in ComplaintClass),
    ]


def workbook(title: str, facts: Sequence[str], rows: Sequence[UnitRow]) -> bytes:
    """The file.

    :param facts: lines between title and table, such as when it was handed in.
    """
    from openpyxl import Workbook  # takes 0.3 s, which only those pay who want one
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = gettext("Complaints")[:31]
    for line in (title, *facts):
        sheet.append([harmless(line)])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    table: list[list[str | int | float]] = [list(headings()), *(cells(row) for row in rows), total(rows)]
    for line_cells in table:
        sheet.append([harmless(cell) if isinstance(cell, str) else cell for cell in line_cells])
    for place in (sheet.max_row - len(table) + 1, sheet.max_row):
        for cell in sheet[place]:
            cell.font = Font(bold=True)
    for cells_of_row in sheet.iter_rows():
        for cell in cells_of_row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.column_dimensions["A"].width = 22
    sheet.page_setup.orientation = "landscape"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
