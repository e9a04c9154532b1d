"""One supervisor at the conversation of an agent, from the ringing of the own phone to the end.

The call's own coroutine knows nothing of it, and what caller and agent hear of each other does not depend on
it: the supervisor's leg is in a bridge of its own, with a channel that hears the agent's. Only who joins is
in the call's bridge. Whatever ends here, the two talk on.
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from ivr.asterisk.bridge import Bridge
from ivr.asterisk.channel import Leg, LegEnded, LegEntered, LegHungUp, LegUp, create
from ivr.asterisk.inbox import Inbox
from ivr.calls.call import Call
from ivr.calls.happenings import Asked
from ivr.calls.hotline import Hotline, ring_rule, utc_now
from ivr.calls.snoop import TalkOver, snoop_on
from ivr.calls.watched import Watched
from ivr.errors import AriDisconnected, AriError, AriRefused, LegGone
from ivr.journal import Fact
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.intervention import MODE_OF, InterventionMode, InterventionOutcome
from ivr.standard.three_rings import OfferOutcome, outcome_of_cause
from storage.queries import interventions
from storage.queries.commands import TakenCommand

log = structlog.get_logger(__name__)

REFUSAL_OF = {
    InterventionOutcome.NOT_ANSWERED: Refusal.OWN_PHONE_NOT_ANSWERED,
    InterventionOutcome.NOT_REACHED: Refusal.NO_PHONE,
    InterventionOutcome.LEFT: Refusal.NOT_LISTENING,
}


def _tell_all(watches: "dict[int, Watch]", spied: str) -> None:
    """Everybody who listens to a leg that has gone."""
    for watch in watches.values():
        if watch.spied == spied:
            watch.inbox.put(TalkOver())


@dataclass(frozen=True, slots=True)
class Taken:
    """The supervisor's leg is that of who has the caller now."""


def bridge_of(channel: str) -> str:
    """Id of the bridge in which a supervisor hears: not the channel's own, which the PBX may use itself."""
    return f"{channel}-bridge"


