"""The agent's desk: the page, and the wishes its buttons write for the engine."""

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.desk import wishes
from agent_console.desk.page_words import desk_words
from agent_console.moments import span_of_day
from agent_console.revisits.desk_pages import of_desk
from agent_console.rights import TRANSFERS_OUTSIDE
from ivr.config.sections import CallKind, DeviceKind
from ivr.standard.command_kind import CommandKind
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.urgency import Urgency
from storage.queries import board, call_list, colleagues, commands_asked, record_drafts, units
from storage.queries.call_list import CallFilter

blueprint = Blueprint("desk", __name__)

RECENT_CALLS = 12
MOST_UNFINISHED = 5


@blueprint.get("/desk")
def page() -> str:
    """The desk; everything that moves on it comes by the live feed."""
    with console().database.read() as connection:
        known = units.active(connection)
    return render_template(
        "desk/desk.html",
        units=known,
        kinds=list(CallKind),
        classes=list(ComplaintClass),
        urgencies=list(Urgency),
        longest_content=console().settings.cases.longest_content,
        browser_phone=current_user.device_kind is DeviceKind.BROWSER,
        outside=current_user.role in TRANSFERS_OUTSIDE,
        more_words=desk_words(console().settings),
        **of_desk(),
        **_recent(),
    )


@blueprint.get("/desk/recent")
def recent() -> str:
    """The agent's last calls of the day and what is still to be written of them, as a piece of the page."""
    return render_template("desk/recent.html", **_recent())


def _recent() -> dict[str, Any]:
    zone = console().settings.zone
    since, until = span_of_day(now().astimezone(zone).date(), zone)
    wanted = CallFilter(since=since, until=until, of_agent=current_user.agent_id)
    with console().database.read() as connection:
        return {
            "recent": call_list.page(connection, wanted, offset=0, limit=RECENT_CALLS),
            "unfinished": record_drafts.unfinished(connection, current_user.agent_id, since, MOST_UNFINISHED),
        }


@blueprint.post("/desk/pop")
def look_again() -> tuple[Response, int]:
    """Read anew who calls, after the archive was changed; it comes by the live feed."""
    console().feed.look_again(current_user.agent_id)
    return jsonify(), 202


@blueprint.get("/desk/targets")
def targets() -> Response:
    """To whom the call may be passed on now, and who may be asked."""
    with console().database.read() as connection:
        people = colleagues.at_work(connection, current_user.agent_id)
        known = units.active(connection)
    return jsonify(
        agents=[
            {"work_number": one.work_number, "name": one.name, "role": one.role, "state": one.state}
            for one in people
        ],
        queues=list(console().settings.queues),
        units=[{"id": unit.id, "name": unit.name} for unit in known if unit.phone is not None],
    )


@blueprint.post("/desk/commands/<kind>")
def command(kind: str) -> tuple[Response, int]:
    """Write a wish for the engine; what became of it comes by the live feed (202 with its id)."""
    if kind not in wishes.ASKED_HERE:
        abort(404)
    wish = CommandKind(kind)
    try:
        arguments = wishes.arguments(
            wish, request.form, work_number=current_user.work_number, role=current_user.role
        )
    except wishes.NotAsked as problem:
        return jsonify(error=str(problem)), 422
    about_call = wish in wishes.ABOUT_A_CALL
    with console().database.write() as connection:
        call = board.call_of(connection, current_user.agent_id)
        if about_call and call is None:
            return jsonify(error=_no_call(wish)), 409
        command_id = commands_asked.ask(
            connection,
            wish,
            now(),
            by_agent_id=current_user.agent_id,
            agent_id=current_user.agent_id,
            call_id=call.id if call is not None and wish is not CommandKind.CALL_OUT else None,
            # States may be changed by any engine, a call by its own only.
            pbx_node=call.pbx_node if call is not None and about_call else None,
            arguments=arguments,
        )
    return jsonify(command=command_id), 202


def _no_call(wish: CommandKind) -> str:
    if wish is CommandKind.INVITE_TO_RATE:
        return str(gettext("There is no call whose caller could be invited."))
    return str(gettext("There is no conversation now."))
