"""Lists of cases taken away as CSV or XLSX: by right, audited before the first row, at most so many rows.

No spreadsheet takes a cell for a formula (OWASP: CSV injection); what is streamed is read a page at a time.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from flask import Response, abort, request, stream_with_context
from flask_babel import gettext
from flask_login import current_user

from agent_console import rights
from agent_console.auth.pages import origin
from agent_console.cases import list_filter
from agent_console.cases.lines import customer_name
from agent_console.cases.list_filter import Wanted
from agent_console.cases.pages import blueprint
from agent_console.context import Console, console, now
from agent_console.moments import full
from agent_console.number_mask import shown
from agent_console.words import word
from storage.queries import audit, case_desk_list
from storage.queries.audit import ConsoleFact
from storage.queries.case_lists import CaseLine

A_READ = 500
CHUNK = 64 * 1024
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

__all__ = ["blueprint", "export", "harmless"]


def harmless(cell: str) -> str:
    """A cell as text: one that a spreadsheet would take for a formula gets a quote before it."""
    plain = "".join(sign if sign.isprintable() or sign in "\t\r\n" else "\ufffd" for sign in cell)
    return f"'{plain}" if plain.startswith(_BEGINS_A_FORMULA) else plain


@blueprint.post("/cases/export")
def export() -> Response:
    """The list with its filter as a file; the audit log gets filter and number of rows first (R-18, R-19)."""
    form = request.form.get("form", "")
    if form not in _TYPES:
        abort(400)
    moment = now()
    soon, most = list_filter.soon_until(moment), console().settings.cases.export_rows
    with console().database.read() as connection:
        wanted = list_filter.read(request.form, connection)
        there = case_desk_list.count(connection, wanted.cases, moment, soon, most=most + 1)
    count = min(there, most)
    with console().database.write() as connection:
        audit.note(
            connection,
            ConsoleFact.CASES_EXPORTED,
            moment,
            agent_id=current_user.agent_id,
            data={
                "form": form,
                "filter": wanted.address(),
                "rows": count,
                "sign_in": current_user.sign_in_id,
                **origin().data(),
            },
        )
    rows = _rows(console(), wanted, moment, soon, most, cut=there > most)
    content = _as_csv(rows) if form == "csv" else _as_workbook(rows)
    name = f"cases-{moment.astimezone(console().settings.zone):%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(content), content_type=_TYPES[form], headers=headers)


def _rows(
    running: Console, wanted: Wanted, moment: datetime, soon: datetime, most: int, *, cut: bool
) -> Iterator[list[str]]:
    """Headings, then a row a case, read a page at a time."""
    yield [
        gettext("Case number"),
        gettext("Kind"),
        gettext("State"),
        gettext("Urgency"),
        gettext("Customer"),
        gettext("Telephone"),
        gettext("Address"),
        gettext("Content"),
        gettext("Unit"),
        gettext("First responder"),
        gettext("Opened"),
        gettext("Next due"),
        gettext("late"),
        gettext("Closed"),
    ]
    whole = current_user.role in rights.SEES_WHOLE_NUMBERS
    with running.database.read() as connection:
        pages = case_desk_list.pages(connection, wanted.cases, moment, soon, most=most, a_page=A_READ)
        for page in pages:
            for case in page:
                yield _row(running, case, moment, whole)
    if cut:
        yield [gettext("Only the first %(n)d cases; narrow the list down for the others.", n=most)]


def _row(running: Console, case: CaseLine, moment: datetime, whole: bool) -> list[str]:
    zone = running.settings.zone
    late = case.closed_at is None and case.due_at is not None and case.due_at < moment
    return [
        case.number,
        word(case.kind),
        word(case.state),
        word(case.urgency),
        customer_name(case.surname, case.form_of_address),
        shown(case.contact_number, whole=whole) or "",
        case.address or "",
        case.content,
        case.unit or "",
        f"{case.work_number} {case.owner}",
        full(case.opened_at, zone),
        full(case.due_at, zone) if case.due_at is not None else "",
        gettext("late") if late else "",
        full(case.closed_at, zone) if case.closed_at is not None else "",
    ]


def _as_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """With the mark that lets a spreadsheet know the encoding."""
    yield b"\xef\xbb\xbf"
    table = io.StringIO()
    writer = csv.writer(table)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if table.tell() >= CHUNK:
            yield _taken(table)
    yield _taken(table)


def _taken(table: io.StringIO) -> bytes:
    text = table.getvalue().encode("utf-8", errors="replace")
    table.seek(0)
    table.truncate()
    return text


def _as_workbook(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Written to a file row by row: a workbook's index stands at its end."""
    from openpyxl import Workbook  # takes 0.3 s, which only those pay who want one

    book = Workbook(write_only=True)
    sheet = book.create_sheet("cases")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        yield from _read(file)


def _cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", harmless(text))[:32_767])
    cell.data_type = "s"
    return cell


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
