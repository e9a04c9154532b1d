"""The pages' word for every value of the enumerations, and every word the pages' scripts say."""

from enum import StrEnum

from flask_babel import gettext, lazy_gettext

from agent_console.cases.case_words import CASE_WORDS
from agent_console.languages import language
from agent_console.may_ask import MAY_ASK
from agent_console.phone.phone_words import phone_words
from agent_console.refusals import REFUSALS
from agent_console.revisits.revisit_words import REVISIT_WORDS
from ivr.config import Settings
from ivr.config.sections import CallKind, DeviceKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy, TimeSource
from ivr.standard.command_kind import CommandKind
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.conversation_refusal import SpecialEnd
from ivr.standard.customer_type import CustomerType
from ivr.standard.import_state import ImportState
from ivr.standard.recording_status import RecordingFailure, RecordingKind, RecordingStatus, failure_of
from ivr.standard.task_kind import TaskKind, TaskStatus
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TransferOutcome
from ivr.standard.urgency import Urgency
from storage.queries.sign_ins import EndReason

_WORDS: list[tuple[StrEnum, str]] = [
    (Role.AGENT, lazy_gettext("Agent")),
    (Role.SUPERVISOR, lazy_gettext("Supervisor")),
    (Role.QUALITY_READER, lazy_gettext("Quality reader")),
    (Role.ADMINISTRATOR, lazy_gettext("Administrator")),
    (Role.AUDITOR, lazy_gettext("Auditor")),
    (Role.UNIT, lazy_gettext("Unit")),
    (AgentState.SIGNED_OUT, lazy_gettext("Signed out")),
    (AgentState.READY, lazy_gettext("Ready")),
    (AgentState.OFFERED, lazy_gettext("Ringing")),
    (AgentState.TALKING, lazy_gettext("Talking")),
    (AgentState.WRAP_UP, lazy_gettext("Wrap-up")),
    (AgentState.BREAK, lazy_gettext("Break")),
    (AgentState.NOT_ANSWERING, lazy_gettext("Not answering")),
    (AgentState.DEVICE_GONE, lazy_gettext("Phone not reachable")),
    (AgentState.LISTENING, lazy_gettext("Listening in")),
    (CallStage.ARRIVED, lazy_gettext("Just arrived")),
    (CallStage.MENU, lazy_gettext("In the menu")),
    (CallStage.AFTER_HOURS, lazy_gettext("Hears the opening hours")),
    (CallStage.WAITING, lazy_gettext("Waiting")),
    (CallStage.DIALLING, lazy_gettext("Calling out")),
    (CallStage.TALKING, lazy_gettext("Talking")),
    (CallStage.PASSING_ON, lazy_gettext("Being passed on")),
    (CallStage.SURVEY, lazy_gettext("Rating")),
    (CallStage.MESSAGE, lazy_gettext("Leaving a message")),
    (CallStage.CALL_BACK, lazy_gettext("Asking to be called back")),
    (CallStage.ASKING, lazy_gettext("Being asked, revisit")),
    (CallStage.ENDED, lazy_gettext("Over")),
    (CallOutcome.ANSWERED, lazy_gettext("Answered")),
    (CallOutcome.ABANDONED_IN_MENU, lazy_gettext("Left in the menu")),
    (CallOutcome.ABANDONED_WAITING, lazy_gettext("Left while waiting")),
    (CallOutcome.MESSAGE_LEFT, lazy_gettext("Left a message")),
    (CallOutcome.CALL_BACK_STORED, lazy_gettext("To be called back")),
    (CallOutcome.LEFT_AFTER_HOURS, lazy_gettext("Left, out of hours")),
    (CallOutcome.TURNED_AWAY, lazy_gettext("Turned away, blacklist")),
    (CallOutcome.NUMBER_UNKNOWN, lazy_gettext("Wrong number dialled")),
    (CallOutcome.CALLED_BUSY, lazy_gettext("Number busy")),
    (CallOutcome.CALLED_NOT_ANSWERING, lazy_gettext("Nobody answered there")),
    (CallOutcome.CALLED_REFUSED, lazy_gettext("Refused there")),
    (CallOutcome.CALLED_NOT_REACHED, lazy_gettext("Number not reachable")),
    (CallOutcome.ASKED, lazy_gettext("Asked, revisit")),
    (CallOutcome.CALL_OUT_GIVEN_UP, lazy_gettext("Given up before an answer")),
    (CallOutcome.FAILED, lazy_gettext("Failed, our fault")),
    (EndedBy.CALLER, lazy_gettext("the caller")),
    (EndedBy.AGENT, lazy_gettext("the agent")),
    (EndedBy.SYSTEM, lazy_gettext("the system")),
    (EndedBy.UNKNOWN, lazy_gettext("nobody saw who")),
    (TimeSource.EVENT, lazy_gettext("seen as it happened")),
    (TimeSource.PBX_LOG, lazy_gettext("from the PBX's log")),
    (TimeSource.ESTIMATE, lazy_gettext("found after a restart, estimated")),
    (TransferOutcome.TAKEN, lazy_gettext("The target has the caller")),
    (TransferOutcome.NOT_TAKEN, lazy_gettext("Not answered; the caller stays with the agent")),
    (TransferOutcome.ENDED, lazy_gettext("The one who was asked has left again")),
    (TransferOutcome.RETURNED, lazy_gettext("Not answered; the caller is back with the agent")),
    (TransferOutcome.TO_QUEUE, lazy_gettext("The caller waits, ahead of others")),
    (TransferOutcome.CALLER_GONE, lazy_gettext("The caller hung up meanwhile")),
    (TransferOutcome.AGENT_GONE, lazy_gettext("The agent's leg went first")),
    (SpecialEnd.SILENT, lazy_gettext("Nobody speaks")),
    (SpecialEnd.ABUSIVE, lazy_gettext("Insults or threatens")),
    (SpecialEnd.ASKED_TO_END, lazy_gettext("The customer asked to end it")),
    (OfferOutcome.ANSWERED, lazy_gettext("Answered")),
    (OfferOutcome.MISSED, lazy_gettext("Missed")),
    (OfferOutcome.BUSY, lazy_gettext("Phone busy")),
    (OfferOutcome.DECLINED, lazy_gettext("Declined")),
    (OfferOutcome.UNREACHABLE, lazy_gettext("Phone not reachable")),
    (OfferOutcome.NO_RINGING, lazy_gettext("Phone did not ring")),
    (OfferOutcome.CALLER_GONE, lazy_gettext("Caller gone")),
    (OfferOutcome.ANSWERED_ELSEWHERE, lazy_gettext("Answered elsewhere")),
    (OfferOutcome.ENGINE_RESTART, lazy_gettext("Engine restarted")),
    (RecordingKind.CONVERSATION, lazy_gettext("Conversation")),
    (RecordingKind.MESSAGE, lazy_gettext("Message")),
    (RecordingStatus.RUNNING, lazy_gettext("Being recorded")),
    (RecordingStatus.FINISHED, lazy_gettext("Finished")),
    (RecordingStatus.FAILED, lazy_gettext("Failed")),
    (RecordingStatus.DELETED, lazy_gettext("Deleted")),
    (RecordingFailure.NOT_BEGUN, lazy_gettext("the PBX did not begin to record")),
    (RecordingFailure.STOPPED, lazy_gettext("the PBX stopped recording")),
    (RecordingFailure.SILENT, lazy_gettext("the PBX's file holds no sound")),
    (RecordingFailure.LOST, lazy_gettext("the PBX's file is not there or cannot be read")),
    (RecordingFailure.NOT_KEPT, lazy_gettext("the file could not be written; is the disk full?")),
    (TaskKind.ALARM_CALL_BACK, lazy_gettext("Call back, gas leak")),
    (TaskKind.CALL_BACK, lazy_gettext("Call back")),
    (TaskKind.MESSAGE, lazy_gettext("Listen to the message")),
    (TaskStatus.OPEN, lazy_gettext("Open")),
    (TaskStatus.DONE, lazy_gettext("Done")),
    (TaskStatus.CANCELLED, lazy_gettext("Cancelled")),
    (CallKind.CONSULTATION, lazy_gettext("Consultation")),
    (CallKind.REPAIR, lazy_gettext("Repair")),
    (CallKind.ALARM, lazy_gettext("Gas leak")),
    (CallKind.COMPLAINT, lazy_gettext("Complaint")),
    (ComplaintClass.GRUMBLE, lazy_gettext("Misunderstood policy")),
    (ComplaintClass.SERVICE, lazy_gettext("Service")),
    (ComplaintClass.QUALITY, lazy_gettext("Quality of product or repair")),
    (ComplaintClass.FEES, lazy_gettext("Fees")),
    (ComplaintClass.DELIVERY, lazy_gettext("Packaging and delivery")),
    (ComplaintClass.MALICIOUS, lazy_gettext("Malicious")),
    (Urgency.ORDINARY, lazy_gettext("Ordinary")),
    (Urgency.URGENT, lazy_gettext("Urgent")),
    (Urgency.CRITICAL, lazy_gettext("Critical")),
    (CustomerType.OFFICIAL, lazy_gettext("Authority")),
    (CustomerType.BUSINESS_OWNER, lazy_gettext("Business owner")),
    (CustomerType.MANAGER, lazy_gettext("Manager")),
    (CustomerType.FINANCE, lazy_gettext("Finance, administration")),
    (CustomerType.ENGINEER, lazy_gettext("Engineer")),
    (CustomerType.HOUSEHOLD, lazy_gettext("Household")),
    (ImportState.UPLOADED, lazy_gettext("Columns to be named")),
    (ImportState.CHECKING, lazy_gettext("Being checked")),
    (ImportState.CHECKED, lazy_gettext("Checked, waits for your yes")),
    (ImportState.IMPORTING, lazy_gettext("Being written")),
    (ImportState.DONE, lazy_gettext("Done")),
    (ImportState.FAILED, lazy_gettext("Failed")),
    (ImportState.INTERRUPTED, lazy_gettext("Interrupted")),
    (ImportState.CANCELLED, lazy_gettext("Cancelled")),
    (DeviceKind.PHONE, lazy_gettext("SIP phone that registers")),
    (DeviceKind.ADDRESS, lazy_gettext("SIP phone at a fixed address")),
    (DeviceKind.BROWSER, lazy_gettext("Phone in this page")),
    *CASE_WORDS,
    *REVISIT_WORDS,
]
"""Pairs, not a dict: members of different enumerations are equal as strings (missed, answered)."""

