"""Doing a step of a case from its page; a refusal shows what changed and keeps what was typed."""

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.cases import one_case, pages
from agent_console.cases.case_words import DONE_WORDS
from agent_console.cases.lines import clocks
from agent_console.cases.refusals import sentence
from agent_console.context import console, now
from agent_console.units import photos
from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseStep
from ivr.standard.case_number import series
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.command_kind import CommandKind
from ivr.standard.complaint_path import Responsibility
from ivr.standard.urgency import Urgency
from storage.queries import case_access, case_facts, case_opening, case_steps, commands_asked
from storage.queries.case_access import Who
from storage.queries.case_steps import Asked

blueprint = Blueprint("case_steps", __name__)

_LONGEST_ID = 18
_MEANWHILE = frozenset(
    {CaseRefusal.CHANGED_MEANWHILE, CaseRefusal.ALREADY_CLOSED, CaseRefusal.NOT_POSSIBLE_NOW}
)
_PHOTO_STATUS = {CaseRefusal.PHOTO_TOO_LARGE: 413, CaseRefusal.NO_PHOTO: 415}

Answer = str | Response | tuple[str, int]


class _Mistyped(Exception):
    """A field of the form holds what cannot be taken; the message is for the reader."""


@blueprint.post("/cases/<number>/steps")
def step(number: str) -> Answer:
    """Do a step; somebody who was faster is told of, and nothing typed is lost."""
    case_id = pages.case_id_of(number)
    asked_step = request.form.get("step", "")
    if asked_step not in list(CaseStep):
        abort(400)
    try:
        asked = _asked(CaseStep(asked_step))
        with console().database.write() as connection:
            if asked.step is CaseStep.OBJECT:
                new = _object(connection, case_id, asked)
                flash(gettext("Linked new form %(number)s is made of it.", number=new))
                return redirect(url_for("cases.one", number=new), 303)
            case_steps.do(connection, case_id, asked, Who(current_user.agent_id), now(), clocks())
    except _Mistyped as problem:
        return _again(case_id, str(problem), 422)
    except CaseRefused as refusal:
        return _again(case_id, sentence(refusal), 409 if refusal.reason in _MEANWHILE else 422)
    flash(gettext("Done: %(what)s.", what=DONE_WORDS[asked.step]))
    return redirect(url_for("cases.one", number=number), 303)


def _asked(wanted: CaseStep) -> Asked:
    """The form's fields as the rules take them."""
    asked = Asked(wanted, _said(), seen=_id(request.form.get("seen", "")))
    if wanted is CaseStep.PASS_ON:
        return replace(asked, unit_id=_id(request.form.get("unit_id", "")))
    if wanted is CaseStep.HAND_OVER:
        return replace(asked, to_agent_id=_id(request.form.get("to_agent_id", "")))
    if wanted is CaseStep.AGREE_TIME:
        return replace(asked, due_at=_moment(request.form.get("due_at", "")))
    if wanted is CaseStep.OPINE:
        given = request.form.get("responsibility", "")
        if given not in list(Responsibility):
            raise _Mistyped(gettext("Choose who answers for it (R-CS)."))
        return replace(asked, responsibility=Responsibility(given))
    return asked


def _said() -> str:
    text = request.form.get("said", "").replace("\r\n", "\n").strip()
    longest = console().settings.cases.longest_content
    if "\0" in text:
        raise _Mistyped(
            gettext("The text holds an invisible zero character, which cannot be kept; delete it.")
        )
    if len(text) > longest:
        raise _Mistyped(
            gettext(
                "%(n)d characters too many (at most %(most)d); what you typed is kept.",
                n=len(text) - longest,
                most=longest,
            )
        )
    return text


def _moment(text: str) -> datetime:
    """A time as the page's field gives it, in the hotline's zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=console().settings.zone)
    except (ValueError, OverflowError):
        raise _Mistyped(gettext("Choose the day and the time that were agreed.")) from None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def _object(connection: Connection, case_id: int, asked: Asked) -> str:
    """R-CA: the new form that goes on with the complaint; its number."""
    settings, moment = console().settings, now()
    old = case_access.life_of(connection, case_id)
    if old is None:
        abort(404)
    urgency = request.form.get("urgency", "")
    opened = case_opening.object_to(
        connection,
        case_id,
        asked.said,
        Who(current_user.agent_id),
        moment,
        clocks(),
        series=series(settings.cases.number_prefixes[old.kind], moment.astimezone(settings.zone).date()),
        digits=settings.cases.serial_digits,
        urgency=Urgency(urgency) if urgency in list(Urgency) else Urgency.ORDINARY,
        seen=asked.seen,
    )
    return opened.number


def _again(case_id: int, problem: str, status: int) -> Answer:
    """The page as it is now, with what was refused and what was typed."""
    with console().database.read() as connection:
        shown = one_case.read(connection, case_id)
    shown |= {"refused": problem, "typed": request.form}
    return render_template("cases/one.html", **shown, more_words=pages.page_words()), status


@blueprint.post("/cases/<number>/call")
def call(number: str) -> Answer:
    """Ask the engine to call the customer about this case; it rings at the reader's desk first."""
    case_id = pages.case_id_of(number)
    with console().database.write() as connection:
        facts = case_facts.facts(connection, case_id)
        if facts is None or facts.contact_number is None:
            abort(404)
        commands_asked.ask(
            connection,
            CommandKind.CALL_OUT,
            now(),
            by_agent_id=current_user.agent_id,
            agent_id=current_user.agent_id,
            arguments={
                "number": facts.contact_number,
                "customer_id": facts.customer_id,
                "case_id": case_id,
            },
        )
    flash(gettext("The call about %(number)s is asked for; it rings at your desk.", number=number))
    return redirect(url_for("cases.one", number=number), 303)


@pages.blueprint.post("/cases/<number>/photos")
def add_photo(number: str) -> Answer:
    """Add a photo to the case."""
    case_id = pages.case_id_of(number)
    try:
        photos.accept_upload(case_id, Who(current_user.agent_id), request.files.get(photos.FIELD))
    except CaseRefused as refusal:
        return _again(case_id, sentence(refusal), _PHOTO_STATUS.get(CaseRefusal(refusal.reason), 422))
    flash(gettext("The photo is with the case."))
    return redirect(url_for("cases.one", number=number), 303)
