"""Which line to the outside a call takes, and whether a call that failed may go on over the next one.

A person whose telephone has rung is never rung again because a line failed: over another line only a call
goes on of which the person noticed nothing (RFC 3261, section 21; RFC 3398).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.standard.dial_attempt import DialResult
from ivr.standard.line_signals import LineSignals, result_of


class TrunkState(StrEnum):
    """How a line to the outside is."""

    UNKNOWN = "unknown"  # nothing was seen of it yet
    UP = "up"  # carries calls, or answers when it is asked
    UNREACHABLE = "unreachable"  # does not answer when it is asked (OPTIONS)
    FAILING = "failing"  # refuses or loses calls
    SILENT = "silent"  # answers calls, and no sound comes


WRONG = frozenset({TrunkState.UNREACHABLE, TrunkState.FAILING, TrunkState.SILENT})
"""Others are tried first."""


@dataclass(frozen=True, slots=True)
class TrunkRules:
    """The numbers of config.yaml.

    ``rest``: how long a line that failed comes after the others. ``silent_after``: answered calls without any
    sound, one after the other, until a line counts as silent.
    """

    rest: timedelta
    silent_after: int


@dataclass(frozen=True, slots=True)
class TrunkSeen:
    """How a line was found, and when."""

    state: TrunkState
    since: datetime


def order(names: Sequence[str], seen: Mapping[str, TrunkSeen], now: datetime, rules: TrunkRules) -> list[str]:
    """The lines in the order in which a call tries them: as configured, those that are wrong at the end.

    A line that failed is tried first again after its rest; one that does not answer only when it does. None
    is ever left out: where all are wrong, a call is better tried than not.
    """

    def is_wrong(name: str) -> bool:
        one = seen.get(name)
        if one is None or one.state not in WRONG:
            return False
        return one.state is TrunkState.UNREACHABLE or now - one.since < rules.rest

    return sorted(names, key=is_wrong)


def goes_on(signals: LineSignals) -> bool:
    """Whether a call that was not answered failed by the line's fault, and the person noticed nothing."""
    if signals.rang or signals.early_media or signals.given_up:
        return False
    return result_of(signals) is DialResult.NO_LINE
