"""Has hints made beside the running hotline: a short-lived process whenever drawn recordings have none."""

import asyncio
import sys
from collections.abc import Mapping

import structlog

from ivr.config import Settings
from ivr.errors import StorageError
from ivr.operation.kept_programs import PROJECT
from storage.database import Database
from storage.queries import hints

log = structlog.get_logger(__name__)

LOOK_SECONDS = 20.0
AT_ONCE = 50
"""So many recordings a process: then it is seen whether the hotline still runs."""
LONGEST_SECONDS = 3600.0


class HintsKeeper:
    """Starts `hotline hints`, one at a time; the engine and the console have no part in it."""

    def __init__(self, settings: Settings, database: Database, environment: Mapping[str, str]) -> None:
        """Work with the settings' file and ``environment``, which is given to the process."""
        self._settings = settings
        self._database = database
        self._environment = dict(environment)

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            if self._settings.quality.hints.made and await asyncio.to_thread(self._any_wait):
                await self._make()
            await asyncio.sleep(LOOK_SECONDS)

    def _any_wait(self) -> bool:
        try:
            with self._database.read() as connection:
                return bool(hints.waiting(connection, 1))
        except StorageError:
            return False  # what is wrong with the database is said by others

    async def _make(self) -> None:
        command = [sys.executable, "-m", "ivr", "--config", str(self._settings.source.absolute())]
        process = await asyncio.create_subprocess_exec(
            *command,
            "hints",
            "--most",
            str(AT_ONCE),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=PROJECT,
            env=self._environment,
            start_new_session=True,  # so that it can give way to other sessions
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), LONGEST_SECONDS)
            words = said.decode(errors="replace").strip()
            (log.info if process.returncode == 0 else log.error)("hints.made", words=words[-500:])
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
