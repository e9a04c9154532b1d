"""What the console may ask the engine to do."""

from enum import StrEnum


class CommandKind(StrEnum):
    """A wish of somebody at a page; the engine carries it out or refuses it with a reason."""

    SIGN_IN = "sign_in"  # a session of this agent began
    SIGN_OUT = "sign_out"  # the agent wants to leave, or the session ended
    READY = "ready"  # the agent wants calls; ends wrap-up early
    BREAK = "break"  # the agent wants a break, with a reason
    END_WRAP_UP = "end_wrap_up"  # the record is done
    INVITE_TO_RATE = "invite_to_rate"  # the agent closes; the caller goes to the survey
    HOLD = "hold"  # the caller hears music, with the customer's consent
    RESUME = "resume"  # back from hold to the caller
    MUTE = "mute"  # the agent is not heard
    UNMUTE = "unmute"  # the agent is heard again
    TRANSFER = "transfer"  # the caller goes to somebody else without a word before (blind)
    CONSULT = "consult"  # somebody else is asked while the caller hears music
    COMPLETE_TRANSFER = "complete_transfer"  # the one consulted takes the caller, the agent leaves
    THREE_WAY = "three_way"  # caller, agent and the one consulted talk together
    END_CONSULT = "end_consult"  # the one consulted leaves, the agent is back with the caller
    END_CALL = "end_call"  # the agent ends the call for one of the reasons that allow it
    CALL_OUT = "call_out"  # the agent calls a number
    LISTEN = "listen"  # a supervisor hears a conversation, and is not heard
    WHISPER = "whisper"  # a supervisor is heard by the agent, and not by the caller
    JOIN = "join"  # a supervisor talks with caller and agent
    TAKE_OVER = "take_over"  # a supervisor has the caller from now on, the agent leaves
    LEAVE = "leave"  # a supervisor leaves the conversation to the two
    MOVE = "move"  # a caller who waits goes into another queue
    RAISE = "raise"  # a caller who waits is served next
