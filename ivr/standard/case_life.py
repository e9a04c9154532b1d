"""The life of a case 工单, a table per kind: which step leads from which state to which, and who may do it.

The tables below are the whole of it; nothing else in the program decides what a case's next state is.
R-14.1, R-15.1: a case with a unit begins as passed on. R-3.2: what was passed on is followed to its end.
R-14.4, R-15.4: repairs and complaints are revisited before they are closed.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands."""

    OPENED = "opened"  # written down; the first responder has it
    PASSED = "passed"  # at the unit, which has not said yet that it takes it
    ACCEPTED = "accepted"  # the unit takes it
    WORKING = "working"  # somebody of the unit is at it, or on the spot
    FINISHED = "finished"  # the unit is done; the customer is to be told
    FOUND = "found"  # the unit has given its finding of a complaint
    CONCLUDED = "concluded"  # the opinion of all who took part stands; the customer is to be told
    ANSWERED = "answered"  # the customer has been answered
    REVISIT_OWED = "revisit_owed"  # the customer is to be asked whether all is well
    REVISITED = "revisited"  # the customer was asked, or could not be reached
    OBJECTED = "objected"  # the customer does not accept the answer; a linked new form goes on with it
    REOPENED = "reopened"  # not well after all; the first responder has it again
    CLOSED = "closed"  # done, with its report


class CaseStep(StrEnum):
    """What is done about a case; each is an entry that is never changed (R-AR)."""

    OPEN = "open"  # it was made of a call, or of another case
    PASS_ON = "pass_on"  # goes to a unit, or to another one  # noqa: S105
    TAKE_BACK = "take_back"  # needs no unit after all, such as when advice was enough
    SEND_BACK = "send_back"  # the unit says that it is not its matter
    ACCEPT = "accept"  # the unit takes it; of an alarm: somebody goes
    START = "start"  # the unit begins
    ARRIVE = "arrive"  # the fitter is on the spot of an alarm
    HANDLE = "handle"  # the fault is handled: safe, and known what it needs
    FINISH = "finish"  # the unit is done; of an alarm: what was found
    FIND = "find"  # the unit's finding of a complaint (R-CT)
    OPINE = "opine"  # the combined opinion of a complaint (R-CT)
    ANSWER = "answer"  # the customer was told
    DELIVER = "deliver"  # repaired goods, or the repair, were delivered (R-CR)
    ACCEPT_ANSWER = "accept_answer"  # the customer accepts the answer to a complaint
    OBJECT = "object"  # the customer does not accept it (R-CA)
    OWE_REVISIT = "owe_revisit"  # the case was drawn for a revisit
    REVISIT = "revisit"  # the customer was asked (R-14.4, R-15.4, R-CR)
    GIVE_UP_REVISIT = "give_up_revisit"  # the customer could not be reached, or does not want to be asked
    CLOSE = "close"  # reported and done (R-5C)
    REOPEN = "reopen"  # not well after all
    PAUSE = "pause"  # its clocks are stopped, for a reason
    RESUME = "resume"  # its clocks run again
    AGREE_TIME = "agree_time"  # another time was agreed with the customer (R-CT)
    INVOLVE_OUTSIDE = "involve_outside"  # a party outside the company takes part (R-CT)
    HAND_OVER = "hand_over"  # another first responder (R-FR)
    CORRECT = "correct"  # what was written was wrong (R-AR)
    NOTE = "note"  # something to know, or a photo


class Actor(StrEnum):
    """A hat that somebody wears towards a case; one may wear several."""

    PROGRAM = "program"  # the hotline by itself
    AGENT = "agent"  # anybody who answers calls
    FIRST_RESPONDER = "first_responder"  # 首问负责人 of this case (R-FR)
    UNIT = "unit"  # somebody of the unit that has it
    SUPERVISOR = "supervisor"  # sees and steers the floor


_S, _D = CaseState, CaseStep
Table = Mapping[tuple[CaseState, CaseStep], CaseState]

