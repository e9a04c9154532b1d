"""Recordings drawn for appraisal: so many of each agent and month, at random and provably (R-QA1)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivr.standard.sampling import first, places

BY_PLACE = "places-"
"""How seeds begin that draw places of the frozen population; those of before give each recording a lot."""


class PickReason(StrEnum):
    """Why a recording is among the samples."""

    RANDOM = "random"  # drawn
    ALARM = "alarm"  # of an alarm call: all of them are read


class FindingKind(StrEnum):
    """What is wrong with a recording that was drawn."""

    NOT_RECORDED = "not_recorded"  # the recording failed when it was made
    MISSING = "missing"  # its file is not there
    CHANGED = "changed"  # its file is not the one that was recorded: another SHA-256


@dataclass(frozen=True, slots=True)
class Pick:
    """A recording that is read, and why."""

    recording_id: int
    reason: PickReason


def new_seed() -> str:
    """One that nobody can have known."""
    return BY_PLACE + secrets.token_hex(16)


def picks(
    population: Sequence[str], alarms: Collection[int], per_agent: int, seed: str, agent_id: int
) -> list[Pick]:
    """The samples of one agent: those drawn in the order of the draw, then the alarms that are left.

    :param population: ids of all recordings of the agent and month, as decimal text, alarms among them,
        rising as they were frozen.
    :param alarms: those of alarm calls.
    :param seed: of the whole draw; how it begins says how it draws, see :data:`BY_PLACE`.
    :param agent_id: so that agents with as many recordings do not have the same places drawn.
    """
    by_place = seed.startswith(BY_PLACE)
    found = (
        places(population, per_agent, f"{seed}:{agent_id}")
        if by_place
        else first(population, per_agent, seed)
    )
    drawn = [int(one) for one in found]
    rest = sorted(set(alarms) - set(drawn))
    return [
        *(Pick(one, PickReason.RANDOM) for one in drawn),
        *(Pick(one, PickReason.ALARM) for one in rest),
    ]
