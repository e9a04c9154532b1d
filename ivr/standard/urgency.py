"""How soon somebody has to see to a case."""

from enum import StrEnum


class Urgency(StrEnum):
    """The agent's judgement; an alarm is critical by itself."""

    ORDINARY = "ordinary"  # in its turn
    URGENT = "urgent"  # before ordinary ones
    CRITICAL = "critical"  # at once: danger, or many people affected
