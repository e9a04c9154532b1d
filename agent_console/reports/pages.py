"""Reports: what happened in a time, each figure opened to the calls behind it; and planning (R-3.6)."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_login import current_user

from agent_console import moments
from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.languages import language
from agent_console.reports import charts, planning, report, report_book, report_pdf
from agent_console.reports.asking import asked_period
from agent_console.reports.definitions import DEFINITIONS, NAMES
from agent_console.reports.periods import Period, PeriodKind
from agent_console.reports.report import BY_QUEUE, OF_CALLERS, OF_PEOPLE, OF_REVISITS
from ivr.standard.report_figures import Figure
from storage.queries import audit
from storage.queries.audit import ConsoleFact
from storage.queries.report_states import STATES

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

KINDS: dict[PeriodKind, str] = {
    PeriodKind.DAY: lazy_gettext("One day"),
    PeriodKind.WEEK: lazy_gettext("Week"),
    PeriodKind.MONTH: lazy_gettext("Month"),
    PeriodKind.QUARTER: lazy_gettext("Quarter"),
    PeriodKind.DAYS: lazy_gettext("From day to day"),
}


def _made(period: Period) -> report.Report:
    return report.read(console().database, console().settings, period, now())


@blueprint.get("")
def index() -> str | tuple[str, int]:
    """A report; of yesterday where the address names no time."""
    asked = asked_period()
    found = _made(asked.period) if asked.period is not None else None
    entries = report.chart(found) if found is not None else []
    title = gettext("Calls offered and answered")
    page = render_template(
        "reports/index.html",
        asked=asked,
        report=found,
        kinds=KINDS,
        names=NAMES,
        definitions=DEFINITIONS,
        of_callers=OF_CALLERS,
        of_people=OF_PEOPLE + OF_REVISITS,
        of_revisits=OF_REVISITS,
        by_queue=BY_QUEUE,
        figures=list(Figure),
        of_states=STATES,
        written=report.written,
        chart=charts.bars(title, report.described(entries), entries),
        chart_title=title,
        goes_on=found is not None and found.period.span(console().settings.zone)[1] > now(),
        typed=request.args,
    )
    return page if not asked.trouble else (page, 422)


@blueprint.get("/report.xlsx")
def as_workbook() -> Response:
    """The report as a workbook; written into the audit log first (R-18, R-19)."""
    asked = asked_period()
    if asked.period is None:
        abort(404)
    found = _made(asked.period)
    _note_taken({**asked.values, "form": "xlsx"})
    facts = gettext("Made on %(moment)s.", moment=moments.full(now(), console().settings.zone))
    return _file(report_book.workbook(found, facts), report_book.TYPE, "xlsx", asked.period)


@blueprint.get("/report.pdf")
def as_pdf() -> Response:
    """The report as a PDF file; written into the audit log first (R-18, R-19)."""
    asked = asked_period()
    if asked.period is None:
        abort(404)
    found = _made(asked.period)
    _note_taken({**asked.values, "form": "pdf"})
    settings = console().settings
    facts = gettext("Made on %(moment)s.", moment=moments.full(now(), settings.zone))
    by = f"{facts} {current_user.work_number} {current_user.name}"
    title = f"{settings.company_name(language())} {settings.company.hotline} {gettext('Report')}"
    return _file(report_pdf.document(found, title, by), report_pdf.TYPE, "pdf", asked.period)


def _note_taken(more: dict[str, Any]) -> None:
    data: dict[str, Any] = {**more, "sign_in": current_user.sign_in_id, **origin().data()}
    with console().database.write() as connection:
        audit.note(connection, ConsoleFact.REPORT_TAKEN, now(), agent_id=current_user.agent_id, data=data)


def _file(content: bytes, kind: str, ending: str, period: Period) -> Response:
    name = f"report-{period.kind}-{period.first.isoformat()}.{ending}"
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.get("/planning")
def plan() -> str | tuple[str, int]:
    """How many agents a forecast needs (Erlang C, or A with patience)."""
    found = planning.read(request.args, console().settings.reports)
    page = render_template("reports/planning.html", plan=found)
    return page if not found.mistakes else (page, 422)
