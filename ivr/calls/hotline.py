"""What every call of this engine shares: the PBX, the ledger, routing, the prompts and the rules."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from ivr import hotline_clock
from ivr.asterisk.channel import Leg
from ivr.asterisk.connection import AriConnection
from ivr.asterisk.dispatcher import Dispatcher
from ivr.asterisk.events import StasisStart
from ivr.calls.happenings import Asked, OfferMade
from ivr.calls.line_listener import LineListener
from ivr.calls.line_out import LineOut
from ivr.calls.message_recording import MessageRecorder
from ivr.calls.recorder import Recorder
from ivr.calls.trunks import Trunks, WayOut
from ivr.config import Settings
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.routing.matcher import Matcher
from ivr.routing.presence import Presence
from ivr.routing.wishes import Wishes
from ivr.speech.catalogue import Catalogue
from ivr.standard.agent_choice import RoutingRules
from ivr.standard.call_stage import CallStage
from ivr.standard.three_rings import OfferOutcome, RingRule
from storage.queries import offers
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer

if TYPE_CHECKING:
    from ivr.calls.call import Call
    from ivr.calls.watch import Watch

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The moment, for what is written down, by a clock that does not leap; waits use the loop's own."""
    return hotline_clock.now()


def routing_rules(settings: Settings) -> RoutingRules:
    """What matching needs of the settings."""
    return RoutingRules(
        skills={name: queue.skill for name, queue in settings.queues.items()},
        language_skills={name: entry.skill for name, entry in settings.languages.items() if entry.skill},
        ring_all_after=timedelta(seconds=settings.alarm.ring_all_after),
        kept=settings.kept_agents,
    )


def ring_rule(settings: Settings) -> RingRule:
    """The three-ring rule's numbers (R-12.3)."""
    return RingRule(settings.ring.seconds, settings.ring.count, settings.ring.no_ringing_after)


@dataclass
class Hotline:
    """The parts a call works with; put together once in :mod:`ivr.app`."""

    settings: Settings
    catalogue: Catalogue
    ledger: Ledger
    ari: AriConnection
    dispatcher: Dispatcher
    matcher: Matcher
    presence: Presence
    wishes: Wishes
    recorder: Recorder
    messages: MessageRecorder
    calls: "dict[int, Call]" = field(default_factory=dict)
    """Calls of this engine that have not ended, by id."""
    starting: set[str] = field(default_factory=set)
    """Channels of callers who are being written down and have no call yet."""
    away: dict[str, Callable[[StasisStart], None]] = field(default_factory=dict)
    """Channels of callers with a call whom the PBX's fallback has, and what is done when they come back."""
    watches: "dict[int, Watch]" = field(default_factory=dict)
    """Supervisors at conversations of this engine, by their id."""
    is_crowded: Callable[[], bool] = lambda: False
    """Whether there are more callers than can be served."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    trunks: Trunks = field(init=False)
    """Lines to the outside."""
    listener: LineListener = field(init=False)
    """Makes out what networks play before anybody answers."""

    def __post_init__(self) -> None:
        """Know the lines to the outside."""
        self.trunks = Trunks(self.settings, self.ledger, self.ari)
        self.listener = LineListener()

    def line_out(self, leg: Leg, number: str) -> LineOut:
        """The ways a leg may take to a number outside."""
        return self.line_over(leg, self.trunks.ways(number))

    def line_over(self, leg: Leg, ways: list[WayOut]) -> LineOut:
        """These ways for a leg, one after the other."""
        return LineOut(self.ari, self.trunks, leg, ways, self.settings.failover.patience_seconds)

    @property
    def node(self) -> str:
        """This PBX's name in the records."""
        return self.settings.pbx.node

    @property
    def anybody_waits(self) -> bool:
        """Whether a caller of this engine waits for an agent."""
        return any(call.stage is CallStage.WAITING for call in self.calls.values())

    @property
    def alarms_waiting(self) -> list[str]:
        """Channels of callers with a gas leak who have nobody yet."""
        return [
            call.leg.id for call in self.calls.values() if call.is_alarm and call.stage is CallStage.WAITING
        ]

    def deliver(self, offer: NewOffer) -> None:
        """Hand a reserved offer to its call; that of a call which has just ended is given back."""
        call = self.calls.get(offer.call_id)
        if call is None:
            self.give_back(offer)
        else:
            call.inbox.put(OfferMade(offer))

    def has_left(self, call_id: int) -> bool:
        """Whether a caller has hung up, though that may not be written yet; from any thread."""
        call = self.calls.get(call_id)
        return call is None or call.leg.ended

    def give_back(self, offer: NewOffer) -> None:
        """An offer that never rang, because the caller left or went elsewhere meanwhile: free the agent."""
        now = utc_now()
        self.ledger.note(Fact(offers.settle, offer, OfferOutcome.CALLER_GONE, now, rung_at=None, rings=0))
        self.matcher.poke()

    def to_call(self, command: TakenCommand) -> bool:
        """Hand a command to its call; False when there is no such call."""
        call = self.calls.get(command.call_id or 0)
        if call is None:
            return False
        call.inbox.put(Asked(command))
        return True

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold on to a task that runs by itself; a fault in it is logged."""
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task.fault", task=task.get_name(), exc_info=error)

    def drop_calls(self) -> None:
        """The PBX is away: every coroutine ends where it stands and is taken up again later."""
        for task in list(self.tasks):
            task.cancel()
        self.calls.clear()
        self.watches.clear()
        self.starting.clear()
        self.away.clear()
        self.recorder.drop()
        self.dispatcher.forget_all()
