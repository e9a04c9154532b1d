"""Cases 工单: the list by time left, one case with everything, and its form on paper (R-AR, R-FR, R-OV)."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.auth.pages import origin
from agent_console.cases import list_filter, one_case
from agent_console.cases.lines import shown_lines
from agent_console.cases.time_left import time_left_words
from agent_console.context import console, now
from agent_console.moments import milliseconds
from agent_console.units import photos
from agent_console.units.photos import Visit
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState
from storage.queries import audit, case_desk_list, case_facts, case_lookup, units
from storage.queries.audit import ConsoleFact
from storage.queries.case_desk_list import Due, Which
from storage.queries.case_lookup import Looked

blueprint = Blueprint("cases", __name__)

A_PAGE = 50
LONGEST_NUMBER = 60

Answer = str | Response | tuple[str, int]


def page_words() -> dict[str, Any]:
    """What the scripts of pages about cases need."""
    return time_left_words(console().settings.obligations.warn_at)


@blueprint.get("/cases")
def index() -> Answer:
    """The reader's cases by time left; for supervisors everybody's, filtered, a page at a time."""
    moment = now()
    soon = list_filter.soon_until(moment)
    sees_all = current_user.role in rights.SEES_ALL_CASES
    with console().database.read() as connection:
        wanted = list_filter.from_address(connection)
        found = case_desk_list.page(
            connection,
            wanted.cases,
            moment,
            soon,
            limit=A_PAGE + 1,
            after=list_filter.place_in(request.args.get("after", "")),
        )
        more = len(found) > A_PAGE
        lines = shown_lines(connection, found[:A_PAGE], moment)
        heads = case_desk_list.heads(connection, moment, soon, wanted.cases.owner_id)
        looked = _looked_up(connection, wanted.text) if wanted.text and not found else None
        people = case_facts.who_answers(connection) if sees_all else []
        known = units.active(connection)
    if looked is not None and looked.case_id is not None:
        return redirect(url_for("cases.one", number=looked.number), 303)
    last = list_filter.address_of(case_desk_list.place_after(wanted.cases, found[A_PAGE - 1])) if more else ""
    return render_template(
        "cases/index.html",
        lines=lines,
        wanted=wanted,
        kept=wanted.address(),
        next_page=last,
        heads=heads,
        looked=looked,
        sees_all=sees_all,
        people=people,
        units=known,
        kinds=list(CallKind),
        states=list(CaseState),
        whiches=list(Which),
        dues=list(Due),
        made_at=milliseconds(moment),
        more_words=page_words(),
    )


def _looked_up(connection: Connection, typed: str) -> Looked:
    settings = console().settings
    return case_lookup.look_up(
        connection,
        typed[:LONGEST_NUMBER],
        now().astimezone(settings.zone).date(),
        prefixes=settings.cases.number_prefixes.values(),
        digits=settings.cases.serial_digits,
    )


@blueprint.get("/cases/<number>")
def one(number: str) -> Answer:
    """Everything of a case on one page (R-AR); a mistyped number leads on to what was meant (R-N)."""
    return _case_page(number, "cases/one.html")


@blueprint.get("/cases/<number>/print")
def on_paper(number: str) -> Answer:
    """The case as the company's form, to be printed and signed."""
    return _case_page(number, "cases/print.html")


def _case_page(number: str, template: str) -> Answer:
    with console().database.read() as connection:
        looked = _looked_up(connection, number)
        if looked.case_id is None:
            return not_there(number, looked), 404
        if looked.number != number:
            return redirect(url_for(request.endpoint or "cases.one", number=looked.number), 303)
        shown = one_case.read(connection, looked.case_id)
    note_look(looked.case_id, number, where="paper" if template.endswith("print.html") else "page")
    return render_template(template, **shown, more_words=page_words())


def not_there(number: str, looked: Looked) -> str:
    """The page that says that there is no such case, and which one was probably meant."""
    return render_template("cases/not_there.html", typed=number[:LONGEST_NUMBER], looked=looked)


def note_look(case_id: int, number: str, *, where: str) -> None:
    """Write down that the reader sees a case, and so its customer (R-18)."""
    with console().database.write() as connection:
        audit.note(
            connection,
            ConsoleFact.CASE_LOOKED_AT,
            now(),
            agent_id=current_user.agent_id,
            data={
                "case": number,
                "case_id": case_id,
                "where": where,
                "sign_in": current_user.sign_in_id,
                **origin().data(),
            },
        )


def case_id_of(number: str) -> int:
    """The id of a case by its whole number; 404 where there is none."""
    with console().database.read() as connection:
        looked = _looked_up(connection, number)
    if looked.case_id is None:
        abort(404)
    return looked.case_id


@blueprint.get("/cases/<number>/photos/<int:photo_id>")
def photo(number: str, photo_id: int) -> Response:
    """A photo of this case; who looks is written down (R-18)."""
    data = {"sign_in": current_user.sign_in_id, **origin().data()}
    return photos.show(case_id_of(number), photo_id, Visit(current_user.agent_id, data))
