"""The stages of a call's life, and how a call can end."""

from enum import StrEnum


class CallStage(StrEnum):
    """Where in its life a call stands; each stage but ARRIVED and ENDED is a file in ivr/calls."""

    ARRIVED = "arrived"  # written, not answered yet
    MENU = "menu"  # hears the menu
    AFTER_HOURS = "after_hours"  # hears that the queue is closed and chooses what to do
    WAITING = "waiting"  # waits for an agent, who may be ringing
    DIALLING = "dialling"  # a call out: the agent's device rings, then the customer's
    TALKING = "talking"  # bridged with an agent; may be on hold, or wait while somebody is asked
    PASSING_ON = "passing_on"  # was passed on: hears music while the target rings
    SURVEY = "survey"  # is asked to rate the service
    MESSAGE = "message"  # leaves a message
    CALL_BACK = "call_back"  # confirms the number to be called back at
    ASKING = "asking"  # called by the hotline itself: it rings there, then questions by key
    ENDED = "ended"  # over


class CallDirection(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"  # somebody called the hotline
    OUTBOUND = "outbound"  # an agent, or the hotline itself, called somebody


class CallOutcome(StrEnum):
    """What came of a call."""

    ANSWERED = "answered"  # talked to an agent
    ABANDONED_IN_MENU = "abandoned_in_menu"  # the caller left, or the line fell silent, before choosing
    ABANDONED_WAITING = "abandoned_waiting"  # the same, before an agent answered
    MESSAGE_LEFT = "message_left"  # a message was recorded
    CALL_BACK_STORED = "call_back_stored"  # asked to be called back
    LEFT_AFTER_HOURS = "left_after_hours"  # heard the opening hours and left
    TURNED_AWAY = "turned_away"  # the number is on the blacklist (R-BL)
    NUMBER_UNKNOWN = "number_unknown"  # dialled a number that is none of ours
    CALLED_BUSY = "called_busy"  # a call out: the number was busy
    CALLED_NOT_ANSWERING = "called_not_answering"  # a call out: it rang and nobody answered
    CALLED_REFUSED = "called_refused"  # a call out: the other side refused it
    CALLED_NOT_REACHED = "called_not_reached"  # a call out: the number could not be reached
    ASKED = "asked"  # a call by the hotline itself: answered, and asked whether it suits
    CALL_OUT_GIVEN_UP = "call_out_given_up"  # a call out: the agent ended it before anybody answered
    FAILED = "failed"  # ended by a fault of ours


class EndedBy(StrEnum):
    """Whose side ended a call, or an agent's part of it."""

    CALLER = "caller"  # the caller hung up
    AGENT = "agent"  # the agent's leg went first
    SYSTEM = "system"  # the hotline ended it, as it should or by a fault
    UNKNOWN = "unknown"  # nobody saw it


class TimeSource(StrEnum):
    """How a call's end is known."""

    EVENT = "event"  # seen as it happened
    PBX_LOG = "pbx_log"  # read from the PBX's own log afterwards
    ESTIMATE = "estimate"  # found gone after a restart; the true time is earlier
