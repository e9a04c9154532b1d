"""The engine's sign of life inside the PBX: a global variable, written every second.

The dialplan compares it with the PBX's own clock before it hands a caller to the engine, so that an engine
that hangs (its socket stays open, so the PBX still takes it for connected) gets no more of them; and
whoever watches from outside sees that it stands still (:mod:`ivr.operation.caller_rescue`).

Which callers are alarms stands beside it, for whoever must help them without engine and database. A variable
of their channels would not do: setting one waits until the channel has said its sentence, and with it waits
every request on the connection.
"""

import asyncio
import time
from collections.abc import Callable, Iterable

import structlog

from ivr.asterisk.connection import AriConnection
from ivr.errors import AriError

log = structlog.get_logger(__name__)

SEEN = "HOTLINE_SEEN"
"""The global variable: seconds since 1970 by the PBX's own clock."""
ALARMS = "HOTLINE_ALARMS"
"""The global variable: channels of callers with a gas leak who wait, with spaces between."""
UNRECORDED = "HOTLINE_UNRECORDED"
"""The global variable: "1" while the disk is full, so that nothing new is recorded."""
EVERY = 1.0


class Heartbeat:
    """Writes the sign of life of one engine, and measures how long the PBX takes to answer."""

    def __init__(
        self, ari: AriConnection, alarms: Callable[[], Iterable[str]], disk_is_full: Callable[[], bool]
    ) -> None:
        """Nothing is written yet.

        :param alarms: gives the channels of callers with a gas leak who wait.
        :param disk_is_full: whether there is no room for recordings.
        """
        self.round_trip: float | None = None
        """Seconds that the PBX took for the last request; None while it does not answer."""
        self._ari = ari
        self._alarms = alarms
        self._disk_is_full = disk_is_full
        self._told: dict[str, str] = {}

    async def run(self) -> None:
        """Beat every second while there is a connection; until cancelled."""
        while True:
            if self._ari.connected:
                await self.beat()
            else:
                self.round_trip = None
                self._told.clear()
            await asyncio.sleep(EVERY)

    async def beat(self) -> None:
        """Beat once. The clock is the PBX's, whose host may have another one than ours."""
        began = time.monotonic()
        try:
            answer = await self._ari.get("/asterisk/variable", {"variable": "EPOCH"})
            self.round_trip = time.monotonic() - began
            await self._set(SEEN, str(answer["value"]))
            for name, now in (
                (ALARMS, " ".join(sorted(self._alarms()))),
                (UNRECORDED, "1" if self._disk_is_full() else "0"),
            ):
                if self._told.get(name) != now:
                    await self._set(name, now)
                    self._told[name] = now
        except AriError as error:
            self.round_trip = None
            log.warning("heartbeat.missed", reason=str(error))

    async def _set(self, name: str, value: str) -> None:
        await self._ari.post("/asterisk/variable", {"variable": name, "value": value})
