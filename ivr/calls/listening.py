"""Supervisors go to the conversations of agents: wishes taken, and what went on taken up after a restart."""

import asyncio
import uuid

import structlog
from sqlalchemy import Row

from ivr.asterisk.bridge import Bridge
from ivr.asterisk.channel import hang_up_quietly
from ivr.calls.call import Call
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.watch import Watch, bridge_of
from ivr.calls.watched import Watched
from ivr.errors import AriError
from ivr.ledger import AWAY
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.intervention import MODE_OF, InterventionMode, InterventionOutcome
from storage.queries import interventions
from storage.queries.commands import TakenCommand
from storage.queries.interventions import Begun

log = structlog.get_logger(__name__)

CHANNELS = "watch-"
"""How the ids of these channels and bridges begin."""


class Listening:
    """Brings supervisors to conversations of this engine."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._beginning: set[int] = set()
        """Supervisors whose row is being written."""

    def ask(self, command: TakenCommand) -> None:
        """Somebody wants to be at a conversation, in another way, or not any more."""
        watch = self._hotline.watches.get(command.by_agent_id)
        if watch is None and command.kind is not CommandKind.LEAVE:
            self._hotline.keep(asyncio.create_task(self._begin(command), name=f"watch of {command.id}"))
        elif watch is None:
            self._hotline.wishes.settle(command, Refusal.NOT_LISTENING)
        elif command.kind is not CommandKind.LEAVE and watch.call.id != command.call_id:
            self._hotline.wishes.settle(command, Refusal.LISTENING_ELSEWHERE)
        else:
            watch.ask(command)

    async def _begin(self, command: TakenCommand) -> None:
        """Reserve the supervisor, then ring them."""
        by, call = command.by_agent_id, self._hotline.calls.get(command.call_id or 0)
        refusal = _refusal(command, call)
        if by in self._beginning:
            refusal = Refusal.LISTENING_ELSEWHERE
        if refusal is not None or call is None:
            self._hotline.wishes.settle(command, refusal)
            return
        self._beginning.add(by)
        try:
            watch = await self._reserved(command, call)
        except AWAY as error:
            log.error("watch.not_begun", command=command.id, reason=str(error))
            watch = Refusal.NO_CONVERSATION
        finally:
            self._beginning.discard(by)
        if isinstance(watch, str):
            self._hotline.wishes.settle(command, watch)
            return
        self._hotline.watches[by] = watch
        watch.wants(command)
        await watch.run()

    async def _reserved(self, command: TakenCommand, call: Call) -> Watch | str:
        channel, node, now = f"{CHANNELS}{uuid.uuid4().hex}", self._hotline.node, utc_now()
        mode = MODE_OF.get(command.kind, InterventionMode.LISTEN)
        begun = await self._hotline.ledger.decide(
            lambda c: interventions.begin(
                c,
                call_id=call.id,
                agent_id=command.agent_id,
                by_agent_id=command.by_agent_id,
                node=node,
                channel=channel,
                command_id=command.id,
                mode=mode,
                now=now,
            )
        )
        if not isinstance(begun, Begun):
            return begun
        if _refusal(command, call) is not None:  # it ended while the row was written
            await self._hotline.ledger.decide(
                lambda c: interventions.end(c, begun.id, InterventionOutcome.TALK_OVER, utc_now())
            )
            return Refusal.NO_CONVERSATION
        watched = Watched(begun.id, command.agent_id, command.by_agent_id, channel, mode, begun.device)
        return Watch(call, watched)

    # -- after a restart -----------------------------------------------------------------------

    async def take_up(self) -> None:
        """After a connect: who was at a conversation that goes on is there again, everybody else is free.

        :raises AriError: the PBX went away again. ``StorageError``: the database is away.
        """
        node, now = self._hotline.node, utc_now()
        rows = await self._hotline.ledger.decide(lambda c: interventions.open_of_node(c, node))
        callers = await self._hotline.ledger.read(lambda c: interventions.channels_with_caller(c, node))
        states = {str(one["id"]): str(one.get("state")) for one in await self._hotline.ari.get("/channels")}
        kept = set(callers)
        for row in rows:
            watch = self._watch_of(row, states)
            if watch is None:
                await self._hotline.ledger.decide(
                    lambda c, row=row: interventions.end(c, row.id, InterventionOutcome.LOST, now)  # type: ignore[misc]
                )
                continue
            kept.add(row.channel)
            self._hotline.watches[row.by_agent_id] = watch
        await self._hotline.ledger.decide(lambda c: interventions.free_the_lost(c, now))
        await self._tidy(states, kept)
        for watch in list(self._hotline.watches.values()):
            self._hotline.keep(asyncio.create_task(watch.run(), name=f"watch of {watch.by_agent_id}"))

    def _watch_of(self, row: Row[tuple[object, ...]], states: dict[str, str]) -> Watch | None:
        call = self._hotline.calls.get(row.call_id)
        if call is None or states.get(row.channel) != "Up":
            return None
        leg = call.agent_leg
        if leg is None or leg.ended or call.agent_id != row.agent_id or call.bridge is None:
            return None
        return Watch(call, Watched(row.id, row.agent_id, row.by_agent_id, row.channel, row.mode))

    async def _tidy(self, states: dict[str, str], kept: set[str]) -> None:
        """End what belongs to nobody any more; channels that hear others are made anew."""
        for channel in states:
            if channel.startswith(CHANNELS) and channel not in kept:
                await hang_up_quietly(self._hotline.ari, channel)
        for bridge in await self._hotline.ari.get("/bridges"):
            if str(bridge["id"]).startswith(CHANNELS) and bridge["id"] not in map(bridge_of, kept):
                try:
                    await Bridge(self._hotline.ari, str(bridge["id"])).destroy()
                except AriError as error:
                    log.warning("watch.bridge_not_ended", bridge=bridge["id"], reason=str(error))


def _refusal(command: TakenCommand, call: Call | None) -> Refusal | None:
    """Why nobody can be at a conversation; None where it goes on."""
    if command.by_agent_id == command.agent_id:
        return Refusal.OWN_TALK
    if call is None or call.stage is not CallStage.TALKING or call.agent_leg is None or call.bridge is None:
        return Refusal.NO_CONVERSATION
    if call.agent_leg.ended:
        return Refusal.NO_CONVERSATION
    return None if call.agent_id == command.agent_id else Refusal.TAKEN_ALREADY
