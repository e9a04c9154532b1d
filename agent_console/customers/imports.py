"""Importing a list of customers: upload, preview and columns, check of all rows, import at once."""

from dataclasses import replace
from pathlib import PurePath

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.customers import import_mistakes, import_work
from agent_console.customers.import_words import (
    ENCODINGS,
    delimiters,
    failure_text,
    why_not,
)
from agent_console.customers.names import FIELD_NAMES
from ivr.errors import ListUnreadable
from ivr.standard.import_state import AT_WORK, OVER, DuplicateChoice, ImportState
from storage.customer_lists import checking, importing
from storage.customer_lists import columns as headings
from storage.customer_lists.checking import HowToRead
from storage.customer_lists.importing import Wish
from storage.customer_lists.reading import ListFormat, Row
from storage.queries import customer_imports, demo
from storage.queries.customer_imports import ImportRun

blueprint = Blueprint("customer_imports", __name__, url_prefix="/customers/imports")

NEWEST = 10
SHOWN_ROWS = 8
SHOWN_MISTAKES = 100
LONGEST_ID = 2**63

Answer = str | Response | tuple[str, int] | tuple[Response, int]


@blueprint.get("")
def index() -> str:
    """Upload a list; the last imports."""
    return _upload_page(None)


def _upload_page(mistake: str | None) -> str:
    import_work.settle_dead(console())
    with console().database.read() as connection:
        newest = customer_imports.newest(connection, NEWEST)
        made_up = demo.count(connection)
    return render_template(
        "customers/imports.html",
        runs=newest,
        made_up=made_up,
        mistake=mistake,
        limits=console().settings.imports,
        names=FIELD_NAMES,
    )


