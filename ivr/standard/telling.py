"""Who is told what of a step of a case: it follows from the step that was entered, whoever did it.

R-N: the customer gets the number. R-14.1, R-15.1: the unit has the case at once. R-3.1: an alarm is in the
fitter's hands within seconds, and leaders are told. R-CL: a severe complaint reaches the manager at once.
R-3.2: what the unit has done is followed to its end. R-FR: who becomes first responder knows of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_path import Severity
from ivr.standard.notice_kind import NoticeReason
from ivr.standard.urgency import Urgency


class Audience(StrEnum):
    """Who is told."""

    CUSTOMER = "customer"  # who the case is for, by text
    UNIT = "unit"  # heads and fitters of the unit, by desk, text and mail, with a link to the case
    FIRST_RESPONDER = "first_responder"  # at their desk
    MANAGER = "manager"  # who answers for all units, by desk, text and mail
    DUTY_LIST = "duty_list"  # leaders, by calls until one of them acknowledges, and by text


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody is to be told something."""

    audience: Audience
    reason: NoticeReason
    urgent: bool = False


_TO_FIRST_RESPONDER = {
    CaseStep.FINISH: NoticeReason.FINISHED,
    CaseStep.OPINE: NoticeReason.FINISHED,
    CaseStep.SEND_BACK: NoticeReason.SENT_BACK,
    CaseStep.HAND_OVER: NoticeReason.HANDED_OVER,
}
_SHOWS_WHAT_IT_IS = frozenset({CaseStep.OPEN, CaseStep.CORRECT})
"""Steps after which a case may have become an alarm, or a severe complaint."""


def tellings(
    step: CaseStep,
    kind: str,
    urgency: Urgency,
    severity: Severity | None,
    duty_urgencies: Collection[Urgency],
    *,
    by_first_responder: bool,
) -> list[Telling]:
    """Who is told of a step.

    :param kind: of the case: consultation, repair, alarm or complaint.
    :param severity: of a complaint.
    :param duty_urgencies: alarms of these are for the duty list (config.yaml: duty_list.urgencies).
    :param by_first_responder: the first responder did it, and knows.
    """
    alarm = kind == "alarm"
    found: list[Telling] = []
    if step is CaseStep.OPEN:
        found.append(Telling(Audience.CUSTOMER, NoticeReason.CASE_OPENED))
        if not by_first_responder:
            found.append(Telling(Audience.FIRST_RESPONDER, NoticeReason.FIRST_CONTACT))
    if step is CaseStep.PASS_ON:
        reason = NoticeReason.ALARM if alarm else NoticeReason.PASSED_ON
        found.append(Telling(Audience.UNIT, reason, urgent=alarm))
    if step in _SHOWS_WHAT_IT_IS and alarm and urgency in duty_urgencies:
        found.append(Telling(Audience.DUTY_LIST, NoticeReason.DUTY_LIST, urgent=True))
    if step in _SHOWS_WHAT_IT_IS and severity is Severity.SEVERE:
        found.append(Telling(Audience.MANAGER, NoticeReason.SEVERE_COMPLAINT, urgent=True))
    if step in _TO_FIRST_RESPONDER and not by_first_responder:
        found.append(Telling(Audience.FIRST_RESPONDER, _TO_FIRST_RESPONDER[step]))
    return found
