"""Looks at the engine's signs of life in the database: whether a new one is ready, whether one hangs."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ivr.errors import StorageError
from storage.database import Database
from storage.queries.engines import SignOfLife, sign_of_life

LOOK_EVERY = 5.0
SILENT_LOOKS = 5
"""How many looks without a new sign (one is due every two seconds) mean that it hangs."""


STARTING_LOOKS = 24
"""The same for one that has given no sign yet: on a busy machine a start takes its time."""


class Killable(Protocol):
    """A program that can be ended by force. ``pid``: of its process, None while it does not run."""

    @property
    def pid(self) -> int | None:
        """As above."""

    def kill(self) -> None:
        """End it by force, now."""


class EngineWatch:
    """The engine of one PBX node as the database shows it."""

    def __init__(self, database: Database, node: str, say: Callable[[str], None]) -> None:
        self._database = database
        self._node = node
        self._say = say

    async def is_ready(self, since: datetime) -> bool:
        """Whether an engine that was started after ``since`` lives and has its PBX."""
        sign = await self._sign()
        return sign is not None and sign.pbx_connected and sign.started_at >= since

    async def watch(self, engine: Killable) -> None:
        """End an engine by force that shows no sign of life although it could write one; until cancelled.

        The supervisor then starts it again, and it takes the calls up.
        """
        last, silent, signing = None, 0, None
        while True:
            await asyncio.sleep(LOOK_EVERY)
            sign = await self._sign()
            seen = (sign.instance, sign.seen_at) if sign else None
            if seen is None or seen != last:
                signing = engine.pid
            silent = silent + 1 if seen is not None and seen == last else 0
            last = seen
            patience = SILENT_LOOKS if engine.pid == signing else STARTING_LOOKS
            if silent >= patience and await asyncio.to_thread(self._writable):
                self._say(f"engine shows no sign of life for {silent * LOOK_EVERY:.0f} s; it is replaced")
                engine.kill()
                silent = 0

    async def _sign(self) -> SignOfLife | None:
        try:
            return await asyncio.to_thread(self._read)
        except StorageError:
            return None  # then nothing can be told of the engine; what is wrong the engine itself says

    def _read(self) -> SignOfLife | None:
        with self._database.read() as connection:
            return sign_of_life(connection, self._node)

    def _writable(self) -> bool:
        try:
            self._database.check()
        except StorageError:
            return False
        return True
