"""The unit's screen: its own cases by time left, alarms on top, and one of them to work on (R-3.2, R-OV)."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from agent_console.auth.pages import origin
from agent_console.cases.lines import clocks, shown_lines
from agent_console.cases.pages import note_look
from agent_console.cases.refusals import sentence
from agent_console.cases.time_left import time_left_words
from agent_console.context import console, now
from agent_console.error_pages import for_script
from agent_console.moments import milliseconds
from agent_console.units import photos, work
from agent_console.units.unit_words import form_words
from ivr.config.sections import CallKind
from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseState
from storage.queries import case_lists, case_view, notices, responsible_people, unit_keeping
from storage.queries.case_access import Who
from storage.queries.case_lists import CaseLine
from storage.queries.obligations import NEVER

blueprint = Blueprint("units", __name__, url_prefix="/unit")

SHOWN = 200
"""Cases of a list; those with the least time left."""
NOTICES = 20

AT_THE_UNIT = frozenset({CaseState.PASSED, CaseState.ACCEPTED, CaseState.WORKING, CaseState.FOUND})
"""States in which the unit has something to do; in the others the hotline has."""

Answer = str | AnyResponse | tuple[str, int]


def my_units() -> list[int]:
    """The units the reader works for."""
    with console().database.read() as connection:
        return responsible_people.units_of(connection, current_user.agent_id)


def _lists(connection: Connection, unit_ids: list[int]) -> dict[str, Any]:
    """The lists of the page: alarms, what is to be done, what the hotline goes on with; and the notices."""
    moment = now()
    cases = [case for unit in unit_ids for case in case_lists.of_unit(connection, unit, limit=SHOWN)]
    cases.sort(key=lambda case: (case.due_at or NEVER, case.id))
    rows = shown_lines(connection, cases, moment)
    mine = [row for row in rows if row.case.state in AT_THE_UNIT]
    alarms = [row for row in mine if row.case.kind is CallKind.ALARM]
    return {
        "alarms": sorted(alarms, key=lambda row: (row.case.state is not CaseState.PASSED, row.case.id)),
        "todo": [row for row in mine if row.case.kind is not CallKind.ALARM],
        "elsewhere": [row for row in rows if row.case.state not in AT_THE_UNIT],
        "cut": len(cases) >= SHOWN,
        "notices": notices.unread_of(connection, current_user.agent_id, NOTICES),
        "units": list(unit_keeping.names(connection, unit_ids).values()),
        "made_at": milliseconds(moment),
    }


def _mine(connection: Connection, number: str) -> CaseLine:
    """A case of the reader's unit; any other one is not there."""
    line = case_view.by_number(connection, number)
    if line is None or line.unit_id not in responsible_people.units_of(connection, current_user.agent_id):
        abort(404)
    return line


@blueprint.get("")
def index() -> str:
    """The list, with nothing chosen."""
    return _page(None)


@blueprint.get("/part")
def part() -> str:
    """The lists alone, for the page's script."""
    with console().database.read() as connection:
        unit_ids = responsible_people.units_of(connection, current_user.agent_id)
        return render_template(
            "units/lists.html", chosen=request.args.get("chosen"), **_lists(connection, unit_ids)
        )


@blueprint.get("/<number>")
def one(number: str) -> str:
    """The list, and one case of it to work on; every look is in the audit log (R-18)."""
    page = _page(number)
    note_look(_case_id(number), number, where="unit")
    return page


def _case_id(number: str) -> int:
    with console().database.read() as connection:
        return _mine(connection, number).id


def _page(number: str | None, mistake: str | None = None, text: str = "") -> str:
    with console().database.read() as connection:
        chosen = work.read(connection, _mine(connection, number)) if number is not None else None
        unit_ids = responsible_people.units_of(connection, current_user.agent_id)
        lists = _lists(connection, unit_ids)
    largest = console().settings.photos.largest_megabytes
    return render_template(
        "units/list.html",
        work=chosen,
        chosen=number,
        mistake=mistake,
        typed=text,
        largest_megabytes=largest,
        more_words={**time_left_words(clocks().warn_at), **form_words(largest)},
        **lists,
    )


@blueprint.post("/<number>/step")
def step(number: str) -> Answer:
    """Do a step of a case; a refusal keeps what was typed."""
    with console().database.read() as connection:
        line = _mine(connection, number)
    try:
        work.do_step(line.id, Who(agent_id=current_user.agent_id))
    except CaseRefused as error:
        return _refused(error, number)
    return _done(number)


@blueprint.post("/<number>/photos")
def add_photo(number: str) -> Answer:
    """Keep a photo of a case."""
    with console().database.read() as connection:
        line = _mine(connection, number)
    try:
        photos.accept_upload(line.id, Who(agent_id=current_user.agent_id), request.files.get(photos.FIELD))
    except CaseRefused as error:
        return _refused(error, number)
    return _done(number)


def _refused(error: CaseRefused, number: str) -> Answer:
    text = sentence(error)
    if for_script():
        refusal: Response = jsonify(error=text)
        refusal.status_code = 409
        return refusal
    return make_response(_page(number, text, work.typed()), 409)


def _done(number: str) -> Answer:
    """On to the case, or to the list where the unit has it no more; a script is told where to."""
    with console().database.read() as connection:
        line = case_view.by_number(connection, number)
    to = url_for("units.one", number=number)
    if line is None or line.unit_id not in my_units():
        flash(gettext("Case %(number)s is no longer at your unit.", number=number))
        to = url_for("units.index")
    return jsonify(done=True, to=to) if for_script() else redirect(to, 303)


@blueprint.get("/<number>/photos/<int:photo_id>")
def photo(number: str, photo_id: int) -> Response:
    """A photo of a case of the unit."""
    with console().database.read() as connection:
        line = _mine(connection, number)
    visit = photos.Visit(current_user.agent_id, {"sign_in": current_user.sign_in_id, **origin().data()})
    return photos.show(line.id, photo_id, visit)
