"""What every row of a call to a customer begins with."""

from datetime import datetime
from typing import Any

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import RANK, DialReason
from ivr.standard.dial_state import DialStatus


def new_task(
    reason: DialReason, now: datetime, *, number: str | None, refusal: DialRefusal | None = None
) -> dict[str, Any]:
    """What every task begins with; with a refusal it has ended before it began."""
    return {
        "reason": reason,
        "rank": RANK[reason],
        "status": DialStatus.ENDED if refusal else DialStatus.OPEN,
        "number": number,
        "planned_at": now,
        "attempts": 0,
        "ended_at": now if refusal else None,
        "end": DialEnd.REFUSED if refusal else None,
        "refusal": refusal,
    }
