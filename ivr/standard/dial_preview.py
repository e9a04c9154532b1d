"""Calls to customers that an agent makes after a look at whom and why: what hinders one, what came of it.

R-16.1 to R-16.5, said by a person. What protects the people called and those who call us (R-16.6) is the
same as for the program's calls: :mod:`ivr.standard.dial_protection`, :mod:`ivr.standard.dial_pacing`.
"""

from dataclasses import replace
from enum import StrEnum

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_pacing import Floor, PacingRules, how_many
from ivr.standard.dial_reason import AT_ANY_HOUR, DialReason

TAKES_FROM = frozenset({AgentState.READY, AgentState.WRAP_UP})
"""States in which an agent may take the next call to a customer."""

ENTERED = (DialResult.DONE, DialResult.LATER, DialResult.NEVER, DialResult.HUNG_UP)
"""What an agent may write down of somebody who answered; DONE with questions left open becomes PART."""

LONGEST_SAID = 500
"""Characters of what the customer said beside the answers."""


class PreviewRefusal(StrEnum):
    """Why an agent gets no call to make, or cannot make or settle the one on the desk."""

    NOBODY = "revisit_nobody"  # nobody is to be called now
    NOT_NOW = "revisit_not_in_this_state"  # the agent is on a break, or in a call
    RESULT_MISSING = "revisit_result_missing"  # what the last one came to is not written down yet
    LAST_AGENT = "revisit_last_agent"  # who calls us needs the free agents there are
    LAST_OF_SKILL = "revisit_last_of_skill"  # who calls us needs those there are who can do the same
    NO_LINE = "revisit_no_line"  # the lines are left for who calls us
    CALLERS_WAIT = "revisit_callers_wait"  # an alarm waits, or somebody waits too long
    GONE = "revisit_gone"  # somebody else has it, or it is not owed any more
    REFUSED_NOW = "revisit_refused"  # the rules do not let this number be called now
    OUTSIDE_HOURS = "revisit_outside_hours"  # nobody may be called at this hour
    PAUSED = "revisit_paused"  # calls to customers are paused


def hindrance(
    rules: PacingRules,
    floor: Floor,
    state: AgentState | None,
    reason: DialReason | None = None,
    *,
    must_stay: bool = False,
) -> PreviewRefusal | None:
    """Why an agent may not call a customer now; None: they may.

    :param state: of the agent who asks; a ready one is among the free agents of ``floor``, and is none
        for those who call us from then on.
    :param reason: of the call; None: not chosen yet, so what holds for all but alarms is said.
    :param must_stay: for a kind of callers, see :mod:`ivr.standard.kept_agents`.
    """
    if state not in TAKES_FROM:
        return PreviewRefusal.NOT_NOW
    counted = floor if state is AgentState.READY else replace(floor, free_agents=floor.free_agents + 1)
    allowed = how_many(rules, counted)
    if reason in AT_ANY_HOUR:
        return None if allowed.urgent > 0 else PreviewRefusal.NO_LINE
    if floor.alarm_waiting or floor.longest_wait_seconds > rules.longest_wait_seconds:
        return PreviewRefusal.CALLERS_WAIT
    if allowed.lines < 1:
        return PreviewRefusal.NO_LINE
    if allowed.with_agent < 1:
        return PreviewRefusal.LAST_AGENT
    return PreviewRefusal.LAST_OF_SKILL if must_stay else None


_NOT_REACHED = {
    CallOutcome.CALLED_BUSY: DialResult.BUSY,
    CallOutcome.CALLED_NOT_ANSWERING: DialResult.NO_ANSWER,
    CallOutcome.CALLED_REFUSED: DialResult.REJECTED,
    CallOutcome.CALLED_NOT_REACHED: DialResult.OFF,
    CallOutcome.CALL_OUT_GIVEN_UP: DialResult.NO_ANSWER,
}


def result_of_call(outcome: CallOutcome | None, *, answered: bool, dialled: bool) -> DialResult:
    """What an agent's call came to in which nobody talked.

    :param outcome: of the call; None: nobody saw its end.
    :param answered: the customer did, and left at once.
    :param dialled: the customer's telephone was called; the agent's own rings before.
    """
    if answered:
        return DialResult.HUNG_UP
    if not dialled:
        return DialResult.NO_LINE
    return _NOT_REACHED.get(outcome, DialResult.BROKEN) if outcome is not None else DialResult.BROKEN
