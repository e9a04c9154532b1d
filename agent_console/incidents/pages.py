"""Live pages of gas leaks: alarms that go on, what may be one incident, an incident and its cases (R-3.1)."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.cases.lines import clocks
from agent_console.cases.time_left import time_left_words
from agent_console.context import console, now
from agent_console.incidents.looks import looks
from agent_console.moments import milliseconds
from ivr.errors import Conflict
from storage.queries import alarms, case_figures, case_lookup, incidents
from storage.queries.incidents import IncidentView

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")

ALARMS = 60
CLOSED_FOR = timedelta(hours=24)
INCIDENTS = 30
LONGEST_SUMMARY = 4000
LONGEST_ID = 2**63

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """All alarms that go on, proposals, and incidents; live."""
    with console().database.read() as connection:
        return render_template(
            "incidents/index.html", more_words=time_left_words(clocks().warn_at), **_board(connection)
        )


@blueprint.get("/part")
def part() -> str:
    """What of the page is live."""
    with console().database.read() as connection:
        return render_template("incidents/board.html", **_board(connection))


def _board(connection: Connection) -> dict[str, Any]:
    moment = now()
    settings = console().settings.incidents
    window = timedelta(minutes=settings.window_minutes)
    proposals = case_figures.proposed_incidents(connection, moment, window, settings.at_least)
    of_proposals = [case_id for proposal in proposals for case_id in proposal.case_ids]
    lines = alarms.lines_of(connection, of_proposals)
    return {
        "going_on": looks(connection, alarms.going_on(connection, limit=ALARMS), moment),
        "closed": looks(
            connection, alarms.closed_since(connection, moment - CLOSED_FOR, limit=ALARMS), moment
        ),
        "proposals": [
            {"proposal": each, "cases": [lines[case_id] for case_id in each.case_ids]} for each in proposals
        ],
        "joining": incidents.joining(connection, moment, window),
        "incidents": incidents.newest(connection, limit=INCIDENTS),
        "window_minutes": settings.window_minutes,
        "made_at": milliseconds(moment),
    }


@blueprint.post("")
def begin() -> Answer:
    """Make one incident of the cases of a proposal."""
    place = " ".join(request.form.get("neighbourhood", "").split())[:80]
    case_ids = [case_id for case_id in request.form.getlist("case", type=int) if 0 < case_id < LONGEST_ID]
    if not place or not case_ids:
        abort(400)
    try:
        with console().database.write() as connection:
            made = incidents.begin(connection, place, case_ids, current_user.agent_id, now())
    except Conflict:
        made = None
    if made is None:
        flash(gettext("Somebody else has made an incident of these cases already."))
        return redirect(url_for("incidents.index"), 303)
    return redirect(url_for("incidents.one", incident_id=made), 303)


@blueprint.get("/<int:incident_id>")
def one(incident_id: int) -> str:
    """An incident with all its cases; live."""
    return _one_page(incident_id)


def _one_page(incident_id: int, mistake: str | None = None, summary: str = "") -> str:
    with console().database.read() as connection:
        return render_template(
            "incidents/one.html",
            mistake=mistake,
            summary=summary,
            more_words=time_left_words(clocks().warn_at),
            **_whole(connection, incident_id),
        )


@blueprint.get("/<int:incident_id>/part")
def one_part(incident_id: int) -> str:
    """What of an incident's page is live."""
    with console().database.read() as connection:
        return render_template("incidents/whole.html", **_whole(connection, incident_id))


def _known(connection: Connection, incident_id: int) -> IncidentView:
    found = incidents.one(connection, incident_id) if incident_id < LONGEST_ID else None
    if found is None:
        abort(404)
    return found


def _whole(connection: Connection, incident_id: int) -> dict[str, Any]:
    moment = now()
    found = looks(connection, incidents.cases_of(connection, incident_id), moment)
    later = incidents.joining(
        connection, moment, timedelta(minutes=console().settings.incidents.window_minutes)
    )
    return {
        "incident": _known(connection, incident_id),
        "looks": found,
        "happened": _happened(found),
        "joining": [each for each in later if each.incident_id == incident_id],
        "open_cases": sum(look.row.case.closed_at is None for look in found),
        "made_at": milliseconds(moment),
    }


def _happened(found: list[Any]) -> list[dict[str, Any]]:
    """All that happened, over all cases, the newest first."""
    lines: list[dict[str, Any]] = []

    def tell(at: datetime | None, look: Any, text: str, who: str | None) -> None:
        if at is not None:
            lines.append({"at": at, "number": look.row.case.number, "text": text, "who": who or ""})

    for look in found:
        course = look.course
        tell(look.row.case.opened_at, look, gettext("called"), look.row.customer)
        for moment, text in (
            (course.accepted, gettext("unit has accepted")),
            (course.arrived, gettext("arrived")),
            (course.handled, gettext("made safe")),
            (course.finished, gettext("found: %(what)s", what=course.found or "–")),
        ):
            if moment is not None:
                tell(moment.at, look, text, moment.by)
        for line in look.duty:
            tell(line.call.asked_at, look, gettext("duty list called"), line.call.person)
            tell(line.call.acknowledged_at, look, gettext("duty list acknowledged"), line.call.person)
    return sorted(lines, key=lambda line: line["at"], reverse=True)


@blueprint.post("/<int:incident_id>/cases")
def join(incident_id: int) -> Answer:
    """Add a case by its number."""
    settings = console().settings
    with console().database.read() as connection:
        _known(connection, incident_id)
        found = case_lookup.look_up(
            connection,
            request.form.get("number", ""),
            now().astimezone(settings.zone).date(),
            prefixes=list(settings.cases.number_prefixes.values()),
            digits=settings.cases.serial_digits,
        )
    if found.case_id is None:
        meant = gettext(" Did you mean %(numbers)s?", numbers=", ".join(found.suggestions))
        text = gettext("There is no case of this number.") + (meant if found.suggestions else "")
        return _one_page(incident_id, text), 422
    try:
        with console().database.write() as connection:
            added = incidents.join(connection, incident_id, [found.case_id], current_user.agent_id, now())
    except Conflict:
        added = []
    if not added:
        text = gettext("Not added: the case is of an incident already, or this one is closed.")
        return _one_page(incident_id, text), 409
    flash(gettext("Case %(number)s is of this incident now.", number=found.number))
    return redirect(url_for("incidents.one", incident_id=incident_id), 303)


@blueprint.post("/<int:incident_id>/close")
def close(incident_id: int) -> Answer:
    """Close an incident, saying what it was."""
    summary = request.form.get("summary", "").replace("\0", "").strip()[:LONGEST_SUMMARY]
    with console().database.read() as connection:
        _known(connection, incident_id)
    if not summary:
        return _one_page(incident_id, gettext("Write what it was and what came of it.")), 422
    with console().database.write() as connection:
        closed = incidents.close(connection, incident_id, summary, current_user.agent_id, now())
    if not closed:
        return _one_page(incident_id, gettext("Somebody else has closed it already."), summary), 409
    flash(gettext("The incident is closed; its cases go on by themselves."))
    return redirect(url_for("incidents.one", incident_id=incident_id), 303)
