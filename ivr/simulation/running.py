"""Replays a day on virtual time: callers wait, are paired by the engine's own rule, ring, talk, give up.

Who gets whom is :func:`ivr.standard.agent_choice.pair`, the order is :mod:`ivr.standard.queue_order`, how
long an offer rings is :class:`ivr.standard.three_rings.RingRule` (R-12.3), what becomes of an agent is the
table of :mod:`ivr.standard.agent_state`: the very rules the engine asks. Duty phones are not simulated.
"""

import bisect
import heapq
import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ivr.simulation.day import PlannedAgent, PlannedCall
from ivr.simulation.floor import Floor, SimulatedAgent
from ivr.standard.agent_choice import RoutingRules, WaitingCall, as_waiting, pair
from ivr.standard.agent_state import FREE_FOR_ALARM, IN_A_CALL, AgentEvent, AgentState
from ivr.standard.queue_order import OrderKey
from ivr.standard.three_rings import RingRule

_NODE = "simulated"


@dataclass(frozen=True, slots=True)
class SimulatedQueue:
    """A queue as config.yaml has it."""

    alarm: bool
    priority: int
    wrap_up_seconds: float


@dataclass(frozen=True, slots=True)
class Habits:
    """How people behave; times in seconds.

    :param answer_after: from the first ring to the answer. ``missed_share``: of offers that ring to the end
        unanswered. ``back_after``: from then until the agent is ready again. ``seed``: of what is missed.
    """

    answer_after: float = 0.0
    missed_share: float = 0.0
    back_after: float = 60.0
    seed: str = "1"


@dataclass(slots=True)
class _Offer:
    agent: SimulatedAgent
    over_wrap_up: datetime | None
    """It pre-empted a wrap-up that lasts until then."""
    open: bool = True


@dataclass(slots=True)
class Caller:
    """A caller of the day, and what became of them."""

    id: int
    plan: PlannedCall
    queued_at: datetime
    seen: WaitingCall
    offers: list[_Offer] = field(default_factory=list)
    answered_at: datetime | None = None
    left_at: datetime | None = None
    agent: str | None = None

    @property
    def waits(self) -> bool:
        """Neither answered nor gone."""
        return self.answered_at is None and self.left_at is None


