"""Why something about a case was refused: a sentence for every word of the rules, said in one place.

Every page that does something about a case answers a refusal with :func:`sentence` of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import gettext, lazy_gettext

from agent_console import moments
from agent_console.cases.case_words import DONE_WORDS
from agent_console.context import console
from agent_console.words import word
from ivr.errors import CaseRefused
from ivr.standard.case_life import Actor, CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.five_clears import Clear

_R = CaseRefusal

SENTENCES: dict[CaseRefusal, str] = {
    _R.NO_SUCH_CASE: lazy_gettext("There is no such case."),
    _R.NOT_POSSIBLE_NOW: lazy_gettext("This cannot be done in the case's present state. Look at it again."),
    _R.NOT_YOURS_TO_DO: lazy_gettext("This is for others to do."),
    _R.TEXT_MISSING: lazy_gettext("Write in words why, or what came of it."),
    _R.ALREADY_CLOSED: lazy_gettext("Somebody else has closed the case."),
    _R.CHANGED_MEANWHILE: lazy_gettext("Somebody else has changed the case meanwhile. Look at it again."),
    _R.CLEARS_MISSING: lazy_gettext("The case cannot be closed yet (R-5C)."),
    _R.NO_SUCH_UNIT: lazy_gettext("This unit takes no more work; choose another."),
    _R.NO_UNIT: lazy_gettext("Choose the unit."),
    _R.SAME_UNIT: lazy_gettext("This unit has the case already; choose another."),
    _R.ALREADY_PAUSED: lazy_gettext("The clocks are stopped already."),
    _R.NOT_PAUSED: lazy_gettext("The clocks run."),
    _R.NOTHING_RUNS: lazy_gettext("No clock runs that could be stopped or moved; what is late stays late."),
    _R.TIME_PASSED: lazy_gettext("Agree on a time that is still to come."),
    _R.TOO_EARLY: lazy_gettext("It is too early for this revisit (R-CR)."),
    _R.SAME_PERSON: lazy_gettext("This is the first responder already; choose somebody else."),
    _R.NO_SUCH_PERSON: lazy_gettext("Choose somebody who answers calls."),
    _R.UNIT_HAS_CASES: lazy_gettext("The unit has open cases; pass them on or close them first."),
    _R.NO_REASON: lazy_gettext("A reason is needed (R-BL)."),
    _R.NO_APPROVER: lazy_gettext("Another supervisor has to approve it (R-BL)."),
    _R.NO_END: lazy_gettext("It needs an end: a day to come, and not too far away (R-BL)."),
    _R.NO_SUCH_LINK: lazy_gettext("This link was never given."),
    _R.LINK_OF_OTHER_CASE: lazy_gettext("This link opens another case."),
    _R.LINK_ENDED: lazy_gettext("The link's time is over, or another unit has the case now."),
    _R.CASE_CLOSED: lazy_gettext("The case is closed; the link opens nothing any more."),
    _R.PHOTO_TOO_LARGE: lazy_gettext("The photo is too large."),
    _R.NO_PHOTO: lazy_gettext("This file is no photo (JPEG, PNG or WebP), whatever its name says."),
    _R.TOO_MANY_PHOTOS: lazy_gettext("The case has as many photos as it may have."),
}
"""What is said where the refusal tells nothing more, or no page knows better."""


def sentence(error: CaseRefused) -> str:
    """What was refused and what would be right, in the language of the page."""
    if error.reason not in list(CaseRefusal):
        return str(error)
    reason = CaseRefusal(error.reason)
    detailed = _DETAILED.get(reason)
    said = detailed(error.details) if detailed is not None and error.details else None
    return said if said is not None else str(SENTENCES[reason])


def _not_possible(details: Sequence[str]) -> str | None:
    if len(details) != 2 or details[0] not in list(CaseStep) or details[1] not in list(CaseState):
        return None
    return str(
        gettext(
            "“%(step)s” is not possible while the case stands at “%(state)s”. Look at it again.",
            step=word(CaseStep(details[0])),
            state=word(CaseState(details[1])),
        )
    )


def _not_yours(details: Sequence[str]) -> str:
    who = "、".join(word(Actor(one)) for one in details if one in list(Actor) and one != Actor.PROGRAM)
    return str(gettext("This is for others to do: %(who)s.", who=who))


def _already_closed(details: Sequence[str]) -> str:
    return str(gettext("%(who)s has closed case %(number)s already.", number=details[0], who=details[1]))


def _changed(details: Sequence[str]) -> str | None:
    if len(details) != 3 or details[2] not in list(CaseStep):
        return None
    return str(
        gettext(
            "Meanwhile %(who)s did something to case %(number)s: %(step)s. Nothing of yours was done; "
            "look at it as it is now.",
            number=details[0],
            who=details[1],
            step=DONE_WORDS[CaseStep(details[2])],
        )
    )


def _clears(details: Sequence[str]) -> str:
    missing = "；".join(word(Clear(one)) for one in details if one in list(Clear))
    return str(gettext("The case cannot be closed yet (R-5C). Missing: %(what)s", what=missing))


def _too_early(details: Sequence[str]) -> str:
    moment = moments.full(datetime.fromisoformat(details[0]), console().settings.zone)
    return str(gettext("It is too early: the customer is asked from %(when)s on (R-CR).", when=moment))


def _unit_has_cases(details: Sequence[str]) -> str:
    numbers = ", ".join(details)
    return str(
        gettext("The unit has open cases; pass them on or close them first: %(numbers)s", numbers=numbers)
    )


_DETAILED: dict[CaseRefusal, Callable[[Sequence[str]], str | None]] = {
    _R.NOT_POSSIBLE_NOW: _not_possible,
    _R.NOT_YOURS_TO_DO: _not_yours,
    _R.ALREADY_CLOSED: _already_closed,
    _R.CHANGED_MEANWHILE: _changed,
    _R.CLEARS_MISSING: _clears,
    _R.TOO_EARLY: _too_early,
    _R.UNIT_HAS_CASES: _unit_has_cases,
}
