"""Sleeping until something is due or somebody pokes: nothing here looks again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from ivr import hotline_clock

log = structlog.get_logger(__name__)

LONGEST = 30.0
"""Seconds after which one looks by itself, so that nothing that was missed is missed for long."""


AFTER_A_FAULT = 1.0
"""Seconds until a loop that failed by a fault of ours begins anew."""


async def kept_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a loop until cancelled; a fault in it is logged, and ends neither it nor the calls beside it."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("loop.fault", loop=name)
        await asyncio.sleep(AFTER_A_FAULT)


class Sleeper:
    """One coroutine sleeps, anybody of the same event loop wakes it."""

    def __init__(self) -> None:
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Something changed: look at once."""
        self._poked.set()

    async def until(self, moment: datetime | None, longest: float = LONGEST) -> None:
        """Sleep until a moment (UTC), a poke, or ``longest`` seconds, whatever comes first."""
        seconds = longest
        if moment is not None:
            seconds = min(longest, max(0.0, (moment - hotline_clock.now()).total_seconds() + 0.002))
        try:
            async with asyncio.timeout(seconds):
                await self._poked.wait()
        except TimeoutError:
            pass
        self._poked.clear()
