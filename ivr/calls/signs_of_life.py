"""The engine's signs of life in the database, and what is caught up with when they can be written again."""

import asyncio
from datetime import datetime

import structlog

from ivr import hotline_clock
from ivr.asterisk.heartbeat import Heartbeat
from ivr.calls.channel_log import ChannelLog
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.unseen import enter_unseen
from ivr.errors import AriError, StorageError
from storage.queries import engines
from storage.queries.engines import OwnFigures

log = structlog.get_logger(__name__)

EVERY = 2.0
LEAP_SECONDS = 1.0
"""A machine's clock that is further than this from the hotline's has leapt."""


class SignsOfLife:
    """Writes a sign every two seconds, with what only the engine itself can measure.

    :param instance: tells this engine from others of the node, before and after it.
    """

    def __init__(
        self, hotline: Hotline, channel_log: ChannelLog, heartbeat: Heartbeat, instance: str
    ) -> None:
        self._hotline = hotline
        self._channel_log = channel_log
        self._heartbeat = heartbeat
        self._instance = instance
        self._signed: datetime | None = None
        self._leapt = False
        self._unseen_since: datetime | None = None
        """When callers could last be written down; None while they can be."""

    def read_last(self) -> None:
        """Before the first sign: when an engine of this node was last able to write.

        :raises StorageError: the database cannot be read.
        """
        with self._hotline.ledger.database.read() as connection:
            sign = engines.sign_of_life(connection, self._hotline.node)
        self._unseen_since = (sign.unseen_since or sign.seen_at) if sign is not None else None

    def lost(self) -> None:
        """The connection to the PBX is gone: from now on callers come whom nobody sees."""
        self._unseen_since = self._unseen_since or utc_now()

    async def show(self) -> None:
        """Sign until cancelled."""
        while True:
            self._tell_of_leap(hotline_clock.ahead())
            connected = self._hotline.ari.connected
            try:
                await self.sign(connected=connected)
                if connected:
                    await self.enter_unseen()
            except AriError as error:
                log.warning("engine.unseen_callers_not_entered", reason=str(error))
            except StorageError as error:
                log.error("engine.sign_of_life_not_written", reason=str(error))
                self._unseen_since = self._unseen_since or self._signed
            await asyncio.sleep(EVERY)

    def _tell_of_leap(self, ahead: float) -> None:
        """Say once that the machine's clock has leapt, and once that this is made up."""
        leapt = abs(ahead) > LEAP_SECONDS
        if leapt and not self._leapt:
            log.warning("clock.leapt", machine_ahead_seconds=round(ahead, 1))
        elif self._leapt and not leapt:
            log.info("clock.made_up")
        self._leapt = leapt

    async def sign(self, *, connected: bool) -> None:
        """Write one sign.

        :raises StorageError: the database is away.
        """
        now, hotline = utc_now(), self._hotline
        own = OwnFigures(
            connected,
            self._heartbeat.round_trip,
            hotline.ledger.unwritten,
            hotline.recorder.disk_is_full,
            hotline.is_crowded(),
            self._unseen_since,
        )
        await hotline.ledger.decide(lambda c: engines.sign(c, hotline.node, self._instance, now, own))
        self._signed = now

    async def enter_unseen(self) -> None:
        """Who came and left while no engine could write has a row from now on.

        :raises StorageError: the database is away.
        """
        since = self._unseen_since
        if since is not None and not await enter_unseen(self._hotline, self._channel_log, since):
            self._unseen_since = None
