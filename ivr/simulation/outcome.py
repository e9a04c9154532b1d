"""What came of a simulated day, in the figures of the reports (:mod:`ivr.standard.report_figures`)."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.simulation.floor import Floor
from ivr.simulation.running import Caller
from ivr.standard.report_figures import Counts, together


@dataclass(frozen=True, slots=True)
class Goals:
    """Seconds that answers and conversations are held to."""

    quick: float
    soon: float
    talk: float


def by_queue(callers: Iterable[Caller], goals: Goals) -> dict[str, Counts]:
    """What callers met, by queue."""
    found: dict[str, Counts] = {}
    for caller in callers:
        counts = found.setdefault(caller.plan.queue, Counts())
        counts.offered += 1
        if caller.answered_at is None:
            counts.abandoned += caller.left_at is not None
            continue
        waited = (caller.answered_at - caller.queued_at).total_seconds()
        counts.answered += 1
        counts.wait_seconds += waited
        counts.within_quick += waited <= goals.quick
        counts.within_soon += waited <= goals.soon
        counts.talks += 1
        counts.talk_seconds += caller.plan.service
        counts.talks_within_goal += caller.plan.service <= goals.talk
    return found


def of_people(floor: Floor) -> Counts:
    """What the people did, together."""
    return together(agent.counts for agent in floor.agents)
