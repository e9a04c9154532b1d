"""Today's calls as a list, one call with its whole course, and its recordings to listen to."""

import re
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.auth.pages import origin
from agent_console.calls import course, recordings
from agent_console.context import console, now
from agent_console.languages import language
from agent_console.menu_words import menu_words
from agent_console.moments import span_of_day
from agent_console.paging import asked_page
from ivr.config.sections import Role
from ivr.standard.call_stage import CallOutcome
from storage.queries import audit, call_list, call_quality
from storage.queries.audit import ConsoleFact
from storage.queries.call_list import CallFilter, WholeCall

blueprint = Blueprint("calls", __name__)

CALLS_A_PAGE = 50


@blueprint.get("/calls")
def index() -> str:
    """The calls of a day (today where none is named), filtered, a page at a time."""
    wanted, day, mistakes = _filter()
    with console().database.read() as connection:
        total = call_list.count(connection, wanted)
        shown = asked_page(total, CALLS_A_PAGE)
        listed = call_list.page(connection, wanted, offset=shown.offset, limit=CALLS_A_PAGE)
    return render_template(
        "calls/index.html",
        calls=listed,
        total=total,
        page=shown.number,
        pages=shown.pages,
        day=day,
        wanted=wanted,
        mistakes=mistakes,
        queues=list(console().settings.queues),
        outcomes=list(CallOutcome),
    )


def _filter() -> tuple[CallFilter, date, list[str]]:
    """What the address asks for; a value that means nothing is left out and said."""
    zone = console().settings.zone
    day = now().astimezone(zone).date()
    mistakes = []
    if given := request.args.get("day"):
        try:
            day = date.fromisoformat(given)
            since, until = span_of_day(day, zone)
        except (ValueError, OverflowError):
            mistakes.append(gettext("The day is none; today is shown."))
            day = now().astimezone(zone).date()
    since, until = span_of_day(day, zone)
    outcome = request.args.get("outcome") or None
    queue = request.args.get("queue") or None
    number = re.sub(r"[\s\-()]", "", request.args.get("number", "")).removeprefix("+")
    if number and not re.fullmatch(r"[0-9]{1,24}", number):
        mistakes.append(gettext("The number may hold digits only; it is left out."))
        number = ""
    anywhere = current_user.role in rights.SEES_WHOLE_NUMBERS
    wanted = CallFilter(
        since=since,
        until=until,
        queue=queue if queue in console().settings.queues else None,
        outcome=CallOutcome(outcome) if outcome in list(CallOutcome) else None,
        number=number or None,
        number_anywhere=anywhere,
        of_agent=current_user.agent_id if current_user.role is Role.AGENT else None,
    )
    return wanted, day, mistakes


@blueprint.get("/calls/<int:call_id>")
def one(call_id: int) -> str:
    """One call; looking at one that was recorded is written to the audit log (R-18)."""
    found = _whole(call_id)
    with console().database.read() as connection:
        heard = call_quality.of_call(connection, call_id)
    if found.recordings:
        with console().database.write() as connection:
            audit.note(
                connection,
                ConsoleFact.VIEWED,
                now(),
                agent_id=current_user.agent_id,
                call_id=call_id,
                data={"sign_in": current_user.sign_in_id, **origin().data()},
            )
    return render_template(
        "calls/one.html",
        whole_call=found,
        call=found.call,
        steps=course.steps(found, sees_listening=current_user.role in rights.SEES_LISTENING),
        menu=menu_words(console().settings, found.call.menu_path, language()),
        recordings=[_recording(row) for row in found.recordings],
        sees_number=current_user.role in rights.SEES_WHOLE_NUMBERS,
        highest=console().settings.survey.highest,
        heard=heard,
    )


def _whole(call_id: int) -> WholeCall:
    if call_id >= 2**63:
        abort(404)
    with console().database.read() as connection:
        found = call_list.whole(connection, call_id)
    if found is None:
        abort(404)
    if current_user.role is Role.AGENT and not found.concerns(current_user.agent_id):
        abort(403)
    return found


def _recording(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "may_listen": recordings.may_listen(current_user.role, current_user.agent_id, row),
        "there": recordings.file_of(console().settings, row.name) is not None,
    }


@blueprint.get("/recordings/<int:recording_id>")
def recording(recording_id: int) -> Response:
    """The sound of a recording, whole or a range of it (RFC 9110, section 14)."""
    return recordings.send(recording_id)
