"""The engine's one async door to the database.

One thread writes, in the order in which it was asked. A *decision* (reserve, answer, end) has its own
transaction and is awaited. A *fact* (a digit, a ring) is laid into the queue and written with the next
decision, or within 50 ms together with others: ten facts in one transaction cost a fifth of ten
transactions. What cannot be written because the database is away stays in the queue, in order, and on disk
(:mod:`ivr.journal`), so that an engine that dies meanwhile loses none of it.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from ivr import journal
from ivr.errors import DatabaseBusy, DatabaseNotWritable, DatabaseUnreachable, HotlineError
from storage.changes import announce
from storage.database import Database
from storage.queries import journal_marks

log = structlog.get_logger(__name__)

T = TypeVar("T")
Write = Callable[[Connection], T]

GROUP_SECONDS = 0.05
GROUP_ROWS = 100
RETRY_SECONDS = 0.5
AWAY = (DatabaseUnreachable, DatabaseNotWritable, DatabaseBusy)
"""The database is away or full: what is to be written waits."""


class _Noted:
    """A fact that waits; in a journal it has that one's name and a number there."""

    __slots__ = ("journal", "number", "write")

    def __init__(self, write: Write[object], journal: str = "", number: int = 0) -> None:
        self.write = write
        self.journal = journal
        self.number = number


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
        self._mark = mark
        self._facts: deque[_Noted] = deque()
        self._journals = journals
        self._journal = journal.Journal(journals, mark) if journals is not None else None
        self._numbers = 0
        self._read_again: list[Path] = []
        """Journals of engines before this one, whose entries are among the facts."""
        self._decisions: deque[_Decision] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ledger-read")

    def open(self) -> None:
        """Begin to write, first of all what engines before this one could not.

        :raises StorageError: the database is away.
        """
        if self._journals is not None and self._journal is not None:
            for file, name, entries in journal.left_over(self._journals, self._journal.name):
                with self.database.read() as connection:
                    done = journal_marks.position(connection, name)
                self._facts += [_Noted(fact, name, number) for number, fact in entries if number > done]
                self._read_again.append(file)
            self._journal.open()
            if self._facts:
                log.warning("journal.read_again", facts=len(self._facts))
        self._writer.start()

    async def close(self) -> None:
        """Write what is left (waiting at most two seconds for a database that is away), then stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._writer.join, 5.0)
        if self._journal is not None:
            self._journal.close()
        self._readers.shutdown(wait=False, cancel_futures=True)

    @property
    def unwritten(self) -> int:
        """Facts that wait to be written."""
        return len(self._facts)

    @property
    def journalled(self) -> int:
        """Of those, how many are in the journal on disk."""
        return self._journal.depth if self._journal is not None else 0

    def note(self, write: Write[object]) -> None:
        """Write a fact soon, in order, without waiting for it."""
        with self._wake:
            self._facts.append(_Noted(write))
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
                self._write_in(connection, facts)
                value = decision.write(connection)
                announce(connection, self._mark)
        except AWAY as error:
            self._keep_on_disk()
            decision.say(None, error)
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
                self._write_in(connection, facts)
                announce(connection, self._mark)
        except AWAY as error:
            self._keep_on_disk()
            log.error("ledger.database_away", unwritten=len(self._facts), reason=str(error))
            if self._closing:
                self._facts.clear()  # the journal has them
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
                    self._write_in(connection, 1)
                    announce(connection, self._mark)
            except AWAY:
                return
            except Exception as error:
                self._forget(1)
                log.error("ledger.fact_lost", exc_info=error)
            else:
                self._forget(1)

    def _forget(self, facts: int) -> None:
        with self._wake:
            for _ in range(facts):
                self._facts.popleft()
        if not self._facts and (self._read_again or self.journalled):
            self._all_is_written()

    # -- the journal ---------------------------------------------------------------------------

    def _write_in(self, connection: Connection, facts: int) -> None:
        """The first facts, with the place of the last one in each journal they stand in."""
        marks: dict[str, int] = {}
        for index in range(facts):
            noted = self._facts[index]
            noted.write(connection)
            if noted.number:
                marks[noted.journal] = noted.number
        for name, number in marks.items():
            journal_marks.mark(connection, name, number, datetime.now(UTC))

    def _keep_on_disk(self) -> None:
        """The database is away: what waits is kept on disk, each fact once."""
        if self._journal is None:
            return
        entries: list[tuple[int, journal.Fact]] = []
        for index in range(len(self._facts)):
            noted = self._facts[index]
            if not noted.number and isinstance(noted.write, journal.Fact):
                self._numbers += 1
                noted.journal, noted.number = self._journal.name, self._numbers
                entries.append((noted.number, noted.write))
        self._journal.keep(entries)

    def _all_is_written(self) -> None:
        for file in self._read_again:
            file.unlink(missing_ok=True)
        self._read_again.clear()
        if self._journal is not None:
            self._journal.clear()
