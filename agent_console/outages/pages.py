"""Planned outages 停气通知 (R-5.1): begun, paused, stopped; who was told."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.number_mask import shown
from agent_console.outages import reading
from agent_console.outages.outage_words import ENDS, STATES, TOLD, call_text, text_text
from agent_console.paging import asked_page
from agent_console.revisits.campaign_forms import fault_text
from ivr.config.notice_texts import load_notice_texts
from ivr.config.outage_texts import outage_text, wording_off
from ivr.standard.dial_state import CampaignState
from ivr.standard.outage import AreaSound, everybody_called_by, is_late
from storage.dial_rules import dial_rules
from storage.queries import audit, campaigns, dialer_state, outage_reach, outages
from storage.queries.audit import ConsoleFact
from storage.queries.outage_reach import Told
from storage.queries.outages import OutageView

blueprint = Blueprint("outages", __name__, url_prefix="/outages")

SHOWN = 50
SHOWN_REFUSED = 200
A_PAGE = 50
LONGEST_ID = 2**63
MOVES = {
    CampaignState.RUNNING: (CampaignState.READY, CampaignState.PAUSED),
    CampaignState.PAUSED: (CampaignState.RUNNING,),
    CampaignState.STOPPED: (
        CampaignState.WRITING,
        CampaignState.READY,
        CampaignState.RUNNING,
        CampaignState.PAUSED,
        CampaignState.DONE,
    ),
}
"""Where an outage goes on its page, and from where; one of which everybody was told only until its end."""

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """All of them, the newest first, and how many people were told."""
    moment = now()
    with console().database.read() as connection:
        found = outages.listed(connection, SHOWN)
        rows = [{"outage": one, "reach": outage_reach.reach(connection, one)} for one in found]
    return render_template("outages/index.html", rows=rows, states=STATES, moment_now=moment)


def _note(connection: Connection, fact: ConsoleFact, outage_id: int, what: str, moment: datetime) -> None:
    data = {**origin().data(), "sign_in": current_user.sign_in_id, "outage": outage_id, "what": what}
    audit.note(connection, fact, moment, agent_id=current_user.agent_id, data=data)


@blueprint.get("/<int:outage_id>")
def one(outage_id: int) -> str:
    """One of them: what people hear and read, how far it is, and what can be done."""
    return _page(outage_id)


def _page(outage_id: int, mistake: str | None = None) -> str:
    with console().database.read() as connection:
        values = _whole(connection, outage_id)
        refused = campaigns.refusals(connection, values["outage"].campaign_id)
    rows = [
        {"row": each.row, "given": _masked(each.given), "why": fault_text(each)}
        for each in refused[:SHOWN_REFUSED]
    ]
    return render_template(
        "outages/one.html", mistake=mistake, refused=rows, refused_count=len(refused), **values
    )


def _masked(given: str) -> str:
    """What stood in a row: of a number only its end (R-18)."""
    digits = sum(sign.isdecimal() for sign in given)
    return shown(given, whole=False) or "" if digits > len(given) // 2 else given


@blueprint.get("/<int:outage_id>/part")
def part(outage_id: int) -> str:
    """What of the page changes by itself."""
    with console().database.read() as connection:
        return render_template("outages/whole.html", **_whole(connection, outage_id))


def _known(connection: Connection, outage_id: int) -> OutageView:
    found = outages.one(connection, outage_id) if outage_id < LONGEST_ID else None
    if found is None:
        abort(404)
    return found


def _whole(connection: Connection, outage_id: int) -> dict[str, Any]:
    settings, moment = console().settings, now()
    found = _known(connection, outage_id)
    reach = outage_reach.reach(connection, found)
    seconds = outage_reach.seconds_of_a_call(connection, found) or settings.outages.assumed_call_seconds
    rules = dial_rules(settings)
    by = everybody_called_by(
        reach.to_call,
        settings.dialer.most_lines * 3600 / seconds,
        rules.hours,
        rules.kind_of,
        rules.local(moment),
    )
    texts = load_notice_texts(settings.prompts_folder)
    return {
        "outage": found,
        "reach": reach,
        "states": STATES,
        "ends": ENDS,
        "ends_typed": found.ends_at.astimezone(settings.zone).strftime("%Y-%m-%dT%H:%M"),
        "text": outage_text(settings, texts, found.area, found.work, found.begins_at, found.ends_at),
        "called_by": by,
        "too_late": reach.to_call > 0 and (by is None or by > found.begins_at),
        "late": is_late(found.begins_at, found.made_at, timedelta(hours=settings.outages.ahead_hours)),
        "ahead_hours": settings.outages.ahead_hours,
        "announced": found.is_announced(moment),
        "over": found.ends_at <= moment,
        "begun": found.begins_at <= moment,
        "moves": {
            to.value
            for to, whence in MOVES.items()
            if found.state in whence and not (found.state is CampaignState.DONE and found.ends_at <= moment)
        },
        "off_text": outage_text(
            settings,
            texts,
            found.area,
            found.work,
            found.begins_at,
            found.ends_at,
            wording=wording_off(
                found.begins_at, found.state_at if found.state is CampaignState.STOPPED else moment
            ),
        ),
        "dialer_runs": dialer_state.state(connection).running,
        "can_call": any(trunk.outbound is not None for trunk in settings.all_trunks),
        "sound": found.area_sound,
        "sounds": AreaSound,
    }


@blueprint.post("/<int:outage_id>/state")
def move(outage_id: int) -> Answer:
    """Begin, pause or stop telling people."""
    try:
        to = CampaignState(request.form.get("to", ""))
    except ValueError:
        abort(400)
    if to not in MOVES:
        abort(400)
    moment = now()
    with console().database.write() as connection:
        found = _known(connection, outage_id)
        moved = campaigns.move(connection, found.campaign_id, to, moment)
        if moved:
            _note(connection, ConsoleFact.OUTAGE_CHANGED, outage_id, to.value, moment)
    if not moved:
        return _page(
            outage_id, gettext("Somebody else has changed it meanwhile; this is how it stands.")
        ), 409
    return redirect(url_for("outages.one", outage_id=outage_id), 303)


@blueprint.post("/<int:outage_id>/end")
def set_end(outage_id: int) -> Answer:
    """Set until when gas is off; callers hear it at once."""
    ends_at, moment = reading.read_moment("ends"), now()
    if ends_at is None:
        return _page(outage_id, gettext("Give day and time of the end.")), 422
    with console().database.write() as connection:
        _known(connection, outage_id)
        changed = outages.forecast_end(connection, outage_id, ends_at, moment)
        if changed:
            _note(connection, ConsoleFact.OUTAGE_CHANGED, outage_id, "end", moment)
    if not changed:
        text = gettext("Not changed: it is over already, or would end before it began.")
        return _page(outage_id, text), 422
    flash(gettext("Callers hear the new end from now on."))
    return redirect(url_for("outages.one", outage_id=outage_id), 303)


@blueprint.post("/<int:outage_id>/area-sound")
def say(outage_id: int) -> Answer:
    """Whether callers hear the area's name, or the general sentence."""
    wanted, moment = request.form.get("say") == "yes", now()
    with console().database.write() as connection:
        _known(connection, outage_id)
        sound = AreaSound.WANTED if wanted else AreaSound.LEFT_OUT
        outages.set_area_sound(connection, outage_id, sound, moment)
        _note(connection, ConsoleFact.OUTAGE_CHANGED, outage_id, sound.value, moment)
    return redirect(url_for("outages.one", outage_id=outage_id), 303)


