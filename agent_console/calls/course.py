"""The course of a call: everything known about it, put in the order in which it happened."""

from flask_babel import gettext

from agent_console.calls import supervisor_steps
from agent_console.calls.step import Step
from agent_console.context import console
from agent_console.words import queue_name, word
from ivr.standard.call_stage import CallDirection
from ivr.standard.device_name import dialled_number
from ivr.standard.transfer import TargetKind
from storage.queries.call_list import AnyRow, WholeCall


def steps(whole: WholeCall, *, sees_listening: bool) -> list[Step]:
    """The call's steps in the order of time; what happened at one moment stays in the order of cause.

    :param sees_listening: also that supervisors listened, which the agent does not notice.
    """
    found = [*_of_call(whole.call), *(step for offer in whole.offers for step in _of_offer(offer))]
    found += [step for hold in whole.holds for step in _of_hold(hold)]
    found += [step for transfer in whole.transfers for step in _of_transfer(transfer)]
    found += supervisor_steps.steps(whole.supervisors, sees_listening=sees_listening)
    found += [
        Step(
            change.at,
            gettext("%(before)s → %(after)s", before=word(change.from_state), after=word(change.to_state)),
            who=_person(change),
        )
        for change in whole.changes
    ]
    if whole.survey is not None:
        found.append(Step(whole.survey.asked_at, gettext("Asked to rate the service")))
        if whole.survey.score is not None and whole.survey.answered_at is not None:
            text = gettext("Rated %(score)d", score=whole.survey.score)
            found.append(Step(whole.survey.answered_at, text, tone="good"))
    return sorted(found, key=lambda step: step.at)


def _of_call(call: AnyRow) -> list[Step]:
    found = [Step(call.arrived_at, gettext("Call arrived"))]
    if call.answered_at is not None and call.direction is CallDirection.INBOUND:
        found.append(Step(call.answered_at, gettext("Answered by the menu")))
    if call.queued_at is not None:
        found.append(Step(call.queued_at, gettext("Began to wait")))
    if call.talk_started_at is not None:
        found.append(Step(call.talk_started_at, gettext("Conversation began"), tone="good"))
    if call.talk_ended_at is not None:
        tone = "bad" if call.agent_left_first else ""
        detail = gettext("the agent's leg went first") if call.agent_left_first else ""
        found.append(Step(call.talk_ended_at, gettext("Conversation ended"), detail=detail, tone=tone))
    if call.ended_at is not None:
        by = gettext("by %(who)s", who=word(call.ended_by)) if call.ended_by is not None else ""
        if call.special_end is not None:
            reason = " · ".join(filter(None, (word(call.special_end), call.special_end_text)))
            found.append(Step(call.ended_at, gettext("Ended by the agent for a reason"), detail=reason))
        source = word(call.end_source) if call.end_source not in (None, "event") else ""
        found.append(Step(call.ended_at, gettext("Ended"), detail=" · ".join(filter(None, (by, source)))))
    return found


def _of_offer(offer: AnyRow) -> list[Step]:
    who = _person(offer)
    found = [Step(offer.made_at, gettext("Offered"), who=who, detail=offer.device)]
    if offer.rung_at is not None:
        found.append(Step(offer.rung_at, gettext("The phone rings"), who=who))
    if offer.outcome is not None:
        tone = {"missed": "bad", "answered": "good"}.get(offer.outcome.value, "")
        rings = gettext("%(count)d rings", count=offer.rings) if offer.rings else ""
        at = offer.answered_at or offer.ended_at or offer.rung_at or offer.made_at
        found.append(Step(at, word(offer.outcome), who=who, detail=rings, tone=tone))
    return found


def _of_hold(hold: AnyRow) -> list[Step]:
    """R-12.9: from when to when, and that the customer agreed."""
    who = _person(hold)
    why = gettext("the customer agreed") if hold.consent else gettext("while somebody was asked")
    found = [Step(hold.began_at, gettext("On hold, with music"), who=who, detail=why)]
    if hold.ended_at is not None:
        length = gettext("after %(seconds)d s", seconds=round(hold.seconds or 0))
        found.append(Step(hold.ended_at, gettext("No longer on hold"), who=who, detail=length))
    return found


def _of_transfer(transfer: AnyRow) -> list[Step]:
    person = f"{transfer.to_work_number} {transfer.to_name}" if transfer.to_work_number else None
    queue = queue_name(console().settings, transfer.to_value)
    to = {TargetKind.QUEUE: queue, TargetKind.UNIT: transfer.unit}.get(transfer.to_kind, person)
    text = gettext("Asks a colleague") if transfer.attended else gettext("Passed on")
    detail = " · ".join(filter(None, (f"→ {to or transfer.to_value}", transfer.note)))
    found = [Step(transfer.asked_at, text, who=_person(transfer), detail=detail)]
    if transfer.outcome is not None:
        found.append(Step(transfer.ended_at, word(transfer.outcome), who=person or ""))
    return found


def _person(row: AnyRow) -> str:
    if row.work_number:
        return f"{row.work_number} {row.name}"
    return dialled_number(getattr(row, "device", "")) or gettext("Duty phone")
