"""The first responder 首问负责人 (R-FR): fixed at first contact; a supervisor hands over, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.standard.case_life import Actor, CaseStep, may_do
from ivr.standard.case_refusal import CaseRefusal


@dataclass(frozen=True, slots=True)
class Handover:
    """The case got another first responder; both names stay."""

    at: datetime
    from_agent: str
    to_agent: str
    by_agent: str
    reason: str


def why_not(
    hats: frozenset[Actor], reason: str, from_agent_id: int, to_agent_id: int, *, to_answers: bool
) -> CaseRefusal | None:
    """Why a case may not be handed over; None: it may.

    :param hats: of who wants it.
    :param to_answers: the other one answers calls and is active.
    """
    if not may_do(CaseStep.HAND_OVER, hats):
        return CaseRefusal.NOT_YOURS_TO_DO
    if not reason.strip():
        return CaseRefusal.TEXT_MISSING
    if from_agent_id == to_agent_id:
        return CaseRefusal.SAME_PERSON
    return None if to_answers else CaseRefusal.NO_SUCH_PERSON


def answerable(now_responsible: str, handovers: Sequence[Handover], unit: str | None) -> list[str]:
    """Whom a late figure names: every first responder from the first to the present one, then the unit.

    :param handovers: in their order.
    """
    names = [handovers[0].from_agent] if handovers else []
    names += [handover.to_agent for handover in handovers] or [now_responsible]
    return [*dict.fromkeys(names), *([unit] if unit else [])]
