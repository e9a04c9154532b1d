"""Signing in, taking over, signing out, and the choice of language and colours."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from agent_console import languages, rights
from agent_console.auth import sessions
from agent_console.auth.sessions import Origin, Person
from agent_console.auth.throttle import (
    address_and_number,
    limiter,
    tries_per_minute,
    tries_per_minute_of_address,
    typed_number,
)
from agent_console.context import console, now
from agent_console.words import END_REASONS
from ivr.errors import Conflict
from ivr.standard.agent_state import IN_A_CALL
from ivr.standard.command_kind import CommandKind
from storage.queries import audit, board, commands_asked, sign_ins
from storage.queries.audit import ConsoleFact
from storage.queries.sign_ins import Account, EndReason, LiveSession

blueprint = Blueprint("auth", __name__)

PROOF_SECONDS = 120
"""How long a checked password counts for the take-over that it is asked to confirm."""

_PROOF = "take_over"
_WORK_NUMBER = re.compile(r"[0-9]{3,8}")

Answer = str | Response | tuple[str, int]


def origin() -> Origin:
    """From where the request comes."""
    return Origin(request.remote_addr or "", request.user_agent.string)


@blueprint.get("/")
def home() -> Response:
    """Where somebody begins, by role."""
    return redirect(url_for(rights.first_page(current_user.role)), 303)


@blueprint.get("/sign-in")
def sign_in() -> Answer:
    """The form; says why the last session ended, where one did."""
    if current_user.is_authenticated:
        return home()
    return render_template("auth/sign_in.html", ended=_why_ended())


def _why_ended() -> dict[str, Any] | None:
    token = session.get("_user_id")
    if not token:
        return None
    with console().database.read() as connection:
        found = sign_ins.find(connection, token)
        if found is None or found.ended_at is None or found.end_reason is None:
            return None
        holder = sign_ins.live_session(connection, found.agent_id)
    reason = EndReason(found.end_reason)
    taken = reason is EndReason.TAKEN_OVER and holder is not None
    return {
        "text": END_REASONS[reason],
        "at": found.ended_at,
        "address": holder.address if taken and holder is not None else None,
        "calm": reason is EndReason.SIGNED_OUT,
    }


@blueprint.post("/sign-in")
@limiter.limit(tries_per_minute, key_func=address_and_number)
@limiter.limit(tries_per_minute_of_address)
def check_sign_in() -> Answer:
    """Check work number and password; the same answer, as late, whatever of the two is wrong."""
    work_number = typed_number()
    account = None
    if _WORK_NUMBER.fullmatch(work_number):
        with console().database.read() as connection:
            account = sign_ins.account(connection, work_number)
    right = console().passwords.right(
        request.form.get("password", ""), account.password_hash if account is not None else None
    )
    if account is None or not right or not account.active:
        _note_refusal(account, work_number, "inactive" if right else "wrong")
        text = gettext("Work number or password is wrong.")
        return render_template("auth/sign_in.html", mistake=text, work_number=work_number[:8]), 401
    return _enter(account, taking_over=None)


def _note_refusal(account: Account | None, work_number: str, why: str) -> None:
    number = work_number if _WORK_NUMBER.fullmatch(work_number) else None
    with console().database.write() as connection:
        audit.note(
            connection,
            ConsoleFact.SIGN_IN_REFUSED,
            now(),
            agent_id=account.agent_id if account is not None else None,
            data={"why": why, "work_number": number, **origin().data()},
        )


def _enter(account: Account, taking_over: int | None) -> Answer:
    """Begin a session, unless another one lives that the person has not yet agreed to end (R-20)."""
    moment = now()
    try:
        with console().database.write() as connection:
            other = sign_ins.live_session(connection, account.agent_id)
            overdue = other is not None and other.started_at + _longest() <= moment
            if other is not None and (overdue or other.id == taking_over):
                reason = EndReason.EXPIRED if overdue else EndReason.TAKEN_OVER
                by = {"by": origin().data()}
                sessions.finish(connection, other.id, account.agent_id, account.role, moment, reason, by)
                other = None
            if other is None:
                token = sessions.begin(connection, account, moment, origin())
            else:
                audit.note(
                    connection,
                    ConsoleFact.SIGN_IN_REFUSED,
                    moment,
                    agent_id=account.agent_id,
                    data={"why": "signed_in_elsewhere", "sign_in": other.id, **origin().data()},
                )
    except Conflict:
        with console().database.read() as connection:
            other = sign_ins.live_session(connection, account.agent_id)
    if other is not None:
        return _ask_to_take_over(account, other)
    _remember(token)
    return redirect(url_for("auth.home"), 303)


def _longest() -> timedelta:
    return timedelta(hours=console().settings.console.session_hours)


def _remember(token: str) -> None:
    """Put the token into a fresh cookie session, so that nothing a stranger planted there survives."""
    kept = {name: session[name] for name in ("language", "colours") if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    person = sessions.find(console().database, token, now(), _longest())
    if person is not None:
        login_user(person)


def _ask_to_take_over(account: Account, other: LiveSession) -> Answer:
    session[_PROOF] = {
        "work_number": account.work_number,
        "sign_in": other.id,
        "until": now().timestamp() + PROOF_SECONDS,
    }
    return render_template("auth/take_over.html", other=other, work_number=account.work_number), 409


@blueprint.post("/take-over")
def take_over() -> Answer:
    """End the other session and begin this one; the password was checked a moment ago."""
    proof = session.pop(_PROOF, None)
    if not proof or proof["until"] < now().timestamp():
        text = gettext("That took too long. Type your password again.")
        return render_template("auth/sign_in.html", mistake=text), 400
    with console().database.read() as connection:
        account = sign_ins.account(connection, proof["work_number"])
    if account is None or not account.active:
        text = gettext("Work number or password is wrong.")
        return render_template("auth/sign_in.html", mistake=text), 401
    return _enter(account, taking_over=proof["sign_in"])


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """End the session; refused in a call, and done after it (R-12.10)."""
    person: Person = current_user
    moment = now()
    with console().database.write() as connection:
        state = board.state_of(connection, person.agent_id) if person.at_a_desk else None
        if state in IN_A_CALL:
            commands_asked.ask(
                connection,
                CommandKind.SIGN_OUT,
                moment,
                by_agent_id=person.agent_id,
                agent_id=person.agent_id,
            )
        else:
            sessions.finish(
                connection,
                person.sign_in_id,
                person.agent_id,
                person.role,
                moment,
                EndReason.SIGNED_OUT,
                origin().data(),
            )
    if state in IN_A_CALL:
        flash(gettext("You are in a call: nobody leaves the desk now. You will be signed out after it."))
        return home()
    ended_token = person.token
    logout_user()
    session["_user_id"] = ended_token  # the next page says that, and when, this session ended
    return redirect(url_for("auth.sign_in"), 303)


@blueprint.post("/preferences")
def preferences() -> Response:
    """Remember language and colours for this browser, and go back to the page."""
    if request.form.get("language") in languages.LANGUAGES:
        session["language"] = request.form["language"]
    if request.form.get("colours") in languages.COLOURS:
        session["colours"] = request.form["colours"]
    session.permanent = True
    return redirect(_own_page(request.form.get("back", "")), 303)


def _own_page(back: str) -> str:
    """``back`` where it is a path of this console, otherwise the first page; never another site."""
    parts = urlsplit(back)
    own = (
        back.startswith("/") and not back.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    )
    return back if own and "\\" not in back and back.isprintable() else url_for("auth.home")
