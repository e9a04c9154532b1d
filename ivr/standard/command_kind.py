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
