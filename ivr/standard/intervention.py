"""How a supervisor is at the conversation of an agent, and how that ended."""

from enum import StrEnum

from ivr.standard.command_kind import CommandKind


class InterventionMode(StrEnum):
    """What the supervisor hears, and who hears the supervisor."""

    LISTEN = "listen"  # hears both; nobody hears the supervisor
    WHISPER = "whisper"  # hears both; the agent hears the supervisor, the caller does not
    JOIN = "join"  # all three hear each other


class InterventionOutcome(StrEnum):
    """Why the supervisor is there no longer."""

    LEFT = "left"  # hung up, or asked to leave
    TALK_OVER = "talk_over"  # the agent has no conversation any more
    TOOK_OVER = "took_over"  # the supervisor has the caller
    NOT_ANSWERED = "not_answered"  # the supervisor's phone rang, and nobody came
    NOT_REACHED = "not_reached"  # the phone was busy, refused the call, or cannot be reached
    LOST = "lost"  # it could not be taken up after a restart


MODE_OF = {
    CommandKind.LISTEN: InterventionMode.LISTEN,
    CommandKind.WHISPER: InterventionMode.WHISPER,
    CommandKind.JOIN: InterventionMode.JOIN,
}
"""Which wish asks for which."""

INTERVENES = frozenset({*MODE_OF, CommandKind.TAKE_OVER, CommandKind.LEAVE})
"""Wishes of a supervisor about the conversation of an agent."""

OF_THE_WAITING = frozenset({CommandKind.MOVE, CommandKind.RAISE})
"""Wishes of a supervisor about a caller who waits."""
