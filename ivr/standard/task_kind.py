"""What the hotline owes to somebody who is no longer on the line."""

from enum import StrEnum


class TaskKind(StrEnum):
    """Why somebody is to be called or listened to."""

    ALARM_CALL_BACK = "alarm_call_back"  # an alarm caller hung up unanswered: before everything
    CALL_BACK = "call_back"  # the caller asked to be called back and keeps the place
    MESSAGE = "message"  # a message waits to be listened to


class TaskStatus(StrEnum):
    """Whether it is done."""

    OPEN = "open"  # owed
    DONE = "done"  # kept
    CANCELLED = "cancelled"  # no longer wanted, with a reason


TASK_PRIORITY: dict[TaskKind, int] = {
    TaskKind.ALARM_CALL_BACK: 1,
    TaskKind.CALL_BACK: 20,
    TaskKind.MESSAGE: 40,
}
"""The lower is done first."""
