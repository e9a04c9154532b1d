"""What a supervisor's being at a conversation begins with, and is taken up from after a restart."""

from dataclasses import dataclass

from ivr.standard.intervention import InterventionMode


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch begins with, and is taken up from."""

    id: int
    agent_id: int
    by_agent_id: int
    channel: str
    mode: InterventionMode
    device: str | None = None
    """What the PBX dials; None: it is answered already, for an engine before this one."""
