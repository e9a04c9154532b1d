"""Who stays for those who call us: no queue, and no language of a queue, is left without free agents.

A caller goes to an agent with the skill of their queue, one of their language before others
(:mod:`ivr.standard.agent_choice`). So what counts is not how many are free, but how many of them can take the
calls of each queue, and how many of these in each language.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

Demand = frozenset[str]
"""The skills of which an agent needs all to take the calls of a queue, or those in a language."""


def demands_of(skills: Iterable[str], language_skills: Iterable[str]) -> frozenset[Demand]:
    """What callers may ask for.

    :param skills: of the queues. ``language_skills``: of the languages for which agents are preferred.
    """
    languages = [frozenset[str](), *(frozenset({skill}) for skill in language_skills)]
    return frozenset(language | {skill} for skill in skills for language in languages)


@dataclass(frozen=True, slots=True)
class KeptAgents:
    """How many free agents are kept for each of the ``demands``; 1 at least (config.yaml: dialer)."""

    demands: frozenset[Demand]
    number: int

    def with_at_work(self, at_work: Iterable[Collection[str]]) -> "KeptAgents":
        """What is kept while these people are at work, whether they are free or not.

        A demand that one of them alone could meet binds nobody: that person would never speak with a
        customer whose case is theirs, such as one who was not satisfied (R-16.5).

        :param at_work: the skills of each.
        """
        people = list(at_work)
        able = {each: sum(each.issubset(skills) for skills in people) for each in self.demands}
        return replace(self, demands=frozenset(each for each in self.demands if able[each] > 1))

    def staying(self, free: Mapping[int, Collection[str]]) -> frozenset[int]:
        """Who of the free agents must stay: without them fewer than are kept could meet some demand.

        :param free: the skills of each.

        Here it is the only one for alarms, and the only one for repairs in English:

        >>> kept = KeptAgents(demands_of(["repair", "alarm"], ["english"]), 1)
        >>> sorted(kept.staying({1: ["repair", "alarm"], 2: ["repair"], 3: ["repair"]}))
        [1]
        >>> sorted(kept.staying({1: ["repair"], 2: ["repair", "english"], 3: ["english"]}))
        [2]
        """
        fitting = ([one for one, skills in free.items() if each.issubset(skills)] for each in self.demands)
        return frozenset(one for these in fitting if len(these) <= max(1, self.number) for one in these)


NOBODY_KEPT = KeptAgents(frozenset(), 1)
"""Where nobody is called, nobody needs to stay."""
