"""Administration of units and their people: made, changed, ended; a unit with open cases is not removed."""

import re
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.auth.pages import origin
from agent_console.cases.refusals import sentence
from agent_console.context import console, now
from agent_console.units.unit_words import DUTY_WORDS
from ivr.errors import CaseRefused, Refused
from ivr.standard.case_refusal import CaseRefusal
from storage.models import Duty
from storage.queries import audit, responsible_people, unit_keeping, unit_removal
from storage.queries.audit import ConsoleFact
from storage.queries.unit_keeping import KeptUnit
from storage.telephone_numbers import home_spelling, read_number

blueprint = Blueprint("unit_keeping", __name__, url_prefix="/units")

LONGEST_UNIT = 80
LONGEST_NAME = 40
LONGEST_MAIL = 254
LONGEST_ID = 2**63
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")

Answer = str | Response | tuple[str, int]
Mistakes = dict[str, str]
"""Field → what is wrong with it."""


@blueprint.get("")
def index() -> str:
    """All units, and the managers above them."""
    return _list_page({})


def _list_page(mistakes: Mistakes) -> str:
    with console().database.read() as connection:
        kept = unit_keeping.units(connection)
        managers = unit_keeping.people(connection, None)
    return render_template(
        "units/units.html",
        units=kept,
        people=managers,
        duties=[Duty.MANAGER],
        duty_words=DUTY_WORDS,
        home=home_spelling,
        mistakes=mistakes,
        typed=request.form,
    )


@blueprint.post("")
def add() -> Answer:
    """Make a unit, or take one back that was removed."""
    mistakes: Mistakes = {}
    name, phone = _unit_fields(mistakes)
    if not mistakes:
        try:
            with console().database.write() as connection:
                unit_id = unit_keeping.add(connection, name, phone)
                _note(connection, "add", unit=unit_id, name=name)
        except Refused:
            mistakes["name"] = gettext("There is a unit of this name already.")
    if mistakes:
        return _list_page(mistakes), 422
    flash(gettext("%(name)s is a unit now. Add its people.", name=name))
    return redirect(url_for("unit_keeping.one", unit_id=unit_id), 303)


def _unit_fields(mistakes: Mistakes) -> tuple[str, str | None]:
    name = _line("name")
    if not name or len(name) > LONGEST_UNIT:
        mistakes["name"] = gettext("Write the unit's name, %(most)d characters at most.", most=LONGEST_UNIT)
    return name, _number("phone", mistakes)


def _line(field: str) -> str:
    """A field's text in one line, without signs that cannot be seen."""
    return "".join(sign for sign in " ".join(request.form.get(field, "").split()) if sign.isprintable())


def _number(field: str, mistakes: Mistakes) -> str | None:
    """A telephone number as E.164; None where the field is empty or wrong."""
    typed = _line(field)
    if not typed:
        return None
    number = read_number(typed, console().settings.company.area_code).e164
    if number is None:
        mistakes[field] = gettext("This is no telephone number; write digits, such as 13900001234.")
    return number


@blueprint.get("/<int:unit_id>")
def one(unit_id: int) -> str:
    """A unit with its people."""
    return _unit_page(unit_id, {})


def _unit_page(unit_id: int, mistakes: Mistakes, refusal: CaseRefused | None = None) -> str:
    with console().database.read() as connection:
        unit = _known(connection, unit_id)
        people = unit_keeping.people(connection, unit_id)
    return render_template(
        "units/unit.html",
        unit=unit,
        people=people,
        duties=[Duty.HEAD, Duty.FITTER],
        duty_words=DUTY_WORDS,
        home=home_spelling,
        mistakes=mistakes,
        typed=request.form,
        refusal=sentence(refusal) if refusal is not None else None,
        open_numbers=refusal.details
        if refusal is not None and refusal.reason == CaseRefusal.UNIT_HAS_CASES
        else (),
    )


def _known(connection: Connection, unit_id: int) -> KeptUnit:
    found = [unit for unit in unit_keeping.units(connection) if unit.id == unit_id]
    if not found:
        abort(404)
    return found[0]


