"""Facts that wait to be written: in order, and those that wait long on disk as well (:mod:`ivr.journal`).

The writing thread can stand for seconds before a database that is away. A thread of its own looks after
what waits meanwhile, so that an engine that dies loses no more than the last half second.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock, journal
from storage.database import Database
from storage.queries import journal_marks

log = structlog.get_logger(__name__)

KEEP_SECONDS = 0.5
"""What is not in the database by then is kept on disk."""


class _Noted:
    """A fact that waits; in a journal it has that one's name and a number there."""

    __slots__ = ("at", "journal", "number", "write")

    def __init__(self, write: Callable[[Connection], object], journal: str = "", number: int = 0) -> None:
        self.at = time.monotonic()
        self.write = write
        self.journal = journal
        self.number = number


class Unwritten:
    """The facts of one engine that are not in the database yet."""

    def __init__(self, journals: Path | None = None, name: str = "") -> None:
        """Nothing is opened yet.

        :param journals: folder of the journals; without one, facts wait in memory only.
        :param name: of this engine's journal.
        """
        self._facts: deque[_Noted] = deque()
        self._folder = journals
        self._journal = journal.Journal(journals, name) if journals is not None else None
        self._numbers = 0
        self._read_again: list[Path] = []
        """Journals of engines before this one, whose entries are among the facts."""
        self._in_hand = 0
        """So many of the first facts are in a transaction that is not over."""
        self._keeping = threading.Lock()
        self._closed = threading.Event()
        self._keeper = threading.Thread(target=self._keep_late_ones, name="journal", daemon=True)

    def __len__(self) -> int:
        return len(self._facts)

    @property
    def journalled(self) -> int:
        """How many are in the journal on disk."""
        return self._journal.depth if self._journal is not None else 0

    def open(self, database: Database) -> None:
        """Begin with what engines before this one could not write.

        :raises StorageError: the database is away.
        """
        if self._folder is None or self._journal is None:
            return
        for file, name, entries in journal.left_over(self._folder, self._journal.name):
            with database.read() as connection:
                done = journal_marks.position(connection, name)
            self._facts += [_Noted(fact, name, number) for number, fact in entries if number > done]
            self._read_again.append(file)
        self._journal.open()
        if self._facts:
            log.warning("journal.read_again", facts=len(self._facts))
        self._keeper.start()

    def close(self) -> None:
        """Nothing is added any more."""
        self._closed.set()
        if self._keeper.is_alive():
            self._keeper.join()
        with self._keeping:
            self._keep(time.monotonic())
        if self._journal is not None:
            self._journal.close()

    def add(self, write: Callable[[Connection], object]) -> None:
        """One more fact."""
        self._facts.append(_Noted(write))

    def write(self, connection: Connection, facts: int) -> None:
        """Write the first ``facts``, with the place of the last one in each journal they stand in.

        Afterwards say :meth:`forget` or :meth:`keep`.
        """
        with self._keeping:
            self._in_hand = facts
        marks: dict[str, int] = {}
        for index in range(facts):
            noted = self._facts[index]
            noted.write(connection)
            if noted.number:
                marks[noted.journal] = noted.number
        for name, number in marks.items():
            journal_marks.mark(connection, name, number, hotline_clock.now())

    def forget(self, facts: int) -> None:
        """The first ``facts`` are written, or can never be."""
        with self._keeping:
            self._in_hand = 0
            for _ in range(facts):
                self._facts.popleft()
            if self._facts:
                return
            for file in self._read_again:
                file.unlink(missing_ok=True)
            self._read_again.clear()
            if self._journal is not None:
                self._journal.clear()

    def keep(self) -> None:
        """The database is away: what waits is kept on disk, each fact once."""
        with self._keeping:
            self._in_hand = 0
            self._keep(time.monotonic())

    def leave(self) -> None:
        """The engine ends while the database is away: the journal has them."""
        self._facts.clear()

    # -- the keeping thread --------------------------------------------------------------------

    def _keep_late_ones(self) -> None:
        while not self._closed.wait(KEEP_SECONDS):
            with self._keeping:
                self._keep(time.monotonic() - KEEP_SECONDS)

    def _keep(self, noted_before: float) -> None:
        """Those that are in a transaction are left out: whether they are written is not known yet."""
        if self._journal is None:
            return
        entries: list[tuple[int, journal.Fact]] = []
        for index in range(self._in_hand, len(self._facts)):
            noted = self._facts[index]
            if noted.at > noted_before:
                break
            if not noted.number and isinstance(noted.write, journal.Fact):
                self._numbers += 1
                noted.journal, noted.number = self._journal.name, self._numbers
                entries.append((noted.number, noted.write))
        self._journal.keep(entries)
