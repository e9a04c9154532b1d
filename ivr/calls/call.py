"""One call: the caller's leg, what happens to it in order, and the words for talking to the caller."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Row

from ivr.asterisk.bridge import Bridge
from ivr.asterisk.channel import KeyPressed, Leg, LegEnded, LegHungUp, PlayedOut
from ivr.asterisk.inbox import Inbox
from ivr.calls.happenings import Asked, OfferMade
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.message_recording import Message
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.errors import CallerHungUp
from ivr.journal import Fact
from ivr.ledger import AWAY, Write
from ivr.speech.phrases import media
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage, EndedBy
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.intervention import OF_THE_WAITING
from ivr.standard.queue_order import RAISED
from storage.queries import calls, presence
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer

if TYPE_CHECKING:
    from ivr.calls.passing_on import PassedOn

LOST_AFTER = 10.0  # seconds without a word about a sentence: then the PBX is asked whether it still says it
AFTER_HOURS = frozenset({CallStage.AFTER_HOURS, CallStage.MESSAGE, CallStage.CALL_BACK})
"""Stages of a caller who found the queue closed; one who waits may ask to be called back as well."""


def outcome_so_far(row: Row[Any]) -> CallOutcome:
    """What came of a call that ends in the stage in which its row stands."""
    if row.talk_started_at is not None:
        return CallOutcome.ANSWERED
    if row.direction is CallDirection.OUTBOUND:
        return CallOutcome.CALL_OUT_GIVEN_UP
    if row.queued_at is not None:
        return CallOutcome.ABANDONED_WAITING
    return CallOutcome.LEFT_AFTER_HOURS if row.stage in AFTER_HOURS else CallOutcome.ABANDONED_IN_MENU


def wrap_up_seconds(settings: Settings, direction: CallDirection, queue: str | None) -> float:
    """How long an agent may finish the record after a conversation."""
    if queue in settings.queues:
        return settings.queues[queue].wrap_up_seconds
    return settings.calling_out.wrap_up_seconds if direction is CallDirection.OUTBOUND else 0.0


class Call:
    """A call that has not ended: its stages read and change it, :func:`ivr.calls.inbound.live` walks it."""

    def __init__(
        self, hotline: Hotline, call_id: int, channel: str, *, language: str, arrived_at: datetime
    ) -> None:
        self.hotline = hotline
        self.id = call_id
        self.inbox: Inbox[Any] = Inbox()
        self.leg = Leg(hotline.ari, channel, self.inbox.put, of_caller=True)
        self.stage = CallStage.ARRIVED
        self.language = language
        self.arrived_at = arrived_at
        self.caller_number: str | None = None
        self.dialled: str | None = None
        """What the caller dialled; None when it was looked at already."""
        self.crowded_out = False
        """Came when there were more callers than can be served."""
        self.menu_path = ""
        self.queue: str | None = None
        self.queued_at: datetime | None = None
        self.returned = False
        self.raised = False
        """A supervisor lets the caller be served next."""
        self.agent_id: int | None = None
        self.agent_leg: Leg | None = None
        self.leg_exists = True
        """The PBX has a channel for the customer: not yet, where an agent calls out."""
        self.direction = CallDirection.INBOUND
        self.held_since: datetime | None = None
        """The customer hears music since then (R-12.9)."""
        self.plain = True
        """Nothing but talking has happened: no hold, no muting, nobody asked, no restart."""
        self.hold_over_limit = False
        self.three_way = False
        self.asked_for: TakenCommand | None = None
        """The wish to call out, until it is settled; ``own_offer``: that of the agent's own device."""
        self.own_offer: NewOffer | None = None
        self.passing: PassedOn | None = None
        """The transfer that begins with the next stage."""
        self.alive: frozenset[str] = frozenset()
        """After a restart: channels that there were; of these those in the call's bridge, and those in
        our application."""
        self.in_bridge: frozenset[str] | None = None
        self.in_application: frozenset[str] = frozenset()
        self.passed_on = False
        """Waits because somebody passed the call on, and not because an agent was lost."""
        self.ended_by = EndedBy.SYSTEM
        """Whose doing it is if the call ends and the customer has not hung up."""
        self.consulted_leg: Leg | None = None
        """Of somebody who is asked, and has answered."""
        self.bridge: Bridge | None = None
        self.recorded = False
        """Recorded from the answer on, also where nobody talked to an agent."""
        self.message: Message | None = None
        """What the caller was saying when an engine before this one died."""
        self.outcome = CallOutcome.ABANDONED_IN_MENU
        """What came of it if it ended now."""
        self.log = structlog.get_logger("ivr.calls").bind(call=call_id)
        hotline.dispatcher.add(self.leg)
        hotline.calls[call_id] = self

    @classmethod
    def of_row(cls, hotline: Hotline, row: Row[Any]) -> "Call":
        """Take a call up from its row, after a restart."""
        call = cls(hotline, row.id, row.channel, language=row.language, arrived_at=row.arrived_at)
        call.leg.up = row.answered_at is not None
        call.caller_number = row.caller_number
        call.menu_path = row.menu_path
        call.queue = row.queue
        call.queued_at = row.queued_at
        call.returned = row.returned
        call.raised = row.priority == RAISED
        call.agent_id = row.agent_id
        call.outcome = outcome_so_far(row)
        call.plain = False
        call.direction = row.direction
        call.held_since = row.held_since
        call.hold_over_limit = row.hold_over_limit
        call.three_way = row.three_way
        call.passed_on = row.returned and not row.agent_left_first
        return call

    def forget(self) -> None:
        """The coroutine is over: nothing is delivered to it any more."""
        self.hotline.dispatcher.remove(self.leg)
        if self.agent_leg is not None:
            self.hotline.dispatcher.remove(self.agent_leg)
        if self.hotline.calls.get(self.id) is self:
            del self.hotline.calls[self.id]

    @property
    def is_alarm(self) -> bool:
        """A gas-leak call."""
        return self.queue == self.hotline.settings.alarm.queue

    @property
    def kind(self) -> CallKind | None:
        """What the call is about, as far as the menu told (R-12.7)."""
        return (
            self.hotline.settings.queues[self.queue].kind
            if self.queue in self.hotline.settings.queues
            else None
        )

    @property
    def own_queue(self) -> str:
        """The call's queue; that for callers who chose none, where an agent made the call."""
        return self.queue or self.hotline.settings.silence.queue

    def wrap_up_after(self, end: datetime) -> datetime:
        """When the wrap-up of a conversation that ended at ``end`` is over (UTC)."""
        return end + timedelta(seconds=wrap_up_seconds(self.hotline.settings, self.direction, self.queue))

    def to_queue(self, queue: str) -> CallStage:
        """The caller goes into a queue; the stage that does it is WAITING."""
        self.queue = queue
        return CallStage.WAITING

    def to_alarm(self) -> CallStage:
        """The caller pressed the gas-leak key outside a menu."""
        self.menu_path += self.hotline.settings.alarm.key
        return self.to_queue(self.hotline.settings.alarm.queue)

    # -- what happens --------------------------------------------------------------------------

    async def next(self, deadline: float | None = None) -> Any:
        """What happens next to this call; None when ``deadline`` (loop time, seconds) comes first.

        :raises CallerHungUp: the caller's leg has gone.
        """
        happening = await self.inbox.next(deadline)
        if isinstance(happening, LegHungUp | LegEnded) and happening.leg is self.leg:
            raise CallerHungUp(f"call {self.id}: the caller hung up")
        return happening

    def has_gone(self) -> None:
        """:raises CallerHungUp: the caller's leg has gone; for stages that asked the PBX nothing."""
        if self.leg.ended:
            raise CallerHungUp(f"call {self.id}: the caller hung up")

    # -- what is written down ------------------------------------------------------------------

    def note(self, kind: str, **data: Any) -> None:
        """Keep a fact about this call."""
        at = utc_now()
        fact = Fact(calls.note, kind, at, node=self.hotline.node, call_id=self.id, data=data or None)
        self.hotline.ledger.note(fact)

    def change(self, **values: Any) -> None:
        """Write columns of this call, soon and in order."""
        self.hotline.ledger.note(Fact(calls.change, self.id, **values))

    async def keep(self, write: Write[object]) -> None:
        """Write something that has happened and must be kept: now, or when the database is back."""
        if self.hotline.ledger.is_away:
            self._keep_for_later(write)
            return
        try:
            await self.hotline.ledger.decide(write)
        except AWAY as error:
            self._keep_for_later(write, error)

    async def keep_and_match(self, write: Write[object]) -> None:
        """Like :meth:`keep`, for what may free an agent: who waits is offered to them at once."""
        matcher = self.hotline.matcher
        if self.hotline.ledger.is_away:
            self._keep_for_later(write)
            return

        def write_and_match(connection: Connection) -> tuple[list[NewOffer], datetime | None]:
            write(connection)
            return matcher.match_in(connection), presence.next_wrap_up_end(connection)

        try:
            made, wrap_up_end = await self.hotline.ledger.decide(write_and_match)
        except AWAY as error:
            self._keep_for_later(write, error)
            return
        matcher.deliver(made)
        self.hotline.presence.ends_at(wrap_up_end)

    def _keep_for_later(self, write: Write[object], error: Exception | None = None) -> None:
        """It waits behind what waits already: to try it first would hold people up for seconds."""
        if error is not None:
            self.log.error("call.kept_for_later", reason=str(error))
        self.hotline.ledger.note(write)
        self.hotline.presence.poke()
        self.hotline.matcher.poke()

    # -- talking to the caller -----------------------------------------------------------------

    def phrase(self, prompt: Prompt, **values: object) -> list[str]:
        """The sounds of a prompt in the caller's language."""
        return media(self.hotline.catalogue, prompt, self.language, **values)

    async def say(self, sounds: list[str], keys: str = "") -> str | None:
        """Say something to its end; returns early with the first key out of ``keys``.

        A key pressed before or during the sentence counts (barge-in).
        """
        return await self.ask(sounds, keys=keys, patience=0)

    async def ask(self, sounds: list[str], *, keys: str, patience: float) -> str | None:
        """Say something and wait ``patience`` seconds after its last word for one of ``keys``.

        :returns: the key, or None for silence. Keys not among ``keys`` are passed over.
        """
        playback = await self.leg.play(sounds)
        loop = asyncio.get_running_loop()
        deadline: float | None = None
        while True:
            happening = await self.next(loop.time() + LOST_AFTER if deadline is None else deadline)
            match happening:
                case None if deadline is not None:
                    return None
                case None:
                    if not await self.leg.is_played(playback):
                        self.log.error("prompt.lost", media=sounds)
                        deadline = loop.time() + patience
                case KeyPressed(key=key, leg=leg) if leg is self.leg:
                    if key in keys:
                        if deadline is None:
                            # Not awaited: the next step needs no silence, and every millisecond counts.
                            self.hotline.keep(asyncio.create_task(self.leg.stop_playing(playback)))
                        return key
                case PlayedOut(playback=ended, failed=failed) if ended == playback:
                    if failed:
                        self.log.error("prompt.not_played", media=sounds)
                    if patience <= 0:
                        return None
                    deadline = loop.time() + patience
                case _:
                    self.overheard(happening)

    def overheard(self, happening: object) -> None:
        """Something that has no meaning in this stage: refuse what somebody waits for, pass over the rest."""
        match happening:
            case Asked(command=command):
                refusal = Refusal.NOT_WAITING if command.kind in OF_THE_WAITING else Refusal.NO_CONVERSATION
                self.hotline.wishes.settle(command, refusal)
            case OfferMade(offer=offer):
                self.hotline.give_back(offer)
