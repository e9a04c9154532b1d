"""Drawn recordings for the appraisal group: the list of a month, scoring, the ranking (R-QA1 to R-QA3)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.auth.pages import origin
from agent_console.complaints import months
from agent_console.complaints.months import Month
from agent_console.context import console, now
from agent_console.quality import checking, listening
from agent_console.quality.quality_words import FINDINGS, MARKS, REASONS, refusal
from ivr.config.score_sheet_file import content, kept_sheet, load_score_sheet
from ivr.errors import Conflict, QualityRefused
from ivr.standard.quality_draw import FindingKind
from ivr.standard.quality_refusal import QualityRefusal
from ivr.standard.score_sheet import Mark, ScoreSheet
from storage.models import QualityDraw
from storage.queries import audit, hints, quality_draws, quality_samples, quality_scores
from storage.queries.audit import ConsoleFact
from storage.queries.quality_samples import SampleLine
from storage.queries.quality_scores import Given, Objection

blueprint = Blueprint("quality", __name__, url_prefix="/quality")

SHOWN = 2000
LONGEST_REMARK = 2000
LONGEST_ID = 2**63

Answer = str | Response | tuple[str, int]


def _today() -> date:
    return now().astimezone(console().settings.zone).date()


@blueprint.get("")
def index() -> str:
    """The samples of a month, last month's where none is named; or the form that draws them."""
    return _list(months.read(request.args.get("month"), _today()))


def _list(month: Month, trouble: str = "") -> str:
    with console().database.read() as connection:
        drawn = quality_draws.of_month(connection, month.name)
        samples = quality_samples.of_month(connection, month.name, limit=SHOWN)
        findings = quality_samples.findings(connection, QualityDraw.month == month.name, limit=SHOWN)
        hint_counts = hints.counts(connection)
    return render_template(
        "quality/index.html",
        month=month,
        following=month.after if month.after.first <= _today() else None,
        over=_today() >= month.end,
        drawn=drawn,
        samples=samples,
        done=sum(sample.first is not None for sample in samples),
        objected=sum(sample.objected_at is not None and sample.second is None for sample in samples),
        findings=findings,
        hint_counts=hint_counts,
        hint_words=listening.HINT_WORDS,
        reasons=REASONS,
        finding_words=FINDINGS,
        per_agent=console().settings.quality.per_agent,
        pass_percent=console().settings.quality.pass_percent,
        trouble=trouble,
    )


@blueprint.post("/draw")
def draw() -> Answer:
    """Draw the recordings of a month."""
    month = months.read(request.form.get("month"), _today())
    settings = console().settings
    try:
        with console().database.write() as connection:
            drawn = quality_draws.make(
                connection,
                month.name,
                *month.span(settings.zone),
                settings.quality.per_agent,
                current_user.agent_id,
                now(),
            )
            note(connection, ConsoleFact.QUALITY_DRAWN, month=month.name, samples=drawn.samples)
    except QualityRefused as error:
        return _list(month, refusal(error)), 409
    except Conflict:
        return _list(month, refusal(QualityRefused(QualityRefusal.DRAWN_ALREADY, ""))), 409
    flash(
        gettext(
            "Drawn: %(samples)s recordings of %(agents)s agents.", samples=drawn.samples, agents=drawn.agents
        )
    )
    return redirect(url_for("quality.index", month=month.name), 303)


def note(connection: Connection, fact: ConsoleFact, call_id: int | None = None, **data: Any) -> None:
    """A line of the audit log about the appraisal."""
    whole = {**data, "sign_in": current_user.sign_in_id, **origin().data()}
    audit.note(connection, fact, now(), agent_id=current_user.agent_id, data=whole, call_id=call_id)


@dataclass(frozen=True, slots=True)
class Reading:
    """A sample with everything about it."""

    sample: SampleLine
    given: list[Given]
    objection: Objection | None
    wrong: FindingKind | None

    def sheet_of(self, given: Given) -> ScoreSheet:
        """The version of the sheet a score was given with."""
        return kept_sheet(given.sheet_sha256, given.sheet)


def reading_of(sample_id: int) -> Reading:
    """A sample; its recording is checked, and what is wrong with it is kept as a finding (R-QA1)."""
    if sample_id >= LONGEST_ID:
        abort(404)
    with console().database.read() as connection:
        sample = quality_samples.one(connection, sample_id)
        if sample is None:
            abort(404)
        given = quality_scores.of_sample(connection, sample_id)
        objection = quality_scores.objection_of(connection, sample_id)
    found = checking.finding(console().settings, sample)
    if found is not None:
        with console().database.write() as connection:
            quality_scores.find(connection, sample_id, *found, current_user.agent_id, now())
    return Reading(sample, given, objection, found[0] if found is not None else None)


