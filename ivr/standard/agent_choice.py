"""Who gets whom: which free agent a waiting caller is offered to.

The callers are walked in the order of :mod:`ivr.standard.queue_order`; each takes the best of the agents
that are left: the one they lost (R-12.12), then the first responder of their open case (R-FR), if that one
has the skill and it is no alarm, then one who speaks their language, then the best level of
the skill (1 is the best), then the longest idle. So an agent never goes to a later caller while an
earlier one whom this agent could serve goes without.

Whom the dialer has called is no caller of ours: who must stay for those is asked last, after all the others.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.standard.kept_agents import NOBODY_KEPT, KeptAgents
from ivr.standard.queue_order import OrderKey, order_key


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A caller who waits.

    ``node`` and ``queue`` are carried along for the one who acts on the pairs. ``language_skill`` is
    the skill of agents who are preferred for the caller's language. ``ring_all``: an alarm that waited
    so long that it rings every free agent at once. ``open_offers``: how many agents ring already.
    """

    id: int
    node: str
    queue: str
    skill: str
    language_skill: str | None
    order: OrderKey
    preferred_agent_id: int | None
    ring_all: bool
    open_offers: int
    alarm: bool
    first_responder_id: int | None = None
    """Of the caller's open case."""
    called: bool = False
    """By the dialer, and has not spoken with anybody yet."""


@dataclass(frozen=True, slots=True)
class FreeAgent:
    """An agent who may be offered a call; one who is ``wrapping_up`` only an alarm call.

    ``skills`` is skill → level, 1 is the best. ``idle_since`` is the end of the last conversation or
    the sign-in.
    """

    id: int
    skills: Mapping[str, int]
    idle_since: datetime
    wrapping_up: bool = False


Pair = tuple[WaitingCall, FreeAgent]


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """What matching needs of config.yaml.

    :param skills: queue → skill. ``language_skills``: language → preferred skill.
    :param ring_all_after: an alarm caller waiting so long rings every free agent at once.
    :param kept: who stays for those who call us.
    """

    skills: Mapping[str, str]
    language_skills: Mapping[str, str]
    ring_all_after: timedelta
    kept: KeptAgents = NOBODY_KEPT


def as_waiting(
    rules: RoutingRules,
    now: datetime,
    *,
    call_id: int,
    node: str,
    queue: str,
    language: str,
    alarm: bool,
    returned: bool,
    preferred_agent_id: int | None,
    priority: int,
    queued_at: datetime,
    open_offers: int,
    called: bool = False,
) -> WaitingCall:
    """A caller as matching sees them at a moment.

    :param preferred_agent_id: who lost this caller, where the call is ``returned``; else the first
        responder of their open case (R-FR).
    :param called: by the dialer, and has not spoken with anybody yet.
    """
    return WaitingCall(
        id=call_id,
        node=node,
        queue=queue,
        skill=rules.skills.get(queue, queue),
        language_skill=rules.language_skills.get(language),
        order=order_key(
            alarm=alarm, returned=returned, priority=priority, queued_at=queued_at, call_id=call_id
        ),
        preferred_agent_id=preferred_agent_id if returned else None,
        first_responder_id=None if returned else preferred_agent_id,
        ring_all=alarm and now - queued_at >= rules.ring_all_after,
        open_offers=open_offers,
        alarm=alarm,
        called=called,
    )


def choose(
    agents: Iterable[FreeAgent],
    *,
    skill: str,
    language_skill: str | None = None,
    preferred_agent_id: int | None = None,
    first_responder_id: int | None = None,
    anybody: bool = False,
) -> int | None:
    """The agent who is asked first.

    :param agents: all of them may be offered this call now.
    :param skill: what the agent must be able to do. The preferred agent need not: they had this caller
        already.
    :param language_skill: skill of those who are asked before others.
    :param preferred_agent_id: who is asked before everybody.
    :param first_responder_id: who is asked next, if they have the skill.
    :param anybody: those without the skill are asked too, after the others.
    :returns: the agent's id, or None when nobody fits.
    """

    def rank(agent: FreeAgent) -> tuple[bool, bool, bool, bool, float, datetime, int]:
        return (
            agent.id != preferred_agent_id,
            agent.id != first_responder_id or skill not in agent.skills,
            language_skill is not None and language_skill not in agent.skills,
            agent.wrapping_up,
            agent.skills.get(skill, math.inf),
            agent.idle_since,
            agent.id,
        )

    fitting = [
        agent for agent in agents if anybody or skill in agent.skills or agent.id == preferred_agent_id
    ]
    return min(fitting, key=rank).id if fitting else None


def pair(
    waiting_calls: Iterable[WaitingCall], free_agents: Iterable[FreeAgent], kept: KeptAgents = NOBODY_KEPT
) -> list[Pair]:
    """Deal the free agents to the waiting callers.

    First every caller, in order, takes one agent who fits, but the alarm callers who ring everybody
    take any agent; then these take, in turns, all who are left, before anyone who is no alarm is served.

    :param waiting_calls: in any order. A call that rings at somebody already (``open_offers``) takes
        nobody else, unless it rings everybody.
    :param free_agents: in any order; nobody of them has an open offer.
    :param kept: who of them is asked last for somebody whom the dialer has called.
    :returns: pairs in the order in which they are to be acted on. No agent is in it twice, and no
        call is, but for those that ring everybody.
    """
    calls = sorted(waiting_calls, key=lambda call: call.order)
    left = {agent.id: agent for agent in free_agents}
    pairs: list[Pair] = []
    for call in calls:
        if call.alarm and not call.open_offers:
            _take_best(call, left, pairs, kept)
    ringing_all = [call for call in calls if call.ring_all]
    while left and ringing_all:
        for call in ringing_all:
            _take_best(call, left, pairs, kept)
    for call in calls:
        if not call.alarm and not call.ring_all and not call.open_offers:
            _take_best(call, left, pairs, kept)
    return pairs


def _take_best(call: WaitingCall, left: dict[int, FreeAgent], pairs: list[Pair], kept: KeptAgents) -> None:
    """Give the call the best agent of those left, if any fits, and take that agent away from the others."""
    agents = [agent for agent in left.values() if call.alarm or call.ring_all or not agent.wrapping_up]
    chosen = None
    if call.called and not call.alarm:
        staying = kept.staying({agent.id: agent.skills for agent in agents})
        chosen = _best_of([agent for agent in agents if agent.id not in staying], call)
    if chosen is None:
        chosen = _best_of(agents, call)
    if chosen is not None:
        pairs.append((call, left.pop(chosen)))


def _best_of(agents: Iterable[FreeAgent], call: WaitingCall) -> int | None:
    return choose(
        agents,
        skill=call.skill,
        language_skill=call.language_skill,
        preferred_agent_id=call.preferred_agent_id,
        first_responder_id=None if call.alarm else call.first_responder_id,
        anybody=call.ring_all,
    )
