"""The steps of a case as forms: which there are for the reader now, and what each of them asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Row

from agent_console.cases.case_words import BUTTON_WORDS
from agent_console.words import word
from ivr.config.sections import CallKind
from ivr.standard.case_life import NEEDS_TEXT, Actor, CaseStep, may_do, possible
from ivr.standard.case_next import next_step
from ivr.standard.complaint_path import path
from ivr.standard.obligations import ObligationKind

_D = CaseStep

NOT_HERE = frozenset({_D.OPEN, _D.CORRECT})
"""Steps of the record, which is saved and corrected at the desk."""

TEXT_LABELS: dict[CaseStep, str] = {
    _D.PASS_ON: lazy_gettext("Note for the unit"),
    _D.TAKE_BACK: lazy_gettext("Why"),
    _D.SEND_BACK: lazy_gettext("Why it is not our matter"),
    _D.ACCEPT: lazy_gettext("Who goes"),
    _D.HANDLE: lazy_gettext("What was done"),
    _D.FINISH: lazy_gettext("What was found and done"),
    _D.FIND: lazy_gettext("What the unit found"),
    _D.OPINE: lazy_gettext("The opinion of all who took part"),
    _D.ANSWER: lazy_gettext("What the customer was told"),
    _D.ACCEPT_ANSWER: lazy_gettext("What the customer said"),
    _D.OBJECT: lazy_gettext("What the customer does not accept, and asks for"),
    _D.REVISIT: lazy_gettext("What the customer said"),
    _D.GIVE_UP_REVISIT: lazy_gettext("Why"),
    _D.CLOSE: lazy_gettext("What is reported"),
    _D.REOPEN: lazy_gettext("What is not well"),
    _D.PAUSE: lazy_gettext("Why the clocks stop"),
    _D.AGREE_TIME: lazy_gettext("What was agreed, with whom"),
    _D.INVOLVE_OUTSIDE: lazy_gettext("Which party, and why"),
    _D.HAND_OVER: lazy_gettext("Why"),
    _D.NOTE: lazy_gettext("Note"),
}
"""What the box for words is called; a step that is not here is done without a remark of its own."""

_LABEL = lazy_gettext("Remark")
_LIGHT = frozenset({_D.PASS_ON, _D.ACCEPT, _D.START, _D.RESUME, _D.ARRIVE, _D.DELIVER, _D.OWE_REVISIT})
"""Steps done with a click; words are welcome, and the box is one line."""


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step somebody may do now."""

    step: CaseStep
    title: str
    button: str
    label: str
    needs_text: bool
    short: bool
    asks: frozenset[str]
    """Of "unit", "person", "time", "responsibility", "urgency"."""


@dataclass(frozen=True, slots=True)
class Todo:
    """What is to be done, as the page puts it."""

    next: CaseStep | None
    """None: the case is closed."""
    mine: StepForm | None
    """The next thing, where the reader may do it."""
    whose: str
    """Who does the next thing, where the reader may not."""
    others: tuple[StepForm, ...]


_ASKS: dict[CaseStep, frozenset[str]] = {
    _D.PASS_ON: frozenset({"unit"}),
    _D.HAND_OVER: frozenset({"person"}),
    _D.AGREE_TIME: frozenset({"time"}),
    _D.OPINE: frozenset({"responsibility"}),
    _D.OBJECT: frozenset({"urgency"}),
}


def form_of(step: CaseStep) -> StepForm:
    """The form of a step."""
    return StepForm(
        step=step,
        title=word(step),
        button=str(BUTTON_WORDS.get(step) or word(step)),
        label=str(TEXT_LABELS.get(step, _LABEL)),
        needs_text=step in NEEDS_TEXT,
        short=step in _LIGHT,
        asks=_ASKS.get(step, frozenset()),
    )


def todo(life: Row[Any], hats: Collection[Actor], running: Collection[ObligationKind]) -> Todo:
    """What the reader may do now, the next thing first.

    :param life: the case's, a row of its table.
    :param hats: how the reader stands to the case.
    :param running: what is owed and whose clock runs.
    """
    there = [step for step in possible(life.kind, life.state, hats) if _makes_sense(step, life, running)]
    after = next_step(life.kind, life.state, unit_finds=_unit_finds(life))
    mine = form_of(after) if after in there and after is not None else None
    return Todo(
        next=after,
        mine=mine,
        whose="" if mine is not None or after is None else _who_does(after),
        others=tuple(form_of(step) for step in sorted(there, key=_ORDER.index) if step is not after),
    )


def _unit_finds(life: Row[Any]) -> bool:
    if life.kind is not CallKind.COMPLAINT or life.complaint_class is None or life.severity is None:
        return True
    return path(life.complaint_class, life.severity).unit_finds


def _who_does(step: CaseStep) -> str:
    who = (Actor.UNIT, Actor.FIRST_RESPONDER, Actor.SUPERVISOR)
    return word(next((actor for actor in who if may_do(step, {actor})), Actor.AGENT))


def _makes_sense(step: CaseStep, life: Row[Any], running: Collection[ObligationKind]) -> bool:
    """The life of a case allows some steps always; here those are left out that would be refused."""
    if step in NOT_HERE:
        return False
    if step is _D.PAUSE:
        return life.paused_at is None and bool(running)
    if step is _D.RESUME:
        return life.paused_at is not None
    if step is _D.AGREE_TIME:
        return ObligationKind.ANSWER in running
    if step is _D.INVOLVE_OUTSIDE:
        return not life.outside_party and ObligationKind.CLOSE in running
    return True


_ORDER = [
    _D.NOTE,
    _D.ANSWER,
    _D.ACCEPT_ANSWER,
    _D.OBJECT,
    _D.REVISIT,
    _D.GIVE_UP_REVISIT,
    _D.CLOSE,
    _D.REOPEN,
    _D.PASS_ON,
    _D.ACCEPT,
    _D.START,
    _D.ARRIVE,
    _D.HANDLE,
    _D.FINISH,
    _D.FIND,
    _D.OPINE,
    _D.DELIVER,
    _D.SEND_BACK,
    _D.TAKE_BACK,
    _D.AGREE_TIME,
    _D.PAUSE,
    _D.RESUME,
    _D.INVOLVE_OUTSIDE,
    _D.OWE_REVISIT,
    _D.HAND_OVER,
    _D.OPEN,
    _D.CORRECT,
]
"""As the page lists them: what is done most often first."""
