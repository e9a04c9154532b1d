"""R-CA, R-14.4: a customer who does not accept the conclusion gets a new form linked to the original."""

from datetime import datetime, timedelta

from ivr.standard.objection import LinkKind, new_form
from ivr.standard.obligations import ObligationKind
from tests.standard.clockwork import TIMES, ZONE

ANSWERED = datetime(2026, 11, 2, 10, 0, tzinfo=ZONE)


def test_within_10_days_it_is_an_objection_with_its_own_time() -> None:
    form = new_form(ANSWERED, ANSWERED + timedelta(days=10), TIMES, urgent=False)
    answer = next(owed for owed in form.owed if owed.kind is ObligationKind.ANSWER)
    assert (form.link, answer.rule, answer.amount) == (LinkKind.OBJECTION, "R-CA", 15)


def test_an_urgent_one_is_answered_in_3_working_days() -> None:
    form = new_form(ANSWERED, ANSWERED, TIMES, urgent=True)
    answer = next(owed for owed in form.owed if owed.kind is ObligationKind.ANSWER)
    assert (answer.clock, answer.amount) == ("working_days", 3)


def test_later_it_is_a_new_complaint_with_a_link() -> None:
    """R-CT."""
    form = new_form(ANSWERED, ANSWERED + timedelta(days=10, seconds=1), TIMES, urgent=True)
    assert form.link is LinkKind.NOT_ACCEPTED
    assert {owed.rule for owed in form.owed} == {"R-CT"}
