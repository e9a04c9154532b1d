"""Satisfaction of those who were asked (R-3.6): by first responder, unit, kind and week, with charts.

What customers said freely is there to listen to, and to read where an agent wrote it down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from agent_console.calls import recordings
from agent_console.context import console, now
from agent_console.moments import span_of_day
from agent_console.reports.charts import Bar, bars
from agent_console.revisits import audit_lines, questions
from agent_console.words import word
from ivr.config.sections import CallKind
from storage.queries import revisit_report
from storage.queries.revisit_report import Satisfaction

blueprint = Blueprint("satisfaction", __name__, url_prefix="/revisits/satisfaction")

SHOWN_DAYS = 84
"""Twelve weeks, where the address names no time."""
LONGEST_DAYS = 731
REMARKS = 50
BEST = 5
"""The highest score of the questionnaires; the line of a chart is at its top there."""
NAME_LENGTH = 12
"""Characters of a name under a bar; the table has the whole one."""


@dataclass(frozen=True, slots=True)
class _Group:
    """One way to look at the answers."""

    title: str
    rows: list[Satisfaction]
    chart: Markup


@blueprint.get("")
def index() -> str | tuple[str, int]:
    """Charts, tables and remarks of a time."""
    first, last, mistake = _asked()
    zone = console().settings.zone
    since, until = span_of_day(first, zone)[0], span_of_day(last, zone)[1]
    with console().database.read() as connection:
        found = revisit_report.satisfaction(connection, since, until, zone)
        remarks = revisit_report.remarks(connection, since, until, REMARKS)
        results = revisit_report.results(connection, since, until)
    if remarks:
        with console().database.write() as connection:
            audit_lines.looked(connection, tasks=sorted({one.task_id for one in remarks}))
    kinds = [replace(one, group=_kind(one.group)) for one in found.by_kind]
    page = render_template(
        "revisits/satisfaction.html",
        first=first,
        last=last,
        mistake=mistake,
        groups=[
            _group(gettext("By week, from Monday"), found.by_week, short=_day),
            _group(gettext("By kind of case"), kinds),
            _group(gettext("By unit"), found.by_unit),
            _group(gettext("By first responder"), found.by_agent),
        ],
        answered=sum(one.asked for one in found.by_kind),
        dissatisfied=sum(one.dissatisfied for one in found.by_kind),
        results=results,
        remarks=remarks,
        most=REMARKS,
        question_text=questions.question_text,
        may_hear=lambda row: recordings.may_listen(current_user.role, current_user.agent_id, row),
        there=lambda row: recordings.file_of(console().settings, row.name) is not None,
    )
    return (page, 422) if mistake else page


def _asked() -> tuple[date, date, str | None]:
    """The days the address asks for; the last twelve weeks, and why, where they are none."""
    today = now().astimezone(console().settings.zone).date()
    usual = today - timedelta(days=SHOWN_DAYS - 1), today
    try:
        last = date.fromisoformat(request.args.get("until") or today.isoformat())
        first = date.fromisoformat(
            request.args.get("from") or (last - timedelta(days=SHOWN_DAYS - 1)).isoformat()
        )
    except (ValueError, OverflowError):
        return *usual, gettext("This is no day; write it as 2026-11-21.")
    if last < first:
        return *usual, gettext("The last day lies before the first one.")
    if (last - first).days >= LONGEST_DAYS or last.year > today.year + 1:
        return *usual, gettext("A report covers at most %(days)s days; choose less.", days=LONGEST_DAYS)
    return first, last, None


def _kind(group: str) -> str:
    return word(CallKind(group)) if group in list(CallKind) else group


def _cut(group: str) -> str:
    return group[:NAME_LENGTH]


def _day(group: str) -> str:
    """A Monday without its year."""
    return group[5:]


def _group(title: str, rows: list[Satisfaction], short: Callable[[str], str] = _cut) -> _Group:
    return _Group(title, rows, _chart(title, rows, short))


def _chart(title: str, rows: Sequence[Satisfaction], short: Callable[[str], str]) -> Markup:
    entries = [
        Bar(
            short(one.group),
            one.asked,
            one.dissatisfied,
            one.mean / BEST if one.mean is not None else None,
        )
        for one in rows
    ]
    described = "; ".join(
        gettext(
            "%(group)s: %(asked)s answered, %(dissatisfied)s dissatisfied, mean %(mean)s",
            group=one.group,
            asked=one.asked,
            dissatisfied=one.dissatisfied,
            mean=f"{one.mean:.2f}" if one.mean is not None else "–",
        )
        for one in rows
    )
    return bars(title, described, entries)