@blueprint.post("")
def upload() -> Answer:
    """Take a file, and find out how it is to be read."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _upload_page(why_not("nothing")), 422
    files = import_work.files_of(console())
    files.sweep(console().settings.imports.kept_hours)
    try:
        received = files.receive(sent.stream, console().settings.imports.largest_megabytes)
    except ListUnreadable as error:
        return _upload_page(why_not(error.reason, error.detail)), 413
    try:
        how, _ = checking.how_recognised(received.file)
    except ListUnreadable as error:
        received.file.unlink()
        return _upload_page(why_not(error.reason, error.detail)), 422
    name = "".join(sign for sign in PurePath(sent.filename).name if sign.isprintable())
    with console().database.write() as connection:
        import_id = customer_imports.add(
            connection,
            now(),
            file_name=name or "?",
            size_bytes=received.size_bytes,
            sha256=received.sha256,
            by=current_user.agent_id,
            how=importing.how_as_data(how),
        )
    files.keep(received, import_id)
    return _to(import_id)


def _to(import_id: int) -> Response:
    return redirect(url_for("customer_imports.one", import_id=import_id), 303)


def _run(import_id: int) -> ImportRun:
    import_work.settle_dead(console())
    with console().database.read() as connection:
        run = customer_imports.one(connection, import_id) if import_id < LONGEST_ID else None
    if run is None:
        abort(404)
    return run


@blueprint.get("/<int:import_id>")
def one(import_id: int) -> Answer:
    """One import at whatever stage it is."""
    run = _run(import_id)
    again = run.state is ImportState.CHECKED and "columns" in request.args
    if run.state is ImportState.UPLOADED or again:
        return _columns_page(run)
    if run.state in AT_WORK:
        return render_template("customers/import_work.html", run=run)
    if run.state is ImportState.CHECKED:
        return _checked_page(run)
    return render_template("customers/import_over.html", run=run, why=failure_text(run.failure))


def _how(run: ImportRun) -> HowToRead:
    if run.how is None:
        abort(404)
    return importing.how_of_data(run.how)


def _columns_page(run: ImportRun, how: HowToRead | None = None, mistake: str | None = None) -> str:
    how = how or _how(run)
    first: list[Row] = []
    try:
        first = checking.first_rows(import_work.files_of(console()).list_of(run.id), how.shape)
    except ListUnreadable as error:
        mistake = why_not(error.reason, error.detail)
    return render_template(
        "customers/import_columns.html",
        run=run,
        how=how,
        is_csv=how.shape.format is ListFormat.CSV,
        headings=next((cells for number, cells in first if number == how.header), []),
        rows=[(number, cells) for number, cells in first if number > how.header][:SHOWN_ROWS],
        letters=[checking.column_letter(column) for column in range(len(how.columns))],
        meanings={name: FIELD_NAMES[name] for name in FIELD_NAMES if name in headings.MEANINGS},
        encodings=ENCODINGS,
        delimiters=delimiters(),
        mistake=mistake,
    )


@blueprint.post("/<int:import_id>/check")
def check(import_id: int) -> Answer:
    """Read the file in another way, or take the columns as they were named and check all rows."""
    run = _run(import_id)
    if run.state in AT_WORK or run.state in OVER:
        return _to(import_id)
    how = _named(_how(run))
    again = _read_otherwise(how)
    if again is not None:
        try:
            first = checking.first_rows(import_work.files_of(console()).list_of(run.id), again.shape)
        except ListUnreadable as error:
            return _columns_page(run, how, why_not(error.reason, error.detail)), 422
        how = checking.with_header(again.shape, again.header, first)
    with console().database.write() as connection:
        customer_imports.change_how(connection, import_id, importing.how_as_data(how))
    if again is not None:
        return _to(import_id)
    if wrong := headings.wrong_columns(how.columns):
        return _columns_page(run, how, why_not("no_columns", wrong)), 422
    if not import_work.start_check(console(), import_id):
        return _columns_page(run, how, why_not("busy")), 409
    return _to(import_id)


def _named(how: HowToRead) -> HowToRead:
    """The columns as the form names them."""
    columns = [request.form.get(f"column-{place}", "") for place in range(len(how.columns))]
    return replace(how, columns=tuple(name if name in headings.MEANINGS else None for name in columns))


def _read_otherwise(how: HowToRead) -> HowToRead | None:
    """How the file is to be read from now on; None where that is as before."""
    shape = how.shape
    encoding = request.form.get("encoding", shape.encoding)
    delimiter = request.form.get("delimiter", shape.delimiter)
    if encoding in ENCODINGS and delimiter in delimiters() and shape.format is ListFormat.CSV:
        shape = replace(shape, encoding=encoding, delimiter=delimiter)
    header = request.form.get("header", how.header, type=int)
    header = header if 0 <= header <= checking.FIRST_ROWS else how.header
    changed = replace(how, shape=shape, header=header)
    return changed if changed != how else None


def _checked_page(run: ImportRun, mistake: str | None = None) -> str:
    found = import_mistakes.shown(console(), run)
    with console().database.read() as connection:
        made_up = demo.count(connection)
    return render_template(
        "customers/import_checked.html",
        run=run,
        mistakes=found[:SHOWN_MISTAKES],
        more=max(0, len(found) - SHOWN_MISTAKES),
        choices=list(DuplicateChoice),
        made_up=made_up,
        mistake=mistake,
    )


@blueprint.post("/<int:import_id>/start")
def start(import_id: int) -> Answer:
    """Import a checked list; all of it or nothing."""
    run = _run(import_id)
    if run.state is not ImportState.CHECKED:
        return _to(import_id)
    wanted = request.form.get("duplicates", "")
    if wanted not in list(DuplicateChoice):
        return _checked_page(run, gettext("Say what becomes of customers who are known already.")), 422
    wish = Wish(
        DuplicateChoice(wanted),
        clear_demo=bool(request.form.get("clear_demo")),
        skip_wrong=bool(request.form.get("skip_wrong")),
    )
    if run.rows_wrong and not wish.skip_wrong:
        return _checked_page(
            run, gettext("Tick that rows with mistakes are left out, or correct the file.")
        ), 422
    asked = import_work.Asked(current_user.agent_id, {"sign_in": current_user.sign_in_id, **origin().data()})
    if not import_work.start_import(console(), import_id, wish, asked):
        return _checked_page(run, why_not("busy")), 409
    return _to(import_id)


@blueprint.post("/<int:import_id>/cancel")
def cancel(import_id: int) -> Answer:
    """Give an import up before it begins, and delete the list."""
    _run(import_id)
    with console().database.write() as connection:
        given_up = customer_imports.cancel(connection, import_id, now())
    if given_up:
        import_work.files_of(console()).forget_list(import_id)
    return _to(import_id)


@blueprint.get("/<int:import_id>/progress")
def progress(import_id: int) -> Response:
    """How far an import is."""
    run = _run(import_id)
    return jsonify(state=run.state, rows=run.rows, done=run.rows_done)


@blueprint.get("/<int:import_id>/mistakes.csv")
def mistakes(import_id: int) -> Response:
    """Everything that is wrong with a list, as a table for the spreadsheet."""
    run = _run(import_id)
    return Response(
        import_mistakes.as_csv(console(), run),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="import-{import_id}-mistakes.csv"'},
    )


@blueprint.post("/clear-demo")
def clear_demo() -> Answer:
    """Take the made-up customers and units out."""
    with console().database.write() as connection:
        cleared = demo.clear(connection, current_user.agent_id, now())
    flash(gettext("%(count)d made-up customers were taken out.", count=cleared))
    return redirect(url_for("customer_imports.index"), 303)
