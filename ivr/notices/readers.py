"""The loops that find what is to be told: new entries of cases, and times that are running out (R-OV)."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.errors import StorageError
from ivr.ledger import AWAY, Ledger
from ivr.notices.letters import Letters
from ivr.notices.of_entries import EntryTeller
from ivr.notices.of_warnings import of_warning
from ivr.notices.sleeper import Sleeper
from ivr.standard.obligations import Clockwork
from storage.queries import case_entries_told, notices, obligation_warnings

log = structlog.get_logger(__name__)

AT_ONCE = 20
"""So many in one transaction: calls are written by the same thread, and must not wait for long."""
AGAIN_SECONDS = 1.0
"""How soon one looks again after the database was away, or another engine was at it."""


class EntryReader:
    """Reads what was done about cases, once, and writes what follows from it.

    :param told: called after something was written.
    """

    def __init__(self, ledger: Ledger, teller: EntryTeller, told: Callable[[], None]) -> None:
        self.sleeper = Sleeper()
        self._ledger = ledger
        self._teller = teller
        self._told = told

    async def run(self) -> None:
        """Until cancelled."""
        most = AT_ONCE
        while True:
            try:
                read = await self._ledger.decide(lambda c, most=most: self._read(c, most))  # type: ignore[misc]
            except AWAY as error:
                log.error("notices.entries_not_read", reason=str(error))
                await self.sleeper.until(None, AGAIN_SECONDS)
                continue
            except Exception:
                if most == 1:
                    await self._pass_over()
                most = 1  # to find the one that cannot be told
                continue
            if read:
                self._told()
            most = AT_ONCE
            if read is None:
                await self.sleeper.until(None, AGAIN_SECONDS)
            elif read == 0:
                await self.sleeper.until(None)

    def _read(self, connection: Connection, most: int) -> int | None:
        now = hotline_clock.now()
        entries = case_entries_told.read_next(connection, now, most)
        if entries is None:
            return None
        for entry in entries:
            self._teller.tell(connection, entry, now)
        return len(entries)

    async def _pass_over(self) -> None:
        """One entry cannot be told, by a fault of ours: the others must not wait for it."""
        try:
            passed = await self._ledger.decide(
                lambda c: case_entries_told.read_next(c, hotline_clock.now(), 1)
            )
        except StorageError as error:
            log.error("notices.entries_not_read", reason=str(error))
            await self.sleeper.until(None, AGAIN_SECONDS)
            return
        log.error("notices.entry_not_told", entries=[entry.id for entry in passed or []])


class WarningTeller:
    """Sleeps until the next level of a time is reached, and tells of it (R-OV)."""

    def __init__(
        self, ledger: Ledger, clockwork: Clockwork, letters: Letters, told: Callable[[], None]
    ) -> None:
        self.sleeper = Sleeper()
        self._ledger = ledger
        self._clockwork = clockwork
        self._letters = letters
        self._told = told

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                next_at = await self._ledger.read(obligation_warnings.next_at)
                if next_at is not None and next_at <= hotline_clock.now():
                    taken = await self._taken()
                    if taken:
                        self._told()
                        continue
                    # Another engine is at it, or has just taken it.
                    next_at = hotline_clock.now() + timedelta(seconds=AGAIN_SECONDS)
            except StorageError as error:
                log.error("notices.warnings_not_read", reason=str(error))
                await self.sleeper.until(None, AGAIN_SECONDS)
                continue
            await self.sleeper.until(next_at)

    async def _taken(self) -> int:
        """Take what is due and tell of it; what cannot be told by a fault of ours holds up nothing else."""
        try:
            return await self._ledger.decide(self._take)
        except StorageError:
            raise
        except Exception:
            passed = await self._ledger.decide(
                lambda c: obligation_warnings.take_due(c, hotline_clock.now(), self._clockwork, 1)
            )
            log.error("notices.warning_not_told", obligations=[one.obligation_id for one in passed])
            return len(passed)

    def _take(self, connection: Connection) -> int:
        now = hotline_clock.now()
        taken = obligation_warnings.take_due(connection, now, self._clockwork, AT_ONCE)
        for warning in taken:
            notices.add(connection, of_warning(connection, self._letters, warning), now)
        return len(taken)
