"""What is done beside the running hotline: retention once a night, and a look at the disk every minute."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import structlog

from ivr import hotline_clock
from ivr.config import Settings
from ivr.errors import HotlineError
from ivr.operation.retention import run
from ivr.operation.retention_command import told
from storage.database import Database

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
SAY_AGAIN = timedelta(hours=1)
"""How often a disk that stays full is spoken of."""


class Nightly:
    """Runs the retention rules every night at ``retention.at``; a night that fails is said and logged."""

    def __init__(self, settings: Settings, database: Database, say: Callable[[str], None]) -> None:
        """:param say: is given each line for the operator."""
        self._settings = settings
        self._database = database
        self._say = say

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            now = hotline_clock.now()
            await asyncio.sleep((next_run(self._settings, now) - now).total_seconds())
            await self.work(hotline_clock.now())

    async def work(self, now: datetime) -> None:
        """One night's work."""
        try:
            done = await asyncio.to_thread(run, self._settings, self._database, now)
        except HotlineError as error:
            log.error("retention.failed", reason=str(error))
            self._say(f"retention: {error}; tried again next night")
            return
        for removed in done:
            log.info("retention.done", of=removed.of.value, count=removed.count, days=removed.days)
            if removed.count:
                self._say(f"retention: {told(removed, dry_run=False)}")


def next_run(settings: Settings, now: datetime) -> datetime:
    """When the next night's work begins, by the hotline's own time of day."""
    local = now.astimezone(settings.zone)
    at = datetime.combine(local.date(), time.fromisoformat(settings.retention.at), settings.zone)
    if at <= local:
        at = datetime.combine(local.date() + timedelta(days=1), at.time(), settings.zone)
    return at.astimezone(UTC)


class DiskWatch:
    """Says it when the disk of the home gets full: at ``disk.warn_used_percent``, and louder when it is."""

    def __init__(
        self, settings: Settings, say: Callable[[str], None], used: Callable[[Path], float] | None = None
    ) -> None:
        """:param used: gives the share of a folder's disk that is in use, in percent."""
        self._settings = settings
        self._say = say
        self._used = used or used_percent
        self._level = 0
        self._said_at: datetime | None = None

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            self.look(hotline_clock.now())
            await asyncio.sleep(LOOK_SECONDS)

    def look(self, now: datetime) -> None:
        """Say what there is to say about the disk, at once when it gets worse, else once an hour."""
        limits = self._settings.disk
        try:
            used = self._used(self._settings.home)
        except OSError as error:
            log.error("disk.not_looked_at", reason=str(error))
            return
        level = (used >= limits.warn_used_percent) + (used >= limits.full_used_percent)
        worse, since = level > self._level, self._said_at
        self._level = level
        if level == 0 or not (worse or since is None or now - since >= SAY_AGAIN):
            return
        self._said_at = now
        words = f"the disk of {self._settings.home} is {used:.1f} % full"
        if level == 1:
            log.warning("disk.nearly_full", percent=used)
            self._say(f"warning: {words}; make room: `hotline retention run`, or a larger disk")
        else:
            log.error("disk.full", percent=used)
            self._say(
                f"ERROR: {words}: recordings will be missing and soon nothing can be written; make room now"
            )


def used_percent(folder: Path) -> float:
    """The share of a folder's disk that is in use, as programs without special rights see it."""
    usage = shutil.disk_usage(folder)
    return 100 * (1 - usage.free / (usage.used + usage.free))
