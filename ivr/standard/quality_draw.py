"""Recordings drawn for appraisal: so many of each agent and month, at random and provably (R-QA1)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from ivr.standard.sampling import first


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


def picks(population: Iterable[str], alarms: Collection[int], per_agent: int, seed: str) -> list[Pick]:
    """The samples of one agent: those drawn in the order of the draw, then the alarms that are left.

    :param population: ids of all recordings of the agent and month, as decimal text, alarms among them.
    :param alarms: those of alarm calls.
    :param seed: of the whole draw; a recording's lot depends on it and on the recording alone.
    """
    drawn = [int(one) for one in first(population, per_agent, seed)]
    rest = sorted(set(alarms) - set(drawn))
    return [
        *(Pick(one, PickReason.RANDOM) for one in drawn),
        *(Pick(one, PickReason.ALARM) for one in rest),
    ]