_AT_THE_UNIT: Table = {
    (_S.OPENED, _D.PASS_ON): _S.PASSED,
    (_S.REOPENED, _D.PASS_ON): _S.PASSED,
    (_S.PASSED, _D.PASS_ON): _S.PASSED,
    (_S.ACCEPTED, _D.PASS_ON): _S.PASSED,
    (_S.WORKING, _D.PASS_ON): _S.PASSED,
    (_S.PASSED, _D.TAKE_BACK): _S.OPENED,
    (_S.ACCEPTED, _D.TAKE_BACK): _S.OPENED,
    (_S.PASSED, _D.SEND_BACK): _S.OPENED,
    (_S.ACCEPTED, _D.SEND_BACK): _S.OPENED,
    (_S.PASSED, _D.ACCEPT): _S.ACCEPTED,
}
_REVISITED: Table = {
    (_S.REVISIT_OWED, _D.REVISIT): _S.REVISITED,
    (_S.REVISIT_OWED, _D.GIVE_UP_REVISIT): _S.REVISITED,
    (_S.REVISITED, _D.REOPEN): _S.REOPENED,
    (_S.REVISITED, _D.CLOSE): _S.CLOSED,
    (_S.CLOSED, _D.REOPEN): _S.REOPENED,
}
_CONSULTATION: Table = {
    **_AT_THE_UNIT,
    **_REVISITED,
    (_S.ACCEPTED, _D.START): _S.WORKING,
    (_S.ACCEPTED, _D.FINISH): _S.FINISHED,
    (_S.WORKING, _D.FINISH): _S.FINISHED,
    (_S.OPENED, _D.ANSWER): _S.ANSWERED,
    (_S.REOPENED, _D.ANSWER): _S.ANSWERED,
    (_S.FINISHED, _D.ANSWER): _S.ANSWERED,
    (_S.ANSWERED, _D.CLOSE): _S.CLOSED,
    (_S.ANSWERED, _D.REOPEN): _S.REOPENED,
    (_S.ANSWERED, _D.OWE_REVISIT): _S.REVISIT_OWED,
    (_S.CLOSED, _D.OWE_REVISIT): _S.REVISIT_OWED,
}
_REPAIR: Table = {
    **_AT_THE_UNIT,
    **_REVISITED,
    (_S.ACCEPTED, _D.START): _S.WORKING,
    (_S.ACCEPTED, _D.HANDLE): _S.WORKING,
    (_S.WORKING, _D.HANDLE): _S.WORKING,
    (_S.ACCEPTED, _D.FINISH): _S.FINISHED,
    (_S.WORKING, _D.FINISH): _S.FINISHED,
    (_S.FINISHED, _D.REOPEN): _S.REOPENED,
    (_S.OPENED, _D.ANSWER): _S.REVISIT_OWED,
    (_S.REOPENED, _D.ANSWER): _S.REVISIT_OWED,
    (_S.FINISHED, _D.ANSWER): _S.REVISIT_OWED,
}
_ALARM: Table = {
    **_AT_THE_UNIT,
    (_S.ACCEPTED, _D.ARRIVE): _S.WORKING,
    (_S.WORKING, _D.HANDLE): _S.WORKING,
    (_S.WORKING, _D.FINISH): _S.FINISHED,
    (_S.FINISHED, _D.REOPEN): _S.REOPENED,
    (_S.OPENED, _D.ANSWER): _S.ANSWERED,
    (_S.REOPENED, _D.ANSWER): _S.ANSWERED,
    (_S.FINISHED, _D.ANSWER): _S.ANSWERED,
    (_S.ANSWERED, _D.CLOSE): _S.CLOSED,
    (_S.ANSWERED, _D.REOPEN): _S.REOPENED,
    (_S.CLOSED, _D.REOPEN): _S.REOPENED,
}
_COMPLAINT: Table = {
    **_AT_THE_UNIT,
    **_REVISITED,
    (_S.ACCEPTED, _D.START): _S.WORKING,
    (_S.ACCEPTED, _D.FIND): _S.FOUND,
    (_S.WORKING, _D.FIND): _S.FOUND,
    (_S.FOUND, _D.FIND): _S.FOUND,
    (_S.FOUND, _D.OPINE): _S.CONCLUDED,
    (_S.OPENED, _D.ANSWER): _S.ANSWERED,
    (_S.REOPENED, _D.ANSWER): _S.ANSWERED,
    (_S.CONCLUDED, _D.ANSWER): _S.ANSWERED,
    (_S.ANSWERED, _D.DELIVER): _S.ANSWERED,
    (_S.ANSWERED, _D.ACCEPT_ANSWER): _S.REVISIT_OWED,
    (_S.REVISIT_OWED, _D.DELIVER): _S.REVISIT_OWED,
    (_S.ANSWERED, _D.REVISIT): _S.REVISITED,
    (_S.ANSWERED, _D.GIVE_UP_REVISIT): _S.REVISITED,
    (_S.ANSWERED, _D.OBJECT): _S.OBJECTED,
    (_S.REVISIT_OWED, _D.OBJECT): _S.OBJECTED,
    (_S.REVISITED, _D.OBJECT): _S.OBJECTED,
    (_S.CLOSED, _D.OBJECT): _S.CLOSED,
    (_S.OBJECTED, _D.CLOSE): _S.CLOSED,
}
_WHILE_OPEN = (_D.PAUSE, _D.RESUME, _D.AGREE_TIME)
_ALWAYS = (_D.HAND_OVER, _D.CORRECT, _D.NOTE)


