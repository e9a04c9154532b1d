"""The tables of cases' lives: nothing is a trap, and the rules hold in every state."""

import pytest

from ivr.standard.case_life import (
    BY,
    LIVES,
    Actor,
    CaseState,
    CaseStep,
    first_state,
    may_do,
    next_state,
    possible,
)

KINDS = sorted(LIVES)
_S, _D = CaseState, CaseStep


def moves(kind: str) -> dict[tuple[CaseState, CaseStep], CaseState]:
    """What leads from one state to another."""
    return {key: after for key, after in LIVES[kind].items() if after is not key[0]}


def reachable(kind: str, start: CaseState) -> set[CaseState]:
    found, edge = {start}, [start]
    while edge:
        state = edge.pop()
        for (before, _), after in moves(kind).items():
            if before is state and after not in found:
                found.add(after)
                edge.append(after)
    return found


def walk(kind: str, start: CaseState, *steps: CaseStep) -> list[CaseState | None]:
    states: list[CaseState | None] = [start]
    for step in steps:
        last = states[-1]
        assert last is not None, f"{step} comes after a step that is not possible"
        states.append(next_state(kind, last, step))
    return states[1:]


@pytest.mark.parametrize("kind", KINDS)
def test_from_every_state_there_is_a_way_to_the_end(kind: str) -> None:
    for state in reachable(kind, _S.OPENED):
        assert _S.CLOSED in reachable(kind, state), f"{kind}: {state} is a trap"


def test_every_state_is_reached_in_some_life() -> None:
    assert set().union(*(reachable(kind, _S.OPENED) for kind in KINDS)) == set(_S)


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_that_somebody_may_do_is_possible_somewhere(kind: str) -> None:
    known = {step for _, step in LIVES[kind]}
    assert known <= set(BY)
    assert {_D.PASS_ON, _D.ANSWER, _D.CLOSE, _D.REOPEN, _D.HAND_OVER} <= known


@pytest.mark.parametrize("kind", KINDS)
def test_notes_corrections_and_handovers_are_possible_always(kind: str) -> None:
    """R-AR, R-FR: corrections are new entries, also after the end."""
    for state in _S:
        for step in (_D.NOTE, _D.CORRECT, _D.HAND_OVER):
            assert next_state(kind, state, step) is state


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_closed_twice_nor_before_the_customer_was_answered(kind: str) -> None:
    """R-5C, R-FR."""
    for state in (_S.CLOSED, _S.OPENED, _S.PASSED, _S.ACCEPTED, _S.WORKING, _S.FINISHED, _S.REOPENED):
        assert next_state(kind, state, _D.CLOSE) is None


@pytest.mark.parametrize("kind", ["repair", "alarm", "complaint"])
def test_what_a_unit_must_do_begins_at_the_unit(kind: str) -> None:
    """R-14.1, R-15.1: passed on at once."""
    assert first_state(passed_on=True, answered=False) is _S.PASSED
    assert next_state(kind, _S.PASSED, _D.ACCEPT) is _S.ACCEPTED


def test_a_consultation_is_answered_in_the_call_or_kept() -> None:
    """R-13.3."""
    assert first_state(passed_on=False, answered=True) is _S.ANSWERED
    assert first_state(passed_on=False, answered=False) is _S.OPENED
    assert next_state("consultation", _S.OPENED, _D.ANSWER) is _S.ANSWERED


def test_a_drawn_consultation_is_revisited_also_after_its_end() -> None:
    """R-13.5."""
    states = walk("consultation", _S.CLOSED, _D.OWE_REVISIT, _D.REVISIT, _D.CLOSE)
    assert states == [_S.REVISIT_OWED, _S.REVISITED, _S.CLOSED]


def test_a_repair_is_revisited_before_it_is_closed() -> None:
    """R-15.1, R-15.4."""
    states = walk("repair", _S.PASSED, _D.ACCEPT, _D.HANDLE, _D.FINISH, _D.ANSWER, _D.REVISIT, _D.CLOSE)
    assert states == [_S.ACCEPTED, _S.WORKING, _S.FINISHED, _S.REVISIT_OWED, _S.REVISITED, _S.CLOSED]
    assert next_state("repair", _S.REVISIT_OWED, _D.CLOSE) is None


def test_advice_that_was_enough_needs_no_visit() -> None:
    """R-15.2."""
    assert walk("repair", _S.PASSED, _D.TAKE_BACK, _D.ANSWER) == [_S.OPENED, _S.REVISIT_OWED]


def test_a_revisit_that_finds_it_is_not_well_opens_the_case_again() -> None:
    """R-16.5."""
    states = walk("repair", _S.REVISIT_OWED, _D.REVISIT, _D.REOPEN, _D.PASS_ON)
    assert states == [_S.REVISITED, _S.REOPENED, _S.PASSED]


def test_an_alarm_is_acknowledged_then_somebody_is_there_then_it_is_found_out() -> None:
    """R-3.1."""
    states = walk("alarm", _S.PASSED, _D.ACCEPT, _D.ARRIVE, _D.HANDLE, _D.FINISH, _D.ANSWER, _D.CLOSE)
    assert states == [_S.ACCEPTED, _S.WORKING, _S.WORKING, _S.FINISHED, _S.ANSWERED, _S.CLOSED]


def test_a_complaint_has_a_finding_an_opinion_and_an_answer() -> None:
    """R-CT, R-14.4."""
    states = walk(
        "complaint",
        _S.PASSED,
        _D.ACCEPT,
        _D.FIND,
        _D.OPINE,
        _D.ANSWER,
        _D.ACCEPT_ANSWER,
        _D.REVISIT,
        _D.CLOSE,
    )
    assert states == [
        _S.ACCEPTED,
        _S.FOUND,
        _S.CONCLUDED,
        _S.ANSWERED,
        _S.REVISIT_OWED,
        _S.REVISITED,
        _S.CLOSED,
    ]


@pytest.mark.parametrize("state", [_S.ANSWERED, _S.REVISIT_OWED, _S.REVISITED])
def test_a_customer_may_object_until_and_after_the_end(state: CaseState) -> None:
    """R-CA."""
    assert next_state("complaint", state, _D.OBJECT) is _S.OBJECTED
    assert next_state("complaint", _S.CLOSED, _D.OBJECT) is _S.CLOSED


def test_only_a_supervisor_hands_over() -> None:
    """R-FR: passing the work on never passes the ownership."""
    assert BY[_D.HAND_OVER] == {Actor.SUPERVISOR}
    assert not may_do(_D.HAND_OVER, {Actor.FIRST_RESPONDER, Actor.AGENT, Actor.UNIT})


def test_a_unit_works_and_the_desk_closes() -> None:
    """R-5C, R-FR: the first responder owns the case to its end."""
    assert may_do(_D.FINISH, {Actor.UNIT}) and not may_do(_D.FINISH, {Actor.AGENT})
    assert may_do(_D.CLOSE, {Actor.FIRST_RESPONDER}) and not may_do(_D.CLOSE, {Actor.UNIT, Actor.AGENT})


def test_what_is_possible_now_is_told_in_order() -> None:
    assert possible("repair", _S.PASSED, {Actor.UNIT}) == [
        _D.SEND_BACK,
        _D.ACCEPT,
        _D.PAUSE,
        _D.RESUME,
        _D.NOTE,
    ]