@blueprint.get("/<int:sample_id>")
def one(sample_id: int) -> str:
    """A sample to listen to and score; each look is written down (R-18)."""
    reading = reading_of(sample_id)
    with console().database.write() as connection:
        note(connection, ConsoleFact.QUALITY_READ, reading.sample.call_id, sample=sample_id)
    return _one(reading, {}, "")


def _one(reading: Reading, marks: dict[str, Mark], trouble: str) -> str:
    may_score = reading.sample.agent_id != current_user.agent_id and (
        not reading.given
        or (
            len(reading.given) == 1
            and reading.objection is not None
            and reading.given[0].reader_id != current_user.agent_id
        )
    )
    return render_template(
        "quality/one.html",
        reading=reading,
        sample=reading.sample,
        sheet=load_score_sheet(console().settings.prompts_folder),
        marks=marks,
        mark_words=MARKS,
        reasons=REASONS,
        finding_words=FINDINGS,
        may_score=may_score,
        trouble=trouble,
        remark=request.form.get("remark", ""),
        **listened(reading.sample),
    )


def listened(sample: SampleLine) -> dict[str, Any]:
    """What the page needs beside the player."""
    return {
        "beside": listening.beside(sample),
        "said": listening.said,
        "more_words": {"player": listening.player_words()},
        "speech": console().settings.quality.hints,
    }


@blueprint.post("/<int:sample_id>")
def score(sample_id: int) -> Answer:
    """Keep a score; what was marked stays in the form where it is refused."""
    sheet = load_score_sheet(console().settings.prompts_folder)
    marks = {
        item.id: Mark(request.form[f"mark-{item.id}"])
        for item in sheet.items
        if request.form.get(f"mark-{item.id}") in list(Mark)
    }
    remark = request.form.get("remark", "").replace("\0", "").strip()[:LONGEST_REMARK]
    try:
        if request.form.get("sheet") not in (None, sheet.sha256):
            raise QualityRefused(QualityRefusal.SHEET_CHANGED, "the sheet was changed")
        with console().database.write() as connection:
            percent = quality_scores.give(
                connection,
                sample_id,
                current_user.agent_id,
                sheet,
                content(sheet.items),
                marks,
                remark,
                now(),
                told=gettext("A recording of yours was appraised; see “My appraisals”."),
                told_unit=gettext("A recording of {who} of your unit was appraised: {percent} percent."),
            )
            note(connection, ConsoleFact.QUALITY_SCORED, sample=sample_id, percent=round(percent, 1))
    except QualityRefused as error:
        return _one(reading_of(sample_id), marks, refusal(error)), 409
    except Conflict:
        return _one(reading_of(sample_id), marks, _faster(sample_id)), 409
    flash(gettext("Kept: %(percent)s %%.", percent=f"{percent:.1f}"))
    return redirect(url_for("quality.one", sample_id=sample_id), 303)


def _faster(sample_id: int) -> str:
    """Somebody scored in the same moment."""
    with console().database.read() as connection:
        given = quality_scores.of_sample(connection, sample_id)
    return refusal(QualityRefused(QualityRefusal.SCORED_ALREADY, "", given[-1].reader if given else ""))


@blueprint.get("/ranking")
def ranking() -> str:
    """The ranking of a month and of its quarter (R-QA3)."""
    month = months.read(request.args.get("month"), _today())
    first = month.first.replace(month=(month.first.month - 1) // 3 * 3 + 1)
    quarter = [f"{first:%Y}-{number:02}" for number in range(first.month, first.month + 3)]
    with console().database.read() as connection:
        of_month = quality_samples.ranks(connection, [month.name])
        of_quarter = quality_samples.ranks(connection, quarter)
    return render_template(
        "quality/ranking.html",
        month=month,
        following=month.after if month.after.first <= _today() else None,
        tables=[
            (gettext("Month %(month)s", month=month.name), of_month),
            (gettext("Quarter %(first)s – %(last)s", first=quarter[0], last=quarter[-1]), of_quarter),
        ],
        pass_percent=console().settings.quality.pass_percent,
    )
