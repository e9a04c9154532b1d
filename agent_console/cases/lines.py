"""Lines of lists of cases as pages show them: who, with which number, how much time is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection

from agent_console import rights
from agent_console.cases.time_left import ClockBar, clock_bar
from agent_console.context import console
from agent_console.number_mask import shown
from agent_console.words import word
from ivr.standard.obligations import Clockwork
from storage.case_clockwork import clockwork
from storage.queries import next_clocks
from storage.queries.case_lists import CaseLine

LONGEST_CONTENT = 90


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A case in a list."""

    case: CaseLine
    customer: str
    number: str
    """Of the customer, as the reader may see it (R-18)."""
    content: str
    bar: ClockBar | None
    """None: nothing is owed."""
    late: bool
    names: str
    """Whom the time names: first responder, unit (R-FR)."""


def customer_name(surname: str | None, form: str | None) -> str:
    """ "李先生"; a dash where nothing is known."""
    return f"{surname or ''}{form or ''}" or "–"


def sees_number(owner_id: int, *, is_open: bool) -> bool:
    """Whether the reader's task needs the whole number: theirs is the open case, or they see all (R-18)."""
    mine = is_open and current_user.role in rights.AT_A_DESK and owner_id == current_user.agent_id
    return mine or current_user.role in rights.SEES_WHOLE_NUMBERS


def clocks() -> Clockwork:
    """What clocks of cases run by."""
    return clockwork(console().settings)


def shown_lines(connection: Connection, cases: Sequence[CaseLine], now: datetime) -> list[ShownLine]:
    """The lines of a list, with their clocks at ``now``."""
    works = clocks()
    still_open = [case.id for case in cases if case.closed_at is None]
    next_ones = next_clocks.of_cases(connection, still_open, now, works)
    found = []
    for case in cases:
        clock, bar = next_ones.get(case.id), None
        if clock is not None:
            bar = clock_bar(
                word(clock.kind),
                clock.due_at,
                clock.percent_used,
                now,
                works.warn_at,
                stopped=clock.stopped,
            )
        whole = sees_number(case.owner_id, is_open=case.closed_at is None)
        found.append(
            ShownLine(
                case,
                customer_name(case.surname, case.form_of_address),
                shown(case.contact_number, whole=whole) or "–",
                case.content[:LONGEST_CONTENT],
                bar,
                bar is not None and bar.level == "late",
                names_of(case),
            )
        )
    return found


def names_of(case: CaseLine) -> str:
    """Who a late case names: its first responder and its unit (R-FR)."""
    owner = f"{case.work_number} {case.owner}"
    if case.unit is None:
        return str(gettext("first responder %(who)s", who=owner))
    return str(gettext("first responder %(who)s, unit %(unit)s", who=owner, unit=case.unit))
