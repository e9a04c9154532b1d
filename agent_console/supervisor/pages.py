"""The supervisor's page: who is in which state, who waits, and which engines live; all by the live feed."""

from flask import Blueprint, render_template

from agent_console.context import console, now
from agent_console.moments import day_begin
from storage.queries import special_ends

LISTED = 50
"""Calls ended for a reason that the page shows, the newest."""

blueprint = Blueprint("supervisor", __name__)


@blueprint.get("/floor")
def floor() -> str:
    """The floor, with the calls of the day that agents ended for a reason (R-12.12)."""
    moment = now()
    since = day_begin(moment, console().settings.zone)
    with console().database.read() as connection:
        ended = special_ends.since(connection, since, LISTED)
    return render_template("supervisor/floor.html", ended=ended)
