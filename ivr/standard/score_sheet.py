"""The score sheet 评分表 made of the service standard, and what a reader's marks come to (R-QA2, R-QA3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a reader says about an item."""

    MET = "met"  # as the standard demands
    FAILED = "failed"  # not so
    NONE = "none"  # the call gave no occasion for it; the item does not count


@dataclass(frozen=True, slots=True)
class SheetItem:
    """An item: its rule, what it is worth, and its wording by language.

    ``grave``: where it failed, the whole score is 0 (a forbidden phrase, R-8).
    """

    id: str
    rule: str
    points: int
    wording: Mapping[str, str]
    grave: bool = False


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The items in their order; ``sha256`` is of the sheet's content and names its version."""

    sha256: str
    items: tuple[SheetItem, ...]


def unmarked(sheet: ScoreSheet, marks: Mapping[str, Mark]) -> list[str]:
    """Items that have no mark yet, in their order."""
    return [item.id for item in sheet.items if item.id not in marks]


def percent(sheet: ScoreSheet, marks: Mapping[str, Mark]) -> float:
    """The score: points of the items met, of those that there was an occasion for, in percent.

    A grave item that failed makes it 0; a call without occasion for anything has nothing wrong: 100.
    """
    counted = [item for item in sheet.items if marks[item.id] is not Mark.NONE]
    if any(item.grave and marks[item.id] is Mark.FAILED for item in counted):
        return 0.0
    possible = sum(item.points for item in counted)
    reached = sum(item.points for item in counted if marks[item.id] is Mark.MET)
    return 100 * reached / possible if possible else 100.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An agent in the ranking of a month or quarter; ``place`` is shared where the mean is the same."""

    place: int
    agent_id: int
    mean: float
    scores: int


def ranking(scores: Iterable[tuple[int, float]]) -> list[Ranked]:
    """The ranking by mean score, the best first (R-QA3).

    :param scores: agent and percent of each sample; of an objected one the second reader's.
    """
    of_agent: dict[int, list[float]] = {}
    for agent_id, score in scores:
        of_agent.setdefault(agent_id, []).append(score)
    means = {agent_id: round(sum(found) / len(found), 2) for agent_id, found in of_agent.items()}
    order = sorted(means, key=lambda agent_id: (-means[agent_id], agent_id))
    return [
        Ranked(
            1 + sum(other > means[agent_id] for other in means.values()),
            agent_id,
            means[agent_id],
            len(of_agent[agent_id]),
        )
        for agent_id in order
    ]
