"""Clocks of cases as bars and words: how much time is left, or for how long it has been late (R-OV).

The page's script counts on from the same numbers (``static/js/cases/time_left.js``), without the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from agent_console.moments import milliseconds

MINUTE, HOUR, DAY = 60, 3600, 86400
LATE = "late"


@dataclass(frozen=True, slots=True)
class ClockBar:
    """A clock as a page shows it at the moment it is made."""

    what: str
    """What is owed, in the words of the page."""
    due_at: datetime
    due: int | None
    """The same in milliseconds since 1970; None where the clock is stopped and nothing counts on."""
    percent: float
    """Of the time, at most 100."""
    level: str
    """``level-0`` and on: how many shares of the time to warn at were passed; ``late``; ``stopped``."""
    text: str


def clock_bar(
    what: str, due_at: datetime, percent: float, now: datetime, warn_at: Sequence[float], *, stopped: bool
) -> ClockBar:
    """A clock that runs or is stopped.

    :param percent: of the time that has counted by ``now``.
    :param warn_at: shares of the time to warn at, in percent (config.yaml: obligations.warn_at).
    """
    left = (due_at - now).total_seconds()
    if stopped:
        return ClockBar(what, due_at, None, min(percent, 100.0), "stopped", gettext("stopped"))
    used = 100.0 if left <= 0 else min(percent, 99.9)
    return ClockBar(what, due_at, milliseconds(due_at), used, level(used, left, warn_at), left_text(left))


def level(percent: float, left_seconds: float, warn_at: Sequence[float]) -> str:
    """How near the end is, as a class of the style sheet."""
    if left_seconds <= 0:
        return LATE
    return f"level-{min(2, sum(percent >= share for share in warn_at))}"


def left_text(seconds: float) -> str:
    """ "2 h 13 min left", "3 d 4 h late"."""
    span = span_text(abs(seconds))
    return str(gettext("%(time)s late", time=span) if seconds <= 0 else gettext("%(time)s left", time=span))


def span_text(seconds: float) -> str:
    """A stretch of time in its two largest units, cut down."""
    whole = int(seconds)
    if whole >= DAY:
        return str(gettext("%(d)d d %(h)d h", d=whole // DAY, h=whole % DAY // HOUR))
    if whole >= HOUR:
        return str(gettext("%(h)d h %(m)d min", h=whole // HOUR, m=whole % HOUR // MINUTE))
    return str(gettext("%(m)d min %(s)d s", m=whole // MINUTE, s=whole % MINUTE))


def time_left_words(warn_at: Sequence[float]) -> dict[str, object]:
    """What the page's script needs to count on."""
    return {
        "time_left": gettext("{time} left"),
        "time_late": gettext("{time} late"),
        "span_days": gettext("{d} d {h} h"),
        "span_hours": gettext("{h} h {m} min"),
        "span_minutes": gettext("{m} min {s} s"),
        "warn_at": list(warn_at),
    }
