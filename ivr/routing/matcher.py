"""Who gets whom, again whenever something changed: an agent got free, a caller came, a rest ended."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.errors import StorageError
from ivr.ledger import Ledger
from ivr.standard.agent_choice import RoutingRules
from storage.queries import matching, presence
from storage.queries.offers import NewOffer

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 5.0
"""Matching looks by itself this often, so that nothing that was missed is missed for long."""


class Matcher:
    """Pairs waiting callers with free agents and hands each offer to the call it is for.

    :param deliver: given every offer this engine reserved; the call's coroutine makes it ring.
    :param has_left: whether a caller has hung up, though that is not written yet; asked from any thread.
    """

    def __init__(
        self,
        ledger: Ledger,
        node: str,
        rules: RoutingRules,
        deliver: Callable[[NewOffer], None],
        has_left: Callable[[int], bool] = lambda call_id: False,
    ) -> None:
        self.node = node
        self._ledger = ledger
        self._rules = rules
        self._deliver = deliver
        self._has_left = has_left
        self._something = asyncio.Event()
        self.suspended = False
        """While the PBX is away nobody can be rung."""

    def poke(self) -> None:
        """Something changed that may bring a caller and an agent together."""
        self._something.set()

    def match_in(self, connection: Connection) -> list[NewOffer]:
        """Match inside a transaction that has just changed something; hand the result to :meth:`deliver`."""
        if self.suspended:
            return []
        return matching.match(connection, self.node, self._rules, hotline_clock.now(), self._has_left)

    def deliver(self, offers: Iterable[NewOffer]) -> None:
        """Hand offers that were reserved and committed to their calls."""
        for offer in offers:
            self._deliver(offer)

    async def run(self) -> None:
        """Match whenever poked, and when the rest of an agent ends; until cancelled."""
        while True:
            rest = await self._match_once()
            try:
                async with asyncio.timeout(rest):
                    await self._something.wait()
            except TimeoutError:
                pass
            self._something.clear()

    def _look(self, connection: Connection) -> tuple[bool, datetime | None]:
        now = hotline_clock.now()
        return matching.worth_matching(connection, self.node, now), presence.next_rest_end(connection, now)

    async def _match_once(self) -> float:
        """Match; returns the seconds until it is worth looking again by itself."""

        try:
            # A look costs no write lock, and mostly there is nothing to do.
            worth_it, rest_end = await self._ledger.read(self._look)
            if worth_it and not self.suspended:
                self.deliver(await self._ledger.decide(self.match_in))
        except StorageError as error:
            log.error("matching.not_possible", reason=str(error))
            return LOOK_AGAIN_SECONDS / 5
        if rest_end is None:
            return LOOK_AGAIN_SECONDS
        left = (rest_end - hotline_clock.now()).total_seconds()
        return min(LOOK_AGAIN_SECONDS, max(0.01, left + 0.005))
