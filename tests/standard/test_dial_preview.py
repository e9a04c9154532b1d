"""Calls that agents make: who calls us keeps lines and people (R-16.6); what a call without a talk is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_pacing import Floor, PacingRules
from ivr.standard.dial_preview import TAKES_FROM, PreviewRefusal, hindrance, result_of_call
from ivr.standard.dial_reason import DialReason
from ivr.standard.questionnaire import END, Choice, Measures, Question, Questionnaire, walk
from tests.standard.test_dial_pacing import FLOORS, RULES

PACING = PacingRules(most_lines=4, kept_lines=4, kept_agents=1, longest_wait_seconds=10, most_at_once=10)
TWO_FREE = Floor(10, 0, 0, 2, 0, alarm_waiting=False, longest_wait_seconds=0)


@given(RULES, FLOORS, st.sampled_from(AgentState))
def test_a_ready_agent_who_calls_leaves_as_many_free_as_are_kept(
    rules: PacingRules, floor: Floor, state: AgentState
) -> None:
    found = hindrance(rules, floor, state)
    if state not in TAKES_FROM:
        assert found is PreviewRefusal.NOT_NOW
    elif found is None:
        left = floor.free_agents - floor.promised_agents - (state is AgentState.READY)
        assert left >= max(1, rules.kept_agents)


def test_the_last_free_agent_stays_for_who_calls_us_but_for_an_alarm() -> None:
    alone = replace(TWO_FREE, free_agents=1)
    assert hindrance(PACING, TWO_FREE, AgentState.READY) is None
    assert hindrance(PACING, alone, AgentState.READY) is PreviewRefusal.LAST_AGENT
    assert hindrance(PACING, alone, AgentState.WRAP_UP) is None  # the free one is another
    assert hindrance(PACING, alone, AgentState.READY, DialReason.ALARM_CALL_BACK) is None
    some = replace(TWO_FREE, free_agents=5)
    assert hindrance(PACING, some, AgentState.READY, must_stay=True) is PreviewRefusal.LAST_OF_SKILL
    assert hindrance(PACING, alone, AgentState.READY, must_stay=True) is PreviewRefusal.LAST_AGENT
    alarm = DialReason.ALARM_CALL_BACK
    assert hindrance(PACING, some, AgentState.READY, alarm, must_stay=True) is None
    assert hindrance(PACING, replace(TWO_FREE, lines_used=6), AgentState.READY) is PreviewRefusal.NO_LINE
    waits = replace(TWO_FREE, longest_wait_seconds=11)
    assert hindrance(PACING, waits, AgentState.READY) is PreviewRefusal.CALLERS_WAIT
    assert hindrance(PACING, waits, AgentState.READY, DialReason.ALARM_CALL_BACK) is None
    assert hindrance(PACING, TWO_FREE, None) is PreviewRefusal.NOT_NOW


@pytest.mark.parametrize(
    ("outcome", "answered", "dialled", "result"),
    [
        (CallOutcome.CALLED_BUSY, False, True, DialResult.BUSY),
        (CallOutcome.CALLED_NOT_ANSWERING, False, True, DialResult.NO_ANSWER),
        (CallOutcome.CALLED_REFUSED, False, True, DialResult.REJECTED),
        (CallOutcome.CALL_OUT_GIVEN_UP, False, True, DialResult.NO_ANSWER),
        (CallOutcome.CALL_OUT_GIVEN_UP, False, False, DialResult.NO_LINE),
        (CallOutcome.ANSWERED, True, True, DialResult.HUNG_UP),
        (CallOutcome.FAILED, False, True, DialResult.BROKEN),
        (None, False, True, DialResult.BROKEN),
    ],
)
def test_a_call_without_a_talk_has_the_result_of_its_outcome(
    outcome: CallOutcome | None, answered: bool, dialled: bool, result: DialResult
) -> None:
    assert result_of_call(outcome, answered=answered, dialled=dialled) is result


def test_only_answers_on_the_way_count_and_a_gap_is_no_whole_answer() -> None:
    """R-16.5."""
    solved = {"1": Choice("yes", "how", 1), "2": Choice("no", END, 0)}
    how = {"1": Choice("bad", "remark", 1), "5": Choice("good", END, 5)}
    asked = Questionnaire(
        "q",
        (
            Question("solved", "p", "how", solved, Measures.SOLVED),
            Question("how", "p", "remark", how, Measures.SATISFACTION),
            Question("remark", "p", END, remark=True),
        ),
    )
    answers, whole = walk(asked, {"solved": "no", "how": "good"})
    assert [(one.question, one.value) for one in answers] == [("solved", 0)] and whole
    answers, whole = walk(asked, {"solved": "yes", "how": "no such word"})
    assert [one.question for one in answers] == ["solved"] and not whole
    assert walk(asked, {})[1] is False
