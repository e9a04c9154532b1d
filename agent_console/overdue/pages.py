"""The overdue board: what is late or soon will be, how far warnings went, and who answers (R-OV, R-FR)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection

from agent_console.cases.lines import ShownLine, clocks, shown_lines
from agent_console.cases.time_left import time_left_words
from agent_console.context import console, now
from agent_console.moments import milliseconds
from ivr.standard.first_responder import Handover, answerable
from ivr.standard.overdue import LADDER, Rung
from storage.queries import case_figures, case_lists, overdue_board, unit_keeping
from storage.queries.case_lists import Place
from storage.queries.obligations import NEVER

blueprint = Blueprint("overdue", __name__, url_prefix="/overdue")

A_PAGE = 50
LATE_DAYS = 31
LATE_SHOWN = 30
LONGEST_ID = 2**63


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A case on the board."""

    row: ShownLine
    rule: str
    rung: Rung | None
    """The highest on the ladder that was warned; None: nobody yet."""
    percent: float
    names: list[str]
    """Whom a late figure names: first responders from the first on, then the unit (R-FR)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader narrowed the board down to."""

    unit: int | None
    owner: int | None
    everything: bool
    """All open cases, also those that have time."""
    after: Place | None

    def arguments(self, **other: Any) -> dict[str, Any]:
        """As an address has it, with something changed."""
        said = {"unit": self.unit, "owner": self.owner, "all": 1 if self.everything else None}
        return {name: value for name, value in (said | other).items() if value is not None}


@blueprint.get("")
def index() -> str:
    """The board; live."""
    with console().database.read() as connection:
        return render_template(
            "overdue/index.html",
            more_words=time_left_words(clocks().warn_at),
            **_board(connection, _wanted()),
        )


@blueprint.get("/part")
def part() -> str:
    """What of the board is live."""
    with console().database.read() as connection:
        return render_template("overdue/board.html", **_board(connection, _wanted()))


def _wanted() -> Wanted:
    due, case_id = request.args.get("due", type=float), request.args.get("after", type=int)
    after = None
    if due is not None and case_id is not None and 0 < due < NEVER.timestamp() and case_id < LONGEST_ID:
        after = (datetime.fromtimestamp(due, NEVER.tzinfo), case_id)
    return Wanted(_id("unit"), _id("owner"), bool(request.args.get("all")), after)


def _id(name: str) -> int | None:
    given = request.args.get(name, type=int)
    return given if given is not None and 0 <= given < LONGEST_ID else None


def _board(connection: Connection, wanted: Wanted) -> dict[str, Any]:
    moment = now()
    soon_hours = console().settings.cases.soon_hours
    until = NEVER if wanted.everything else moment + timedelta(hours=soon_hours)
    cases = overdue_board.board(
        connection,
        until,
        limit=A_PAGE + 1,
        unit_id=wanted.unit,
        owner_id=wanted.owner,
        after=wanted.after,
    )
    ids = [case.id for case in cases[:A_PAGE]]
    owed = overdue_board.owed_now(connection, ids)
    former = overdue_board.former_owners(connection, ids)
    rows = shown_lines(connection, cases[:A_PAGE], moment)
    more = case_lists.place_of(cases[A_PAGE - 1]) if len(cases) > A_PAGE else None
    return {
        "lines": [_line(row, owed.get(row.case.id), former.get(row.case.id, [])) for row in rows],
        "loads": case_lists.loads(connection, moment),
        "owners": overdue_board.owner_loads(connection, moment, moment + timedelta(hours=soon_hours)),
        "was_late": case_figures.late(
            connection, moment - timedelta(days=LATE_DAYS), moment + timedelta(days=1), limit=LATE_SHOWN
        ),
        "late_days": LATE_DAYS,
        "wanted": wanted,
        "unit_name": unit_keeping.names(connection, [wanted.unit]).get(wanted.unit) if wanted.unit else None,
        "soon_hours": soon_hours,
        "ladder": LADDER,
        "next_page": None
        if more is None
        else url_for("overdue.index", **wanted.arguments(due=more[0].timestamp(), after=more[1])),
        "part_address": f"{url_for('overdue.part')}?{request.query_string.decode(errors='replace')}",
        "made_at": milliseconds(moment),
    }


def _line(row: ShownLine, owed: overdue_board.OwedNow | None, former: list[str]) -> BoardLine:
    at = row.case.opened_at
    named = [*former, row.case.owner]
    handovers = [Handover(at, before, after, "", "") for before, after in pairwise(named)]
    return BoardLine(
        row=row,
        rule=owed.rule if owed is not None else "",
        rung=owed.rungs[-1] if owed is not None and owed.rungs else None,
        percent=owed.percent if owed is not None else 0.0,
        names=answerable(row.case.owner, handovers, row.case.unit),
    )
