"""What is behind the figures of a report: the calls, the states, the cases, each a page at a time (R-3.6)."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from agent_console import rights
from agent_console.context import console, now
from agent_console.paging import asked_page
from agent_console.reports import report
from agent_console.reports.asking import asked_period
from agent_console.reports.definitions import DEFINITIONS, NAMES
from agent_console.reports.periods import Period
from ivr.config.sections import CallKind
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.report_figures import Figure
from storage.queries import report_calls, report_cases, report_states
from storage.queries.colleagues import names_of

blueprint = Blueprint("report_behind", __name__, url_prefix="/reports")

ROWS_A_PAGE = 50
LONGEST_ID = 2**63


def _id(name: str, lowest: int) -> int | None:
    found = request.args.get(name, type=int)
    if found is not None and not lowest <= found < LONGEST_ID:
        abort(404)
    return found


def _hours(period: Period, hour: int | None) -> list[tuple[datetime, datetime]]:
    """An hour of each day of the period, by the hotline's own clock; none is named: all of them."""
    if hour is None:
        return []
    if not 0 <= hour < 24:
        abort(404)
    zone, length = console().settings.zone, timedelta(hours=1)
    days = [period.first + timedelta(days=day) for day in range(period.days)]
    begins = [datetime.combine(day, time(hour), zone) for day in days]
    return [(begin, begin + length) for begin in begins]


@blueprint.get("/calls")
def calls() -> str:
    """The calls behind a figure: of all, or of a queue, an agent, a unit, an hour of the day."""
    asked = asked_period()
    figure = request.args.get("figure")
    if asked.period is None or figure not in list(Figure):
        abort(404)
    chosen: dict[str, Any] = {
        "queue": request.args.get("queue"),
        "agent": _id("agent", 1),
        "unit": _id("unit", 0),
        "hour": request.args.get("hour", type=int),
    }
    wanted: dict[str, Any] = {
        "queue": chosen["queue"] or None,
        "agent_id": chosen["agent"],
        "unit_id": chosen["unit"],
        "within": _hours(asked.period, chosen["hour"]),
    }
    span = report.span_of(console().settings, asked.period)
    with console().database.read() as connection:
        found = report_calls.behind(connection, span, Figure(figure), **wanted, offset=0, limit=1)
        if found is None:
            abort(404)
        page = asked_page(found[0], ROWS_A_PAGE)
        shown = report_calls.behind(
            connection, span, Figure(figure), **wanted, offset=page.offset, limit=ROWS_A_PAGE
        )
    return render_template(
        "reports/calls.html",
        asked=asked,
        figure=Figure(figure),
        name=NAMES[Figure(figure)],
        definition=DEFINITIONS[Figure(figure)],
        chosen=chosen,
        here={**asked.values, **chosen, "figure": figure},
        total=found[0],
        calls=shown[1] if shown is not None else [],
        page=page.number,
        pages=page.pages,
        whole_numbers=current_user.role in rights.SEES_WHOLE_NUMBERS,
    )


@blueprint.get("/states")
def states() -> str:
    """The times in states behind a figure: of all agents, or of one."""
    asked, figure, agent_id = asked_period(), request.args.get("figure"), _id("agent", 1)
    if asked.period is None or figure not in report_states.STATES:
        abort(404)
    begin, end = asked.period.span(console().settings.zone)
    wanted: tuple[Any, ...] = (begin, end, now(), Figure(figure))
    with console().database.read() as connection:
        found = report_states.behind(connection, *wanted, agent_id=agent_id, offset=0, limit=0)
        page = asked_page(found[0] if found is not None else 0, ROWS_A_PAGE)
        found = report_states.behind(
            connection, *wanted, agent_id=agent_id, offset=page.offset, limit=ROWS_A_PAGE
        )
        whose = names_of(connection, [agent_id] if agent_id is not None else []).get(agent_id or 0)
    total, stays = found if found is not None else (0, [])
    return render_template(
        "reports/states.html",
        asked=asked,
        name=NAMES[Figure(figure)],
        definition=DEFINITIONS[Figure(figure)],
        whose=whose,
        here={**asked.values, "agent": agent_id, "figure": figure},
        total=total,
        stays=stays,
        page=page.number,
        pages=page.pages,
    )


@blueprint.get("/cases")
def cases() -> str:
    """The cases behind a figure: made in the time by kind and class, by unit, or late by person and unit.

    Of those made also only the closed, or only those whose caller rated; of the late only those still owed.
    """
    asked = asked_period()
    kind, severity = request.args.get("case_kind"), request.args.get("class")
    known = kind in (None, *CallKind) and severity in (None, "", *ComplaintClass)
    if asked.period is None or not known:
        abort(404)
    chosen = {
        name: request.args[name]
        for name in ("case_kind", "class", "owner", "of_unit")
        if name in request.args
    }
    late = "late" in request.args
    only = request.args.get("only")
    if only not in (None, *(("owed",) if late else ("closed", "rated"))):
        abort(404)
    wanted: dict[str, Any] = {
        "late": late,
        "only": only,
        "kind": CallKind(kind) if kind else None,
        "complaint_class": ComplaintClass(severity) if severity else None,
        "owner": chosen.get("owner"),
        "unit": chosen.get("of_unit"),
    }
    begin, end = asked.period.span(console().settings.zone)
    with console().database.read() as connection:
        total, _ = report_cases.behind(connection, begin, end, now(), **wanted, offset=0, limit=1)
        page = asked_page(total, ROWS_A_PAGE)
        _, listed = report_cases.behind(
            connection, begin, end, now(), **wanted, offset=page.offset, limit=ROWS_A_PAGE
        )
    return render_template(
        "reports/cases.html",
        asked=asked,
        late=late,
        chosen=chosen,
        only=only,
        here={
            **asked.values,
            **chosen,
            **({"late": 1} if late else {}),
            **({"only": only} if only is not None else {}),
        },
        total=total,
        cases=listed,
        page=page.number,
        pages=page.pages,
    )
