"""The engine's one async door to the database.

One thread writes, in the order in which it was asked. A *decision* (reserve, answer, end) has its own
transaction and is awaited. A *fact* (a digit, a ring) is laid into the queue and written with the next
decision, or within 50 ms together with others: ten facts in one transaction cost a fifth of ten
transactions. What cannot be written because the database is away stays in the queue, in order, and on disk
(:mod:`ivr.unwritten`), so that an engine that dies meanwhile loses none of it.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from ivr.errors import DatabaseBusy, DatabaseNotWritable, DatabaseUnreachable, HotlineError
from ivr.unwritten import Unwritten
from storage.changes import announce
from storage.database import Database

log = structlog.get_logger(__name__)

T = TypeVar("T")
Write = Callable[[Connection], T]

GROUP_SECONDS = 0.05
GROUP_ROWS = 100
RETRY_SECONDS = 0.5
AWAY = (DatabaseUnreachable, DatabaseNotWritable, DatabaseBusy)
"""The database is away or full: what is to be written waits."""


class _Decision:
    """A write somebody waits for."""

    __slots__ = ("answer", "loop", "write")

    def __init__(self, write: Write[Any], loop: asyncio.AbstractEventLoop) -> None:
        self.write = write
        self.loop = loop
        self.answer: asyncio.Future[Any] = loop.create_future()

    def say(self, value: Any, error: BaseException | None) -> None:
        self.loop.call_soon_threadsafe(self._say, value, error)

    def _say(self, value: Any, error: BaseException | None) -> None:
        if self.answer.done():
            return
        if error is None:
            self.answer.set_result(value)
        else:
            self.answer.set_exception(error)


class Ledger:
    """Writes of one engine, in order. Start it with :meth:`open`, end it with :meth:`close`."""

    def __init__(self, database: Database, mark: str = "", journals: Path | None = None) -> None:
        """Nothing is opened yet.

        :param mark: letters and digits that tell this engine's changes from those of others.
        :param journals: folder of the journals; without one, facts wait in memory only.
        """
        self.database = database
        self.is_away = False
        """Whether the database could not be written last time; what follows then waits behind what waits."""
        self._mark = mark
        self._facts = Unwritten(journals, mark)
        self._decisions: deque[_Decision] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ledger-read")

    def open(self) -> None:
        """Begin to write, first of all what engines before this one could not.

        :raises StorageError: the database is away.
        """
        self._facts.open(self.database)
        self._writer.start()

    async def close(self) -> None:
        """Write what is left (waiting at most two seconds for a database that is away), then stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._writer.join, 5.0)
        self._facts.close()
        self._readers.shutdown(wait=False, cancel_futures=True)

    @property
    def unwritten(self) -> int:
        """Facts that wait to be written."""
        return len(self._facts)

    @property
    def journalled(self) -> int:
        """Of those, how many are in the journal on disk."""
        return self._facts.journalled

    def note(self, write: Write[object]) -> None:
        """Write a fact soon, in order, without waiting for it."""
        with self._wake:
            self._facts.add(write)
            if len(self._facts) in (1, GROUP_ROWS):
                self._wake.notify()

    async def decide(self, write: Write[T]) -> T:
        """Run ``write`` in a transaction of its own, after every fact noted before, and give what it returns.

        :raises StorageError: it could not be written; nothing of it was.
        """
        decision = _Decision(write, asyncio.get_running_loop())
        with self._wake:
            self._decisions.append(decision)
            self._wake.notify()
        answer: T = await decision.answer
        return answer

    async def read(self, query: Write[T]) -> T:
        """Run a query that changes nothing, beside the writes."""

        def run() -> T:
            with self.database.read() as connection:
                return query(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    # -- the writing thread --------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            decision = self._wait_for_work()
            try:
                if self._do(decision):
                    return
            except Exception as error:
                # The writer must not end whatever happens: without it the whole engine stands still.
                if decision is not None:
                    decision.say(None, error)
                with suppress(Exception):
                    log.exception("ledger.fault")

    def _do(self, decision: _Decision | None) -> bool:
        """Carry out a decision, or write the facts that are due; True when all is written and it closes."""
        if decision is not None:
            self._carry_out(decision)
        elif self._facts:
            self._write_facts()
        else:
            return self._closing
        return False

    def _wait_for_work(self) -> _Decision | None:
        """The next decision, or None when facts are due or the ledger closes."""
        with self._wake:
            while not (self._decisions or self._facts or self._closing):
                self._wake.wait()
            if not self._decisions and self._facts and not self._closing:
                due = time.monotonic() + GROUP_SECONDS
                while not self._decisions and len(self._facts) < GROUP_ROWS and not self._closing:
                    left = due - time.monotonic()
                    if left <= 0 or not self._wake.wait(left):
                        break
            return self._decisions.popleft() if self._decisions else None

    def _carry_out(self, decision: _Decision) -> None:
        """One transaction: the facts noted before, then the decision."""
        facts = len(self._facts)
        try:
            with self.database.write() as connection:
                self._facts.write(connection, facts)
                value = decision.write(connection)
                announce(connection, self._mark)
        except AWAY as error:
            self._keep()
            # Who waited behind it has waited as long; each trying by itself would keep the last for minutes.
            with self._wake:
                waited, self._decisions = [decision, *self._decisions], deque()
            for one in waited:
                one.say(None, error)
        except Exception as error:
            # Whose fault it was is not known: the facts are written by themselves, the decision once more.
            if facts:
                self._write_facts()
                with self._wake:
                    self._decisions.appendleft(decision)
                return
            decision.say(None, error)
            if not isinstance(error, HotlineError):
                log.exception("ledger.decision_failed")
        else:
            self._forget(facts)
            decision.say(value, None)

    def _write_facts(self) -> None:
        """All facts in one transaction; one that cannot be written ever is logged and dropped alone."""
        facts = min(len(self._facts), GROUP_ROWS)
        try:
            with self.database.write() as connection:
                self._facts.write(connection, facts)
                announce(connection, self._mark)
        except AWAY as error:
            self._keep()
            log.error("ledger.database_away", unwritten=len(self._facts), reason=str(error))
            if self._closing:
                self._facts.leave()
                return
            with self._wake:
                self._wake.wait(RETRY_SECONDS)
        except Exception:
            self._write_one_by_one(facts)
        else:
            self._forget(facts)

    def _write_one_by_one(self, facts: int) -> None:
        for _ in range(facts):
            try:
                with self.database.write() as connection:
                    self._facts.write(connection, 1)
                    announce(connection, self._mark)
            except AWAY:
                self._keep()
                return
            except Exception as error:
                self._facts.forget(1)
                log.error("ledger.fact_lost", exc_info=error)
            else:
                self._forget(1)

    def _keep(self) -> None:
        self.is_away = True
        self._facts.keep()

    def _forget(self, facts: int) -> None:
        self.is_away = False
        self._facts.forget(facts)
