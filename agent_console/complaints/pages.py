"""Complaints: their paths by class and severity (R-CL), and the monthly summary (R-CS)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from agent_console import moments
from agent_console.auth.pages import origin
from agent_console.cases.lines import ShownLine, clocks, shown_lines
from agent_console.cases.time_left import time_left_words
from agent_console.complaints import months, summary_book
from agent_console.complaints.months import Month
from agent_console.context import console, now
from agent_console.moments import milliseconds
from ivr.errors import Conflict
from ivr.standard import complaint_path
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Path, Severity
from ivr.standard.complaint_summary import UnitRow, is_late, summary
from storage.queries import audit, case_figures, complaint_lists, complaint_summaries
from storage.queries.audit import ConsoleFact
from storage.queries.complaint_summaries import HandedIn

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")

SHOWN = 100

Answer = str | AnyResponse | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Complaint:
    """An open complaint with its path."""

    row: ShownLine
    complaint_class: ComplaintClass | None
    path: Path | None
    """None: its class is not said yet."""


@blueprint.get("")
def index() -> str:
    """Open complaints, the gravest first, each with its path; and what the paths are."""
    moment = now()
    with console().database.read() as connection:
        found = complaint_lists.open_ones(connection, limit=SHOWN)
        rows = shown_lines(connection, [each.line for each in found], moment)
    complaints = [
        Complaint(row, each.complaint_class, _path(each.complaint_class, each.line.severity))
        for row, each in zip(rows, found, strict=True)
    ]
    return render_template(
        "complaints/index.html",
        complaints=complaints,
        cut=len(found) >= SHOWN,
        classes=list(ComplaintClass),
        severities=list(Severity),
        path=complaint_path.path,
        made_at=milliseconds(moment),
        more_words=time_left_words(clocks().warn_at),
    )


def _path(complaint_class: ComplaintClass | None, severity: Severity | None) -> Path | None:
    if complaint_class is None or severity is None:
        return None
    return complaint_path.path(complaint_class, severity)


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """A month's summary as it stands, or as it was handed in."""

    month: Month
    rows: list[UnitRow]
    handed_in: HandedIn | None
    due_on: date
    over: bool
    """The month is over: its summary can be handed in."""
    late: bool
    """It is late, or was handed in late."""


def _today() -> date:
    return now().astimezone(console().settings.zone).date()


def _read(connection: Connection, month: Month) -> SummaryPage:
    settings = console().settings
    handed_in = complaint_summaries.of_month(connection, month.name)
    rows = (
        list(handed_in.rows)
        if handed_in is not None
        else summary(case_figures.closed_complaints(connection, *month.span(settings.zone)))
    )
    today = _today()
    due_on = month.due_on(settings.obligations.summary_day)
    day = handed_in.at.astimezone(settings.zone).date() if handed_in is not None else today
    next_month = months.month_of(day).before == month
    late = is_late(day, settings.obligations.summary_day) if next_month else day > due_on
    return SummaryPage(month, rows, handed_in, due_on, over=today >= month.end, late=late)


@blueprint.get("/summary")
def monthly() -> str:
    """The summary of a month: last month's where none is named."""
    return _summary_page(months.read(request.args.get("month"), _today()))


def _summary_page(month: Month) -> str:
    with console().database.read() as connection:
        page = _read(connection, month)
    return render_template(
        "complaints/summary.html",
        page=page,
        headings=summary_book.headings(),
        cells=summary_book.cells,
        total=summary_book.total(page.rows),
        following=month.after if month.after.first <= _today() else None,
    )


@blueprint.get("/summary.xlsx")
def as_workbook() -> Response:
    """The summary as a workbook; written into the audit log first (R-18)."""
    month = months.read(request.args.get("month"), _today())
    with console().database.write() as connection:
        page = _read(connection, month)
        _note(connection, month, "workbook")
    title = gettext("Complaints closed in %(month)s, by responsible unit", month=month.name)
    file = summary_book.workbook(title, _facts(page), page.rows)
    return Response(
        file,
        mimetype=summary_book.TYPE,
        headers={"Content-Disposition": f'attachment; filename="complaints-{month.name}.xlsx"'},
    )


def _facts(page: SummaryPage) -> list[str]:
    zone = console().settings.zone
    if page.handed_in is None:
        said = gettext("As it stands on %(moment)s; not handed in.", moment=moments.full(now(), zone))
    else:
        said = gettext(
            "Handed in on %(moment)s by %(name)s.",
            moment=moments.full(page.handed_in.at, zone),
            name=page.handed_in.by,
        )
    due = gettext("Due by %(day)s (R-CS).", day=page.due_on.isoformat())
    return [said, f"{due} {gettext('Late.')}" if page.late else due]


@blueprint.post("/summary")
def hand_in() -> Answer:
    """Hand a month's summary in: it stays as it is from then on."""
    month = months.read(request.form.get("month"), _today())
    try:
        with console().database.write() as connection:
            page = _read(connection, month)
            if page.over and page.handed_in is None:
                complaint_summaries.hand_in(connection, month.name, page.rows, current_user.agent_id, now())
                _note(connection, month, "handed in")
    except Conflict:
        page = None  # somebody else was faster
    if page is not None and not page.over:
        flash(gettext("The month is not over yet; its summary is handed in after it."))
    elif page is None or page.handed_in is not None:
        flash(gettext("It was handed in already."))
    else:
        flash(gettext("The summary of %(month)s is handed in.", month=month.name))
    return redirect(url_for("complaints.monthly", month=month.name), 303)


def _note(connection: Connection, month: Month, what: str) -> None:
    data: dict[str, Any] = {"month": month.name, "what": what, "sign_in": current_user.sign_in_id}
    audit.note(
        connection,
        ConsoleFact.SUMMARY_TAKEN,
        now(),
        agent_id=current_user.agent_id,
        data={**data, **origin().data()},
    )
