"""From which states an agent may call out, and that each reason is a word of its own."""

import pytest

from ivr.standard.agent_state import AgentEvent, AgentState, next_state
from ivr.standard.conversation_refusal import CALLS_OUT_FROM, Refusal, refusal_to_call_out


@pytest.mark.parametrize("state", AgentState)
def test_calling_out_is_refused_exactly_where_the_table_of_states_has_no_way(state: AgentState) -> None:
    possible = next_state(state, AgentEvent.CALL_OUT) is not None
    assert (refusal_to_call_out(state) is None) is possible is (state in CALLS_OUT_FROM)


@pytest.mark.parametrize("state", [AgentState.OFFERED, AgentState.TALKING])
def test_one_call_at_a_time(state: AgentState) -> None:
    assert refusal_to_call_out(state) == Refusal.IN_A_CALL == "not_while_in_a_call"


def test_who_is_not_at_work_is_told_so() -> None:
    assert refusal_to_call_out(AgentState.SIGNED_OUT) == "not_possible_while_signed_out"
    assert refusal_to_call_out(None) == "not_possible_while_signed_out"
    assert refusal_to_call_out(AgentState.DEVICE_GONE) == "not_possible_while_device_gone"
