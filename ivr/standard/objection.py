"""A customer who does not accept the conclusion (R-CA, R-14.4): a new form with the original attached.

Within the time an objection is a new case on the old one with times of its own; after it, it is a new
complaint like any other. Either way both numbers are linked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.standard.obligations import Owed, Times, at_making, of_objection


class LinkKind(StrEnum):
    """Why two cases are linked."""

    OBJECTION = "objection"  # the customer objected in time (R-CA)
    NOT_ACCEPTED = "not_accepted"  # the customer came back after the time for objections (R-CA)
    SAME_INCIDENT = "same_incident"  # one incident, several cases


@dataclass(frozen=True, slots=True)
class NewForm:
    """What the new case is to the old one, and what it owes."""

    link: LinkKind
    owed: tuple[Owed, ...]


def new_form(answered_at: datetime, now: datetime, times: Times, *, urgent: bool) -> NewForm:
    """The form that goes on with a complaint.

    :param answered_at: when the customer was answered.
    :param urgent: an objection that is urgent is answered sooner.
    """
    if now <= answered_at + timedelta(days=times.objection_within_days):
        return NewForm(LinkKind.OBJECTION, tuple(of_objection(times, urgent=urgent)))
    return NewForm(LinkKind.NOT_ACCEPTED, tuple(at_making("complaint", times)))
