"""The page /try: a telephone in the browser for calling the hotline as a customer (config: try_it).

Everybody who reaches the console may use it, so it is there only while the data is made up: each visit gets
a SIP name and secret of its own, few at once and for a while, with which only the hotline can be called.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, session
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console.auth.throttle import limiter
from agent_console.context import console, now
from agent_console.phone.phone_words import phone_words
from agent_console.try_it.callers import callers
from agent_console.try_it.try_words import try_words
from storage.passwords import REALM
from storage.queries import visitor_phones

blueprint = Blueprint("try_it", __name__)

_KEPT = "try_it"
"""Where the visitor's cookie session keeps the name of the telephone."""


@blueprint.app_context_processor
def every_page() -> dict[str, Any]:
    """Whether a page may show the way to the telephone; the database is asked only where one does."""
    return {"tries_allowed": lambda: console().tries_allowed}


def _only_when_on() -> None:
    if not console().tries_allowed:
        abort(404)


@blueprint.get("/try")
def page() -> str:
    """The telephone."""
    _only_when_on()
    return render_template(
        "try_it/try.html",
        callers=callers(console()),
        numbers=console().settings.numbers,
        page_words={**phone_words(), **try_words()},
    )


@blueprint.post("/try/key")
@limiter.limit("20 per minute")
def make_key() -> tuple[Response, int]:
    """Make a telephone for this visit, calling from one of the made-up numbers."""
    _only_when_on()
    number = request.form.get("number", "")
    if number not in {caller.number for caller in callers(console())}:
        return jsonify(error=gettext("Choose one of the numbers to call from.")), 400
    limits = console().settings.try_it
    with console().database.write() as connection:
        if (before := session.pop(_KEPT, None)) is not None:
            visitor_phones.remove(connection, str(before))
        key = visitor_phones.make(
            connection, number, now(), lasts=timedelta(seconds=limits.lasts), at_once=limits.at_once
        )
    if key is None:
        text = gettext("All telephones for trying are in use. Try again in a few minutes.")
        return jsonify(error=text), 503
    session[_KEPT] = key.user
    return jsonify(
        url=console().settings.phone_url,
        user=key.user,
        secret=key.secret,
        realm=REALM,
        ask_every=limits.lasts / 4,
    ), 201


@blueprint.post("/try/still-here")
def still_here() -> tuple[Response, int]:
    """The page is still open: its telephone stays; 410 when its time was over."""
    _only_when_on()
    lasts = timedelta(seconds=console().settings.try_it.lasts)
    with console().database.write() as connection:
        there = visitor_phones.prolong(connection, str(session.get(_KEPT, "")), now(), lasts=lasts)
    return jsonify(there=there), 200 if there else 410


@blueprint.post("/try/leave")
def leave() -> tuple[Response, int]:
    """The page is closed: its telephone goes."""
    _only_when_on()
    with console().database.write() as connection:
        visitor_phones.remove(connection, str(session.pop(_KEPT, "")))
    return jsonify(), 200
