"""Agents' states as time and devices change them: wrap-ups end, phones come and go.

What agents themselves ask for arrives as commands, see :mod:`ivr.routing.wishes`.
"""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy import Connection, select, update

from ivr import hotline_clock
from ivr.asterisk.connection import AriConnection
from ivr.asterisk.events import EndpointState
from ivr.config.sections import DeviceKind
from ivr.errors import StorageError
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.routing.matcher import Matcher
from ivr.standard.agent_state import AgentEvent
from ivr.standard.device_name import device_name, work_number_of
from storage.models import Agent, AgentPresence
from storage.queries import presence
from storage.queries.offers import NewOffer

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 2.0


class Presence:
    """Ends wrap-ups when their time is up, and follows the devices."""

    def __init__(self, ledger: Ledger, matcher: Matcher) -> None:
        self._ledger = ledger
        self._matcher = matcher
        self._changed = asyncio.Event()
        self._next_end: datetime | None = None

    def poke(self) -> None:
        """A wrap-up began or ended, nobody knows which: look."""
        self._next_end = hotline_clock.now()
        self._changed.set()

    def ends_at(self, wrap_up_end: datetime | None) -> None:
        """The next wrap-up ends then (UTC), as the transaction that has just begun one knows."""
        if wrap_up_end is not None and (self._next_end is None or wrap_up_end < self._next_end):
            self._next_end = wrap_up_end
            self._changed.set()

    async def run(self) -> None:
        """End wrap-ups in time; until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._end_due_wrap_ups()
            look_again = loop.time() + LOOK_AGAIN_SECONDS
            while (wait := min(look_again - loop.time(), self._left())) > 0:
                try:
                    async with asyncio.timeout(wait):
                        await self._changed.wait()
                except TimeoutError:
                    pass
                self._changed.clear()

    def _left(self) -> float:
        """Seconds until the next known end."""
        if self._next_end is None:
            return LOOK_AGAIN_SECONDS
        return (self._next_end - hotline_clock.now()).total_seconds()

    async def _end_due_wrap_ups(self) -> None:
        self._next_end = None
        try:
            due = await self._ledger.read(lambda c: presence.due_wrap_ups(c, hotline_clock.now()))
            now = hotline_clock.now()
            self.ends_at(next((until for _, until in due if until > now), None))
            over = [agent for agent, until in due if until <= now]
            if over:
                self._matcher.deliver(await self._ledger.decide(lambda c: self._end(c, over)))
        except StorageError as error:
            log.error("presence.wrap_up_not_ended", reason=str(error))

    def _end(self, connection: Connection, agents: list[int]) -> list[NewOffer]:
        now = hotline_clock.now()
        for agent_id in agents:
            presence.apply(connection, agent_id, AgentEvent.WRAP_UP_OVER, now)
        return self._matcher.match_in(connection)

    # -- devices -------------------------------------------------------------------------------

    def device_changed(self, event: EndpointState) -> None:
        """A registered phone came or went."""
        work_number = work_number_of(event.resource)
        if work_number is not None:
            self._ledger.note(Fact(_device, work_number, event.present))
            self._matcher.poke()

    async def read_devices(self, ari: AriConnection) -> None:
        """After a (re)connect: learn which registered phones are there now."""
        endpoints = await ari.get("/endpoints/PJSIP")
        there = {str(found["resource"]) for found in endpoints if found.get("state") == "online"}

        def write(connection: Connection) -> None:
            registered = connection.execute(
                select(Agent.work_number).where(
                    Agent.device_kind != DeviceKind.ADDRESS, Agent.active.is_(True)
                )
            ).scalars()
            for work_number in registered.all():
                _device(connection, work_number, device_name(work_number) in there)

        await self._ledger.decide(write)
        self._matcher.poke()


def _device(connection: Connection, work_number: str, present: bool) -> None:
    """Let a device come or go, where that changes anything; one with a fixed address never registers.

    Who had a phone that registers, and has another one now, is not away because the old one has gone.
    """
    row = connection.execute(
        select(Agent.id, AgentPresence.device_present)
        .join(AgentPresence, AgentPresence.agent_id == Agent.id)
        .where(Agent.work_number == work_number, Agent.device_kind != DeviceKind.ADDRESS)
    ).one_or_none()
    if row is None or row.device_present == present:
        return
    event = AgentEvent.DEVICE_BACK if present else AgentEvent.DEVICE_LOST
    now = hotline_clock.now()
    if presence.apply(connection, row.id, event, now) is None:
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == row.id).values(device_present=present)
        )
