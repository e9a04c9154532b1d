"""The audit log for those who read it: each sign-in, look, listen, change; filtered, paged (R-18, R-19)."""

import json
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user

from agent_console.audit_log.words import DETAILS, FACTS
from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.moments import span_of_day
from agent_console.paging import asked_page
from storage.queries import audit, audit_log
from storage.queries.audit import ConsoleFact
from storage.queries.audit_log import LogFilter, LogLine

blueprint = Blueprint("audit_log", __name__)

LINES_A_PAGE = 50
KNOWN_ELSEWHERE = frozenset({"browser", "address", "sign_in"})
"""Shown in columns of their own, or of no use to a reader."""


@blueprint.get("/audit-log")
def index() -> str:
    """The lines of a day (today where none is named); looking at them is a line as well."""
    wanted, day, mistakes = _filter()
    with console().database.read() as connection:
        total = audit_log.count(connection, wanted)
        shown = asked_page(total, LINES_A_PAGE)
        lines = audit_log.page(connection, wanted, offset=shown.offset, limit=LINES_A_PAGE)
    with console().database.write() as connection:
        audit.note(
            connection,
            ConsoleFact.LOG_READ,
            now(),
            agent_id=current_user.agent_id,
            data={"day": day.isoformat(), "page": shown.number, **origin().data()},
        )
    return render_template(
        "audit_log/index.html",
        lines=[(line, FACTS.get(line.kind, line.kind), _about(line)) for line in lines],
        facts=[(fact.value, FACTS[fact.value]) for fact in ConsoleFact],
        total=total,
        page=shown.number,
        pages=shown.pages,
        day=day,
        wanted=wanted,
        mistakes=mistakes,
    )


def _filter() -> tuple[LogFilter, date, list[str]]:
    """What the address asks for; a value that means nothing is left out and said."""
    zone = console().settings.zone
    day, mistakes = now().astimezone(zone).date(), []
    if given := request.args.get("day"):
        try:
            day = date.fromisoformat(given)
            span_of_day(day, zone)
        except (ValueError, OverflowError):
            mistakes.append(gettext("The day is none; today is shown."))
            day = now().astimezone(zone).date()
    since, until = span_of_day(day, zone)
    fact = request.args.get("fact") or None
    who = request.args.get("who", "").strip()
    if who and not (who.isascii() and who.isdigit() and len(who) <= 8):
        mistakes.append(gettext("A work number holds digits only; it is left out."))
        who = ""
    wanted = LogFilter(
        since=since,
        until=until,
        fact=ConsoleFact(fact) if fact in list(ConsoleFact) else None,
        work_number=who or None,
    )
    return wanted, day, mistakes


def _about(line: LogLine) -> str:
    """What the line was about, as it was written."""
    told: dict[str, Any] = {name: value for name, value in line.data.items() if name not in KNOWN_ELSEWHERE}
    return " · ".join(f"{DETAILS.get(name, name)}: {_as_written(value)}" for name, value in told.items())


def _as_written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