_BY_MEMBER = {(type(member), member.value): text for member, text in _WORDS}

BREAK_REASONS: dict[str, str] = {
    "rest": lazy_gettext("Rest"),
    "meal": lazy_gettext("Meal"),
    "training": lazy_gettext("Training"),
    "meeting": lazy_gettext("Meeting"),
    "paperwork": lazy_gettext("Paperwork"),
}
"""Reasons for a break to choose from; anything else is shown as it was typed."""

END_REASONS: dict[EndReason, str] = {
    EndReason.SIGNED_OUT: lazy_gettext("You have signed out."),
    EndReason.AFTER_CALL: lazy_gettext("You asked to sign out after the call; that is done now."),
    EndReason.BY_SUPERVISOR: lazy_gettext("A supervisor signed you out."),
    EndReason.TAKEN_OVER: lazy_gettext("Somebody signed in with your work number and took over."),
    EndReason.EXPIRED: lazy_gettext("The session's time is over."),
    EndReason.DEACTIVATED: lazy_gettext("Your work number has been closed."),
    EndReason.CHANGED: lazy_gettext("Your role, phone or password was changed; sign in again."),
}


def word(member: StrEnum | None) -> str:
    """The page's word for a value, in the language of the page; a dash for none."""
    return "–" if member is None else str(_BY_MEMBER[type(member), member.value])