class Watch:
    """A supervisor at a conversation."""

    def __init__(self, call: Call, watched: Watched) -> None:
        assert call.agent_leg is not None
        self.call = call
        self.agent_id = watched.agent_id
        self.by_agent_id = watched.by_agent_id
        self.mode = watched.mode
        self.inbox: Inbox[Any] = Inbox()
        self.leg = Leg(call.hotline.ari, watched.channel, self.inbox.put)
        self.leg.up = watched.device is None
        self._watched = watched
        self._spied = call.agent_leg
        self._bridge = Bridge(call.hotline.ari, bridge_of(watched.channel))
        self._snoop: Leg | None = None
        self._joined = False
        self._waiting: list[TakenCommand] = []
        """Wishes that are settled as soon as they are in effect."""

    @property
    def hotline(self) -> Hotline:
        """What every call shares."""
        return self.call.hotline

    @property
    def spied(self) -> str:
        """Channel of the agent's leg."""
        return self._spied.id

    @property
    def talking(self) -> bool:
        """The supervisor has picked up, and is there."""
        return self.leg.up and not self.leg.ended

    @property
    def joined(self) -> bool:
        """The supervisor is in the call's bridge."""
        return self._joined and self.talking

    def ask(self, command: TakenCommand) -> None:
        """The supervisor wants something else."""
        self.inbox.put(Asked(command))

    def hand_over(self) -> Leg:
        """The call takes the leg: what it tells from now on goes to the call."""
        self._joined = False
        self.leg.hear = self.call.inbox.put
        self.inbox.put(Taken())
        return self.leg

    async def run(self) -> None:
        """Ring, be there, and leave; the row is closed when this returns."""
        self.hotline.dispatcher.add(self.leg)
        spied, watches = self._spied.id, self.hotline.watches
        self.hotline.dispatcher.when_ended(spied, lambda: _tell_all(watches, spied))
        outcome = InterventionOutcome.TALK_OVER
        try:
            outcome = await self._reach() or await self._stay()
        except AriDisconnected:
            return  # taken up when the PBX is back
        except LegGone:
            outcome = InterventionOutcome.LEFT if self.leg.up else InterventionOutcome.NOT_REACHED
        except AriRefused as error:
            log.warning("watch.refused", call=self.call.id, by=self.by_agent_id, reason=str(error))
            outcome = InterventionOutcome.TALK_OVER if self.leg.up else InterventionOutcome.NOT_REACHED
        finally:
            self._forget()
        await self._leave(outcome)

    def _forget(self) -> None:
        watches = self.hotline.watches
        if watches.get(self.by_agent_id) is self:
            del watches[self.by_agent_id]

    # -- the own phone -------------------------------------------------------------------------

    async def _reach(self) -> InterventionOutcome | None:
        """Ring until the supervisor picks up (None), or say why they do not."""
        if self._watched.device is None:
            return None
        rule = ring_rule(self.hotline.settings)
        longest = rule.no_ringing_after + rule.rings_last
        deadline = asyncio.get_running_loop().time() + longest
        await create(self.hotline.ari, self._watched.device, self.leg.id, originator=None)
        while True:
            match await self.inbox.next(deadline):
                case None:
                    return InterventionOutcome.NOT_ANSWERED
                case LegEntered():
                    # Should this engine die, the PBX ends the ringing by itself.
                    await self.leg.dial(None, longest + 2)
                case LegUp():
                    self._note(interventions.answered)
                    return None
                case LegEnded(cause=cause):
                    refused = outcome_of_cause(cause) in (OfferOutcome.BUSY, OfferOutcome.UNREACHABLE)
                    return InterventionOutcome.NOT_REACHED if refused else InterventionOutcome.NOT_ANSWERED
                case TalkOver():
                    return InterventionOutcome.TALK_OVER
                case Asked(command=command) if command.kind is CommandKind.LEAVE:
                    self.hotline.wishes.settle(command)
                    return InterventionOutcome.LEFT
                case Asked(command=command):
                    self.wants(command)

    def wants(self, command: TakenCommand) -> None:
        """Remember a wish until the supervisor has picked up; the newest decides who hears them."""
        self._waiting.append(command)
        self._set(MODE_OF.get(command.kind, self.mode))

    # -- at the conversation -------------------------------------------------------------------

    async def _stay(self) -> InterventionOutcome:
        await self._apply(self.mode)
        self._settle_waiting()
        while True:
            match await self.inbox.next():
                case Taken():
                    return InterventionOutcome.TOOK_OVER
                case TalkOver():
                    return InterventionOutcome.TALK_OVER
                case LegHungUp(leg=leg) | LegEnded(leg=leg) if leg is self.leg:
                    return InterventionOutcome.LEFT
                case LegEnded(leg=leg) if leg is self._snoop:
                    return InterventionOutcome.TALK_OVER
                case Asked(command=command) if command.kind is CommandKind.LEAVE:
                    self.hotline.wishes.settle(command)
                    return InterventionOutcome.LEFT
                case Asked(command=command) if command.kind is CommandKind.TAKE_OVER:
                    self.call.inbox.put(Asked(command))
                case Asked(command=command):
                    self._waiting.append(command)
                    await self._change(MODE_OF[command.kind])
                    self._settle_waiting()

    def _settle_waiting(self) -> None:
        """Tell that it is done; taking over is the call's own to do."""
        for command in self._waiting:
            if command.kind is CommandKind.TAKE_OVER:
                self.call.inbox.put(Asked(command))
            else:
                self.hotline.wishes.settle(command)
        self._waiting.clear()

    async def _change(self, mode: InterventionMode) -> None:
        if mode is self.mode:
            return
        await self._apply(mode)
        self._set(mode)

    def _set(self, mode: InterventionMode) -> None:
        """Keep what was chosen, also while the own phone still rings."""
        if mode is not self.mode:
            self.mode = mode
            self._note(interventions.set_mode, mode)

    async def _apply(self, mode: InterventionMode) -> None:
        """Let those hear the supervisor who are to; the supervisor hears both in every mode.

        :raises LegGone: the supervisor has gone. ``AriRefused``: the conversation has.
        """
        before, self._snoop = self._snoop, None
        if mode is InterventionMode.JOIN:
            await self.into_the_call()
        else:
            self._snoop = await self._snoop_on_agent(whisper=mode is InterventionMode.WHISPER)
            if self._joined and self.call.bridge is not None:
                await self._out_of(self.call.bridge)
            self._joined = False
            await self._bridge.create()
            await self._bridge.add(self.leg.id, self._snoop.id)
        if before is not None:
            await self._hang_up(before)

    async def _snoop_on_agent(self, *, whisper: bool) -> Leg:
        channel = f"{self.leg.id}-{uuid.uuid4().hex[:12]}"
        return await snoop_on(self.hotline, self._spied.id, channel, self.inbox, whisper=whisper)

    async def _out_of(self, bridge: Bridge) -> None:
        """Take the supervisor's leg out of a bridge, which may be gone."""
        try:
            await bridge.remove(self.leg.id)
        except AriRefused as error:
            if error.status != 404:
                raise

    async def into_the_call(self) -> None:
        """For the call: caller, agent and supervisor hear each other.

        :raises LegGone: the supervisor has gone. ``AriRefused``: not done.
        """
        if not self._joined:
            assert self.call.bridge is not None
            await self._out_of(self._bridge)
            await self.call.bridge.add(self.leg.id)
            self._joined = True

    # -- the end -------------------------------------------------------------------------------

    async def _leave(self, outcome: InterventionOutcome) -> None:
        """Clear up behind the supervisor, and close the row; the conversation is not touched."""
        taken = outcome is InterventionOutcome.TOOK_OVER
        snoop, self._snoop = self._snoop, None
        if snoop is not None:
            await self._hang_up(snoop)
        if not taken:
            await self._hang_up(self.leg)
        try:
            await self._bridge.destroy()
        except AriError as error:
            log.warning("watch.bridge_not_ended", bridge=self._bridge.id, reason=str(error))
        over = Refusal.NO_CONVERSATION if self.call.agent_id == self.agent_id else Refusal.TAKEN_ALREADY
        refusal = REFUSAL_OF.get(outcome, over)
        while (happening := self.inbox.take()) is not None:
            if isinstance(happening, Asked):
                self._waiting.append(happening.command)
        for command in self._waiting:
            self.hotline.wishes.settle(command, refusal)
        now = utc_now()
        if not taken:  # else written by the call, with who has the caller now
            await self.call.keep_and_match(Fact(interventions.end, self.row_id, outcome, now))

    async def _hang_up(self, leg: Leg) -> None:
        try:
            await leg.hang_up()
        except AriError as error:
            log.warning("leg.not_ended", channel=leg.id, reason=str(error))
        finally:
            self.hotline.dispatcher.remove(leg)

    @property
    def row_id(self) -> int:
        """Of the row in ``interventions``."""
        return self._watched.id

    def _note(self, write: Callable[..., None], *values: Any) -> None:
        self.hotline.ledger.note(Fact(write, self.row_id, *values, utc_now()))
