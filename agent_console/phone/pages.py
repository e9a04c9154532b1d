"""The browser phone's routes: a key for this page, how well a call was heard, and the page to check it."""

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.phone.counted import CountsRefused, read_counts
from agent_console.phone.phone_words import phone_words
from ivr.config.sections import DeviceKind
from storage.passwords import REALM
from storage.queries import call_quality, phones

blueprint = Blueprint("phone", __name__)


@blueprint.post("/phone/key")
def make_key() -> tuple[Response, int]:
    """Make the page's phone a key of its own; the session's key before counts no more.

    The secret goes to the page that asks and nowhere else; the database keeps its digest.
    """
    if current_user.device_kind is not DeviceKind.BROWSER:
        return jsonify(error=gettext("Your phone is not one in the browser.")), 409
    with console().database.write() as connection:
        key = phones.make_key(connection, current_user.sign_in_id, current_user.work_number, now())
    if key is None:
        return jsonify(error=gettext("This session has ended")), 401
    return jsonify(
        url=console().settings.phone_url, user=key.user, secret=key.secret, realm=REALM, mark=key.mark
    ), 201


@blueprint.get("/phone/key")
def key_mark() -> Response:
    """Which key counts, by its mark: a page whose key is another one has been followed by another page."""
    with console().database.read() as connection:
        return jsonify(mark=phones.mark_of(connection, current_user.sign_in_id))


@blueprint.post("/phone/quality")
def quality() -> tuple[Response, int]:
    """Keep what the browser counted of a call of this agent: every ten seconds, and at its end."""
    try:
        counted = read_counts(request.form)
    except CountsRefused as refused:
        return jsonify(error=str(refused)), 400
    with console().database.write() as connection:
        call_id = call_quality.keep(connection, current_user.agent_id, counted, now())
    if call_id is None:
        return jsonify(error=gettext("You answered no call at that moment.")), 409
    return jsonify(call=call_id), 200


@blueprint.get("/phone/test")
def test_page() -> str:
    """Check my phone: microphone, speaker, level, and a call to oneself."""
    return render_template(
        "phone/test.html", phone_words=phone_words(), browser=current_user.device_kind is DeviceKind.BROWSER
    )
