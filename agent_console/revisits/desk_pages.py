"""Calls to customers on the desk: the next one to look at, its questions while talking, what it came to.

R-16.1 to R-16.5. The pieces are parts of the desk's page; dialing is a wish like every call out
(agent_console/desk/wishes.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection

from agent_console.context import console, now
from agent_console.customers import looks
from agent_console.desk.wishes import one_line
from agent_console.refusals import sentence
from agent_console.revisits import audit_lines, questions
from agent_console.script import lines
from ivr.standard.call_script import CallOutPurpose, Moment
from ivr.standard.dial_attempt import DialResult, LaterWish
from ivr.standard.dial_preview import LONGEST_SAID, PreviewRefusal
from ivr.standard.dial_reason import ASKS_FOR_OPINION, DialReason
from storage.case_clockwork import clockwork
from storage.dial_rules import dial_rules
from storage.queries import case_view, dial_preview, dialer_state, revisit_tasks
from storage.queries.dial_results import Settled
from storage.queries.revisit_tasks import TaskView

blueprint = Blueprint("desk_revisits", __name__, url_prefix="/desk/revisits")

LAST_ENTRIES = 3
LONGEST_ID = 2**63

Answer = str | tuple[str, int]

_PURPOSES = {
    DialReason.ALARM_CALL_BACK: CallOutPurpose.ALARM_CALL_BACK,
    DialReason.CALL_BACK: CallOutPurpose.CALL_BACK,
    DialReason.FOLLOW_UP: CallOutPurpose.CASE,
}
_RESULTS: dict[str, tuple[DialResult, LaterWish | None]] = {
    "asked": (DialResult.DONE, None),
    "evening": (DialResult.LATER, LaterWish.EVENING),
    "tomorrow": (DialResult.LATER, LaterWish.TOMORROW),
    "another_day": (DialResult.LATER, LaterWish.UNSAID),
    "never": (DialResult.NEVER, None),
    "hung_up": (DialResult.HUNG_UP, None),
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is shown: nothing to do ("none"), "preview", "calling", "talk"; with its task and attempt."""

    state: str
    task: TaskView | None = None
    attempt: Any = None


@blueprint.get("")
def piece() -> str:
    """Where the agent stands with calls to customers, as a piece of the desk."""
    with console().database.read() as connection:
        return _drawn(connection, _found(connection))


@blueprint.post("/next")
def take() -> Answer:
    """Give the agent the next call to look at; nobody else gets it for some minutes."""
    settings, moment = console().settings, now()
    with console().database.write() as connection:
        floor = dialer_state.floor(
            connection, moment, lines=settings.dialer.lines, alarm_queue=settings.alarm.queue
        )
        found = dial_preview.take_next(connection, current_user.agent_id, moment, dial_rules(settings), floor)
        shown = _found(connection)
        if isinstance(found, PreviewRefusal):
            return _drawn(connection, shown, mistake=sentence(found)), 409
        if shown.task is not None:
            audit_lines.looked(connection, tasks=[shown.task.id])
            if shown.task.customer_id is not None:
                looks.note_look(connection, shown.task.customer_id, where="desk")
        return _drawn(connection, shown)


@blueprint.post("/back")
def put_back() -> str:
    """Put what the agent looks at back into the queue."""
    with console().database.write() as connection:
        dial_preview.give_back(connection, current_user.agent_id)
        return _drawn(connection, _found(connection))


@blueprint.post("/<int:attempt_id>/consent")
def consent(attempt_id: int) -> Answer:
    """The customer said that it suits (R-16.2)."""
    with console().database.write() as connection:
        kept = attempt_id < LONGEST_ID and dial_preview.consented(
            connection, attempt_id, current_user.agent_id, now()
        )
        mistake = None if kept else sentence(PreviewRefusal.GONE)
        return _drawn(connection, _found(connection), mistake=mistake), 200 if kept else 409


