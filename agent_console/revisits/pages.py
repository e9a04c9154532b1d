"""Calls to customers for supervisors: progress, pause and going on, planning, the queue and its tasks."""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.calls import recordings
from agent_console.context import console, now
from agent_console.desk.wishes import one_line
from agent_console.moments import day_begin, span_of_day
from agent_console.paging import asked_page
from agent_console.revisits import audit_lines, questions
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_forecast import forecast, pace
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import LEADS_TO, DialMove, DialStatus
from ivr.standard.dialing_hours import next_opening
from storage.dial_rules import DialRules, dial_rules
from storage.queries import (
    campaign_progress,
    dial_cancelling,
    dial_planning,
    dial_progress,
    dialer_state,
    revisit_tasks,
)
from storage.queries.audit import ConsoleFact
from storage.queries.dial_planning import Planned
from storage.queries.revisit_tasks import TaskFilter

blueprint = Blueprint("revisits", __name__, url_prefix="/revisits")

TASKS_A_PAGE = 50
LONGEST_REASON = 200
LONGEST_ID = 2**63
PACE_OF = timedelta(days=7)
"""Calls of so long ago say how quickly people are called."""

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """Progress, whether the dialer runs, and what can be done about it."""
    return render_template("revisits/index.html", **_standing())


@blueprint.get("/part")
def part() -> str:
    """The part of the page that moves."""
    return render_template("revisits/progress.html", **_standing())


def _standing(**more: Any) -> dict[str, Any]:
    settings, moment = console().settings, now()
    rules = dial_rules(settings)
    local = rules.local(moment)
    with console().database.read() as connection:
        found = dial_progress.progress(connection, moment, day_begin(moment, settings.zone))
        measured = dial_progress.measured(connection, moment - PACE_OF, moment)
        state = dialer_state.state(connection)
        floor = dialer_state.floor(
            connection, moment, lines=settings.dialer.lines, alarm_queue=settings.alarm.queue
        )
    automatic = sum(one.all for one in found.waiting if one.way is DialWay.AUTOMATIC)
    at = pace(
        settings.dialer.most_lines,
        timedelta(seconds=settings.dialer.ring_seconds),
        calls=measured.calls,
        busy=measured.busy,
        tasks=measured.tasks,
    )
    return {
        "progress": found,
        "state": state,
        "floor": floor,
        "most_lines": settings.dialer.most_lines,
        "automatic": automatic,
        "ends_at": forecast(automatic, at, rules.hours, rules.kind_of, local) if automatic else None,
        "measured": measured,
        "open_now": rules.may_begin(moment),
        "opens_at": next_opening(rules.hours, rules.kind_of, local),
        "has_trunk": any(trunk.outbound is not None for trunk in settings.trunks),
        "moment": moment,
        "mistake": None,
        **more,
    }


@blueprint.post("/switch")
def switch() -> Answer:
    """Pause calls to customers, or let them go on, with a reason; calls that are up go on."""
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    running = request.form.get("running") == "yes"
    if reason is None:
        return _refused(gettext("Write why; it stands beside the state and in the audit log."))
    if running and (trouble := _why_not_run(dial_rules(console().settings))) is not None:
        return _refused(trouble)
    with console().database.write() as connection:
        changed = dialer_state.switch(connection, running, now(), current_user.agent_id, reason=reason)
        audit_lines.note(connection, ConsoleFact.DIALER_SWITCHED, running=running, reason=reason)
    if not changed:
        flash(gettext("It stood so already; the reason is kept."))
    return redirect(url_for("revisits.index"), 303)


def _refused(mistake: str) -> tuple[str, int]:
    return render_template("revisits/index.html", **_standing(mistake=mistake)), 422


def _why_not_run(rules: DialRules) -> str | None:
    """What config.yaml lacks for anybody to be called, in a sentence."""
    settings = console().settings
    if not any(trunk.outbound is not None for trunk in settings.trunks):
        return str(gettext("No line to the outside is set up (config.yaml: trunks); nobody can be called."))
    if settings.dialer.most_lines == 0:
        return str(gettext("No line is left for these calls (config.yaml: dialer.most_lines is 0)."))
    if next_opening(rules.hours, rules.kind_of, rules.local(now())) is None:
        return str(gettext("Nobody may be called within two months (config.yaml: dialer.windows)."))
    if not questions.known():
        return str(gettext("A questionnaire is wrong; “hotline check” names file and line."))
    return None


@blueprint.post("/plan")
def plan() -> Response:
    """Gather what is to be called, as ``hotline revisits plan`` does; calls nobody."""
    rules, whole = dial_rules(console().settings), Planned(more=True)
    while whole.more:
        with console().database.write() as connection:
            whole += dial_planning.plan(connection, now(), rules, after=whole.last)
    with console().database.write() as connection:
        dialer_state.note_planned(connection, now())
        audit_lines.note(connection, ConsoleFact.DIALER_SWITCHED, planned=whole.revisits + whole.call_backs)
    flash(
        gettext(
            "Planned: %(revisits)s revisits, %(call_backs)s promised calls; %(refused)s without a number "
            "that may be called, %(dropped)s not owed any more.",
            revisits=whole.revisits,
            call_backs=whole.call_backs,
            refused=whole.refused,
            dropped=whole.dropped,
        )
    )
    return redirect(url_for("revisits.index"), 303)


