"""Uploads of photos: what is too large is refused by its announced size, before anything of it is read."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from flask_babel import gettext
from flask_login import current_user

from agent_console import error_pages, rights
from agent_console.units import links
from ivr.config import Settings

PHOTO_UPLOADS = frozenset({links.PHOTO_BY_LINK, "units.add_photo", "cases.add_photo"})
"""Routes that take a photo."""

FORM_AROUND = 64 * 1024
"""Bytes of a form beside its photo."""
READ_TO_REFUSE = 100 * 1024 * 1024
"""So much is thrown away, kept nowhere, while the page that refuses is on its way: a browser shows an answer
only after it has sent its form."""
_CHUNK = 64 * 1024


def admit(settings: Settings) -> Response | None:
    """Let a photo in that may come in; refuse what is announced as larger. Before the check of forgery.

    :returns: the refusal; None: go on.
    """
    if request.endpoint not in PHOTO_UPLOADS:
        return None
    largest = settings.photos.largest_megabytes
    most = int(largest * 1024 * 1024) + FORM_AROUND
    if request.endpoint == links.PHOTO_BY_LINK:
        refused = links.why_not_opened()
        if refused is not None:
            return _answered_unread(refused, most)
    elif not (current_user.is_authenticated and rights.allowed(request.endpoint, current_user.role)):
        return None  # turned away in a moment, with what an ordinary form may hold
    request.max_content_length = most
    announced = request.content_length
    if announced is None or announced <= most:
        return None
    return _answered_unread(_too_large(announced, largest), READ_TO_REFUSE)


def _too_large(announced: int, largest: float) -> Response:
    text = gettext(
        "What you sent has %(size)s MB; a photo has at most %(most)s MB. Nothing of it was kept. "
        "Go back, and take it smaller or send another.",
        size=f"{announced / 1024 / 1024:.0f}",
        most=f"{largest:g}",
    )
    return error_pages.answer(413, gettext("The photo is too large"), text)


def _answered_unread(answer: Response, most: int) -> Response:
    page = answer.get_data()
    answer.response = _page_then_drain(page, request.environ["wsgi.input"], most)
    answer.headers["Content-Length"] = str(len(page))
    return answer


def _page_then_drain(page: bytes, stream: Any, most: int) -> Iterator[bytes]:
    yield page
    thrown_away = 0
    while thrown_away < most and (chunk := stream.read(_CHUNK)):
        thrown_away += len(chunk)
