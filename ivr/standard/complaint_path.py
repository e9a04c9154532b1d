"""The path of a complaint by its class and severity (R-CL), and who answers for what was found (R-CS)."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.urgency import Urgency


class Severity(StrEnum):
    """How grave a complaint is."""

    LIGHT = "light"  # a word of explanation may do
    ORDINARY = "ordinary"  # the unit finds out and the customer is answered
    SEVERE = "severe"  # the manager knows at once


class Responsibility(StrEnum):
    """Who answers for what a complaint was about, by the combined opinion."""

    UNIT = "unit"  # the unit
    SHARED = "shared"  # the unit and somebody else
    OUTSIDE = "outside"  # a party outside the company
    CUSTOMER = "customer"  # the customer
    NOBODY = "nobody"  # nothing went wrong


COUNTS_AGAINST_UNIT = frozenset({Responsibility.UNIT, Responsibility.SHARED})
"""What the monthly summary counts as the unit's (R-CS)."""


@dataclass(frozen=True, slots=True)
class Path:
    """What is done about a complaint of a severity."""

    unit_finds: bool
    """The unit gives a finding; otherwise the first responder explains."""
    manager_at_once: bool
    supervisor_decides: bool
    """A supervisor judges it before anything is done, such as proposing the blacklist (R-BL)."""


_LIGHT_BY_NATURE = frozenset({ComplaintClass.GRUMBLE, ComplaintClass.MALICIOUS})


def severity(complaint_class: ComplaintClass, urgency: Urgency, *, again: bool = False) -> Severity:
    """How grave a complaint is.

    :param urgency: the agent's judgement.
    :param again: the customer did not accept an earlier answer (R-CA): one step graver.
    """
    if urgency is Urgency.CRITICAL:
        return Severity.SEVERE
    if complaint_class in _LIGHT_BY_NATURE and urgency is Urgency.ORDINARY:
        return Severity.ORDINARY if again else Severity.LIGHT
    return Severity.SEVERE if again and urgency is Urgency.URGENT else Severity.ORDINARY


def path(complaint_class: ComplaintClass, grave: Severity) -> Path:
    """What is done about it."""
    return Path(
        unit_finds=grave is not Severity.LIGHT,
        manager_at_once=grave is Severity.SEVERE,
        supervisor_decides=complaint_class is ComplaintClass.MALICIOUS,
    )
