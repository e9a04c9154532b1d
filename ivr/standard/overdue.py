"""Late is seen before it happens (R-OV): at which shares of the time who is warned.

The ladder: the first responder, then also the head of the unit, then also the manager.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.standard.case_clock import Calendar, Timer, moment_of_share


class Rung(StrEnum):
    """Who is warned, from below."""

    FIRST_RESPONDER = "first_responder"  # 首问负责人, at their desk
    UNIT_HEAD = "unit_head"  # who answers for the unit
    MANAGER = "manager"  # who answers for all units


LADDER = tuple(Rung)


@dataclass(frozen=True, slots=True)
class Warnings:
    """What a look at a clock found: levels that were reached since, and when to look again."""

    reached: tuple[int, ...]
    """Levels count from 0."""
    next_level: int
    next_at: datetime | None
    """None: no more to come, or the clock is stopped."""


def rungs(level: int, *, severe: bool = False) -> tuple[Rung, ...]:
    """Who is warned at a level: one more each time; of a severe case everybody at once (R-CL).

    :param level: counted from 0.
    """
    return LADDER if severe else LADDER[: min(level + 1, len(LADDER))]


def look(timer: Timer, level: int, percents: Sequence[float], now: datetime, calendar: Calendar) -> Warnings:
    """The levels reached by now.

    :param level: the first one that nobody was warned of yet.
    :param percents: of the time, by level (config.yaml: obligations.warn_at).
    """
    reached: list[int] = []
    for place in range(level, len(percents)):
        moment = moment_of_share(timer, percents[place], calendar)
        if moment is None or moment > now:
            return Warnings(tuple(reached), place, moment)
        reached.append(place)
    return Warnings(tuple(reached), len(percents), None)