@blueprint.post("/<int:attempt_id>/result")
def write_down(attempt_id: int) -> Answer:
    """What the call came to; a dissatisfied customer's case is opened again at once (R-14.4, R-16.5)."""
    chosen = _RESULTS.get(request.form.get("result", ""))
    with console().database.write() as connection:
        shown = _found(connection)
        if shown.state != "talk" or shown.attempt.id != attempt_id:
            return _drawn(connection, shown, mistake=sentence(PreviewRefusal.GONE)), 409
        if chosen is None:
            return _drawn(connection, shown, mistake=gettext("Say what the call came to.")), 422
        result, later = chosen
        answers = {name.removeprefix("q-"): word for name, word in request.form.items() if name[:2] == "q-"}
        if result is DialResult.DONE and shown.attempt.consent_at is None:
            return _drawn(connection, shown, mistake=_without_consent()), 422
        if result is DialResult.DONE and not any(answers.values()):
            mistake = gettext("No question is answered; choose what the customer said, or another result.")
            return _drawn(connection, shown, mistake=mistake), 422
        worded = questions.known().get(shown.attempt.questionnaire or "")
        settled = dial_preview.write_down(
            connection,
            attempt_id,
            current_user.agent_id,
            result,
            now(),
            dial_rules(console().settings),
            questionnaire=worded.questionnaire if worded is not None else None,
            chosen=answers,
            later=later,
            said=one_line(request.form.get("said", ""), LONGEST_SAID) or "",
        )
        if isinstance(settled, PreviewRefusal):
            return _drawn(connection, _found(connection), mistake=sentence(settled)), 409
        return _drawn(connection, _found(connection), said=_what_follows(settled))


def _without_consent() -> str:
    return str(gettext("Ask first whether it suits: without consent no answer counts (R-16.2)."))


def _what_follows(settled: Settled) -> str:
    """What the result brought about, in a sentence."""
    if settled.dissatisfied and settled.follow_up is not None:
        text = gettext(
            "Kept. The customer is not satisfied: the case is open again, the unit is told, and the first "
            "responder’s call is on top."
        )
        return str(text)
    if settled.next_at is not None:
        local = settled.next_at.astimezone(console().settings.zone)
        text = gettext("Kept. The customer is called again from %(time)s on.", time=f"{local:%Y-%m-%d %H:%M}")
        return str(text)
    return str(gettext("Kept."))


def _found(connection: Connection) -> _Piece:
    """Where the agent stands."""
    attempt = dial_preview.unwritten(connection, current_user.agent_id)
    if attempt is not None:
        task = revisit_tasks.one(connection, attempt.dial_task_id)
        if attempt.talk_started_at is None or attempt.questionnaire is None:
            return _Piece("calling", task, attempt)
        return _Piece("talk", task, attempt)
    held = dial_preview.held_by(connection, current_user.agent_id, now())
    if held is None:
        return _Piece("none")
    return _Piece("preview", revisit_tasks.one(connection, held))


def of_desk() -> dict[str, Any]:
    """What the desk's page shows of it when it is opened."""
    with console().database.read() as connection:
        return _facts(connection, _found(connection))


def _drawn(
    connection: Connection, shown: _Piece, *, mistake: str | None = None, said: str | None = None
) -> str:
    facts = _facts(connection, shown)
    return render_template(
        "revisits/desk_piece.html", **{**facts, "mistake": mistake, "said": said, "typed": request.form}
    )


def _facts(connection: Connection, shown: _Piece) -> dict[str, Any]:
    moment, settings, task = now(), console().settings, shown.task
    own, everybody = dial_preview.waiting(connection, current_user.agent_id, moment)
    entries: Sequence[Any] = ()
    if task is not None and task.case_id is not None:
        whole = case_view.whole(connection, task.case_id, moment, clockwork(settings))
        entries = whole.entries[-LAST_ENTRIES:] if whole is not None else ()
    return {
        "piece": shown,
        "task": task,
        "own": own,
        "everybody": everybody,
        "entries": entries,
        "questions": questions.shown(task.questionnaire) if task is not None else [],
        "script": _script(task) if task is not None else [],
        "most": settings.dialer.attempts.most,
        "longest_said": LONGEST_SAID,
        "typed": {},
    }


def _script(task: TaskView) -> list[tuple[Moment, list[Any]]]:
    """What to say, by moment, filled in."""
    asks = task.reason in ASKS_FOR_OPINION
    purpose = CallOutPurpose.REVISIT if asks else _PURPOSES.get(task.reason, CallOutPurpose.CASE)
    facts = lines.facts_of(
        current_user.work_number,
        {
            "language": task.language,
            "purpose": purpose.value,
            "kind": task.case_kind.value if task.case_kind is not None else "",
            "case_number": task.case_number or "",
            "name": task.name or "",
            "surname": task.surname or "",
            "form_of_address": task.form_of_address or "",
            "address": task.address,
            "unit": task.unit or "",
        },
    )
    moments = [Moment.REVISIT_OPENING, Moment.REVISIT_CLOSING] if asks else [Moment.CALL_OUT_OPENING]
    return [(moment, lines.lines_for(moment, facts)) for moment in moments]
