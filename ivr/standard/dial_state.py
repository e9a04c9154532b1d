"""Where a call to a customer, and a whole campaign, stand."""

from enum import StrEnum


class DialStatus(StrEnum):
    """Where a dial task stands."""

    OPEN = "open"  # is to be called, from a moment on
    TAKEN = "taken"  # an engine calls now
    ENDED = "ended"  # over, with its reason


class CampaignState(StrEnum):
    """Where a campaign 批次 stands."""

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
