"""Accounts and rights: people, roles, skills, units and phones; added, changed, let go, taken back (R-20).

The same rules as of `hotline agents`; each change is written to the audit log. Passwords are shown once, in
the answer to the form that made them, and kept nowhere.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.accounts import form
from agent_console.accounts.account_words import ROLE_MAY, refusal
from agent_console.accounts.form import LEVELS, LONGEST_REASON, AccountForm
from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.units.unit_words import DUTY_WORDS
from agent_console.words import queue_name
from ivr.config.sections import DeviceKind, Role
from ivr.errors import AccountRefused
from storage import people
from storage.models import Duty
from storage.people import By, FirstSignIn
from storage.queries import accounts, audit, responsible_people, unit_keeping
from storage.queries.accounts import Account
from storage.queries.audit import ConsoleFact

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

Answer = str | Response | tuple[str, int]
LONGEST_ID = 2**63


@blueprint.get("")
def index() -> str:
    """Everybody who is or was here; filtered by role, name or work number."""
    return _list_page(AccountForm())


def _list_page(typed: AccountForm, trouble: str = "") -> str:
    with console().database.read() as connection:
        everybody = accounts.accounts(connection)
    wanted = request.args.get("q", "").strip()[:40]
    role = request.args.get("role", "")
    shown = [
        each
        for each in everybody
        if (wanted in each.name or each.work_number.startswith(wanted))
        and (role not in list(Role) or each.role == role)
        and (each.active or "left" in request.args)
    ]
    return render_template(
        "accounts/index.html",
        people=shown,
        total=sum(each.active for each in everybody),
        gone=sum(not each.active for each in everybody),
        asked={"q": wanted, "role": role, "left": "left" in request.args},
        form=typed,
        trouble=trouble,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    settings = console().settings
    needing: dict[str, list[str]] = {name: [] for name in sorted(settings.skills)}
    for queue, found in settings.queues.items():
        needing[found.skill].append(queue_name(settings, queue))
    return {
        "roles": {role: ROLE_MAY[role] for role in Role},
        "devices": list(DeviceKind),
        "skills": needing,
        "levels": LEVELS,
    }


def _by(reason: str = "") -> By:
    return By(current_user.agent_id, reason, {"sign_in": current_user.sign_in_id, **origin().data()})


@blueprint.post("")
def add() -> Answer:
    """Add somebody; the passwords are shown once."""
    typed = form.read(request.form, console().settings)
    if typed.person is None:
        return _list_page(typed), 422
    try:
        first = people.add_person(console().database, typed.person, now(), _by())
    except AccountRefused as error:
        typed.mistakes["work_number"] = refusal(error)
        return _list_page(typed), 409
    return _passwords(first, gettext("%(name)s is added.", name=first.name))


def _passwords(first: FirstSignIn, said: str) -> str:
    return render_template("accounts/passwords.html", first=first, said=said)


@blueprint.get("/<work_number>")
def one(work_number: str) -> str:
    """Somebody's account."""
    return _page(_known(work_number))


def _known(work_number: str) -> Account:
    with console().database.read() as connection:
        found = accounts.accounts(connection, work_number)
    if not found:
        abort(404)
    return found[0]


def _page(account: Account, typed: AccountForm | None = None, trouble: str = "", wrong: str = "") -> str:
    with console().database.read() as connection:
        duties = accounts.memberships(connection, account.agent_id)
        units = [unit for unit in unit_keeping.units(connection) if unit.active]
        cases = accounts.open_cases(connection, account.agent_id)
    return render_template(
        "accounts/one.html",
        account=account,
        form=typed or form.of_account(account),
        memberships=duties,
        units=units,
        duties=[Duty.HEAD, Duty.FITTER],
        duty_words=DUTY_WORDS,
        open_cases=cases,
        trouble=trouble,
        wrong=wrong,
        reason=request.form.get("reason", ""),
        **_choices(),
    )


