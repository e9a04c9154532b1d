"""Whether somebody is free to speak with a customer: the first responder, else one with the queue's skill.

Looked at before the customer is called, so that nobody who answers waits for an agent who is not there. Who
speaks in the end is decided when the customer has answered, by the same order (ivr/standard/agent_choice.py).
"""

from collections.abc import Collection, Iterable, Mapping


class Speakers:
    """The free agents of one moment; each is counted on for one call at most.

    :param free: skills by agent.
    """

    def __init__(self, free: Mapping[int, Collection[str]]) -> None:
        self._left = {agent: frozenset(skills) for agent, skills in free.items()}

    @property
    def agents(self) -> frozenset[int]:
        """Who is free, and counted on for nothing yet."""
        return frozenset(self._left)

    @property
    def skills(self) -> frozenset[str]:
        """What those can do."""
        return frozenset[str]().union(*self._left.values())

    def count_on(self, skill: str, first_responder: int | None) -> int | None:
        """Count on the first responder, else on somebody with the skill, who can do least beside it.

        :param first_responder: of the case; needs no skill, as the customer has spoken with them before.
        :returns: the agent; None: nobody who could speak is left.

        >>> both = Speakers({1: ["repair", "complaint"], 2: ["repair"], 3: ["consultation"]})
        >>> both.count_on("repair", None), both.count_on("complaint", 2), both.count_on("complaint", None)
        (2, 1, None)
        >>> both.count_on("complaint", 3)
        3
        """
        if first_responder not in self._left:
            fitting = [agent for agent, skills in self._left.items() if skill in skills]
            if not fitting:
                return None
            first_responder = min(fitting, key=lambda agent: (len(self._left[agent]), agent))
        assert first_responder is not None
        del self._left[first_responder]
        return first_responder

    def count_on_all(self, calls: Iterable[tuple[str, int | None]]) -> None:
        """Count on agents for calls that are out already; for each the skill and the first responder."""
        for skill, first_responder in calls:
            self.count_on(skill, first_responder)
