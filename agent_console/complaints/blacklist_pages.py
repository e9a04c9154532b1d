"""The blacklist: proposed at a desk, approved by another person who is a supervisor, lifted (R-BL)."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.auth.pages import origin
from agent_console.cases.refusals import sentence
from agent_console.context import console, now
from agent_console.moments import span_of_day
from ivr.errors import CaseRefused
from storage.queries import audit, blacklist, blacklist_proposals, case_lookup
from storage.queries.audit import ConsoleFact
from storage.telephone_numbers import home_spelling, read_number

blueprint = Blueprint("blacklist", __name__, url_prefix="/blacklist")

DECIDED = 20
LONGEST_REASON = 500
LONGEST_ID = 2**63

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """Who is turned away, what is proposed, and what was decided."""
    return _page({})


def _page(mistakes: dict[str, str]) -> str:
    moment = now()
    with console().database.read() as connection:
        return render_template(
            "complaints/blacklist.html",
            entries=blacklist.entries(connection, moment),
            over=[
                each
                for each in blacklist.entries(connection, moment, also_over=True)
                if each.lifted_at is not None or each.until <= moment
            ][-DECIDED:],
            proposals=blacklist_proposals.proposals(connection, decided=False, limit=100),
            decided=blacklist_proposals.proposals(connection, decided=True, limit=DECIDED),
            home=home_spelling,
            whole=current_user.role in rights.SEES_WHOLE_NUMBERS,
            longest_days=console().settings.blacklist.longest_days,
            mistakes=mistakes,
            typed=request.form if request.method == "POST" else request.args,
        )


@blueprint.post("")
def propose() -> Answer:
    """Propose a number, with a reason and the last day."""
    mistakes: dict[str, str] = {}
    number = read_number(request.form.get("number", ""), console().settings.company.area_code).e164
    if number is None:
        mistakes["number"] = gettext("This is no telephone number; write digits, such as 13900001234.")
    reason = request.form.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]
    until = _end_of(request.form.get("until", ""))
    with console().database.write() as connection:
        case_id = _case(connection, mistakes)
        if not mistakes:
            try:
                made = blacklist_proposals.propose(
                    connection,
                    number or "",
                    reason,
                    until,
                    current_user.agent_id,
                    now(),
                    longest_days=console().settings.blacklist.longest_days,
                    case_id=case_id,
                )
                _note(connection, "propose", proposal=made)
            except CaseRefused as error:
                mistakes["reason" if not reason else "until"] = sentence(error)
    if mistakes:
        return _page(mistakes), 422
    flash(gettext("Proposed. Another person who is a supervisor has to approve it."))
    return redirect(url_for("blacklist.index"), 303)


def _end_of(text: str) -> datetime | None:
    """The end of the day that is named; None where it names none."""
    try:
        return span_of_day(date.fromisoformat(text.strip()), console().settings.zone)[1]
    except (ValueError, OverflowError):
        return None


def _case(connection: Connection, mistakes: dict[str, str]) -> int | None:
    """The case the form names, if any."""
    typed = request.form.get("case", "").strip()
    if not typed:
        return None
    settings = console().settings
    found = case_lookup.look_up(
        connection,
        typed,
        now().astimezone(settings.zone).date(),
        prefixes=list(settings.cases.number_prefixes.values()),
        digits=settings.cases.serial_digits,
    )
    if found.case_id is None:
        meant = gettext(" Did you mean %(numbers)s?", numbers=", ".join(found.suggestions))
        mistakes["case"] = gettext("There is no case of this number.") + (meant if found.suggestions else "")
    return found.case_id


@blueprint.post("/proposals/<int:proposal_id>/approve")
def approve(proposal_id: int) -> Answer:
    """Approve a proposal of somebody else."""
    longest_days = console().settings.blacklist.longest_days
    try:
        with console().database.write() as connection:
            entry_id = blacklist_proposals.approve(
                connection, proposal_id, current_user.agent_id, now(), longest_days=longest_days
            )
            if entry_id is not None:
                _note(connection, "approve", proposal=proposal_id, entry=entry_id)
    except CaseRefused as error:
        return _page({"decision": sentence(error)}), 409
    return _decided(done=entry_id is not None)


@blueprint.post("/proposals/<int:proposal_id>/turn-down")
def turn_down(proposal_id: int) -> Answer:
    """Turn a proposal down, saying why."""
    why = request.form.get("why", "").replace("\0", "").strip()[:LONGEST_REASON]
    if not why:
        return _page({"decision": gettext("Write why it is turned down.")}), 422
    with console().database.write() as connection:
        done = blacklist_proposals.turn_down(connection, proposal_id, why, current_user.agent_id, now())
        if done:
            _note(connection, "turn down", proposal=proposal_id)
    return _decided(done=done)


def _decided(*, done: bool) -> Answer:
    flash(gettext("Decided.") if done else gettext("Somebody else has decided already."))
    return redirect(url_for("blacklist.index"), 303)


@blueprint.post("/entries/<int:entry_id>/lift")
def lift(entry_id: int) -> Answer:
    """Let a number call again before its end."""
    with console().database.write() as connection:
        done = blacklist.lift(connection, entry_id, current_user.agent_id, now())
        if done:
            _note(connection, "lift", entry=entry_id)
    flash(gettext("Lifted; this number is answered again.") if done else gettext("It was over already."))
    return redirect(url_for("blacklist.index"), 303)


def _note(connection: Connection, what: str, **more: Any) -> None:
    data = {"what": what, **more, "sign_in": current_user.sign_in_id, **origin().data()}
    audit.note(connection, ConsoleFact.BLACKLIST_CHANGED, now(), agent_id=current_user.agent_id, data=data)
