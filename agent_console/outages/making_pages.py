"""A planned outage 停气通知 is made (R-5.1): the form, whose people are read beside it, what is wrong."""

from collections.abc import Container

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import list_work
from agent_console.context import console, now
from agent_console.list_work import ListKind, ListWork
from agent_console.outages import outage_work
from agent_console.outages import reading as outage_form
from agent_console.revisits.campaign_forms import unreadable
from ivr.errors import ListUnreadable
from storage.queries import customer_places

blueprint = Blueprint("new_outages", __name__, url_prefix="/outages")

Answer = str | Response | tuple[str, int]


@blueprint.get("/new")
def new() -> str:
    """The form: area by the tree of addresses, or a list."""
    return _form({}, set(), {})


def _form(
    typed: dict[str, str], chosen: set[outage_form.Place], wrong: dict[str, str], sent: Container[str] = ()
) -> str:
    """The form.

    :param sent: the fields that came with it, where they are not those of this request.
    """
    settings = console().settings
    with console().database.read() as connection:
        tree = customer_places.tree(connection)
    ways = ("calls", "texts", "announce")
    return render_template(
        "outages/new.html",
        tree=tree,
        building_name=outage_form.building_name,
        typed=typed,
        chosen=chosen,
        wrong=wrong,
        ways={way: not typed or way in (sent or request.form) for way in ways},
        ahead_hours=settings.outages.ahead_hours,
        can_call=any(trunk.outbound is not None for trunk in settings.all_trunks),
        limits=settings.campaigns,
    )


@blueprint.post("")
def make() -> Answer:
    """Have one written down; nobody is told yet."""
    typed = outage_form.read_form(now())
    if typed.wrong:
        return _form(outage_form.as_typed(request.form), set(typed.places), typed.wrong), 422
    sent = typed.sent
    asked = list_work.asked_by_request(
        ListKind.OUTAGE, typed.wanted, list_work.shown_name(sent.filename) if sent else ""
    )
    try:
        work = list_work.begin(console(), asked, sent.stream if sent else None, outage_work.make)
    except ListUnreadable as error:
        wrong = {"people": unreadable(error)}
        return _form(outage_form.as_typed(request.form), set(typed.places), wrong), 422
    if work.ended.wait(list_work.ANSWERED_WITHIN):
        return _outcome(work)
    return redirect(url_for("new_outages.reading", token=work.word), 303)


@blueprint.get("/reading/<token>")
def reading(token: str) -> Answer:
    """How far a long list is; then the outage made of it, or the form with what is wrong."""
    work = list_work.of(token, current_user.agent_id)
    if work is None:
        flash(gettext("Nothing is known of this list any more. Bring it again if there is no outage of it."))
        return redirect(url_for("outages.index"), 303)
    if not work.ended.is_set():
        progress = url_for("new_outages.progress", token=token)
        return render_template("list_reading.html", work=work, progress=progress, kinds=ListKind)
    return _outcome(work)


def _outcome(work: ListWork) -> Answer:
    if work.made is not None:
        return redirect(url_for("outages.one", outage_id=work.made), 303)
    form, wrong = work.asked.form, {}
    if work.wrong is None:
        wrong["people"] = gettext("Something went wrong here; the log says what. Try it again.")
    elif work.wrong.reason == list_work.NOBODY_LEFT:
        outage_form.say_nobody(wrong)
    else:
        wrong["people"] = unreadable(work.wrong)
    typed = outage_form.as_typed({name: values[0] for name, values in form.items() if values})
    return _form(typed, set(outage_form.places_of(form)), wrong, set(form)), 422


@blueprint.get("/reading/<token>/progress")
def progress(token: str) -> Response:
    """How many rows are done, for the page that waits for it."""
    return jsonify(list_work.told(token, current_user.agent_id))
