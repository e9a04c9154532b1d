"""What a case of each kind owes, by when, and what keeps it."""

from dataclasses import replace
from datetime import datetime

import pytest

from ivr.standard.case_clock import Clock, due, start
from ivr.standard.case_life import LIVES, CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.obligations import (
    SETTLED_BY,
    ObligationKind,
    Owed,
    after_reopening,
    at_making,
    begun_by,
    closing,
    dropped_by,
    of_objection,
)
from tests.standard.clockwork import CALENDAR, TIMES, ZONE

_K, _D = ObligationKind, CaseStep
MADE = datetime(2026, 11, 18, 15, 0, tzinfo=ZONE)
"""A Wednesday."""


def ends(owed: list[Owed]) -> dict[str, str]:
    """Kind → when it is due, of what begins at :data:`MADE`."""
    return {
        one.kind: due(one.clock, one.amount, MADE, CALENDAR).astimezone(ZONE).strftime("%m-%d %H:%M")
        for one in owed
    }


def test_a_consultation_that_is_not_answered_is_answered_within_24_hours() -> None:
    """R-13.2, R-13.3: answered with the knowledge at hand, it owes nothing."""
    assert ends(at_making("consultation", TIMES)) == {"answer": "11-19 15:00"}
    assert at_making("consultation", TIMES, answered=True) == []


def test_a_drawn_consultation_is_revisited_within_48_hours() -> None:
    """R-13.5."""
    (owed,) = begun_by("consultation", _D.OWE_REVISIT, TIMES)
    assert (owed.kind, owed.rule, ends([owed])) == (_K.REVISIT, "R-13.5", {"revisit": "11-20 15:00"})


def test_a_fault_is_handled_within_6_hours_and_repaired_within_24() -> None:
    """R-15.1."""
    owed = at_making("repair", TIMES)
    assert ends(owed) == {"handle": "11-18 21:00", "finish": "11-19 15:00"}
    assert {one.rule for one in owed} == {"R-15.1"}


def test_an_alarm_is_acknowledged_at_once_and_owes_what_a_repair_owes() -> None:
    """R-3.1, R-15.1."""
    assert ends(at_making("alarm", TIMES)) == {
        "acknowledge": "11-18 15:02",
        "handle": "11-18 21:00",
        "finish": "11-19 15:00",
    }


def test_a_repair_is_revisited_after_the_customer_was_told() -> None:
    """R-15.4."""
    (owed,) = begun_by("repair", _D.ANSWER, TIMES)
    assert (owed.kind, owed.rule) == (_K.REVISIT, "R-15.4")


def test_the_clocks_of_a_complaint_run_in_working_days_from_acceptance() -> None:
    """R-CT: finding 3, answered 5, closed 13; a weekend and its days are left out."""
    owed = at_making("complaint", TIMES)
    assert ends(owed) == {"finding": "11-24 00:00", "answer": "11-26 00:00", "close": "12-08 00:00"}
    assert {one.clock for one in owed} == {Clock.WORKING_DAYS}


def test_the_opinion_comes_a_working_day_after_the_finding() -> None:
    """R-CT."""
    assert ends(begun_by("complaint", _D.FIND, TIMES)) == {"opinion": "11-20 00:00"}


def test_an_outside_party_makes_it_17_working_days() -> None:
    """R-CT."""
    assert ends([closing(TIMES, outside=True)]) == {"close": "12-12 00:00"}


def test_a_complaint_is_revisited_within_15_days_of_the_answer() -> None:
    """R-CR, R-14.4: days, not working days."""
    (owed,) = begun_by("complaint", _D.ANSWER, TIMES, complaint_class=ComplaintClass.FEES)
    assert (owed.rule, ends([owed])) == ("R-CR", {"revisit": "12-04 00:00"})


def test_a_complaint_about_quality_is_revisited_on_the_second_day_after_delivery() -> None:
    """R-CR: on the second day, not on the first."""
    (owed,) = begun_by("complaint", _D.DELIVER, TIMES, complaint_class=ComplaintClass.QUALITY)
    assert ends([owed]) == {"revisit": "11-21 00:00"}
    assert owed.not_before == 2
    assert dropped_by("complaint", _D.DELIVER, ComplaintClass.QUALITY) == {_K.REVISIT}
    assert begun_by("complaint", _D.DELIVER, TIMES, complaint_class=ComplaintClass.FEES) == []


def test_an_objection_is_answered_in_15_days_an_urgent_one_in_3_working_days() -> None:
    """R-CA."""
    assert ends(of_objection(TIMES, urgent=False))["answer"] == "12-04 00:00"
    assert ends(of_objection(TIMES, urgent=True))["answer"] == "11-24 00:00"


def test_a_reopened_complaint_keeps_the_clock_of_its_closing() -> None:
    """R-CT counts from acceptance: opening again buys no time."""
    assert [one.kind for one in after_reopening("complaint", TIMES, {_K.CLOSE, _K.REVISIT})] == [
        _K.FINDING,
        _K.ANSWER,
    ]


@pytest.mark.parametrize("kind", sorted(LIVES))
def test_everything_owed_can_be_kept_in_the_life_of_its_kind(kind: str) -> None:
    steps = {step for _, step in LIVES[kind]}
    owed = [*at_making(kind, TIMES)]
    for step in steps:
        owed += begun_by(kind, step, TIMES, complaint_class=ComplaintClass.QUALITY)
    keeping = set().union(*(kinds for step, kinds in SETTLED_BY.items() if step in steps))
    assert {one.kind for one in owed} <= keeping


def test_every_number_comes_from_the_settings() -> None:
    """Other numbers, other ends."""
    times = replace(TIMES, handle_hours=2, finish_hours=8)
    assert ends(at_making("repair", times)) == {"handle": "11-18 17:00", "finish": "11-18 23:00"}


def test_a_clock_is_started_as_it_is_owed() -> None:
    timer = start(Clock.HOURS, TIMES.handle_hours, MADE, CALENDAR)
    assert (timer.running_since, timer.total.total_seconds()) == (MADE, 6 * 3600)