@blueprint.post("/<work_number>")
def change(work_number: str) -> Answer:
    """Change name, role, skills and phone."""
    account = _known(work_number)
    typed = form.read(request.form, console().settings, work_number)
    if typed.person is None:
        return _page(account, typed), 422
    person = typed.person
    same = (person.device.kind, person.device.address) == (account.device_kind, account.device_address)
    try:
        password = people.change_person(
            console().database,
            work_number,
            name=person.name,
            role=person.role,
            skills=person.skills,
            device=None if same else person.device,
            by=_by(),
        )
    except AccountRefused as error:
        return _page(account, typed, refusal(error)), 409
    if password is not None:
        first = FirstSignIn(work_number, person.name, person.role, None, password)
        return _passwords(first, gettext("The account is changed."))
    flash(gettext("Saved."))
    return redirect(url_for("accounts.one", work_number=work_number), 303)


@blueprint.post("/<work_number>/leave")
def leave(work_number: str) -> Answer:
    """Somebody leaves: access and live sessions end at once, the records stay."""
    account = _known(work_number)

    def do(reason: str) -> None:
        people.deactivate(console().database, work_number, now(), _by(reason))

    said = gettext("%(name)s has no access any more; all records stay.", name=account.name)
    return _with_reason(account, do, said)


@blueprint.post("/<work_number>/back")
def back(work_number: str) -> Answer:
    """Somebody who had left comes back under the same work number."""
    account = _known(work_number)

    def do(reason: str) -> None:
        people.change_person(console().database, work_number, active=True, by=_by(reason))

    return _with_reason(account, do, gettext("%(name)s may sign in again.", name=account.name))


def _with_reason(account: Account, do: Callable[[str], None], said: str) -> Answer:
    reason = " ".join(request.form.get("reason", "").replace("\0", "").split())[:LONGEST_REASON]
    try:
        do(reason)
    except AccountRefused as error:
        return _page(account, wrong=refusal(error)), 409
    flash(said)
    return redirect(url_for("accounts.one", work_number=account.work_number), 303)


@blueprint.post("/<work_number>/password")
def renew(work_number: str) -> Answer:
    """A new password of the page, or of the phone; shown once."""
    account = _known(work_number)
    of_device = request.form.get("of") == "device"
    try:
        first = people.renew_passwords(console().database, work_number, of_device=of_device, by=_by())
    except AccountRefused as error:
        return _page(account, trouble=refusal(error)), 409
    return _passwords(first, gettext("The old password is not valid any more."))


@blueprint.post("/<work_number>/units")
def join(work_number: str) -> Answer:
    """Somebody answers for a unit from now on."""
    account = _known(work_number)
    unit_id, duty = request.form.get("unit_id", type=int), request.form.get("duty", "")
    with console().database.write() as connection:
        known = {unit.id: unit for unit in unit_keeping.units(connection) if unit.active}
        there = {each.unit_id for each in accounts.memberships(connection, account.agent_id)}
        if unit_id not in known or duty not in (Duty.HEAD, Duty.FITTER):
            return _page(account, trouble=gettext("Choose a unit and what they answer for.")), 422
        if unit_id not in there and account.active:
            person_id = responsible_people.add(
                connection,
                now(),
                duty=Duty(duty),
                name=account.name,
                unit_id=unit_id,
                agent_id=account.agent_id,
            )
            _note_unit(connection, "add person", unit_id, person_id, account)
    return redirect(url_for("accounts.one", work_number=work_number), 303)


@blueprint.post("/<work_number>/units/<int:person_id>/end")
def end_unit(work_number: str, person_id: int) -> Answer:
    """Somebody does not answer for a unit any more."""
    account = _known(work_number)
    with console().database.write() as connection:
        for each in accounts.memberships(connection, account.agent_id):
            if each.person_id == person_id and responsible_people.end(connection, person_id, now()):
                _note_unit(connection, "end person", each.unit_id, person_id, account)
    return redirect(url_for("accounts.one", work_number=work_number), 303)


def _note_unit(connection: Any, what: str, unit_id: int | None, person_id: int, account: Account) -> None:
    data = {"what": what, "unit": unit_id, "person": person_id, "work_number": account.work_number}
    whole = {**data, "sign_in": current_user.sign_in_id, **origin().data()}
    audit.note(connection, ConsoleFact.UNITS_CHANGED, now(), agent_id=current_user.agent_id, data=whole)
