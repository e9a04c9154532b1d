"""Whether somebody is free to speak with a customer: the first responder, else one with the queue's skill.

Looked at before the customer is called, so that nobody who answers waits for an agent who is not there. Who
speaks in the end is decided when the customer has answered, by the same order (ivr/standard/agent_choice.py).

The last free agent of a skill stays for who calls us. Where one agent has a skill alone, nobody else would
ever be there: then only how many stay free altogether counts (ivr/standard/dial_pacing.py), or the customers
of that skill would never be called.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping


class Speakers:
    """The free agents of one moment; each is counted on for one call at most.

    :param free: skills by agent.
    :param at_work: how many take calls at all, free or not, by skill.
    """

    def __init__(self, free: Mapping[int, Collection[str]], at_work: Mapping[str, int]) -> None:
        self._left = {agent: frozenset(skills) for agent, skills in free.items()}
        self._at_work = dict(at_work)

    @property
    def agents(self) -> frozenset[int]:
        """Who is free, counted on for nothing yet, and not the last of a skill."""
        return frozenset(self._left) - self.last

    @property
    def last(self) -> frozenset[int]:
        """Who of the free ones has a skill that no other free one has, though others at work have it."""
        counts = Counter(skill for skills in self._left.values() for skill in skills)
        return frozenset(
            agent
            for agent, skills in self._left.items()
            if any(counts[skill] == 1 and self._at_work.get(skill, 0) > 1 for skill in skills)
        )

    @property
    def skills(self) -> frozenset[str]:
        """What those can do."""
        return frozenset[str]().union(*(self._left[agent] for agent in self.agents))

    def count_on(self, skill: str, first_responder: int | None) -> int | None:
        """Count on the first responder, else on somebody with the skill, who can do least beside it.

        :param first_responder: of the case; needs no skill, as the customer has spoken with them before.
        :returns: the agent; None: nobody who could speak is left.

        >>> four = Speakers({1: ["repair", "complaint"], 2: ["repair"], 3: ["repair"], 4: ["complaint"]},
        ...                 at_work={"repair": 3, "complaint": 2})
        >>> four.count_on("repair", None), four.count_on("complaint", 4), four.count_on("complaint", None)
        (2, 4, None)
        >>> four.count_on("repair", 3), four.count_on("repair", None)
        (3, None)
        """
        return self._count_on(skill, first_responder, self.agents)

    def count_on_all(self, calls: Iterable[tuple[str, int | None]]) -> None:
        """Count on agents for calls that are out already; for each the skill and the first responder."""
        for skill, first_responder in calls:
            self._count_on(skill, first_responder, frozenset(self._left))

    def _count_on(self, skill: str, first_responder: int | None, among: frozenset[int]) -> int | None:
        if first_responder not in among:
            fitting = [agent for agent in among if skill in self._left[agent]]
            if not fitting:
                return None
            first_responder = min(fitting, key=lambda agent: (len(self._left[agent]), agent))
        assert first_responder is not None
        del self._left[first_responder]
        return first_responder
