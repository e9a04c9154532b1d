"""An agent's own appraisals: scores with their marks, and objections (R-QA2, R-QA3)."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.quality.pages import Reading, listened, note, reading_of
from agent_console.quality.quality_words import FINDINGS, MARKS, REASONS, refusal
from ivr.errors import Conflict, QualityRefused
from ivr.standard.quality_refusal import QualityRefusal
from storage.queries import quality_samples, quality_scores
from storage.queries.audit import ConsoleFact

blueprint = Blueprint("own_quality", __name__, url_prefix="/my-appraisals")

SHOWN = 200
LONGEST_TEXT = 2000


@blueprint.get("")
def index() -> str:
    """What of one's own was scored, the newest month first."""
    with console().database.read() as connection:
        samples = quality_samples.of_agent(connection, current_user.agent_id, limit=SHOWN)
    return render_template(
        "quality/own.html",
        samples=samples,
        reasons=REASONS,
        pass_percent=console().settings.quality.pass_percent,
    )


def _mine(sample_id: int) -> Reading:
    reading = reading_of(sample_id)
    if reading.sample.agent_id != current_user.agent_id or not reading.given:
        abort(404)
    return reading


@blueprint.get("/<int:sample_id>")
def one(sample_id: int) -> str:
    """One's own sample: the marks, the recording, and the form of an objection."""
    return _one(_mine(sample_id), "")


def _one(reading: Reading, trouble: str) -> str:
    return render_template(
        "quality/own_one.html",
        reading=reading,
        sample=reading.sample,
        mark_words=MARKS,
        finding_words=FINDINGS,
        may_object=reading.objection is None,
        days=console().settings.quality.objection_days,
        trouble=trouble,
        objection=request.form.get("said", ""),
        **listened(reading.sample),
    )


@blueprint.post("/<int:sample_id>")
def object_to(sample_id: int) -> str | Response | tuple[str, int]:
    """Object to the score; a second reader decides."""
    reading = _mine(sample_id)
    said = request.form.get("said", "").replace("\0", "")[:LONGEST_TEXT]
    days = console().settings.quality.objection_days
    try:
        with console().database.write() as connection:
            quality_scores.object_to(
                connection, sample_id, current_user.agent_id, said, now(), within_days=days
            )
            note(connection, ConsoleFact.QUALITY_SCORED, sample=sample_id, what="objection")
    except QualityRefused as error:
        return _one(reading, refusal(error)), 409
    except Conflict:
        return _one(reading, refusal(QualityRefused(QualityRefusal.OBJECTED_ALREADY, ""))), 409
    flash(gettext("Your objection is with a second reader, who decides."))
    return redirect(url_for("own_quality.one", sample_id=sample_id), 303)
