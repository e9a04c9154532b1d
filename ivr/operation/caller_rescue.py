"""Watches the engine from the PBX's side: who waits for an engine that is gone is not left in silence.

The engine writes a sign of life into the PBX every second (:mod:`ivr.asterisk.heartbeat`). When it stands
still, callers who are with no agent are handed to the PBX's own fallback, which says what is wrong, rings
the duty phones for alarms, and tries the engine again; an engine that hangs is ended, so that it is started
again. Who talks is left alone: two people hear each other without an engine.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from ivr.asterisk.ari_http import AriHttp
from ivr.asterisk.ari_password import ari_password
from ivr.asterisk.channel import playbacks_of
from ivr.asterisk.connection import segment
from ivr.asterisk.heartbeat import ALARMS, SEEN
from ivr.config import Settings
from ivr.errors import AriError, AriRefused, StorageError
from ivr.operation.engine_watch import Killable
from ivr.standard.call_stage import CallDirection, CallStage
from storage.database import Database
from storage.queries import calls

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.5
DEAD_AFTER = 3.5
"""Seconds without a sign of life, its process having ended, after which callers are moved: within 5 s. One
that was killed is back after one or two."""
HANGS_AFTER = 7.0
"""The same while its process lives: within 10 s. A busy engine may miss a beat or two."""
NO_CALLER = ("offer-", "out-", "duty-")
"""How the ids of channels begin that the engine made itself."""
WITH_SOMEBODY = frozenset({CallStage.TALKING, CallStage.DIALLING, CallStage.ASKING})
"""Stages in which the caller has somebody, or is on hold with music, or was called by us."""


class CallerRescue:
    """Looks after the callers of one PBX node.

    :param engine: is ended by force when it hangs.
    :param say: is given each line for the operator.
    """

    def __init__(
        self, settings: Settings, database: Database, engine: Killable, say: Callable[[str], None]
    ) -> None:
        ari = settings.pbx.ari
        password = settings.ari_password or ari_password(settings.home)
        self._ari = AriHttp(ari.host, ari.port, ari.user, password)
        self._alarm_queue = settings.alarm.queue
        self._node = settings.pbx.node
        self._database = database
        self._engine = engine
        self._say = say
        self._seen: str | None = None
        self._since = time.monotonic()
        self._ended = False
        self._beating: int | None = None
        """The process that gave the last sign of life; another one is still starting."""
        self._asked: set[str] = set()
        """Channels that were told to leave already, since the engine stands still."""

    async def keep(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except AriError as error:
                log.debug("rescue.no_pbx", reason=str(error))
                self._alive()  # without a PBX there is nobody to look after; its return counts anew

    async def look(self) -> None:
        """Look once, and do what is due.

        :raises AriError: the PBX does not answer.
        """
        seen = await self._variable(SEEN)
        if seen != self._seen:
            self._seen, self._beating = seen, self._engine.pid
            self._alive()
            return
        silent = time.monotonic() - self._since
        if silent < DEAD_AFTER:
            return
        hangs = self._beating is not None and self._engine.pid == self._beating
        if silent < (HANGS_AFTER if hangs else DEAD_AFTER):
            return
        if hangs and not self._ended:
            self._ended = True
            self._say(f"engine hangs: no sign of life for {silent:.0f} s; it is replaced")
            self._engine.kill()
        if moved := await self._move():
            self._say(f"{moved} waiting callers were handed to the PBX's fallback: there is no engine")

    def _alive(self) -> None:
        self._since, self._ended = time.monotonic(), False
        self._asked.clear()

    async def _variable(self, name: str) -> str | None:
        try:
            answer = await self._ari.request("GET", "/asterisk/variable", {"variable": name})
        except AriRefused:
            return None  # never set
        return str(answer["value"])

    async def _move(self) -> int:
        """Hand over whoever is in the application and with nobody; gives how many there were."""
        channels = await self._ari.request("GET", "/channels")
        bridges = await self._ari.request("GET", "/bridges")
        together = {channel for bridge in bridges for channel in bridge["channels"]}
        alarms = (await self._variable(ALARMS) or "").split()
        rows = await asyncio.to_thread(self._rows)
        moved = 0
        for channel in channels:
            name = str(channel["id"])
            if name in together or name.startswith(NO_CALLER) or not _in_stasis(channel):
                continue
            row = rows.get(name)
            if row is not None and (row.stage in WITH_SOMEBODY or row.direction is CallDirection.OUTBOUND):
                continue
            alarm = name in alarms or (row is not None and row.queue == self._alarm_queue)
            moved += await self._hand_over(name, alarm=alarm)
        return moved

    async def _hand_over(self, channel: str, *, alarm: bool) -> bool:
        context = "hotline-fallback-alarm" if alarm else "hotline-fallback"
        to = {"context": context, "extension": "s", "priority": "1"}
        try:
            if channel in self._asked:
                # A channel ends its sentence before it does the next thing it was told.
                await self._hush(channel)
                return False
            await self._ari.request("POST", f"/channels/{segment(channel)}/continue", to)
        except AriRefused:
            return False  # it has gone meanwhile
        self._asked.add(channel)
        log.warning("call.moved_to_fallback", channel=channel, alarm=alarm)
        return True

    async def _hush(self, channel: str) -> None:
        for playback in playbacks_of(channel):
            with suppress(AriRefused):
                await self._ari.request("DELETE", f"/playbacks/{segment(playback)}")

    def _rows(self) -> dict[str, Any]:
        """What is known of the calls; nothing where the database is away: then all are moved."""
        try:
            with self._database.read() as connection:
                return {row.channel: row for row in calls.live(connection, self._node)}
        except StorageError as error:
            log.warning("rescue.no_database", reason=str(error))
            return {}


def _in_stasis(channel: dict[str, Any]) -> bool:
    return str(channel.get("dialplan", {}).get("app_name", "")) == "Stasis"
