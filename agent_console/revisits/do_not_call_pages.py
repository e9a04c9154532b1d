"""Numbers that asked not to be called (R-16.3, R-16.6): looked at, added and lifted, never deleted."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.context import console, now
from agent_console.desk.wishes import one_line
from agent_console.revisits import audit_lines
from ivr.standard.dial_state import DoNotCallSource
from storage.queries import do_not_call
from storage.queries.audit import ConsoleFact
from storage.telephone_numbers import read_number

blueprint = Blueprint("do_not_call", __name__, url_prefix="/revisits/do-not-call")

SHOWN = 500
LONGEST_REASON = 200


@blueprint.get("")
def index() -> str:
    """Who stands on the list."""
    return _page(None)


def _page(mistake: str | None) -> str:
    with console().database.read() as connection:
        listed = do_not_call.listed(connection, limit=SHOWN + 1)
    return render_template(
        "revisits/do_not_call.html",
        listed=listed[:SHOWN],
        more=len(listed) > SHOWN,
        mistake=mistake,
        typed=request.form,
        sees_number=current_user.role in rights.SEES_WHOLE_NUMBERS,
    )


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Put a number on the list, as its owner wishes."""
    typed, reason = (
        request.form.get("number", "").strip(),
        one_line(request.form.get("reason", ""), LONGEST_REASON),
    )
    number = read_number(typed, console().settings.company.area_code).e164
    if number is None:
        return _page(gettext("This is no telephone number; write it with its area code.")), 422
    if reason is None:
        return _page(gettext("Write who asked for it, and when.")), 422
    with console().database.write() as connection:
        added = do_not_call.add(
            connection, number, now(), DoNotCallSource.AGENT, by=current_user.agent_id, reason=reason
        )
        audit_lines.note(
            connection, ConsoleFact.DO_NOT_CALL_CHANGED, number=number, added=added, reason=reason
        )
    flash(
        gettext("The number is not called any more.")
        if added
        else gettext("The number stands there already.")
    )
    return redirect(url_for("do_not_call.index"), 303)


@blueprint.post("/lift")
def lift() -> Response | tuple[str, int]:
    """Take a number off the list; the entry stays, with who lifted it."""
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    if reason is None:
        return _page(gettext("Write why the number may be called again.")), 422
    entry = request.form.get("entry", type=int)
    with console().database.write() as connection:
        listed = do_not_call.listed(connection, limit=10_000_000)
        number = next((one.number for one in listed if one.id == entry), None)
        lifted = number is not None and do_not_call.lift(connection, number, now(), current_user.agent_id)
        if lifted:
            audit_lines.note(
                connection, ConsoleFact.DO_NOT_CALL_CHANGED, number=number, added=False, reason=reason
            )
    flash(
        gettext("The number may be called again.")
        if lifted
        else gettext("The number does not stand there any more.")
    )
    return redirect(url_for("do_not_call.index"), 303)
