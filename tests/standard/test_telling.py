"""Who is told of a step follows from the step, whoever did it (R-N, R-3.1, R-14.1, R-15.1, R-CL, R-FR)."""

import pytest

from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_path import Severity
from ivr.standard.notice_kind import NoticeReason
from ivr.standard.telling import Audience, Telling, tellings
from ivr.standard.urgency import Urgency

CRITICAL = (Urgency.CRITICAL,)


def told(
    step: CaseStep,
    kind: str = "repair",
    urgency: Urgency = Urgency.ORDINARY,
    severity: Severity | None = None,
    *,
    by_first_responder: bool = False,
) -> list[Telling]:
    return tellings(step, kind, urgency, severity, CRITICAL, by_first_responder=by_first_responder)


@pytest.mark.parametrize("kind", ["consultation", "repair", "alarm", "complaint"])
def test_the_customer_gets_the_number_of_every_case(kind: str) -> None:
    """R-N."""
    assert told(CaseStep.OPEN, kind)[0] == Telling(Audience.CUSTOMER, NoticeReason.CASE_OPENED)


def test_the_unit_is_told_of_what_it_gets_and_of_an_alarm_urgently() -> None:
    """R-14.1, R-15.1, R-3.1."""
    assert told(CaseStep.PASS_ON) == [Telling(Audience.UNIT, NoticeReason.PASSED_ON)]
    assert told(CaseStep.PASS_ON, "alarm") == [Telling(Audience.UNIT, NoticeReason.ALARM, urgent=True)]


def test_leaders_are_told_of_alarms_of_the_urgencies_that_are_set() -> None:
    """R-3.1; also of a case that turns out to be an alarm."""
    duty = Telling(Audience.DUTY_LIST, NoticeReason.DUTY_LIST, urgent=True)
    assert duty in told(CaseStep.OPEN, "alarm", Urgency.CRITICAL)
    assert told(CaseStep.CORRECT, "alarm", Urgency.CRITICAL) == [duty]
    assert duty not in told(CaseStep.OPEN, "alarm", Urgency.ORDINARY)
    assert duty not in told(CaseStep.OPEN, "repair", Urgency.CRITICAL)
    assert duty not in told(CaseStep.ACCEPT, "alarm", Urgency.CRITICAL)


def test_a_severe_complaint_reaches_the_manager_at_once() -> None:
    """R-CL."""
    manager = Telling(Audience.MANAGER, NoticeReason.SEVERE_COMPLAINT, urgent=True)
    assert manager in told(CaseStep.OPEN, "complaint", severity=Severity.SEVERE)
    assert manager in told(CaseStep.CORRECT, "complaint", severity=Severity.SEVERE)
    assert manager not in told(CaseStep.OPEN, "complaint", severity=Severity.ORDINARY)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (CaseStep.FINISH, NoticeReason.FINISHED),
        (CaseStep.OPINE, NoticeReason.FINISHED),
        (CaseStep.SEND_BACK, NoticeReason.SENT_BACK),
        (CaseStep.HAND_OVER, NoticeReason.HANDED_OVER),
        (CaseStep.OPEN, NoticeReason.FIRST_CONTACT),
    ],
)
def test_the_first_responder_is_told_what_others_did(step: CaseStep, reason: NoticeReason) -> None:
    """R-FR, R-3.2."""
    telling = Telling(Audience.FIRST_RESPONDER, reason)
    assert telling in told(step)
    assert telling not in told(step, by_first_responder=True)


def test_nobody_is_told_of_a_note() -> None:
    assert told(CaseStep.NOTE) == []
