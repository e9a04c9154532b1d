"""Every state of every kind of case is told to its customer."""

import pytest

from ivr.standard.case_life import LIVES, CaseState
from ivr.standard.case_standing import Standing, standing


@pytest.mark.parametrize("kind", sorted(LIVES))
def test_every_state_has_words(kind: str) -> None:
    for state in CaseState:
        assert standing(kind, state) in Standing


def test_an_alarm_is_told_where_the_fitters_are() -> None:
    """R-3.1."""
    told = [standing("alarm", state) for state in (CaseState.PASSED, CaseState.ACCEPTED, CaseState.WORKING)]
    assert told == [Standing.ALARM_SENT, Standing.ON_THE_WAY, Standing.ON_THE_SPOT]


def test_a_complaint_is_looked_into_and_a_repair_is_worked_on() -> None:
    assert standing("complaint", CaseState.WORKING) is Standing.LOOKED_INTO
    assert standing("repair", CaseState.WORKING) is Standing.AT_WORK
    assert {standing(kind, CaseState.CLOSED) for kind in LIVES} == {Standing.CLOSED}
