"""Where a call to a customer, and a whole campaign, stand."""

from collections.abc import Mapping
from enum import StrEnum


class DialStatus(StrEnum):
    """Where a dial task stands."""

    OPEN = "open"  # is to be called, from a moment on
    TAKEN = "taken"  # an engine calls now
    ENDED = "ended"  # over, with its reason


class DialMove(StrEnum):
    """What happens to a dial task."""

    BEGIN = "begin"  # an engine, or an agent, begins a call
    AGAIN = "again"  # the call has ended, and another one is to follow
    END = "end"  # the call has ended, and none is to follow
    DROP = "drop"  # the rules let nobody be called, or it is not owed any more
    TAKE_BACK = "take_back"  # somebody does not want it to be made


LEADS_TO: Mapping[tuple[DialStatus, DialMove], DialStatus] = {
    (DialStatus.OPEN, DialMove.BEGIN): DialStatus.TAKEN,
    (DialStatus.OPEN, DialMove.DROP): DialStatus.ENDED,
    (DialStatus.OPEN, DialMove.TAKE_BACK): DialStatus.ENDED,
    (DialStatus.TAKEN, DialMove.AGAIN): DialStatus.OPEN,
    (DialStatus.TAKEN, DialMove.END): DialStatus.ENDED,
}
"""Everything that happens to a task. What is being called ends by its call, and what is over stays so: a new
reason is a new task."""


class CampaignState(StrEnum):
    """Where a campaign 批次 stands."""

    WRITING = "writing"  # its people are being written down, some at a time
    READY = "ready"  # its people are there, nobody is called yet
    RUNNING = "running"  # its people are called within the windows
    PAUSED = "paused"  # stopped for now; calls that are up go on
    STOPPED = "stopped"  # stopped for good
    DONE = "done"  # everybody was reached, or tried as often as is allowed


class DoNotCallSource(StrEnum):
    """How somebody came onto the do-not-call list."""

    KEY = "key"  # pressed it in a call of ours
    AGENT = "agent"  # told an agent
    OPERATOR = "operator"  # by a command of the operator
