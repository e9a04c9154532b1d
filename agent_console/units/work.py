"""One case as who works on it sees it, at the unit and on the fitter's phone; and its steps, taken in."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy import Connection

from agent_console.cases.time_left import ClockBar, clock_bar
from agent_console.context import console, now
from agent_console.moments import milliseconds
from agent_console.units import photos
from agent_console.units.guidance import Advice, advice_for
from agent_console.words import word
from ivr.errors import CaseRefused
from ivr.standard.case_life import NEEDS_TEXT, Actor, CaseState, CaseStep, possible
from ivr.standard.case_refusal import CaseRefusal
from storage.case_clockwork import clockwork
from storage.queries import case_steps, case_view
from storage.queries.case_access import Who
from storage.queries.case_lists import CaseLine
from storage.queries.case_photos import Photo
from storage.queries.case_steps import Asked
from storage.queries.case_view import Entry

LONGEST_TEXT = 4000
_FIRST = (
    CaseStep.ACCEPT,
    CaseStep.START,
    CaseStep.ARRIVE,
    CaseStep.HANDLE,
    CaseStep.FINISH,
    CaseStep.FIND,
    CaseStep.DELIVER,
)
"""What takes a case forward, in the order of the work."""
_ASIDE = (CaseStep.SEND_BACK, CaseStep.PAUSE, CaseStep.RESUME)
_MAIN = {
    CaseState.PASSED: CaseStep.ACCEPT,
    CaseState.FOUND: CaseStep.FIND,
}
"""The step that is next, where it is not the last one of the way forward."""


@dataclass(frozen=True, slots=True)
class Button:
    """A step that may be done now."""

    step: CaseStep
    main: bool
    needs_text: bool


@dataclass(frozen=True, slots=True)
class Work:
    """A case with what is to be done about it."""

    line: CaseLine
    forward: list[Button]
    aside: list[Button]
    may_note: bool
    owed: list[ClockBar]
    """What it still owes, the next first."""
    made_at: int | None
    """The moment of this look, in milliseconds since 1970: clocks count on from it."""
    photos: list[Photo]
    entries: tuple[Entry, ...]
    advice: list[Advice]


def read(connection: Connection, line: CaseLine) -> Work:
    """Everything about a case that its unit works with."""
    moment, clocks = now(), clockwork(console().settings)
    steps = possible(line.kind, line.state, {Actor.UNIT})
    owed = [
        clock_bar(
            word(each.kind), each.due_at, each.percent_used, moment, clocks.warn_at, stopped=each.stopped
        )
        for each in case_view.obligations_of(connection, line.id, moment, clocks)
        if each.outcome is None
    ]
    return Work(
        line=line,
        forward=_forward(line, steps),
        aside=[_button(step) for step in _aside(line) if step in steps],
        may_note=CaseStep.NOTE in steps,
        owed=sorted(owed, key=lambda each: each.due_at),
        made_at=milliseconds(moment),
        photos=photos.of_case(connection, line.id),
        entries=case_view.entries(connection, line.id),
        advice=advice_for(line.kind, line.content),
    )


def _forward(line: CaseLine, steps: list[CaseStep]) -> list[Button]:
    found = [_button(step) for step in _FIRST if step in steps]
    main = _MAIN.get(line.state)
    if line.state is CaseState.ACCEPTED:
        main = CaseStep.ARRIVE if CaseStep.ARRIVE in steps else CaseStep.START
    if line.state is CaseState.WORKING:
        main = CaseStep.FIND if CaseStep.FIND in steps else CaseStep.FINISH
    return [Button(each.step, each.step is main, each.needs_text) for each in found]


def _aside(line: CaseLine) -> list[CaseStep]:
    """What is possible beside; of stopping and going on only the one that has a meaning now."""
    senseless = CaseStep.PAUSE if line.paused_at is not None else CaseStep.RESUME
    return [step for step in _ASIDE if step is not senseless]


def _button(step: CaseStep) -> Button:
    return Button(step, main=False, needs_text=step in NEEDS_TEXT)


def typed() -> str:
    """What the form's box holds."""
    return request.form.get("said", "").replace("\0", "").strip()[:LONGEST_TEXT]


def do_step(case_id: int, who: Who, at: datetime | None = None) -> CaseStep:
    """Do the step that the form asks for, with its text.

    :raises CaseRefused: it is none of a unit's, not possible now, or lacks something; nothing is written.
    """
    asked = request.form.get("step", "")
    if asked not in (*_FIRST, *_ASIDE, CaseStep.NOTE):
        raise CaseRefused(CaseRefusal.NOT_YOURS_TO_DO, f'"{asked[:40]}" is no step of a unit')
    step = CaseStep(asked)
    # A note may come late, whatever was done meanwhile; of everything else the page must have been current.
    seen = None if step is CaseStep.NOTE else request.form.get("seen", type=int)
    clocks = clockwork(console().settings)
    with console().database.write() as connection:
        case_steps.do(connection, case_id, Asked(step, typed(), seen=seen), who, at or now(), clocks)
    return step