def failure_word(kept: str | None) -> str:
    """Why a recording did not come out, in words; the details are in the engine's log."""
    reason = failure_of(kept)
    return word(reason) if reason is not None else str(gettext("the engine's log says why"))


def break_reason(reason: str | None) -> str:
    """A break's reason in words."""
    return str(BREAK_REASONS.get(reason, reason)) if reason else ""


def queue_name(settings: Settings, queue: str | None) -> str:
    """A queue's name in the language of the page; its key where it is no longer configured."""
    if queue is None:
        return "–"
    known = settings.queues.get(queue)
    return known.name.text(language()) if known is not None else queue


def script_words(settings: Settings) -> dict[str, object]:
    """Every word and setting the pages' scripts need, in the language of the page."""
    return {
        "state_order": [state.value for state in _STATES_IN_ORDER],
        "states": {state.value: word(state) for state in AgentState},
        "stages": {stage.value: word(stage) for stage in CallStage},
        "queues": {name: queue_name(settings, name) for name in settings.queues},
        "languages": {key: value.name for key, value in settings.languages.items()},
        "breaks": {code: str(text) for code, text in BREAK_REASONS.items()},
        "alarm_queue": settings.alarm.queue,
        "first_language": settings.default_language,
        "ring_seconds": settings.ring.seconds,
        "ring_count": settings.ring.count,
        "ring": gettext("Ring {n}"),
        "dialling": gettext("Your phone is being called…"),
        "incoming": gettext("{queue} call"),
        "no_number": gettext("Number not shown"),
        "wrap_up_left": gettext("{seconds} s left"),
        "wrap_up_over": gettext("Wrap-up is over"),
        "after_break": gettext("Break after this call: {reason}"),
        "after_sign_out": gettext("You will be signed out after this call."),
        "after_sign_out_for": gettext("The supervisor signs you out after this call: {reason}"),
        "device_here": gettext("Reachable"),
        "device_gone": gettext("Not reachable"),
        "asked": gettext("Asked…"),
        "no_answer": gettext("The engine has not answered yet."),
        "refused": gettext("Not done: {reason}"),
        "failed": gettext("That could not be sent. Try again."),
        "no_engine": gettext("The engine does not run: no call can be offered now."),
        "no_pbx": gettext("The engine has lost the PBX: no call can be offered now."),
        "no_database": gettext("The database does not answer. The page tries again by itself."),
        "no_connection": gettext("No connection to the console. The page tries again by itself."),
        "nobody_waits": gettext("Nobody waits."),
        "alarm_waits": gettext("Gas leak: {n} waiting"),
        "asked_back": gettext("You are on a break, and somebody who reports a gas leak waits. Come back?"),
        "returned": gettext("Cut off before, comes back first"),
        "missed_today": gettext("missed {n}"),
        "rings_at": gettext("rings at {who}"),
        "engine_ok": gettext("works"),
        "engine_silent": gettext("silent"),
        "engine_no_pbx": gettext("no PBX"),
        "engine_none": gettext("No engine has ever run"),
        "nobody_talks": gettext("Nobody talks."),
        "held": gettext("on hold"),
        "held_too_long": gettext("on hold for too long"),
        "person": gettext("{work_number} {name}"),
        "zone": settings.time_zone,
        "refusals": _refusals(),
        **phone_words(),
        "hints": _hints(),
        "next_action": {state.value: kind.value for state, kind in _NEXT_ACTION.items()},
        "may_ask": {kind.value: [state.value for state in states] for kind, states in MAY_ASK.items()},
    }


