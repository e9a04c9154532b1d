"""The agent's desk: the page, and the wishes its buttons write for the engine."""

from flask import Blueprint, abort, jsonify, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.moments import span_of_day
from ivr.standard.command_kind import CommandKind
from storage.queries import board, call_list, commands_asked
from storage.queries.call_list import CallFilter, ListedCall

blueprint = Blueprint("desk", __name__)

ASKED_HERE = frozenset(
    {CommandKind.READY, CommandKind.BREAK, CommandKind.END_WRAP_UP, CommandKind.INVITE_TO_RATE}
)
"""What the desk's buttons ask; signing out has its own route because the session ends with it."""

LONGEST_REASON = 80
RECENT_CALLS = 6


@blueprint.get("/desk")
def page() -> str:
    """The desk; everything that moves on it comes by the live feed."""
    return render_template("desk/desk.html", recent=_recent())


@blueprint.get("/desk/recent")
def recent() -> str:
    """The agent's last calls of the day, as a piece of the page."""
    return render_template("desk/recent.html", recent=_recent())


def _recent() -> list[ListedCall]:
    since, until = span_of_day(now().astimezone(console().settings.zone).date(), console().settings.zone)
    wanted = CallFilter(since=since, until=until, of_agent=current_user.agent_id)
    with console().database.read() as connection:
        return call_list.page(connection, wanted, offset=0, limit=RECENT_CALLS)


@blueprint.post("/desk/commands/<kind>")
def command(kind: str) -> tuple[Response, int]:
    """Write a wish for the engine; what became of it comes by the live feed (202 with its id)."""
    if kind not in ASKED_HERE:
        abort(404)
    wish = CommandKind(kind)
    arguments = {"reason": _reason()} if wish is CommandKind.BREAK else None
    with console().database.write() as connection:
        call = board.call_of(connection, current_user.agent_id)
        if wish is CommandKind.INVITE_TO_RATE and call is None:
            return jsonify(error=gettext("There is no call whose caller could be invited.")), 409
        command_id = commands_asked.ask(
            connection,
            wish,
            now(),
            by_agent_id=current_user.agent_id,
            agent_id=current_user.agent_id,
            call_id=call.id if call is not None else None,
            # States may be changed by any engine, a call by its own only.
            pbx_node=call.pbx_node if call is not None and wish is CommandKind.INVITE_TO_RATE else None,
            arguments=arguments,
        )
    return jsonify(command=command_id), 202


def _reason() -> str | None:
    """The break's reason as typed or chosen: printable, in one line, as long as the column."""
    given = request.form.get("reason", "")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in given).split())
    return line[:LONGEST_REASON] or None
