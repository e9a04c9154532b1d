"""Why a wish about a conversation is not carried out: the words a command is settled with."""

from enum import StrEnum

from ivr.standard.agent_state import IN_A_CALL, AgentState


class Refusal(StrEnum):
    """A reason; the pages have a sentence for each."""

    NO_CONVERSATION = "no_conversation_now"  # the call is in another stage, or somebody else talks in it
    ALREADY_ON_HOLD = "already_on_hold"  # the caller hears music already
    NOT_ON_HOLD = "not_on_hold"  # there is nothing to resume
    CONSENT_MISSING = "consent_missing"  # nobody asked the caller
    CONSULTATION_RUNNING = "consultation_running"  # somebody is asked already
    NO_CONSULTATION = "no_consultation"  # nobody is asked
    TO_ONESELF = "transfer_to_oneself"  # the target is who asks
    IN_A_CIRCLE = "transfer_in_a_circle"  # the call came from there
    NO_SUCH_TARGET = "no_such_target"  # nobody of this name, no queue, no unit with a phone
    TARGET_BUSY = "target_busy"  # is not free
    TARGET_NOT_ANSWERING = "target_not_answering"  # rang, and nobody came
    TARGET_REFUSED = "target_refused"  # the other side refused the call
    TARGET_NOT_REACHED = "target_not_reached"  # the number or device cannot be reached
    TARGET_NOT_ALLOWED = "target_not_allowed"  # the queue is closed
    NUMBER_NOT_VALID = "number_not_valid"  # this is no telephone number
    NUMBER_NOT_ALLOWED = "number_not_allowed"  # premium, foreign, or one of our own
    EMERGENCY_NOT_ALLOWED = "emergency_number_not_allowed"  # not on the list of allowed ones
    NO_LINE_OUT = "no_line_out"  # no trunk in config.yaml takes calls to the outside
    TOO_MANY_CALLS_OUT = "too_many_calls_out"  # a cap on calls to the outside is reached
    IN_A_CALL = "not_while_in_a_call"  # one call at a time
    NOT_LISTENING = "not_listening"  # the supervisor is at no conversation
    LISTENING_ELSEWHERE = "listening_elsewhere"  # the supervisor is at another one
    OWN_TALK = "own_talk"  # the conversation is the supervisor's own
    NO_PHONE = "no_phone"  # the supervisor's phone cannot be reached
    OWN_PHONE_NOT_ANSWERED = "own_phone_not_answered"  # it rang, and nobody came
    TAKEN_ALREADY = "taken_already"  # another has the caller by now
    ASKS_SOMEBODY = "asks_somebody"  # the agent asks a colleague; who takes over would take that, too
    NOT_WAITING = "not_waiting"  # the caller does not wait any more
    ALARM_STAYS = "alarm_stays"  # an alarm comes before everything where it is
    SAME_QUEUE = "same_queue"  # the caller waits there already
    NO_SUCH_QUEUE = "no_such_queue"  # no queue of this name
    QUEUE_CLOSED = "queue_closed"  # nobody serves it at this hour
    RAISED_ALREADY = "raised_already"  # nobody but alarms comes before
    UNKNOWN_REASON = "unknown_reason"  # no reason that allows an agent to end a call


class SpecialEnd(StrEnum):
    """Why an agent ended a call before the customer did (R-12.12); listed for the supervisor."""

    SILENT = "silent"  # nobody speaks
    ABUSIVE = "abusive"  # insults or threatens
    ASKED_TO_END = "asked_to_end"  # the customer asked the agent to hang up


CALLS_OUT_FROM = frozenset({AgentState.READY, AgentState.WRAP_UP, AgentState.BREAK})
"""States in which an agent may call out."""


def refusal_to_call_out(state: AgentState | None) -> str | None:
    """Why an agent in this state cannot call out; None where it is possible."""
    if state in CALLS_OUT_FROM:
        return None
    if state in IN_A_CALL:
        return Refusal.IN_A_CALL
    return f"not_possible_while_{state or AgentState.SIGNED_OUT}"
