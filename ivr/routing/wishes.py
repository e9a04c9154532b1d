"""Carries out what people ask for on the pages: rows of ``commands``."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.errors import StorageError
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.routing.matcher import Matcher
from ivr.routing.presence import Presence
from ivr.standard.agent_state import IN_A_CALL, AgentEvent
from ivr.standard.command_kind import CommandKind
from storage.queries import commands, presence
from storage.queries.commands import TakenCommand
from storage.queries.offers import NewOffer

log = structlog.get_logger(__name__)

EVENT_OF = {
    CommandKind.SIGN_IN: AgentEvent.SIGN_IN,
    CommandKind.SIGN_OUT: AgentEvent.SIGN_OUT,
    CommandKind.READY: AgentEvent.ASK_READY,
    CommandKind.BREAK: AgentEvent.ASK_BREAK,
    CommandKind.END_WRAP_UP: AgentEvent.WRAP_UP_OVER,
}
REMEMBERED = frozenset({CommandKind.SIGN_OUT, CommandKind.BREAK})
"""Refused during a call, and done after it (R-12.10)."""


class Wishes:
    """Takes open commands, carries out those about agents' states, hands those about calls on.

    :param to_call: given a command about a call of this engine; False when there is no such call.
    """

    def __init__(
        self,
        ledger: Ledger,
        matcher: Matcher,
        presence_clock: Presence,
        to_call: Callable[[TakenCommand], bool],
    ) -> None:
        self._ledger = ledger
        self._matcher = matcher
        self._presence = presence_clock
        self._to_call = to_call
        self._something = asyncio.Event()

    def poke(self) -> None:
        """The database changed; there may be commands."""
        self._something.set()

    async def run(self) -> None:
        """Carry out commands as they come; until cancelled."""
        while True:
            try:
                await self._take_all()
            except StorageError as error:
                log.error("commands.not_read", reason=str(error))
            try:
                async with asyncio.timeout(1.0):
                    await self._something.wait()
            except TimeoutError:
                pass
            self._something.clear()

    async def _take_all(self) -> None:
        node = self._matcher.node
        if not await self._ledger.read(lambda c: commands.any_open(c, node)):
            return
        taken, offers = await self._ledger.decide(self._carry_out)
        self._matcher.deliver(offers)
        self._presence.poke()
        for command in taken:
            if not self._to_call(command):
                self.settle(command, "there is no such conversation any more")

    def settle(self, command: TakenCommand, refusal: str | None = None) -> None:
        """Say that a command was done, or why not."""
        self._ledger.note(Fact(commands.settle, command.id, hotline_clock.now(), refusal))

    def _carry_out(self, connection: Connection) -> tuple[list[TakenCommand], list[NewOffer]]:
        """Do what is about states in this transaction; returns what is about calls, and new offers."""
        now = hotline_clock.now()
        about_calls = []
        for command in commands.take(connection, self._matcher.node, now):
            if command.kind in EVENT_OF:
                commands.settle(connection, command.id, now, self._change_state(connection, command, now))
            else:
                about_calls.append(command)
        return about_calls, self._matcher.match_in(connection)

    def _change_state(self, connection: Connection, command: TakenCommand, now: datetime) -> str | None:
        """Returns the refusal, None when it was done."""
        event = EVENT_OF[command.kind]
        reason = str(command.arguments.get("reason") or "")[:80] or None
        if presence.apply(connection, command.agent_id, event, now, reason=reason) is not None:
            return None
        state = presence.state_of(connection, command.agent_id)
        if state in IN_A_CALL and command.kind in REMEMBERED:
            presence.remember(connection, command.agent_id, event, reason)
            return "in_a_call_remembered"
        return f"not_possible_while_{state}" if state is not None else "no_such_agent"
