"""The live board: at the desk, on the wall, and on a screen that nobody has signed in at."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from agent_console.board.board_words import board_words
from agent_console.context import console, now
from agent_console.desk.wishes import one_line
from agent_console.languages import language
from agent_console.live_feed.pages import stream_for
from agent_console.live_feed.stream import Reader
from storage.queries import audit, board_screens
from storage.queries.audit import ConsoleFact

blueprint = Blueprint("board", __name__, url_prefix="/board")

LONGEST_NAME = 60
LONGEST_ID = 2**63
_TOKEN = re.compile(r"[A-Za-z0-9_-]{10,60}")


@blueprint.get("")
def desk() -> str:
    """The board beside other work, with everybody on it."""
    return render_template("board/desk.html", **_for_board())


@blueprint.get("/wall")
def wall() -> str:
    """The board for the wall, for whoever has signed in."""
    return _wall(live=None)


@blueprint.get("/screen/<token>")
def screen(token: str) -> str:
    """The board for the wall, by the link of a screen."""
    _opened(token)
    return _wall(live=url_for("board.screen_live", token=token))


@blueprint.get("/screen/<token>/live")
def screen_live(token: str) -> Response:
    """What changes, for a screen; a link that was ended gets nothing any more."""
    moment, screen_id = now(), _opened(token)
    with console().database.write() as connection:
        board_screens.seen(connection, screen_id, moment)
    lasts, database = _lasts(), console().database

    def still_open() -> bool:
        with database.read() as connection:
            return board_screens.opened_by(connection, token, now(), lasts) is not None

    reader = Reader(
        sign_in_id=None, agent_id=0, language=language(), me=False, floor=False, board=True, cases=False
    )
    return stream_for(reader, still_open)


@blueprint.get("/screens")
def screens() -> str:
    """The screens that show the board by a link."""
    return _screens()


@blueprint.post("/screens")
def add_screen() -> str | tuple[str, int]:
    """A link for one more screen; it is shown once."""
    name = one_line(request.form.get("name", ""), LONGEST_NAME)
    if name is None:
        return _screens(mistake=gettext("Write where the screen hangs.")), 422
    moment = now()
    with console().database.write() as connection:
        token = board_screens.make(connection, name, current_user.agent_id, moment)
        _note(connection, moment, "screen_added", name)
    link = console().settings.public_url + url_for("board.screen", token=token)
    return _screens(link=link, name=name)


@blueprint.post("/screens/<int:screen_id>/end")
def end_screen(screen_id: int) -> AnyResponse:
    """A screen's link opens nothing any more."""
    moment = now()
    with console().database.write() as connection:
        if screen_id < LONGEST_ID and board_screens.end(connection, screen_id, moment):
            _note(connection, moment, "screen_ended", str(screen_id))
            flash(gettext("That link opens nothing any more."))
    return redirect(url_for("board.screens"), 303)


def _wall(live: str | None) -> str:
    return render_template("board/wall.html", live=live, **_for_board())


def _for_board() -> dict[str, Any]:
    """What both boards' templates need."""
    rules = console().settings.reports
    seconds = {"quick": f"{rules.quick_seconds:g}", "soon": f"{rules.soon_seconds:g}"}
    return {"more_words": board_words(console().settings), "board_seconds": seconds}


def _screens(**more: Any) -> str:
    with console().database.read() as connection:
        known = board_screens.going_on(connection, now(), _lasts())
    return render_template("board/screens.html", screens=known, **more)


def _lasts() -> timedelta:
    return timedelta(days=console().settings.board.screen_days)


def _opened(token: str) -> int:
    """Id of the screen; a link that opens nothing is no page."""
    if _TOKEN.fullmatch(token) is None:
        abort(404)
    with console().database.read() as connection:
        found = board_screens.opened_by(connection, token, now(), _lasts())
    return found if found is not None else abort(404)


def _note(connection: Any, moment: datetime, act: str, name: str) -> None:
    audit.note(
        connection,
        ConsoleFact.FLOOR_ACT,
        moment,
        agent_id=current_user.agent_id,
        data={"act": act, "screen": name, "address": request.remote_addr or ""},
    )
