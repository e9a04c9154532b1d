"""A report as a PDF file: the same figures, definitions and tables as the page, with its chart (R-3.6)."""

import io
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from agent_console.reports.case_tables import cases
from agent_console.reports.definitions import DEFINITIONS, NAMES
from agent_console.reports.report import (
    BY_QUEUE,
    OF_CALLERS,
    OF_PEOPLE,
    OF_REVISITS,
    Report,
    Row,
    chart,
    written,
)
from ivr.standard.report_figures import Figure

TYPE = "application/pdf"


def document(report: Report, title: str, facts: str) -> bytes:
    """The file.

    :param title: whose report it is; ``facts``: when it was made, and by whom.
    """
    from reportlab.platypus import SimpleDocTemplate, Spacer  # takes 0.3 s, for those only who want one

    from agent_console.reports import pdf_writing as pdf

    period = f"{report.period.first.isoformat()} – {report.period.last.isoformat()}"
    parts: list[Any] = [pdf.words(f"{title}  {period}", 15, strong=True), pdf.words(facts, 8), Spacer(1, 8)]
    parts += [
        pdf.words(gettext("Calls offered and answered"), 11, strong=True),
        pdf.bars(chart(report)),
        Spacer(1, 6),
    ]
    parts += [
        pdf.words(gettext("Figures and what they mean"), 11, strong=True),
        pdf.table(
            [gettext("Figure"), gettext("Value"), gettext("Definition")],
            [
                [str(NAMES[each]), written(each, report.whole.counts), str(DEFINITIONS[each])]
                for each in Figure
            ],
            [3, 2, 12],
            (0, 2),
        ),
    ]
    tables: list[tuple[str, Sequence[Row], Sequence[Figure]]] = [
        (gettext("By queue"), report.queues, BY_QUEUE),
        (gettext("By agent"), report.agents, OF_PEOPLE),
        (gettext("Revisits by first responder"), _with_revisits(report), OF_REVISITS),
        (gettext("By hour"), report.hours, OF_CALLERS),
        (gettext("By day"), report.days, OF_CALLERS),
        (gettext("Revisits by unit"), report.units_rows, OF_REVISITS),
    ]
    for name, rows, figures in tables:
        if rows:
            lines = [[row.name, *(written(each, row.counts) for each in figures)] for row in rows]
            parts += [
                Spacer(1, 8),
                pdf.words(name, 11, strong=True),
                pdf.table(["", *(str(NAMES[each]) for each in figures)], lines, [2.2, *[1] * len(figures)]),
            ]
    for name, head, values in cases(report):
        if values:
            texts = [place for place, each in enumerate(values[0]) if isinstance(each, str)]
            shown = [[_cell(each) for each in line] for line in values]
            parts += [
                Spacer(1, 8),
                pdf.words(name, 11, strong=True),
                pdf.table(head, shown, [3, 3, 2, 2], texts),
            ]
    file = io.BytesIO()
    made = SimpleDocTemplate(
        file,
        pagesize=pdf.PAGE,
        leftMargin=pdf.MARGIN,
        rightMargin=pdf.MARGIN,
        topMargin=pdf.MARGIN,
        bottomMargin=pdf.MARGIN,
        title=f"{title} {period}",
        author=title,
    )
    below = pdf.footed(f"{title}  {period}  {facts}")
    made.build(parts, onFirstPage=below, onLaterPages=below)
    return file.getvalue()


def _with_revisits(report: Report) -> list[Row]:
    return [row for row in report.agents if row.counts.revisit_tries]


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
