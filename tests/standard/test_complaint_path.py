"""R-CL: classes and severity decide the path of a complaint."""

import pytest

from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Severity, path, severity
from ivr.standard.urgency import Urgency

_C, _U, _V = ComplaintClass, Urgency, Severity


@pytest.mark.parametrize(
    ("what", "urgency", "again", "grave"),
    [
        (_C.GRUMBLE, _U.ORDINARY, False, _V.LIGHT),
        (_C.MALICIOUS, _U.ORDINARY, False, _V.LIGHT),
        (_C.GRUMBLE, _U.ORDINARY, True, _V.ORDINARY),
        (_C.SERVICE, _U.ORDINARY, False, _V.ORDINARY),
        (_C.FEES, _U.URGENT, False, _V.ORDINARY),
        (_C.FEES, _U.URGENT, True, _V.SEVERE),
        (_C.GRUMBLE, _U.CRITICAL, False, _V.SEVERE),
        (_C.QUALITY, _U.CRITICAL, False, _V.SEVERE),
    ],
)
def test_severity_comes_of_class_urgency_and_coming_again(
    what: ComplaintClass, urgency: Urgency, again: bool, grave: Severity
) -> None:
    assert severity(what, urgency, again=again) is grave


@pytest.mark.parametrize("what", _C)
def test_severe_ones_reach_the_manager_at_once_and_no_others(what: ComplaintClass) -> None:
    assert [grave for grave in _V if path(what, grave).manager_at_once] == [_V.SEVERE]


def test_a_misunderstanding_is_explained_and_all_else_is_looked_into() -> None:
    assert not path(_C.GRUMBLE, _V.LIGHT).unit_finds
    assert path(_C.GRUMBLE, _V.ORDINARY).unit_finds


def test_a_malicious_one_is_judged_by_a_supervisor() -> None:
    """R-CL, R-BL."""
    assert [what for what in _C if path(what, _V.LIGHT).supervisor_decides] == [_C.MALICIOUS]
