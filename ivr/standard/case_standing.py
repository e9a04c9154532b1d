"""How a case stands, as a customer is told: fewer words than the case has states."""

from collections.abc import Mapping
from enum import StrEnum

from ivr.standard.case_life import CaseState


class Standing(StrEnum):
    """What the customer hears."""

    IN_HAND = "in_hand"  # an agent has it
    AT_UNIT = "at_unit"  # was passed on, and waits for the unit
    TAKEN = "taken"  # the unit has taken it
    AT_WORK = "at_work"  # somebody is at it
    ALARM_SENT = "alarm_sent"  # of an alarm: the fitters have been told
    ON_THE_WAY = "on_the_way"  # of an alarm: the fitters are on their way
    ON_THE_SPOT = "on_the_spot"  # of an alarm: the fitters are there
    LOOKED_INTO = "looked_into"  # of a complaint: the unit looks into it
    CONCLUDING = "concluding"  # of a complaint: what was found is being judged
    DONE = "done"  # the unit is done, the customer is to be told
    ANSWERED = "answered"  # the customer was answered
    REVISIT = "revisit"  # the customer will be asked whether all is well
    OBJECTED = "objected"  # the customer objected, it is gone into again
    CLOSED = "closed"  # over


_S = CaseState
_GENERAL: Mapping[CaseState, Standing] = {
    _S.OPENED: Standing.IN_HAND,
    _S.PASSED: Standing.AT_UNIT,
    _S.ACCEPTED: Standing.TAKEN,
    _S.WORKING: Standing.AT_WORK,
    _S.FINISHED: Standing.DONE,
    _S.FOUND: Standing.CONCLUDING,
    _S.CONCLUDED: Standing.CONCLUDING,
    _S.ANSWERED: Standing.ANSWERED,
    _S.REVISIT_OWED: Standing.REVISIT,
    _S.REVISITED: Standing.ANSWERED,
    _S.OBJECTED: Standing.OBJECTED,
    _S.REOPENED: Standing.IN_HAND,
    _S.CLOSED: Standing.CLOSED,
}
_OF_KIND: Mapping[str, Mapping[CaseState, Standing]] = {
    "alarm": {
        _S.PASSED: Standing.ALARM_SENT,
        _S.ACCEPTED: Standing.ON_THE_WAY,
        _S.WORKING: Standing.ON_THE_SPOT,
    },
    "complaint": {_S.ACCEPTED: Standing.LOOKED_INTO, _S.WORKING: Standing.LOOKED_INTO},
}


def standing(kind: str, state: CaseState) -> Standing:
    """How a case stands.

    :param kind: consultation, repair, alarm or complaint.
    """
    return _OF_KIND.get(kind, {}).get(state) or _GENERAL[state]
