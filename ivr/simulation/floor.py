"""The people of a simulated day: what state each is in, by the table of :mod:`ivr.standard.agent_state`."""

import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.standard.agent_choice import FreeAgent, WaitingCall
from ivr.standard.agent_state import TAKES_CALLS, AgentEvent, AgentState, next_state
from ivr.standard.report_figures import Counts

_BUSY = frozenset({AgentState.TALKING, AgentState.WRAP_UP})


@dataclass(slots=True)
class SimulatedAgent:
    """Somebody at work, or not."""

    id: int
    work_number: str
    skills: Mapping[str, int]
    since: datetime
    idle_since: datetime
    state: AgentState = AgentState.SIGNED_OUT
    counts: Counts = field(default_factory=Counts)
    shift: int = 0
    """Grows with every change of the state, so that a timer of an earlier one is known to be stale."""
    leaves: bool = False
    """The shift has ended during a call; signed out after it (R-12.10)."""


class Floor:
    """Everybody, and those who are free in the order in which matching would ask them.

    People with the same skills differ for :func:`ivr.standard.agent_choice.choose` only by how long they
    have been idle. So of each such group only as many as there are callers can be chosen, and hundreds of
    others need not be looked at for each call.
    """

    def __init__(self) -> None:
        """Nobody is there yet."""
        self.agents: list[SimulatedAgent] = []
        self._free: dict[tuple[bool, frozenset[tuple[str, int]]], list[tuple[datetime, int]]] = {}
        self.ready = 0
        self.wrapping_up = 0

    def add(self, work_number: str, skills: Mapping[str, int], now: datetime) -> SimulatedAgent:
        """Somebody who is signed out."""
        agent = SimulatedAgent(len(self.agents), work_number, dict(skills), now, now)
        self.agents.append(agent)
        return agent

    def apply(self, agent: SimulatedAgent, event: AgentEvent, now: datetime) -> bool:
        """Something happens to somebody; False where it has no meaning in their state."""
        to = next_state(agent.state, event)
        if to is None:
            return False
        length = (now - agent.since).total_seconds()
        counts = agent.counts
        if agent.state in TAKES_CALLS:
            counts.at_work_seconds += length
        if agent.state in _BUSY:
            counts.busy_seconds += length
        if agent.state is AgentState.WRAP_UP:
            counts.wrap_up_seconds += length
        self._forget(agent)
        if event in (AgentEvent.SIGN_IN, AgentEvent.CALL_ENDED):
            agent.idle_since = now
        agent.state, agent.since, agent.shift = to, now, agent.shift + 1
        self._remember(agent)
        return True

    def _key(self, agent: SimulatedAgent) -> tuple[bool, frozenset[tuple[str, int]]]:
        return agent.state is AgentState.WRAP_UP, frozenset(agent.skills.items())

    def _forget(self, agent: SimulatedAgent) -> None:
        if agent.state in (AgentState.READY, AgentState.WRAP_UP):
            group, place = self._free[self._key(agent)], (agent.idle_since, agent.id)
            del group[bisect.bisect_left(group, place)]
            self._count(agent, -1)

    def _remember(self, agent: SimulatedAgent) -> None:
        if agent.state in (AgentState.READY, AgentState.WRAP_UP):
            group = self._free.setdefault(self._key(agent), [])
            bisect.insort(group, (agent.idle_since, agent.id))
            self._count(agent, 1)

    def _count(self, agent: SimulatedAgent, more: int) -> None:
        if agent.state is AgentState.READY:
            self.ready += more
        else:
            self.wrapping_up += more

    def free_for(self, waiting: Iterable[WaitingCall]) -> list[FreeAgent]:
        """Who may be dealt to these callers; who is not among them could not be chosen."""
        calls = list(waiting)
        most = None if any(call.ring_all for call in calls) else len(calls)
        for_alarm = any(call.alarm for call in calls)
        return [
            FreeAgent(agent.id, agent.skills, agent.idle_since, wrapping_up)
            for wrapping_up, agent in self._first(most)
            if for_alarm or not wrapping_up
        ]

    def _first(self, most: int | None) -> Iterator[tuple[bool, SimulatedAgent]]:
        for (wrapping_up, _), group in self._free.items():
            for _, agent_id in group[:most]:
                yield wrapping_up, self.agents[agent_id]
