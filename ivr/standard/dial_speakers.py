"""Whether somebody is free to speak with a customer: the first responder, else one with the queue's skill.

Looked at before the customer is called, so that nobody who answers waits for an agent who is not there. Who
speaks in the end is decided when the customer has answered, by the same order (ivr/standard/agent_choice.py).
Who must stay for those who call us is not counted on (ivr/standard/kept_agents.py).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ivr.standard.agent_choice import FreeAgent, choose
from ivr.standard.kept_agents import KeptAgents


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to speak with a customer.

    ``skill``: of the queue. ``language_skill``: of agents who are preferred for the customer's language.
    ``first_responder``: of the case; needs no skill, as the customer has spoken with them before.
    """

    skill: str
    language_skill: str | None = None
    first_responder: int | None = None


class Speakers:
    """The free agents of one moment; each is counted on for one call at most."""

    def __init__(self, free: Iterable[FreeAgent], kept: KeptAgents) -> None:
        self._left = {agent.id: agent for agent in free}
        self._kept = kept

    @property
    def staying(self) -> frozenset[int]:
        """Who of those left must stay for who calls us."""
        return self._kept.staying({agent.id: agent.skills for agent in self._left.values()})

    @property
    def agents(self) -> frozenset[int]:
        """Who is free, counted on for nothing yet, and need not stay."""
        return frozenset(self._left) - self.staying

    @property
    def skills(self) -> frozenset[str]:
        """What those can do."""
        return frozenset[str]().union(*(self._left[agent].skills for agent in self.agents))

    def count_on(self, wanted: Wanted) -> int | None:
        """Count on whom matching would choose of those who need not stay; None: nobody could speak."""
        return self._count_on(wanted, self.agents)

    def count_on_all(self, calls: Iterable[Wanted]) -> None:
        """Count on agents for calls that are out already, and will take somebody in any case."""
        for wanted in calls:
            if self._count_on(wanted, self.agents) is None:
                self._count_on(wanted, frozenset(self._left))

    def _count_on(self, wanted: Wanted, among: Collection[int]) -> int | None:
        chosen = choose(
            (self._left[agent] for agent in among),
            skill=wanted.skill,
            language_skill=wanted.language_skill,
            preferred_agent_id=wanted.first_responder,
        )
        if chosen is not None:
            del self._left[chosen]
        return chosen
