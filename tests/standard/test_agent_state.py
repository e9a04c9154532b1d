"""The table of agent states: no state is a trap, and the rules hold in every one of them."""

import pytest

from ivr.standard.agent_state import (
    FREE_FOR_ALARM,
    IN_A_CALL,
    SIGNED_IN,
    TAKES_CALLS,
    TRANSITIONS,
    AgentEvent,
    AgentState,
    next_state,
)

BY_A_PERSON = {AgentEvent.SIGN_IN, AgentEvent.SIGN_OUT, AgentEvent.ASK_READY, AgentEvent.ASK_BREAK}


def _reachable_from(start: AgentState) -> set[AgentState]:
    found, edge = {start}, [start]
    while edge:
        state = edge.pop()
        for event in AgentEvent:
            after = next_state(state, event)
            if after is not None and after not in found:
                found.add(after)
                edge.append(after)
    return found


def test_every_state_is_reached_from_signed_out() -> None:
    assert _reachable_from(AgentState.SIGNED_OUT) == set(AgentState)


@pytest.mark.parametrize("state", AgentState)
def test_no_state_is_a_trap(state: AgentState) -> None:
    """Users of the peers complain of agents stuck in a state: from each there is a way to ready and out."""
    assert {AgentState.READY, AgentState.SIGNED_OUT} <= _reachable_from(state)


@pytest.mark.parametrize("state", sorted(SIGNED_IN - IN_A_CALL))
def test_who_is_in_no_call_may_leave_and_rest(state: AgentState) -> None:
    assert next_state(state, AgentEvent.SIGN_OUT) is AgentState.SIGNED_OUT
    assert next_state(state, AgentEvent.ASK_BREAK) is AgentState.BREAK


@pytest.mark.parametrize("state", sorted(IN_A_CALL))
@pytest.mark.parametrize("event", [AgentEvent.SIGN_OUT, AgentEvent.ASK_BREAK, AgentEvent.ASK_READY])
def test_break_and_sign_out_are_refused_during_a_call(state: AgentState, event: AgentEvent) -> None:
    """R-12.10: do not leave the desk during a call."""
    assert next_state(state, event) is None


@pytest.mark.parametrize("state", sorted(IN_A_CALL))
def test_a_second_sign_in_changes_nothing_about_a_call(state: AgentState) -> None:
    """R-20: taking over a session during a call leaves the call where it is."""
    assert next_state(state, AgentEvent.SIGN_IN) is state


@pytest.mark.parametrize("state", AgentState)
def test_a_call_is_offered_to_who_is_ready_or_in_wrap_up_and_to_nobody_else(state: AgentState) -> None:
    offered = next_state(state, AgentEvent.OFFER)
    assert offered is (AgentState.OFFERED if state in FREE_FOR_ALARM else None)


def test_a_missed_offer_needs_the_agent_to_come_back() -> None:
    """R-12.3: not answering until they come back themselves."""
    assert next_state(AgentState.OFFERED, AgentEvent.MISSED) is AgentState.NOT_ANSWERING
    by_itself = {
        event
        for event in set(AgentEvent) - BY_A_PERSON
        if next_state(AgentState.NOT_ANSWERING, event) not in (None, AgentState.NOT_ANSWERING)
    }
    assert by_itself == set()
    assert next_state(AgentState.NOT_ANSWERING, AgentEvent.ASK_READY) is AgentState.READY


def test_an_offer_that_ends_without_fault_leaves_the_agent_ready() -> None:
    assert next_state(AgentState.OFFERED, AgentEvent.OFFER_GONE) is AgentState.READY


def test_an_alarm_that_ends_unanswered_gives_the_wrap_up_back() -> None:
    assert next_state(AgentState.OFFERED, AgentEvent.OFFER_GONE_IN_WRAP_UP) is AgentState.WRAP_UP


def test_a_lost_device_is_no_missed_offer() -> None:
    assert next_state(AgentState.OFFERED, AgentEvent.DEVICE_LOST) is AgentState.DEVICE_GONE
    assert next_state(AgentState.DEVICE_GONE, AgentEvent.DEVICE_BACK) is AgentState.READY


def test_a_device_that_comes_back_brings_nobody_back_from_a_break() -> None:
    assert next_state(AgentState.BREAK, AgentEvent.DEVICE_BACK) is None


def test_a_lost_device_ends_no_conversation() -> None:
    assert next_state(AgentState.TALKING, AgentEvent.DEVICE_LOST) is AgentState.TALKING


def test_a_dropped_leg_makes_the_agent_free_for_the_same_caller() -> None:
    """R-12.12: the caller is offered back to the same agent, so there is no wrap-up before."""
    assert next_state(AgentState.TALKING, AgentEvent.CALL_LOST) is AgentState.READY


def test_who_signs_in_begins_with_a_break_and_asks_to_be_ready() -> None:
    assert next_state(AgentState.SIGNED_OUT, AgentEvent.SIGN_IN) is AgentState.BREAK


def test_of_who_is_signed_out_nothing_but_a_sign_in_is_heard() -> None:
    heard = {event for state, event in TRANSITIONS if state is AgentState.SIGNED_OUT}
    assert heard == {AgentEvent.SIGN_IN, AgentEvent.SIGN_OUT}


def test_the_groups_of_states_fit_together() -> None:
    assert IN_A_CALL < TAKES_CALLS < SIGNED_IN
    assert FREE_FOR_ALARM < TAKES_CALLS