def _refusals() -> dict[str, str]:
    """What the engine says when it refuses; a word that is not here is shown as it came."""
    impossible = {
        f"not_possible_while_{state.value}": gettext("not possible while: %(state)s", state=word(state))
        for state in AgentState
    }
    return {**impossible, **{name: str(text) for name, text in REFUSALS.items()}}


def _hints() -> dict[str, str]:
    return {
        AgentState.SIGNED_OUT.value: gettext("The engine has not taken your sign-in yet."),
        AgentState.READY.value: gettext("The next call rings by itself."),
        AgentState.BREAK.value: gettext("No calls come until you are ready."),
        AgentState.NOT_ANSWERING.value: gettext("A call was missed. No calls come until you are ready."),
        AgentState.DEVICE_GONE.value: gettext("Calls come again by themselves once your phone is back."),
    }


_STATES_IN_ORDER = [
    AgentState.READY,
    AgentState.OFFERED,
    AgentState.TALKING,
    AgentState.LISTENING,
    AgentState.WRAP_UP,
    AgentState.BREAK,
    AgentState.NOT_ANSWERING,
    AgentState.DEVICE_GONE,
    AgentState.SIGNED_OUT,
]
"""As the floor counts them: who can take a call first, who is not there last."""

_NEXT_ACTION = {
    AgentState.BREAK: CommandKind.READY,
    AgentState.NOT_ANSWERING: CommandKind.READY,
    AgentState.WRAP_UP: CommandKind.END_WRAP_UP,
    AgentState.TALKING: CommandKind.INVITE_TO_RATE,
}
"""The one thing that is to be done next; where there is none the agent waits for a call."""
