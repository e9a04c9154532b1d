"""What is simulated: the calls of a day and the people who answer them."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A caller: when they reach a queue, how long they need to be served and how long they wait for it.

    ``patience`` None: they wait for ever. Seconds.
    """

    arrival: datetime
    queue: str
    service: float
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time in which somebody takes calls."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PlannedAgent:
    """Somebody who answers; ``skills``: skill → level, 1 is the best. A break lies between two shifts."""

    work_number: str
    skills: Mapping[str, int]
    shifts: Sequence[Shift] = field(default_factory=tuple)


def made_calls(
    begin: datetime,
    hours: float,
    calls_per_hour: Mapping[str, float],
    service: float,
    patience: float | None,
    seed: str,
) -> list[PlannedCall]:
    """Calls that come at random: gaps, service times and patience are exponential, the same for a seed.

    :param calls_per_hour: by queue. ``service``, ``patience``: means in seconds; None: nobody gives up.
    """
    calls = []
    for queue, rate in sorted(calls_per_hour.items()):
        chance = random.Random(f"{seed}:{queue}")  # noqa: S311 - a simulation, and to be the same again
        after = chance.expovariate(rate / 3600) if rate > 0 else 3600 * hours
        while after < 3600 * hours:
            calls.append(
                PlannedCall(
                    begin + timedelta(seconds=after),
                    queue,
                    chance.expovariate(1 / service),
                    chance.expovariate(1 / patience) if patience is not None else None,
                )
            )
            after += chance.expovariate(rate / 3600)
    return sorted(calls, key=lambda call: call.arrival)


def longest_gap(calls: Sequence[PlannedCall]) -> tuple[datetime, datetime] | None:
    """The longest stretch without an arrival; None where there are not two calls."""
    arrivals = itertools.pairwise(call.arrival for call in calls)
    gaps = [(after - before, before, after) for before, after in arrivals]
    return max(gaps)[1:] if gaps else None
