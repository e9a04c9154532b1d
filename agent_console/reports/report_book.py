"""A report as a workbook: a sheet a table, each figure defined; no cell is taken for a formula."""

import io
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from agent_console.cases.exports import harmless
from agent_console.reports.case_tables import cases
from agent_console.reports.definitions import DEFINITIONS, NAMES
from agent_console.reports.report import BY_QUEUE, OF_CALLERS, OF_PEOPLE, OF_REVISITS, Report, Row, cell
from ivr.standard.report_figures import Figure, Measure, measure

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Line = Sequence[str | int | float | None]


def workbook(report: Report, facts: str) -> bytes:
    """The file; shares in percent, times in seconds."""
    from openpyxl import Workbook  # takes 0.3 s, which only those pay who want one

    book = Workbook()
    first: Any = book.active
    first.title = gettext("Report")[:31]
    period = f"{report.period.first.isoformat()} – {report.period.last.isoformat()}"
    _write(first, [[period], [facts], []])
    _write(
        first, [[gettext("Figure"), gettext("Value"), gettext("Unit of the figure"), gettext("Definition")]]
    )
    _write(
        first,
        [
            [str(NAMES[each]), cell(each, report.whole.counts), _unit(each), str(DEFINITIONS[each])]
            for each in Figure
        ],
    )
    tables = (
        (gettext("By queue"), report.queues, BY_QUEUE),
        (gettext("By hour"), report.hours, OF_CALLERS),
        (gettext("By day"), report.days, OF_CALLERS),
        (gettext("By agent"), report.agents, OF_PEOPLE + OF_REVISITS),
        (gettext("Revisits by unit"), report.units_rows, OF_REVISITS),
    )
    for title, rows, figures in tables:
        _write(book.create_sheet(title[:31]), _table(rows, figures))
    _cases(book.create_sheet(gettext("Cases")[:31]), report)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _unit(figure: Figure) -> str:
    units = {Measure.SHARE: "%", Measure.SECONDS: gettext("seconds")}
    return str(units.get(measure(figure), ""))


def _table(rows: Sequence[Row], figures: Sequence[Figure]) -> list[Line]:
    head = ["", *(f"{NAMES[each]} {_unit(each)}".strip() for each in figures)]
    return [head, *([row.name, *(cell(each, row.counts) for each in figures)] for row in rows)]


def _cases(sheet: Any, report: Report) -> None:
    lines: list[Line] = []
    for name, head, rows in cases(report):
        lines += [[name], head, *rows, []]
    _write(sheet, lines)


def _write(sheet: Any, lines: Sequence[Line]) -> None:
    for line in lines:
        sheet.append([harmless(each) if isinstance(each, str) else each for each in line])
        for written in sheet[sheet.max_row] if line else ():
            if isinstance(written.value, str):
                written.data_type = "s"
    sheet.column_dimensions["A"].width = 26
