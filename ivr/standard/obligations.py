"""What a case of each kind owes, by when, and which step keeps it.

R-13.3, R-13.5, R-14.4, R-15.1, R-15.4, R-3.1, R-CT, R-CR and R-CA.

R-CT counts from acceptance: the moment the hotline takes the complaint, which makes the case.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.standard.case_clock import Calendar, Clock
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass


class ObligationKind(StrEnum):
    """What is owed."""

    ACKNOWLEDGE = "acknowledge"  # somebody goes to the alarm
    HANDLE = "handle"  # the fault is handled
    FINISH = "finish"  # it is repaired
    FINDING = "finding"  # the unit says what it found (R-CT)
    OPINION = "opinion"  # the combined opinion (R-CT)
    ANSWER = "answer"  # the customer is answered (R-13.3, R-CT, R-CA)
    CLOSE = "close"  # the complaint is closed (R-CT)
    REVISIT = "revisit"  # the customer is asked whether all is well (R-13.5, R-14.4, R-15.4, R-CR)


class ObligationOutcome(StrEnum):
    """What became of it."""

    KEPT = "kept"  # in time
    LATE = "late"  # done, but too late
    DROPPED = "dropped"  # not owed any more


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is owed, before its clock is started."""

    kind: ObligationKind
    rule: str
    clock: Clock
    amount: float
    """Hours or days, by ``clock``."""
    not_before: float = 0
    """Whole days after the start before which it must not be done; the last one of them counts from its
    beginning."""


@dataclass(frozen=True, slots=True)
class Times:
    """The numbers of the standard, from config.yaml: obligations. Days of complaints are working days."""

    consultation_answer_hours: float
    consultation_revisit_hours: float
    alarm_acknowledge_minutes: float
    handle_hours: float
    finish_hours: float
    repair_revisit_hours: float
    finding_days: int
    opinion_days: int
    complaint_answer_days: int
    close_days: int
    close_days_outside: int
    complaint_revisit_days: int
    """Calendar days, as all revisits of complaints and answers to objections that are not urgent."""
    quality_revisit_day: int
    objection_within_days: int
    objection_answer_days: int
    urgent_objection_days: int


@dataclass(frozen=True, slots=True)
class Clockwork:
    """All that clocks run by: calendar, numbers, and at which percents of the time is warned (R-OV)."""

    calendar: Calendar
    times: Times
    warn_at: tuple[float, ...]


_K, _D = ObligationKind, CaseStep


def at_making(kind: str, times: Times, *, answered: bool = False) -> list[Owed]:
    """What a new case owes.

    :param kind: consultation, repair, alarm or complaint.
    :param answered: a consultation that was answered in the call owes nothing yet.
    """
    if kind == "consultation":
        return [] if answered else [Owed(_K.ANSWER, "R-13.3", Clock.HOURS, times.consultation_answer_hours)]
    if kind == "complaint":
        return [
            Owed(_K.FINDING, "R-CT", Clock.WORKING_DAYS, times.finding_days),
            Owed(_K.ANSWER, "R-CT", Clock.WORKING_DAYS, times.complaint_answer_days),
            closing(times, outside=False),
        ]
    repair = [
        Owed(_K.HANDLE, "R-15.1", Clock.HOURS, times.handle_hours),
        Owed(_K.FINISH, "R-15.1", Clock.HOURS, times.finish_hours),
    ]
    if kind == "repair":
        return repair
    return [Owed(_K.ACKNOWLEDGE, "R-3.1", Clock.HOURS, times.alarm_acknowledge_minutes / 60), *repair]


def closing(times: Times, *, outside: bool) -> Owed:
    """By when a complaint is closed; later where a party outside the company takes part (R-CT)."""
    days = times.close_days_outside if outside else times.close_days
    return Owed(_K.CLOSE, "R-CT", Clock.WORKING_DAYS, days)


def of_objection(times: Times, *, urgent: bool) -> list[Owed]:
    """What a new case on an old one owes, whose customer objects in time (R-CA)."""
    answer = (
        Owed(_K.ANSWER, "R-CA", Clock.WORKING_DAYS, times.urgent_objection_days)
        if urgent
        else Owed(_K.ANSWER, "R-CA", Clock.DAYS, times.objection_answer_days)
    )
    return [Owed(_K.FINDING, "R-CT", Clock.WORKING_DAYS, times.finding_days), answer]


def after_reopening(kind: str, times: Times, still_open: Collection[ObligationKind]) -> list[Owed]:
    """What a case owes anew that is reopened; what still runs of it, such as its closing, runs on."""
    return [owed for owed in at_making(kind, times) if owed.kind not in still_open]


def begun_by(
    kind: str, step: CaseStep, times: Times, *, complaint_class: ComplaintClass | None = None
) -> list[Owed]:
    """What is owed from a step on."""
    if step is _D.FIND:
        return [Owed(_K.OPINION, "R-CT", Clock.WORKING_DAYS, times.opinion_days)]
    if step is _D.OWE_REVISIT:
        return [Owed(_K.REVISIT, "R-13.5", Clock.HOURS, times.consultation_revisit_hours)]
    if step is _D.ANSWER and kind == "repair":
        return [Owed(_K.REVISIT, "R-15.4", Clock.HOURS, times.repair_revisit_hours)]
    if step is _D.ANSWER and kind == "complaint":
        return [Owed(_K.REVISIT, "R-CR", Clock.DAYS, times.complaint_revisit_days)]
    if step is _D.DELIVER and complaint_class is ComplaintClass.QUALITY:
        day = times.quality_revisit_day
        return [Owed(_K.REVISIT, "R-CR", Clock.DAYS, day, not_before=day)]
    return []


SETTLED_BY: Mapping[CaseStep, frozenset[ObligationKind]] = {
    _D.ACCEPT: frozenset({_K.ACKNOWLEDGE}),
    _D.ARRIVE: frozenset({_K.ACKNOWLEDGE}),
    _D.HANDLE: frozenset({_K.HANDLE}),
    _D.FINISH: frozenset({_K.ACKNOWLEDGE, _K.HANDLE, _K.FINISH}),
    _D.FIND: frozenset({_K.FINDING}),
    _D.OPINE: frozenset({_K.FINDING, _K.OPINION}),
    _D.ANSWER: frozenset({_K.ANSWER}),
    _D.REVISIT: frozenset({_K.REVISIT}),
    _D.CLOSE: frozenset({_K.CLOSE}),
}
"""Which step keeps what."""


def dropped_by(
    kind: str, step: CaseStep, complaint_class: ComplaintClass | None
) -> frozenset[ObligationKind]:
    """What is not owed any more after a step, though nobody kept it."""
    if step is _D.GIVE_UP_REVISIT:
        return frozenset({_K.REVISIT})
    if step is _D.DELIVER and complaint_class is ComplaintClass.QUALITY:
        return frozenset({_K.REVISIT})
    if step is _D.ANSWER and kind != "complaint":
        return frozenset({_K.ACKNOWLEDGE, _K.HANDLE, _K.FINISH})
    if step is _D.ANSWER:
        return frozenset({_K.FINDING, _K.OPINION})
    if step in (_D.OBJECT, _D.CLOSE):
        return frozenset(_K)
    return frozenset()