@blueprint.get("/tasks")
def tasks() -> str:
    """The queue and what is over, filtered, a page at a time."""
    wanted, kept = _filter()
    with console().database.read() as connection:
        total = revisit_tasks.count(connection, wanted)
        shown = asked_page(total, TASKS_A_PAGE)
        listed = revisit_tasks.page(connection, wanted, offset=shown.offset, limit=TASKS_A_PAGE)
        known = campaign_progress.progress(connection)
    if listed:
        with console().database.write() as connection:
            audit_lines.looked(connection, tasks=[one.id for one in listed])
    return render_template(
        "revisits/tasks.html",
        tasks=listed,
        total=total,
        page=shown,
        wanted=wanted,
        kept=kept,
        campaigns=known,
        reasons=list(DialReason),
        statuses=list(DialStatus),
        results=list(DialResult),
        ends=list(DialEnd),
        moment=now(),
        most=console().settings.dialer.attempts.most,
    )


def _filter() -> tuple[TaskFilter, dict[str, str]]:
    """What the address asks for; what means nothing is left out. Also for links that keep it."""
    given = {name: text for name in request.args if (text := request.args[name]) and name != "page"}
    attempts = request.args.get("attempts", type=int)
    campaign = request.args.get("campaign", type=int)
    wanted = TaskFilter(
        reason=_member(DialReason, given.get("reason")),
        way=_member(DialWay, given.get("way")),
        status=_member(DialStatus, given.get("status")),
        end=_member(DialEnd, given.get("end")),
        result=_member(DialResult, given.get("result")),
        attempts=attempts if attempts is not None and 0 <= attempts < LONGEST_ID else None,
        campaign_id=campaign if campaign is not None and 0 < campaign < LONGEST_ID else None,
        dissatisfied=given.get("dissatisfied") == "yes",
    )
    moment = now()
    zone = console().settings.zone
    day_end = span_of_day(moment.astimezone(zone).date(), zone)[1]
    match given.get("window"):
        case "now":
            wanted = replace(wanted, status=DialStatus.OPEN, due_by=moment)
        case "today":
            wanted = replace(wanted, status=DialStatus.OPEN, due_after=moment, due_by=day_end)
        case "later":
            wanted = replace(wanted, status=DialStatus.OPEN, due_after=day_end)
    known = ("reason", "way", "status", "end", "result", "attempts", "campaign", "dissatisfied", "window")
    return wanted, {name: given[name] for name in known if name in given}


_Kind = TypeVar("_Kind", bound=StrEnum)


def _member(kind: type[_Kind], text: str | None) -> _Kind | None:
    return kind(text) if text in list(kind) else None


@blueprint.get("/tasks/<int:task_id>")
def task(task_id: int) -> str:
    """One task with its attempts; every look is written to the audit log (R-18)."""
    return _task(task_id)


@blueprint.post("/tasks/<int:task_id>/cancel")
def cancel(task_id: int) -> Answer:
    """Take one task back, with a reason; what is being called or over stays as it is."""
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    if reason is None:
        return _task(task_id, gettext("Write why; it is kept in the audit log, and in the case.")), 422
    with console().database.write() as connection:
        rules, by = dial_rules(console().settings), current_user.agent_id
        known = task_id < LONGEST_ID
        before = known and dial_cancelling.cancel(connection, task_id, now(), rules, by=by, reason=reason)
        if before:
            audit_lines.note(connection, ConsoleFact.REVISIT_CANCELLED, task=task_id, reason=reason)
    if not before:
        return _task(task_id, gettext("Not taken back: it is being called this moment, or is over.")), 409
    flash(gettext("Taken back; nobody is called for it any more."))
    return redirect(url_for("revisits.task", task_id=task_id), 303)


def _task(task_id: int, mistake: str | None = None) -> str:
    with console().database.read() as connection:
        found = revisit_tasks.one(connection, task_id) if task_id < LONGEST_ID else None
        if found is None:
            abort(404)
        attempts = revisit_tasks.attempts_of(connection, task_id)
        taken_back = found.end is DialEnd.CANCELLED and dial_cancelling.cancelled_by(connection, task_id)
    with console().database.write() as connection:
        audit_lines.looked(connection, tasks=[task_id])
    return render_template(
        "revisits/task.html",
        task=found,
        attempts=attempts,
        mistake=mistake,
        taken_back=taken_back or None,
        can_cancel=(found.status, DialMove.TAKE_BACK) in LEADS_TO,
        question_text=questions.question_text,
        answer_text=questions.answer_text,
        questionnaire=questions.named(found.questionnaire) if found.questionnaire else None,
        sees_number=current_user.role in rights.SEES_WHOLE_NUMBERS,
        may_hear=lambda row: recordings.may_listen(current_user.role, current_user.agent_id, row),
        there=lambda row: recordings.file_of(console().settings, row.name) is not None,
    )