@blueprint.post("/<int:unit_id>")
def change(unit_id: int) -> Answer:
    """Give a unit another name or number."""
    mistakes: Mistakes = {}
    name, phone = _unit_fields(mistakes)
    with console().database.read() as connection:
        _known(connection, unit_id)
    if not mistakes:
        try:
            with console().database.write() as connection:
                unit_keeping.change(connection, unit_id, name, phone)
                _note(connection, "change", unit=unit_id, name=name)
        except Refused:
            mistakes["name"] = gettext("There is a unit of this name already.")
    if mistakes:
        return _unit_page(unit_id, mistakes), 422
    flash(gettext("Saved."))
    return redirect(url_for("unit_keeping.one", unit_id=unit_id), 303)


@blueprint.post("/<int:unit_id>/remove")
def remove(unit_id: int) -> Answer:
    """Let a unit take no more work; refused while cases are open there, with their numbers."""
    with console().database.read() as connection:
        unit = _known(connection, unit_id)
    try:
        with console().database.write() as connection:
            unit_removal.remove(connection, unit_id)
            _note(connection, "remove", unit=unit_id, name=unit.name)
    except CaseRefused as error:
        return make_response(_unit_page(unit_id, {}, error), 409)
    flash(gettext("%(name)s takes no more work; what it did stays.", name=unit.name))
    return redirect(url_for("unit_keeping.index"), 303)


@blueprint.post("/people")
def add_person() -> Answer:
    """Take somebody on, at a unit or as a manager above all of them."""
    unit_id = request.form.get("unit_id", type=int)
    mistakes: Mistakes = {}
    with console().database.write() as connection:
        if unit_id is not None and not _known(connection, unit_id).active:
            abort(404)
        values = _person_fields(connection, unit_id, mistakes)
        if not mistakes:
            person_id = responsible_people.add(connection, now(), unit_id=unit_id, **values)
            _note(connection, "add person", unit=unit_id, person=person_id, name=values["name"])
    if mistakes:
        page = _unit_page(unit_id, mistakes) if unit_id is not None else _list_page(mistakes)
        return page, 422
    flash(gettext("%(name)s is entered.", name=values["name"]))
    return _back(unit_id)


def _person_fields(connection: Connection, unit_id: int | None, mistakes: Mistakes) -> dict[str, Any]:
    """What the form says about somebody; what is wrong with it is put into ``mistakes``."""
    allowed = [Duty.MANAGER] if unit_id is None else [Duty.HEAD, Duty.FITTER]
    duty = request.form.get("duty", "")
    if duty not in allowed:
        mistakes["duty"] = gettext("Choose what they answer for.")
    name, mail, work_number = _line("person_name"), _line("mail"), _line("work_number")
    if not name or len(name) > LONGEST_NAME:
        mistakes["person_name"] = gettext("Write the name, %(most)d characters at most.", most=LONGEST_NAME)
    if mail and (not _MAIL.fullmatch(mail) or len(mail) > LONGEST_MAIL):
        mistakes["mail"] = gettext("This is no mail address; write one such as li@gas.example.")
    agent_id = unit_keeping.agent_of(connection, work_number) if work_number else None
    if work_number and agent_id is None:
        mistakes["work_number"] = gettext(
            "Nobody has this work number; make it first: hotline agents add %(number)s --role unit",
            number=work_number[:8],
        )
    number = _number("number", mistakes)
    if not (number or mail or agent_id) and "number" not in mistakes and "work_number" not in mistakes:
        mistakes["number"] = gettext("Give a number, a mail address or a work number, to be told by.")
    return {
        "duty": Duty(duty) if duty in list(Duty) else Duty.FITTER,
        "name": name,
        "number": number,
        "mail": mail or None,
        "agent_id": agent_id,
    }


@blueprint.post("/people/<int:person_id>/end")
def end_person(person_id: int) -> Answer:
    """Somebody does not answer for it any more; the name stays in what was done."""
    unit_id = request.form.get("unit_id", type=int)
    with console().database.write() as connection:
        if person_id < LONGEST_ID and responsible_people.end(connection, person_id, now()):
            _note(connection, "end person", unit=unit_id, person=person_id)
    return _back(unit_id)


def _back(unit_id: int | None) -> Response:
    if unit_id is None:
        return redirect(url_for("unit_keeping.index"), 303)
    return redirect(url_for("unit_keeping.one", unit_id=unit_id), 303)


def _note(connection: Connection, what: str, **more: object) -> None:
    data = {"what": what, **more, "sign_in": current_user.sign_in_id, **origin().data()}
    audit.note(connection, ConsoleFact.UNITS_CHANGED, now(), agent_id=current_user.agent_id, data=data)
