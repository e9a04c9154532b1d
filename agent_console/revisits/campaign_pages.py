"""Campaigns 批次: made of a file or a filter, looked at before anybody is called, begun, paused, stopped."""

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from agent_console import list_work
from agent_console.cases.exports import harmless
from agent_console.context import console, now
from agent_console.list_work import ListKind, ListWork
from agent_console.paging import asked_page
from agent_console.revisits import audit_lines, campaign_forms, campaign_work, questions
from agent_console.revisits.campaign_forms import CampaignForm, fault_text
from ivr.errors import ListUnreadable
from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_reason import DialWay
from ivr.standard.dial_state import CampaignState
from storage.queries import campaign_progress, campaign_report, campaigns, dialer_state
from storage.queries.audit import ConsoleFact
from storage.queries.campaign_report import CampaignHead

blueprint = Blueprint("campaigns", __name__, url_prefix="/revisits/campaigns")

ROWS_A_PAGE = 100
LONGEST_ID = 2**63
MOVES = {"start": CampaignState.RUNNING, "pause": CampaignState.PAUSED, "stop": CampaignState.STOPPED}


@blueprint.get("")
def index() -> str:
    """All campaigns and how far they are."""
    with console().database.read() as connection:
        found = campaign_progress.progress(connection)
        running = dialer_state.state(connection).running
    return render_template("revisits/campaigns.html", campaigns=found, running=running)


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    return _form_page(campaign_forms.empty())


def _form_page(form: CampaignForm) -> str:
    settings = console().settings
    return render_template(
        "revisits/campaign_form.html",
        form=form,
        questionnaires={name: questions.named(name) for name in questions.known()},
        ways=list(DialWay),
        types=list(CustomerType),
        limits=settings.campaigns,
    )


@blueprint.post("/new")
def make() -> str | Response | tuple[str, int]:
    """Have the people read and the campaign written down; nobody is called before it is started."""
    form = campaign_forms.sent()
    if form.mistakes:
        return _form_page(form), 422
    asked = list_work.asked_by_request(ListKind.CAMPAIGN, form.wanted, form.file_name)
    try:
        work = list_work.begin(console(), asked, form.sent.stream if form.sent else None, campaign_work.make)
    except ListUnreadable as error:
        return _form_page(campaign_forms.say(form, error)), 422
    if work.ended.wait(list_work.ANSWERED_WITHIN):
        return _outcome(work)
    return redirect(url_for("campaigns.reading", token=work.word), 303)  # type: ignore[return-value]


@blueprint.get("/reading/<token>")
def reading(token: str) -> str | Response | tuple[str, int]:
    """How far a long list is; then the campaign made of it, or the form with what is wrong."""
    work = list_work.of(token, current_user.agent_id)
    if work is None:
        flash(
            gettext("Nothing is known of this list any more. Bring it again if there is no campaign of it.")
        )
        return redirect(url_for("campaigns.index"), 303)  # type: ignore[return-value]
    if not work.ended.is_set():
        progress = url_for("campaigns.reading_progress", token=token)
        return render_template("list_reading.html", work=work, progress=progress, kinds=ListKind)
    return _outcome(work)


def _outcome(work: ListWork) -> str | Response | tuple[str, int]:
    if work.made is not None:
        return _to(work.made)
    form = campaign_forms.filled_in(work.asked.form)
    if work.wrong is None:
        form.mistakes["file"] = gettext("Something went wrong here; the log says what. Try it again.")
    else:
        campaign_forms.say(form, work.wrong)
    return _form_page(form), 422


@blueprint.get("/reading/<token>/progress")
def reading_progress(token: str) -> Response:
    """How many rows are done, for the page that waits for it."""
    return jsonify(list_work.told(token, current_user.agent_id))


def _to(campaign_id: int) -> Response:
    answer = redirect(url_for("campaigns.one", campaign_id=campaign_id), 303)
    assert isinstance(answer, Response)
    return answer


@blueprint.get("/<int:campaign_id>")
def one(campaign_id: int) -> str:
    """One campaign: before it begins what its list holds, afterwards what came of it."""
    head = _known(campaign_id)
    with console().database.read() as connection:
        progress = next(each for each in campaign_progress.progress(connection) if each.id == campaign_id)
        answers = campaign_report.answers(connection, campaign_id)
        reasons = campaign_report.refusal_reasons(connection, campaign_id)
        running = dialer_state.state(connection).running
    return render_template(
        "revisits/campaign.html",
        head=head,
        progress=progress,
        answers=answers,
        reasons={campaign_forms.ROW_FAULTS.get(word, word): rows for word, rows in reasons.items()},
        running=running,
        questionnaire=questions.named(head.questionnaire) if head.questionnaire else None,
        question_text=questions.question_text,
        answer_text=questions.answer_text,
        places=[" / ".join(part for part in place if part) for place in head.source.get("places", [])],
        types=[CustomerType(word) for word in head.source.get("types", []) if word in list(CustomerType)],
    )


def _known(campaign_id: int) -> CampaignHead:
    with console().database.read() as connection:
        head = campaign_report.head(connection, campaign_id) if campaign_id < LONGEST_ID else None
    if head is None:
        abort(404)
    return head


@blueprint.post("/<int:campaign_id>/move")
def move(campaign_id: int) -> Response:
    """Start, pause or stop a campaign; calls that are up go on."""
    head = _known(campaign_id)
    to = MOVES.get(request.form.get("to", ""))
    if to is None:
        abort(400)
    with console().database.write() as connection:
        moved = campaigns.move(connection, campaign_id, to, now())
        if moved:
            audit_lines.note(
                connection,
                ConsoleFact.CAMPAIGN_CHANGED,
                campaign=campaign_id,
                state=to.value,
                before=head.state,
            )
    if not moved:
        flash(gettext("Somebody else has changed this campaign meanwhile. Look again."))
    return _to(campaign_id)


@blueprint.get("/<int:campaign_id>/refused")
def refused(campaign_id: int) -> str:
    """The rows of which nobody is called, with row and reason; every look is audited (R-18)."""
    head = _known(campaign_id)
    shown = asked_page(head.rows_refused, ROWS_A_PAGE)
    with console().database.read() as connection:
        rows = campaigns.refusals(connection, campaign_id, offset=shown.offset, limit=ROWS_A_PAGE)
    _note_rows(campaign_id, len(rows), form="page")
    return render_template("revisits/refused.html", head=head, rows=rows, page=shown, fault_text=fault_text)


@blueprint.get("/<int:campaign_id>/refused.csv")
def refused_file(campaign_id: int) -> Response:
    """The same as a table to correct the list by; the audit line comes before the first row."""
    head = _known(campaign_id)
    _note_rows(campaign_id, head.rows_refused, form="csv")
    with console().database.read() as connection:
        rows = campaigns.refusals(connection, campaign_id)
    name = f"campaign-{campaign_id}-refused.csv"
    return Response(
        "".join(_csv([(str(row.row), row.given, fault_text(row)) for row in rows])).encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([gettext("Row"), gettext("Given"), gettext("What is wrong")])
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    yield table.getvalue()


def _note_rows(campaign_id: int, rows: int, *, form: str) -> None:
    with console().database.write() as connection:
        audit_lines.note(
            connection, ConsoleFact.CAMPAIGN_ROWS_READ, campaign=campaign_id, rows=rows, form=form
        )
