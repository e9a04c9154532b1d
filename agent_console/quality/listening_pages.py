"""Routes of the player: the picture of the sound, marks of readers, and hints that are wrong (R-QA2, R-9)."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.quality import checking, listening
from agent_console.quality.pages import LONGEST_ID, note
from storage.queries import hints, quality_marks, quality_samples, quality_scores
from storage.queries.audit import ConsoleFact
from storage.queries.quality_samples import SampleLine

blueprint = Blueprint("quality_listening", __name__)

LONGEST_MARK = 200
LATEST_SECOND = 86_400


def _sample(sample_id: int, *, own: bool) -> SampleLine:
    """A sample; ``own``: only of one's own that was scored."""
    if sample_id >= LONGEST_ID:
        abort(404)
    with console().database.read() as connection:
        found = quality_samples.one(connection, sample_id)
        scored = bool(own and quality_scores.of_sample(connection, sample_id))
    if found is None or (own and (found.agent_id != current_user.agent_id or not scored)):
        abort(404)
    return found


@blueprint.get("/quality/<int:sample_id>/wave")
def wave(sample_id: int) -> Response:
    """The picture of a drawn recording's sound; of none that is missing or was changed."""
    return _wave(_sample(sample_id, own=False))


@blueprint.get("/my-appraisals/<int:sample_id>/wave")
def own_wave(sample_id: int) -> Response:
    """The same of one's own."""
    return _wave(_sample(sample_id, own=True))


def _wave(sample: SampleLine) -> Response:
    if checking.finding(console().settings, sample) is not None:
        abort(404)
    return listening.wave(sample)


@blueprint.post("/quality/<int:sample_id>/marks")
def add_mark(sample_id: int) -> Response:
    """Set a mark at a second, with a word about it; it stays, and the agent sees it."""
    sample = _sample(sample_id, own=False)
    text = " ".join(request.form.get("text", "").replace("\0", "").split())[:LONGEST_MARK]
    second = request.form.get("second", type=float)
    longest = min(sample.seconds or LATEST_SECOND, LATEST_SECOND)
    if not text or second is None or not 0 <= second <= longest + 1:
        flash(gettext("A mark needs a word, and a place in the recording. Nothing was kept."))
    else:
        with console().database.write() as connection:
            quality_marks.add(connection, sample_id, int(second), text, current_user.agent_id, now())
            note(connection, ConsoleFact.QUALITY_SCORED, sample=sample_id, what="mark")
    return redirect(url_for("quality.one", sample_id=sample_id), 303)


@blueprint.post("/quality/<int:sample_id>/hints/<int:hint_id>")
def judge(sample_id: int, hint_id: int) -> Response:
    """Say that a hint is wrong, or take that back; it is counted."""
    sample = _sample(sample_id, own=False)
    wrong = request.form.get("wrong") == "1"
    if hint_id >= LONGEST_ID:
        abort(404)
    with console().database.write() as connection:
        there = hints.judge(
            connection, sample.recording_id, hint_id, current_user.agent_id, now(), wrong=wrong
        )
        if there:
            note(connection, ConsoleFact.HINT_JUDGED, sample=sample_id, hint=hint_id, wrong=wrong)
    if not there:
        abort(404)
    return redirect(url_for("quality.one", sample_id=sample_id, _anchor="hints"), 303)