class Simulation:
    """One run; :meth:`run` gives every caller with their end, ``floor`` then has everybody's counts."""

    def __init__(
        self, rules: RoutingRules, ring: RingRule, queues: Mapping[str, SimulatedQueue], habits: Habits
    ) -> None:
        """Prepare by the rules of the hotline."""
        self.floor = Floor()
        self._rules, self._ring, self._queues, self._habits = rules, ring, queues, habits
        self._chance = random.Random(habits.seed)  # noqa: S311 - a simulation, and to be the same again
        self._serial = itertools.count()
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._open: dict[str, list[tuple[OrderKey, int]]] = {name: [] for name in queues}
        """Who waits and rings nowhere, by queue, in the order of service."""
        self._alarms: dict[int, Caller] = {}
        self._callers: dict[int, Caller] = {}
        self._wrap_up_until: dict[int, datetime] = {}

    def run(self, calls: Sequence[PlannedCall], agents: Iterable[PlannedAgent]) -> list[Caller]:
        """Let the day pass, until the last caller is served or gone."""
        for each in agents:
            self._bring(each)
        for serial, plan in enumerate(calls, 1):
            self._at(plan.arrival.astimezone(UTC), self._arrival(serial, plan))
        while self._events:
            now, _, happens = heapq.heappop(self._events)
            happens(now)
        return list(self._callers.values())

    def _at(self, moment: datetime, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._serial), happens))

    def _after(self, now: datetime, seconds: float, happens: Callable[[datetime], None]) -> None:
        self._at(now + timedelta(seconds=seconds), happens)

    # -- people --------------------------------------------------------------------------------

    def _bring(self, plan: PlannedAgent) -> None:
        if not plan.shifts:
            return
        agent = self.floor.add(plan.work_number, plan.skills, plan.shifts[0].begin.astimezone(UTC))
        for shift in plan.shifts:
            self._at(shift.begin.astimezone(UTC), lambda now: self._come(agent, now))
            self._at(shift.end.astimezone(UTC), lambda now: self._leave(agent, now))

    def _come(self, agent: SimulatedAgent, now: datetime) -> None:
        agent.leaves = False
        if agent.state is AgentState.SIGNED_OUT:
            self.floor.apply(agent, AgentEvent.SIGN_IN, now)
            self.floor.apply(agent, AgentEvent.ASK_READY, now)
            self._match(now)

    def _leave(self, agent: SimulatedAgent, now: datetime) -> None:
        if agent.state in IN_A_CALL:
            agent.leaves = True
        else:
            self.floor.apply(agent, AgentEvent.SIGN_OUT, now)

    def _wrap_up(self, agent: SimulatedAgent, until: datetime, now: datetime) -> None:
        """A wrap-up goes on until a moment, unless something else happens to the agent first."""
        if agent.leaves:
            self.floor.apply(agent, AgentEvent.SIGN_OUT, now)
            return
        self._wrap_up_until[agent.id] = until
        shift = agent.shift

        def over(then: datetime) -> None:
            if agent.shift == shift and self.floor.apply(agent, AgentEvent.WRAP_UP_OVER, then):
                self._match(then)

        if until <= now:
            over(now)
        else:
            self._at(until, over)

    # -- callers -------------------------------------------------------------------------------

    def _arrival(self, serial: int, plan: PlannedCall) -> Callable[[datetime], None]:
        def arrives(now: datetime) -> None:
            caller = Caller(serial, plan, now, self._seen(serial, plan.queue, now, now, 0))
            self._callers[serial] = caller
            self._hold(caller)
            if caller.seen.alarm:
                self._alarms[serial] = caller
                self._at(now + self._rules.ring_all_after, self._match)
            if plan.patience is not None:
                self._after(now, plan.patience, lambda then: self._gives_up(caller, then))
            self._match(now)

        return arrives

    def _seen(
        self, serial: int, queue: str, queued_at: datetime, now: datetime, open_offers: int
    ) -> WaitingCall:
        about = self._queues[queue]
        return as_waiting(
            self._rules,
            now,
            call_id=serial,
            node=_NODE,
            queue=queue,
            language="",
            alarm=about.alarm,
            returned=False,
            preferred_agent_id=None,
            priority=about.priority,
            queued_at=queued_at,
            open_offers=open_offers,
        )

    def _hold(self, caller: Caller) -> None:
        bisect.insort(self._open[caller.plan.queue], (caller.seen.order, caller.id))

    def _release(self, caller: Caller) -> None:
        waiting, place = self._open[caller.plan.queue], (caller.seen.order, caller.id)
        found = bisect.bisect_left(waiting, place)
        if found < len(waiting) and waiting[found] == place:
            del waiting[found]

    def _gives_up(self, caller: Caller, now: datetime) -> None:
        if not caller.waits:
            return
        caller.left_at = now
        self._release(caller)
        self._alarms.pop(caller.id, None)
        self._end_offers(caller, now)
        self._match(now)

    def _end_offers(self, caller: Caller, now: datetime) -> None:
        """The offers that still ring end without the agents' fault."""
        for offer in caller.offers:
            if not offer.open:
                continue
            offer.open = False
            if offer.over_wrap_up is None:
                self.floor.apply(offer.agent, AgentEvent.OFFER_GONE, now)
                if offer.agent.leaves:
                    self.floor.apply(offer.agent, AgentEvent.SIGN_OUT, now)
            else:
                self.floor.apply(offer.agent, AgentEvent.OFFER_GONE_IN_WRAP_UP, now)
                self._wrap_up(offer.agent, offer.over_wrap_up, now)

    # -- who gets whom -------------------------------------------------------------------------

    def _match(self, now: datetime) -> None:
        free = self.floor.ready + (self.floor.wrapping_up if self._alarms else 0)
        if not free:
            return
        waiting = self._who_waits(now, free)
        if not waiting:
            return
        for call, agent in pair(waiting, self.floor.free_for(waiting)):
            caller, taken = self._callers[call.id], self.floor.agents[agent.id]
            if caller.waits and taken.state in FREE_FOR_ALARM:
                self._offer(caller, taken, now)

    def _who_waits(self, now: datetime, free: int) -> list[WaitingCall]:
        """The first of each queue: whoever stands behind as many as there are free people gets nobody."""
        found = [
            self._seen(caller.id, caller.plan.queue, caller.queued_at, now, len(caller.offers))
            for caller in self._alarms.values()
        ]
        for queue, waiting in self._open.items():
            if not self._queues[queue].alarm:
                found += [self._callers[serial].seen for _, serial in waiting[:free]]
        return found

    def _offer(self, caller: Caller, agent: SimulatedAgent, now: datetime) -> None:
        over = self._wrap_up_until[agent.id] if agent.state is AgentState.WRAP_UP else None
        self.floor.apply(agent, AgentEvent.OFFER, now)
        self._release(caller)
        offer = _Offer(agent, over)
        caller.offers.append(offer)
        missed = self._habits.missed_share > 0 and self._chance.random() < self._habits.missed_share
        if missed or self._habits.answer_after >= self._ring.rings_last:
            self._after(now, self._ring.rings_last, lambda then: self._missed(caller, offer, then))
        elif self._habits.answer_after:
            self._after(now, self._habits.answer_after, lambda then: self._answered(caller, offer, then))
        else:
            self._answered(caller, offer, now)

    def _missed(self, caller: Caller, offer: _Offer, now: datetime) -> None:
        if not offer.open:
            return
        offer.open = False
        caller.offers.remove(offer)
        agent = offer.agent
        agent.counts.offers_missed += 1
        self.floor.apply(agent, AgentEvent.MISSED, now)
        if agent.leaves:
            self.floor.apply(agent, AgentEvent.SIGN_OUT, now)
        else:
            self._after(now, self._habits.back_after, lambda then: self._comes_back(agent, then))
        if not caller.offers:
            self._hold(caller)
        self._match(now)

    def _comes_back(self, agent: SimulatedAgent, now: datetime) -> None:
        if agent.state is AgentState.NOT_ANSWERING and self.floor.apply(agent, AgentEvent.ASK_READY, now):
            self._match(now)

    def _answered(self, caller: Caller, offer: _Offer, now: datetime) -> None:
        if not offer.open or not caller.waits:
            return
        offer.open = False
        agent = offer.agent
        caller.answered_at, caller.agent = now, agent.work_number
        agent.counts.offers_answered += 1
        self._alarms.pop(caller.id, None)
        self._end_offers(caller, now)
        self.floor.apply(agent, AgentEvent.ANSWER, now)
        self._after(now, caller.plan.service, lambda then: self._talk_ends(caller, agent, then))

    def _talk_ends(self, caller: Caller, agent: SimulatedAgent, now: datetime) -> None:
        self.floor.apply(agent, AgentEvent.CALL_ENDED, now)
        rest = self._queues[caller.plan.queue].wrap_up_seconds
        self._wrap_up(agent, now + timedelta(seconds=rest), now)