@blueprint.get("/<int:outage_id>/sound")
def sound(outage_id: int) -> Response:
    """The area's name as callers hear it."""
    with console().database.read() as connection:
        found = _known(connection, outage_id)
    file = console().settings.home / "outages" / f"area-{found.id}.wav"
    if found.area_sound is not AreaSound.READY or not file.is_file():
        abort(404)
    return send_file(file.resolve(), mimetype="audio/wav", conditional=True, max_age=0)


@blueprint.get("/<int:outage_id>/people")
def people(outage_id: int) -> str:
    """Who lives there and how each was told; that somebody looked is written down (R-18)."""
    asked, moment = request.args.get("told", Told.EVERYBODY.value), now()
    told = Told(asked) if asked in list(Told) else Told.EVERYBODY
    with console().database.write() as connection:
        found = _known(connection, outage_id)
        reach = outage_reach.reach(connection, found)
        totals = {
            Told.EVERYBODY: reach.people,
            Told.REACHED: reach.reached,
            Told.WAITING: reach.waiting,
            Told.NOT_REACHED: reach.not_reached,
        }
        page = asked_page(totals[told], A_PAGE)
        found_people = outage_reach.people(connection, found, told, limit=A_PAGE, offset=page.offset)
        _note(connection, ConsoleFact.OUTAGE_PEOPLE_READ, outage_id, told.value, moment)
    return render_template(
        "outages/people.html",
        outage=found,
        people=[{"person": each, "call": call_text(each), "text": text_text(each)} for each in found_people],
        told=told,
        totals=totals,
        told_words=TOLD,
        page=page,
    )
