"""The three-ring rule (R-12.3): how long an offer to an agent lasts and how it can end.

A ring is 1 s of tone and 4 s of silence. The rings are counted from the moment the device really
rings; at the end of the last one the offer is *missed*. A device that does not ring in time, is busy,
declines or cannot be reached is none of the agent's fault.
"""

import math
from dataclasses import dataclass
from enum import StrEnum


class OfferOutcome(StrEnum):
    """How an offer ended; written once, never changed."""

    ANSWERED = "answered"  # the agent answered
    MISSED = "missed"  # the rings were over
    BUSY = "busy"  # the device was busy
    DECLINED = "declined"  # the device or the agent refused the call
    UNREACHABLE = "unreachable"  # the device is not there
    NO_RINGING = "no_ringing"  # the device did not ring in time
    CALLER_GONE = "caller_gone"  # the caller hung up or chose something else
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # another device was faster
    ENGINE_RESTART = "engine_restart"  # the engine died while it rang; offered again


AGENTS_FAULT = frozenset({OfferOutcome.MISSED})
"""Outcomes after which the agent is set *not answering*."""

NEEDS_REST = frozenset({OfferOutcome.BUSY, OfferOutcome.DECLINED, OfferOutcome.NO_RINGING})
"""Outcomes after which the same agent is left alone for a moment, so that others get the call."""


@dataclass(frozen=True, slots=True)
class RingRule:
    """The rule's numbers, in seconds and rings (config.yaml: ring)."""

    ring_seconds: float
    ring_count: int
    no_ringing_after: float

    @property
    def rings_last(self) -> float:
        """Seconds from the first ring to *missed*."""
        return self.ring_seconds * self.ring_count

    def rings_at(self, seconds: float) -> int:
        """Rings begun ``seconds`` after the device began to ring: 1 at once, never above the count."""
        if seconds < 0:
            return 0
        return min(self.ring_count, math.floor(seconds / self.ring_seconds) + 1)

    def overdue(self, *, waited: float, rung: float | None) -> OfferOutcome | None:
        """Whether the offer is over by time.

        :param waited: seconds since the device was dialled.
        :param rung: seconds since it began to ring, None while it does not.
        """
        if rung is None:
            return OfferOutcome.NO_RINGING if waited >= self.no_ringing_after else None
        return OfferOutcome.MISSED if rung >= self.rings_last else None


BUSY_CAUSES = frozenset({17, 34})
"""Q.850 causes of a busy device: user busy, no circuit."""

DECLINED_CAUSES = frozenset({21})
"""Q.850 cause of a refusal (SIP 403, 603)."""


def outcome_of_cause(cause: int) -> OfferOutcome:
    """What a leg that ended before it was answered says about the device.

    :param cause: Q.850 cause as Asterisk reports it (hangup cause of the channel).
    """
    if cause in BUSY_CAUSES:
        return OfferOutcome.BUSY
    if cause in DECLINED_CAUSES:
        return OfferOutcome.DECLINED
    return OfferOutcome.UNREACHABLE
