"""The live feed's routes: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import json
import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user

from agent_console import rights
from agent_console.context import console
from agent_console.languages import language
from agent_console.live_feed.feed import LiveFeed, server_time
from agent_console.live_feed.stream import Reader
from ivr.errors import StorageError

blueprint = Blueprint("live_feed", __name__)

PING_SECONDS = 15.0
LOOK_SECONDS = 1.0
"""How soon the thread of a page that was closed is free again."""

RETRY_MILLISECONDS = 1000

PAGES_OF_BOARD = frozenset({"board", "wall"})
PAGES_OF_CASES = frozenset({"unit", "incidents", "overdue"})
"""Pages that look again whenever something about cases is new."""


@blueprint.get("/live")
def live() -> Response:
    """The stream of the page that asks; ``?page=floor`` adds what the supervisor's page shows."""
    reader = Reader(
        sign_in_id=current_user.sign_in_id,
        agent_id=current_user.agent_id,
        language=language(),
        me=current_user.at_a_desk,
        floor=request.args.get("page") == "floor" and rights.allowed("supervisor.floor", current_user.role),
        desk=request.args.get("page") == "desk",
        board=request.args.get("page") in PAGES_OF_BOARD and rights.allowed("board.desk", current_user.role),
        cases=request.args.get("page") in PAGES_OF_CASES,
    )
    return stream_for(reader)


def stream_for(reader: Reader, still_open: Callable[[], bool] | None = None) -> Response:
    """The stream of one reader.

    :param still_open: asked with every ping, for who has no session whose end the feed tells.
    """
    events = _events(console().feed, reader, request.environ.get("gunicorn.socket"), still_open)
    return Response(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


@blueprint.get("/session")
def session() -> Response:
    """Whether the session lives: 401 by the guard when it does not; a page asks when its stream fails."""
    return jsonify(now=server_time())


def _events(
    feed: LiveFeed, reader: Reader, page: socket.socket | None, still_open: Callable[[], bool] | None
) -> Iterator[str]:
    with feed.open(reader) as stream:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        spoke = looked = time.monotonic()
        while True:
            if still_open is not None and time.monotonic() - looked >= PING_SECONDS:
                looked = time.monotonic()
                if not _is_open(still_open):
                    yield _event("signed_out", {})
                    return
            news = stream.take(LOOK_SECONDS)
            signed_out = news.pop("signed_out", None)
            if signed_out is not None:
                yield _event("signed_out", signed_out)
            elif news:
                yield _event("state", news)
                spoke = time.monotonic()
            elif time.monotonic() - spoke >= PING_SECONDS:
                yield _event("ping", {})
                spoke = time.monotonic()
            if stream.over or _closed(page):
                return


def _is_open(still_open: Callable[[], bool]) -> bool:
    """A database that does not answer closes nothing."""
    try:
        return still_open()
    except StorageError:
        return True


def _event(kind: str, data: dict[str, Any]) -> str:
    text = json.dumps({"now": server_time(), **data}, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\ndata: {text}\n\n"


def _closed(page: socket.socket | None) -> bool:
    """Whether the browser has closed the connection; None (no real server) never has."""
    if page is None:
        return False
    try:
        look = select.poll()
        look.register(page, select.POLLIN)
        return bool(look.poll(0)) and page.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
