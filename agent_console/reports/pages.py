"""Reports: what happened in a time, each figure opened to the calls behind it; and planning (R-3.6)."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_login import current_user

from agent_console import moments, rights
from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.paging import asked_page
from agent_console.reports import charts, periods, planning, report, report_book
from agent_console.reports.definitions import DEFINITIONS, NAMES
from agent_console.reports.periods import Period, PeriodKind, PeriodTrouble
from agent_console.reports.report import BY_QUEUE, OF_CALLERS, OF_PEOPLE
from ivr.standard.report_figures import Figure
from storage.queries import audit, report_calls
from storage.queries.audit import ConsoleFact

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

CALLS_A_PAGE = 50
LONGEST_ID = 2**63

KINDS: dict[PeriodKind, str] = {
    PeriodKind.DAY: lazy_gettext("One day"),
    PeriodKind.WEEK: lazy_gettext("Week"),
    PeriodKind.MONTH: lazy_gettext("Month"),
    PeriodKind.QUARTER: lazy_gettext("Quarter"),
    PeriodKind.DAYS: lazy_gettext("From day to day"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for: a period, or a sentence why there is none."""

    period: Period | None
    trouble: str = ""

    @property
    def values(self) -> dict[str, str]:
        """For links to the same period."""
        if self.period is None:
            return {}
        found = {"kind": self.period.kind.value, "day": self.period.first.isoformat()}
        if self.period.kind is PeriodKind.DAYS:
            found["until"] = self.period.last.isoformat()
        return found


def _asked() -> _Asked:
    settings = console().settings
    longest = settings.reports.longest_days
    today = now().astimezone(settings.zone).date()
    found = periods.read(
        request.args.get("kind"), request.args.get("day"), request.args.get("until"), today, longest
    )
    if isinstance(found, Period):
        return _Asked(found)
    sentences = {
        PeriodTrouble.NO_DAY: gettext("This is no day; write it as 2026-11-21."),
        PeriodTrouble.FUTURE: gettext("This time has not begun; there is nothing to report yet."),
        PeriodTrouble.TOO_LONG: gettext("A report covers at most %(days)s days; choose less.", days=longest),
        PeriodTrouble.ENDS_BEFORE: gettext("The last day lies before the first one."),
    }
    return _Asked(None, sentences[found])


def _made(period: Period) -> report.Report:
    return report.read(console().database, console().settings, period, now())


@blueprint.get("")
def index() -> str | tuple[str, int]:
    """A report; of yesterday where the address names no time."""
    asked = _asked()
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
        of_people=OF_PEOPLE,
        by_queue=BY_QUEUE,
        figures=list(Figure),
        opens=lambda figure: figure not in (Figure.OCCUPANCY, Figure.WRAP_UP),
        written=report.written,
        chart=charts.bars(title, report.described(entries), entries),
        chart_title=title,
        goes_on=found is not None and found.period.span(console().settings.zone)[1] > now(),
        typed=request.args,
    )
    return page if not asked.trouble else (page, 422)


@blueprint.get("/calls")
def behind() -> str:
    """The calls behind a figure."""
    asked = _asked()
    figure = request.args.get("figure")
    if asked.period is None or figure not in list(Figure):
        abort(404)
    queue = request.args.get("queue") or None
    agent_id = request.args.get("agent", type=int)
    if agent_id is not None and not 0 < agent_id < LONGEST_ID:
        abort(404)
    span = report.span_of(console().settings, asked.period)
    with console().database.read() as connection:
        found = report_calls.behind(
            connection, span, Figure(figure), queue=queue, agent_id=agent_id, offset=0, limit=1
        )
        if found is None:
            abort(404)
        page = asked_page(found[0], CALLS_A_PAGE)
        shown = report_calls.behind(
            connection,
            span,
            Figure(figure),
            queue=queue,
            agent_id=agent_id,
            offset=page.offset,
            limit=CALLS_A_PAGE,
        )
    return render_template(
        "reports/calls.html",
        asked=asked,
        figure=Figure(figure),
        name=NAMES[Figure(figure)],
        definition=DEFINITIONS[Figure(figure)],
        queue_asked=queue,
        agent_asked=agent_id,
        total=found[0],
        calls=shown[1] if shown is not None else [],
        page=page.number,
        pages=page.pages,
        whole_numbers=current_user.role in rights.SEES_WHOLE_NUMBERS,
    )


@blueprint.get("/report.xlsx")
def as_workbook() -> Response:
    """The report as a workbook; written into the audit log first (R-18, R-19)."""
    asked = _asked()
    if asked.period is None:
        abort(404)
    found = _made(asked.period)
    data: dict[str, Any] = {**asked.values, "sign_in": current_user.sign_in_id, **origin().data()}
    with console().database.write() as connection:
        audit.note(connection, ConsoleFact.REPORT_TAKEN, now(), agent_id=current_user.agent_id, data=data)
    name = f"report-{asked.period.kind}-{asked.period.first.isoformat()}.xlsx"
    facts = gettext("Made on %(moment)s.", moment=moments.full(now(), console().settings.zone))
    return Response(
        report_book.workbook(found, facts),
        mimetype=report_book.TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/planning")
def plan() -> str | tuple[str, int]:
    """How many agents a forecast needs (Erlang C, or A with patience)."""
    found = planning.read(request.args, console().settings.reports)
    page = render_template("reports/planning.html", plan=found)
    return page if not found.mistakes else (page, 422)
