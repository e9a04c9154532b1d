"""The supervisor's page: who is in which state, who waits, and which engines live; all by the live feed."""

from flask import Blueprint, render_template
from flask_login import current_user

from agent_console import rights
from agent_console.context import console, now
from agent_console.moments import day_begin
from agent_console.supervisor.floor_words import floor_words
from ivr.config.sections import DeviceKind
from storage.queries import second_sign_ins, special_ends

LISTED = 50
"""Calls ended for a reason that the page shows, the newest; and as many second sign-ins."""

blueprint = Blueprint("supervisor", __name__)


@blueprint.get("/floor")
def floor() -> str:
    """The floor, with what of the day is for the supervisor to see.

    Calls that agents ended for a reason (R-12.12), sign-ins at a work number at which somebody worked (R-20).
    """
    moment = now()
    since = day_begin(moment, console().settings.zone)
    with console().database.read() as connection:
        ended = special_ends.since(connection, since, LISTED)
        second = second_sign_ins.since(connection, since, LISTED)
    return render_template(
        "supervisor/floor.html",
        ended=ended,
        second_sign_ins=second,
        browser_phone=current_user.device_kind is DeviceKind.BROWSER,
        more_words={
            **floor_words(),
            "me": current_user.agent_id,
            "can_act": rights.allowed("floor_acts.at_talk", current_user.role),
        },
    )
