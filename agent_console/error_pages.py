"""Everything that goes wrong, as a page in words; for a page's script as the same words in JSON."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ivr.errors import DatabaseNotWritable, HotlineError, StorageError

_log = logging.getLogger(__name__)

RELOAD_SECONDS = 5
"""How soon a page that the database could not serve tries again by itself."""


def for_script() -> bool:
    """Whether a page's script asks, not a person's browser."""
    if request.headers.get("X-Requested-With") == "fetch":
        return True
    return request.accept_mimetypes.best in ("application/json", "text/event-stream")


def answer(status: int, title: str, text: str, *, reload_after: int | None = None) -> Response:
    """An answer in words, as page or as JSON."""
    if for_script():
        response = jsonify(error=text)
    else:
        page = render_template(
            "errors/error.html", status=status, title=title, text=text, reload_after=reload_after
        )
        response = make_response(page)
    response.status_code = status
    if reload_after is not None:
        response.headers["Retry-After"] = str(reload_after)
    return response


def set_up(app: Flask) -> None:
    """Let ``app`` say in words what went wrong."""
    app.register_error_handler(StorageError, _storage)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _storage(error: StorageError) -> Response:
    _log.error("%s %s: %s", request.method, request.path, error)
    if isinstance(error, DatabaseNotWritable):
        text = gettext("Nothing can be written to the database now: it is read-only or its disk is full.")
    else:
        text = gettext("The database does not answer. Calls go on; this page tries again by itself.")
    return answer(503, gettext("No database"), text, reload_after=RELOAD_SECONDS)


def _forged(error: CSRFError) -> Response:
    _log.info("%s %s: %s", request.method, request.path, error.description)
    text = gettext("This page was open for too long or did not come from here. Go back, reload, try again.")
    return answer(400, gettext("Not accepted"), text)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    title, text = _words(error.code)
    response = answer(error.code, title, text)
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range", "Retry-After"):
            response.headers[name] = value
    return response


def _words(status: int) -> tuple[str, str]:
    known = {
        401: (gettext("Not signed in"), gettext("Your session has ended. Sign in again.")),
        403: (gettext("Not for you"), gettext("Your role does not include this page.")),
        404: (gettext("Not there"), gettext("There is no such page, or no such call.")),
        405: (gettext("Not so"), gettext("This address cannot be used in this way.")),
        413: (gettext("Too much"), gettext("More was sent than a form of this console holds.")),
        416: (gettext("Not so"), gettext("The recording has no such part.")),
        429: (gettext("Too many tries"), gettext("Wait a minute before you try again.")),
    }
    return known.get(status, (gettext("Not understood"), gettext("The request was not understood.")))


def _unexpected(error: Exception) -> Response:
    if isinstance(error, HotlineError):
        _log.error("%s %s: %s", request.method, request.path, error)
    else:
        _log.exception("%s %s failed", request.method, request.path)
    text = gettext("Something went wrong here; it is in the console's log. Try again.")
    return answer(500, gettext("Our fault"), text)
