"""The figures of reports: what is counted, and how each figure comes of what was counted.

Counts can be added: those of an hour, an agent, a queue give those of the day. A figure is made of them last,
so the share of a month is the share of its calls and not a mean of the shares of its days. The sums come from
offers, talks, holds, events and cases (:mod:`storage.queries.report_sums`), or from a simulated day.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum


class Figure(StrEnum):
    """A figure of a report. The pages' words and definitions: agent_console/reports/definitions.py."""

    OFFERED = "offered"  # callers who reached a queue
    ANSWERED = "answered"  # of them, those who talked to somebody
    ABANDONED = "abandoned"  # of them, those who hung up while waiting or while it rang
    NOT_WAITED = (
        "not_waited"  # of them, those who left otherwise: call-back, message, our fault, still waiting
    )
    ANSWERED_SHARE = "answered_share"  # answered of offered
    WITHIN_QUICK = "within_quick"  # answered within 15 s, of offered (GB/T 33358)
    WITHIN_SOON = "within_soon"  # answered within 20 s, of offered
    MEAN_WAIT = "mean_wait"  # of those answered
    WITHIN_RINGS = "within_rings"  # offers answered within three rings, of those that rang to an end
    MISSED = "missed"  # offers that rang to the end
    TALKS = "talks"  # conversations: an agent's whole part in a call
    MEAN_TALK = "mean_talk"  # of a conversation, holds included
    WITHIN_GOAL = "within_goal"  # conversations within three minutes, of all
    HOLD = "hold"  # time that callers heard music
    WRAP_UP = "wrap_up"  # time in wrap-up
    OCCUPANCY = "occupancy"  # talk and wrap-up, of the time in states that take calls
    AGENT_HANG_UPS = "agent_hang_ups"  # the agent's side went first
    TRANSFERS = "transfers"  # calls passed on that somebody or a queue took
    RATED = "rated"  # callers who gave a rating
    SATISFACTION = "satisfaction"  # mean rating
    REVISIT_TRIES = "revisit_tries"  # attempts to revisit somebody about a case
    REVISITED = "revisited"  # of them, those in which somebody agreed and was asked
    REVISIT_DISSATISFIED = "revisit_dissatisfied"  # of those asked: dissatisfied, case reopened
    REVISIT_SATISFACTION = "revisit_satisfaction"  # mean of what those asked answered


class Measure(StrEnum):
    """How a figure is written."""

    COUNT = "count"  # a whole number
    SHARE = "share"  # 0 to 1, shown in percent
    SECONDS = "seconds"  # a length of time
    SCORE = "score"  # on the survey's scale


@dataclass(slots=True)
class Counts:
    """What was counted of one group; numbers of things, sums of seconds, sums of scores."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    within_quick: int = 0
    within_soon: int = 0
    wait_seconds: float = 0.0
    offers_answered: int = 0
    offers_missed: int = 0
    talks: int = 0
    talks_within_goal: int = 0
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    at_work_seconds: float = 0.0
    """In states that take calls: ready, ringing, talking, wrap-up."""
    busy_seconds: float = 0.0
    """Of them, talking and wrap-up."""
    agent_hang_ups: int = 0
    transfers: int = 0
    rated: int = 0
    score_sum: float = 0.0
    revisit_tries: int = 0
    revisited: int = 0
    revisit_dissatisfied: int = 0
    revisit_scored: int = 0
    revisit_score_sum: float = 0.0

    def add(self, other: "Counts") -> None:
        """Take another group's counts into this one."""
        for name in _NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_NAMES = tuple(field.name for field in fields(Counts))


def together(groups: Iterable[Counts]) -> Counts:
    """All groups as one."""
    whole = Counts()
    for group in groups:
        whole.add(group)
    return whole


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


_C, _S, _T = Measure.COUNT, Measure.SHARE, Measure.SECONDS

_MADE: dict[Figure, tuple[Measure, Callable[[Counts], float | None]]] = {
    Figure.OFFERED: (_C, lambda c: c.offered),
    Figure.ANSWERED: (_C, lambda c: c.answered),
    Figure.ABANDONED: (_C, lambda c: c.abandoned),
    Figure.NOT_WAITED: (_C, lambda c: c.offered - c.answered - c.abandoned),
    Figure.ANSWERED_SHARE: (_S, lambda c: _share(c.answered, c.offered)),
    Figure.WITHIN_QUICK: (_S, lambda c: _share(c.within_quick, c.offered)),
    Figure.WITHIN_SOON: (_S, lambda c: _share(c.within_soon, c.offered)),
    Figure.MEAN_WAIT: (_T, lambda c: _share(c.wait_seconds, c.answered)),
    Figure.WITHIN_RINGS: (_S, lambda c: _share(c.offers_answered, c.offers_answered + c.offers_missed)),
    Figure.MISSED: (_C, lambda c: c.offers_missed),
    Figure.TALKS: (_C, lambda c: c.talks),
    Figure.MEAN_TALK: (_T, lambda c: _share(c.talk_seconds, c.talks)),
    Figure.WITHIN_GOAL: (_S, lambda c: _share(c.talks_within_goal, c.talks)),
    Figure.HOLD: (_T, lambda c: c.hold_seconds),
    Figure.WRAP_UP: (_T, lambda c: c.wrap_up_seconds),
    Figure.OCCUPANCY: (_S, lambda c: _share(c.busy_seconds, c.at_work_seconds)),
    Figure.AGENT_HANG_UPS: (_C, lambda c: c.agent_hang_ups),
    Figure.TRANSFERS: (_C, lambda c: c.transfers),
    Figure.RATED: (_C, lambda c: c.rated),
    Figure.SATISFACTION: (Measure.SCORE, lambda c: _share(c.score_sum, c.rated)),
    Figure.REVISIT_TRIES: (_C, lambda c: c.revisit_tries),
    Figure.REVISITED: (_C, lambda c: c.revisited),
    Figure.REVISIT_DISSATISFIED: (_C, lambda c: c.revisit_dissatisfied),
    Figure.REVISIT_SATISFACTION: (Measure.SCORE, lambda c: _share(c.revisit_score_sum, c.revisit_scored)),
}


def measure(figure: Figure) -> Measure:
    """How a figure is written."""
    return _MADE[figure][0]


def value(figure: Figure, counts: Counts) -> float | None:
    """A figure of what was counted; None where there is nothing to take a share or a mean of."""
    return _MADE[figure][1](counts)