def _with_what_stays(table: Table, kind: str) -> Table:
    """The table with the steps that leave a case where it is."""
    whole = dict(table)
    for state in CaseState:
        for step in _ALWAYS:
            whole[state, step] = state
        if state is not CaseState.CLOSED:
            for step in _WHILE_OPEN + ((_D.INVOLVE_OUTSIDE,) if kind == "complaint" else ()):
                whole[state, step] = state
    return whole


LIVES: Mapping[str, Table] = {
    kind: _with_what_stays(table, kind)
    for kind, table in {
        "consultation": _CONSULTATION,
        "repair": _REPAIR,
        "alarm": _ALARM,
        "complaint": _COMPLAINT,
    }.items()
}
"""Kind of case → (state, step) → next state. What is not here is refused."""

_FLOOR = frozenset({Actor.AGENT, Actor.FIRST_RESPONDER, Actor.SUPERVISOR})
_OWNERS = frozenset({Actor.FIRST_RESPONDER, Actor.SUPERVISOR})
_AT_WORK = frozenset({Actor.UNIT, Actor.SUPERVISOR})

BY: Mapping[CaseStep, frozenset[Actor]] = {
    _D.OPEN: _FLOOR,
    _D.PASS_ON: _FLOOR,
    _D.TAKE_BACK: _OWNERS,
    _D.SEND_BACK: _AT_WORK,
    _D.ACCEPT: _AT_WORK,
    _D.START: _AT_WORK,
    _D.ARRIVE: _AT_WORK,
    _D.HANDLE: _AT_WORK,
    _D.FINISH: _AT_WORK,
    _D.FIND: _AT_WORK,
    _D.OPINE: frozenset({Actor.SUPERVISOR}),
    _D.ANSWER: _FLOOR,
    _D.DELIVER: _FLOOR | {Actor.UNIT},
    _D.ACCEPT_ANSWER: _FLOOR,
    _D.OBJECT: _FLOOR,
    _D.OWE_REVISIT: frozenset({Actor.PROGRAM, Actor.SUPERVISOR}),
    _D.REVISIT: _FLOOR | {Actor.PROGRAM},
    _D.GIVE_UP_REVISIT: _FLOOR | {Actor.PROGRAM},
    _D.CLOSE: _OWNERS,
    _D.REOPEN: _FLOOR | {Actor.PROGRAM},
    _D.PAUSE: _OWNERS | {Actor.UNIT},
    _D.RESUME: _OWNERS | {Actor.UNIT},
    _D.AGREE_TIME: _OWNERS,
    _D.INVOLVE_OUTSIDE: _OWNERS,
    _D.HAND_OVER: frozenset({Actor.SUPERVISOR}),
    _D.CORRECT: _FLOOR,
    _D.NOTE: _FLOOR | {Actor.UNIT, Actor.PROGRAM},
}
"""Step → who may do it. R-FR: ownership is handed over by a supervisor only."""

NEEDS_TEXT = frozenset(
    {
        _D.TAKE_BACK,
        _D.SEND_BACK,
        _D.FINISH,
        _D.FIND,
        _D.OPINE,
        _D.ANSWER,
        _D.OBJECT,
        _D.GIVE_UP_REVISIT,
        _D.CLOSE,
        _D.REOPEN,
        _D.PAUSE,
        _D.AGREE_TIME,
        _D.INVOLVE_OUTSIDE,
        _D.HAND_OVER,
        _D.NOTE,
    }
)
"""Steps that say nothing without a reason or a result in words."""


def next_state(kind: str, state: CaseState, step: CaseStep) -> CaseState | None:
    """The state after a step, or None where the step is not possible.

    :param kind: consultation, repair, alarm or complaint.
    """
    return LIVES[kind].get((state, step))


def first_state(*, passed_on: bool, answered: bool) -> CaseState:
    """Where a new case stands: at its unit at once (R-14.1, R-15.1), or answered in the call."""
    if passed_on:
        return CaseState.PASSED
    return CaseState.ANSWERED if answered else CaseState.OPENED


def may_do(step: CaseStep, hats: Collection[Actor]) -> bool:
    """Whether somebody with these hats may do a step."""
    return not BY[step].isdisjoint(hats)


def possible(kind: str, state: CaseState, hats: Collection[Actor]) -> list[CaseStep]:
    """The steps that somebody may do now, in the order of :class:`CaseStep`."""
    return [step for step in CaseStep if next_state(kind, state, step) is not None and may_do(step, hats)]
