"""What is to be done next: always a step that the life of the case knows, until it is closed."""

import pytest

from ivr.standard.case_life import LIVES, Actor, CaseState, CaseStep, may_do, next_state
from ivr.standard.case_next import next_step


@pytest.mark.parametrize("unit_finds", [True, False])
@pytest.mark.parametrize("kind", list(LIVES))
def test_what_is_next_is_possible_and_leads_on_to_the_end(kind: str, unit_finds: bool) -> None:
    """R-3.2: from its beginning every case is led to its end, in no circle."""
    for begin in (CaseState.OPENED, CaseState.PASSED, CaseState.REOPENED):
        state, done = begin, []
        while (step := next_step(kind, state, unit_finds=unit_finds)) is not None:
            after = next_state(kind, state, step)
            assert after is not None, (kind, state, step)
            done.append(step)
            assert len(done) < 12, done
            state = after
        assert state is CaseState.CLOSED
        assert CaseStep.ANSWER in done


def test_a_repair_is_revisited_before_it_is_closed() -> None:
    """R-15.4."""
    assert next_step("repair", CaseState.FINISHED) is CaseStep.ANSWER
    assert next_step("repair", CaseState.REVISIT_OWED) is CaseStep.REVISIT


def test_a_light_complaint_is_explained_without_a_unit() -> None:
    """R-CL."""
    assert next_step("complaint", CaseState.OPENED, unit_finds=False) is CaseStep.ANSWER
    assert next_step("complaint", CaseState.OPENED) is CaseStep.PASS_ON


def test_the_first_responder_can_do_what_is_next_wherever_no_unit_or_supervisor_must() -> None:
    """R-FR."""
    for kind in LIVES:
        for state in (CaseState.FINISHED, CaseState.CONCLUDED, CaseState.REVISIT_OWED, CaseState.REVISITED):
            if (step := next_step(kind, state)) and next_state(kind, state, step):
                assert may_do(step, {Actor.FIRST_RESPONDER})
