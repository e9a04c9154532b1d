"""The fitter's page: one case, opened by a link on a phone, without signing in (R-3.1, R-15.1).

The link opens this case and nothing else. Guesses are counted for each address and refused after a while; who
holds a right link is never kept out by that.
"""

import hashlib
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from agent_console.auth.pages import origin
from agent_console.auth.throttle import limiter
from agent_console.cases.lines import clocks
from agent_console.cases.refusals import sentence
from agent_console.cases.time_left import time_left_words
from agent_console.context import console
from agent_console.error_pages import for_script
from agent_console.units import links, photos, work
from agent_console.units.unit_words import form_words
from ivr.errors import CaseRefused
from storage.queries import responsible_people

blueprint = Blueprint("fitter", __name__, url_prefix="/f/<number>/<token>")

Deed = Callable[[links.Opened], object]
"""What is done about an opened case; a refusal is raised."""


POSTS_PER_MINUTE = 60
"""By one link: more than anybody presses, so that a link in wrong hands fills no database."""


def _link() -> str:
    """What posts are counted by; the token itself is kept nowhere."""
    return hashlib.sha256(request.path.rsplit("/", 1)[0].encode()).hexdigest()


def tries_per_minute() -> str:
    """How many links that open nothing an address may try (config.yaml: case_links.tries_per_minute)."""
    return f"{console().settings.case_links.tries_per_minute} per minute"


guesses = limiter.shared_limit(tries_per_minute, scope="links to cases", exempt_when=links.opens)
posts = limiter.shared_limit(f"{POSTS_PER_MINUTE} per minute", scope="posts by a link", key_func=_link)


@blueprint.get("")
@guesses
def case(number: str, token: str) -> Response:
    """The case with its buttons."""
    try:
        page = _page(number, token)
    except CaseRefused as error:
        return links.refused(error, number)
    links.note(number, opened=True)
    return links.safe(make_response(page))


def _page(number: str, token: str, mistake: str | None = None, text: str = "") -> str:
    """The page; a refused step keeps what was typed.

    :raises CaseRefused: the link opens nothing.
    """
    with console().database.read() as connection:
        opened = links.open_case(connection, number, token)
        person = None
        if opened.who.person_id is not None and opened.line.unit_id is not None:
            people = responsible_people.of_unit(connection, opened.line.unit_id)
            person = next((each.name for each in people if each.id == opened.who.person_id), None)
        seen = work.read(connection, opened.line)
    largest = console().settings.photos.largest_megabytes
    return render_template(
        "units/fitter.html",
        work=seen,
        person=person,
        token=token,
        mistake=mistake,
        typed=text,
        largest_megabytes=largest,
        page_words={**time_left_words(clocks().warn_at), **form_words(largest)},
    )


@blueprint.post("/step")
@guesses
@posts
def step(number: str, token: str) -> AnyResponse:
    """Do a step of the case."""
    return _do(number, token, lambda opened: work.do_step(opened.line.id, opened.who))


@blueprint.post("/photos")
@guesses
@posts
def add_photo(number: str, token: str) -> AnyResponse:
    """Keep a photo of the case."""
    sent = request.files.get(photos.FIELD)
    return _do(number, token, lambda opened: photos.accept_upload(opened.line.id, opened.who, sent))


def _do(number: str, token: str, deed: Deed) -> AnyResponse:
    try:
        with console().database.read() as connection:
            opened = links.open_case(connection, number, token)
    except CaseRefused as error:
        return links.refused(error, number)
    try:
        deed(opened)
    except CaseRefused as error:
        return _not_done(error, number, token)
    if for_script():
        return links.safe(jsonify(done=True))
    return links.safe(redirect(url_for("fitter.case", number=number, token=token), 303))  # type: ignore[arg-type]


def _not_done(error: CaseRefused, number: str, token: str) -> Response:
    text = sentence(error)
    if for_script():
        answer = jsonify(error=text)
    else:
        try:
            answer = make_response(_page(number, token, text, work.typed()))
        except CaseRefused as gone:  # the case went elsewhere meanwhile
            return links.refused(gone, number)
    answer.status_code = 409
    return links.safe(answer)


@blueprint.get("/photos/<int:photo_id>")
@guesses
def photo(number: str, token: str, photo_id: int) -> Response:
    """A photo of the case."""
    try:
        with console().database.read() as connection:
            opened = links.open_case(connection, number, token)
    except CaseRefused as error:
        return links.refused(error, number)
    data = {"link": number, "person": opened.who.person_id, **origin().data()}
    return links.safe(photos.show(opened.line.id, photo_id, photos.Visit(None, data)))
