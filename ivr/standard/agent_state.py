"""What state an agent is in, and which event leads from which state to which (R-12.3, R-12.10).

The table below is the whole of it; nothing else in the program decides what an agent's next state is.
"""

from enum import StrEnum


class AgentState(StrEnum):
    """What an agent is doing, as routing and the supervisor's page see it."""

    SIGNED_OUT = "signed_out"  # not at work
    READY = "ready"  # free for the next call
    OFFERED = "offered"  # a call is ringing at the agent's device
    TALKING = "talking"  # in a conversation
    WRAP_UP = "wrap_up"  # finishing the record of the last call
    BREAK = "break"  # away with a reason
    NOT_ANSWERING = "not_answering"  # missed an offer; comes back by asking to be ready
    DEVICE_GONE = "device_gone"  # signed in, but the phone cannot be reached
    LISTENING = "listening"  # a supervisor at the conversation of an agent, by the own phone


class AgentEvent(StrEnum):
    """What can happen to an agent."""

    SIGN_IN = "sign_in"  # a session began
    SIGN_OUT = "sign_out"  # the session ended
    ASK_READY = "ask_ready"  # the agent (or a supervisor) wants calls
    ASK_BREAK = "ask_break"  # the agent (or a supervisor) wants a break
    OFFER = "offer"  # a call was reserved for the agent
    CALL_OUT = "call_out"  # the agent calls somebody: the own device rings
    LISTEN = "listen"  # a supervisor goes to the conversation of an agent: the own device rings
    LISTEN_OVER = "listen_over"  # the supervisor is there no longer
    OFFER_GONE = "offer_gone"  # the offer ended without the agent's fault
    OFFER_GONE_IN_WRAP_UP = "offer_gone_in_wrap_up"  # so did one that had pre-empted a wrap-up, which goes on
    MISSED = "missed"  # three rings were over
    ANSWER = "answer"  # the agent answered the offer
    CALL_ENDED = "call_ended"  # the conversation is over, the record is not
    CALL_LOST = "call_lost"  # the agent's leg dropped; the caller is still there
    WRAP_UP_OVER = "wrap_up_over"  # the time is up or the agent is done
    DEVICE_LOST = "device_lost"  # the device's registration is gone or it cannot be reached
    DEVICE_BACK = "device_back"  # the device is there again


_S, _E = AgentState, AgentEvent

TRANSITIONS: dict[tuple[AgentState, AgentEvent], AgentState] = {
    (_S.SIGNED_OUT, _E.SIGN_IN): _S.BREAK,
    (_S.BREAK, _E.SIGN_IN): _S.BREAK,
    (_S.READY, _E.SIGN_IN): _S.BREAK,
    (_S.NOT_ANSWERING, _E.SIGN_IN): _S.BREAK,
    (_S.DEVICE_GONE, _E.SIGN_IN): _S.DEVICE_GONE,
    (_S.WRAP_UP, _E.SIGN_IN): _S.WRAP_UP,
    (_S.TALKING, _E.SIGN_IN): _S.TALKING,
    (_S.OFFERED, _E.SIGN_IN): _S.OFFERED,
    (_S.READY, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.WRAP_UP, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.BREAK, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.NOT_ANSWERING, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.DEVICE_GONE, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.SIGNED_OUT, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.READY, _E.ASK_READY): _S.READY,
    (_S.BREAK, _E.ASK_READY): _S.READY,
    (_S.NOT_ANSWERING, _E.ASK_READY): _S.READY,
    (_S.WRAP_UP, _E.ASK_READY): _S.READY,
    (_S.READY, _E.ASK_BREAK): _S.BREAK,
    (_S.BREAK, _E.ASK_BREAK): _S.BREAK,
    (_S.NOT_ANSWERING, _E.ASK_BREAK): _S.BREAK,
    (_S.WRAP_UP, _E.ASK_BREAK): _S.BREAK,
    (_S.DEVICE_GONE, _E.ASK_BREAK): _S.BREAK,
    (_S.READY, _E.OFFER): _S.OFFERED,
    (_S.WRAP_UP, _E.OFFER): _S.OFFERED,
    (_S.READY, _E.CALL_OUT): _S.OFFERED,
    (_S.WRAP_UP, _E.CALL_OUT): _S.OFFERED,
    (_S.BREAK, _E.CALL_OUT): _S.OFFERED,
    (_S.OFFERED, _E.ANSWER): _S.TALKING,
    (_S.OFFERED, _E.OFFER_GONE): _S.READY,
    (_S.OFFERED, _E.OFFER_GONE_IN_WRAP_UP): _S.WRAP_UP,
    (_S.OFFERED, _E.MISSED): _S.NOT_ANSWERING,
    (_S.OFFERED, _E.DEVICE_LOST): _S.DEVICE_GONE,
    (_S.TALKING, _E.CALL_ENDED): _S.WRAP_UP,
    (_S.TALKING, _E.CALL_LOST): _S.READY,
    (_S.TALKING, _E.DEVICE_LOST): _S.TALKING,
    (_S.WRAP_UP, _E.WRAP_UP_OVER): _S.READY,
    (_S.WRAP_UP, _E.DEVICE_LOST): _S.WRAP_UP,
    (_S.READY, _E.DEVICE_LOST): _S.DEVICE_GONE,
    (_S.NOT_ANSWERING, _E.DEVICE_LOST): _S.NOT_ANSWERING,
    (_S.BREAK, _E.DEVICE_LOST): _S.BREAK,
    (_S.DEVICE_GONE, _E.DEVICE_LOST): _S.DEVICE_GONE,
    (_S.DEVICE_GONE, _E.DEVICE_BACK): _S.READY,
    (_S.READY, _E.LISTEN): _S.LISTENING,
    (_S.WRAP_UP, _E.LISTEN): _S.LISTENING,
    (_S.BREAK, _E.LISTEN): _S.LISTENING,
    (_S.LISTENING, _E.LISTEN_OVER): _S.READY,
    (_S.LISTENING, _E.ANSWER): _S.TALKING,
    (_S.LISTENING, _E.ASK_BREAK): _S.BREAK,
    (_S.LISTENING, _E.SIGN_IN): _S.BREAK,
    (_S.LISTENING, _E.SIGN_OUT): _S.SIGNED_OUT,
    (_S.LISTENING, _E.DEVICE_LOST): _S.LISTENING,
}
"""(state, event) → next state. What is not here is refused for a person and ignored for a device."""

IN_A_CALL = frozenset({_S.OFFERED, _S.TALKING})
"""States in which break and sign-out are refused (R-12.10)."""

SIGNED_IN = frozenset(AgentState) - {_S.SIGNED_OUT}
"""States of people who are at work."""

TAKES_CALLS = frozenset({_S.READY, _S.OFFERED, _S.TALKING, _S.WRAP_UP})
"""States of people who serve callers, now or as soon as they are done with the last one."""

FREE_FOR_ALARM = frozenset({_S.READY, _S.WRAP_UP})
"""States from which an alarm call may be offered: it pre-empts wrap-up."""


def next_state(state: AgentState, event: AgentEvent) -> AgentState | None:
    """The state after ``event``, or None where the event has no meaning in ``state``."""
    return TRANSITIONS.get((state, event))
