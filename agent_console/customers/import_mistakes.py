"""Everything that is wrong with a checked list: by row and column on the page, and as CSV to take away."""

import csv
import io
from dataclasses import dataclass

from flask_babel import gettext

from agent_console.cases.exports import harmless
from agent_console.context import Console
from agent_console.customers.import_words import column_name, fault_text
from agent_console.customers.import_work import files_of
from ivr.errors import ListUnreadable
from storage.customer_lists import checking, importing
from storage.queries.customer_imports import ImportRun


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """A mistake in the words of the page."""

    row: int
    column: str
    given: str
    text: str


def shown(console: Console, run: ImportRun) -> list[ShownMistake]:
    """All mistakes of a list that was checked, in the order of its rows; none once they are deleted."""
    headings = _headings(console, run)
    return [
        ShownMistake(kept.row, column_name(kept.column, headings), kept.given, fault_text(kept))
        for kept in files_of(console).mistakes(run.id)
    ]


def as_csv(console: Console, run: ImportRun) -> bytes:
    """All mistakes as CSV, with the mark that lets a spreadsheet know the encoding."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([gettext("Row"), gettext("Column"), gettext("Given"), gettext("What is wrong")])
    for line in shown(console, run):
        writer.writerow([line.row, harmless(line.column), harmless(line.given), harmless(line.text)])
    return table.getvalue().encode("utf-8-sig", errors="replace")


def _headings(console: Console, run: ImportRun) -> list[str]:
    if run.how is None:
        return []
    how = importing.how_of_data(run.how)
    try:
        first = checking.first_rows(files_of(console).list_of(run.id), how.shape)
    except ListUnreadable:
        return []  # the list is deleted when its import is over; letters name the columns then
    return next((cells for number, cells in first if number == how.header), [])
