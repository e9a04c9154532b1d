"""How programs on one database wake each other: a writer announces, a :class:`Watch` waits.

PostgreSQL sends ``NOTIFY hotline`` at the commit. SQLite needs no announcement: ``PRAGMA data_version``
of a connection changes when any other connection has committed
(https://www.sqlite.org/pragma.html#pragma_data_version).
"""

import os
import select
import sqlite3
import threading
import time
from types import TracebackType
from typing import Any, Protocol, Self

import psycopg
from sqlalchemy import Connection

from ivr.errors import StorageError
from storage.database import Database
from storage.failures import translated

CHANNEL = "hotline"
POLL_SECONDS = 0.02
RECONNECT_SECONDS = (0.1, 2.0)
"""Shortest and longest pause between two tries to reach PostgreSQL again."""


def announce(connection: Connection, by: str = "") -> None:
    """Wake every :class:`Watch` when this transaction is committed (and not when it is rolled back).

    :param by: who writes, letters and digits: a watch may leave its own program's changes out.
    """
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"NOTIFY {CHANNEL}, '{by}'" if by.isalnum() else f"NOTIFY {CHANNEL}")


class _Source(Protocol):
    """What a watch asks for changes."""

    def wait(self, timeout: float) -> bool:
        """Block until something changed (True) or ``timeout`` seconds are over (False)."""

    def stop(self) -> None:
        """End a running wait; from any thread."""

    def close(self) -> None:
        """Let go of the connection; no wait is running."""


class Watch:
    """Waits for changes that others commit; on a connection of its own, so its own program wakes it too.

    One thread waits, any thread may close.
    """

    def __init__(self, database: Database, but_not: str = "") -> None:
        """Begin to watch: a change that is committed after this is seen by the first :meth:`wait`.

        :param but_not: changes announced by this writer do not count (SQLite cannot tell them apart).
        :raises DatabaseUnreachable: a SQLite file cannot be opened (PostgreSQL is tried again by itself).
        """
        self._waiting = threading.Lock()
        self._closing = threading.Lock()
        self._closed = False
        self._source: _Source = (
            _SqliteSource(database) if database.is_sqlite else _PostgresSource(database, but_not)
        )

    def wait(self, timeout: float) -> bool:
        """Block until another connection committed a change.

        Several changes since the last call are one True. After PostgreSQL was away the answer is
        True as soon as it is back, since something may have been missed.

        :param timeout: seconds.
        :returns: False when the time is over or the watch was closed.
        :raises StorageError: the SQLite file cannot be read any more.
        """
        with self._waiting:
            return False if self._closed else self._source.wait(timeout)

    def close(self) -> None:
        """End a running :meth:`wait` at once and let go of the connection."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._source.stop()
            with self._waiting:
                self._source.close()

    def __enter__(self) -> Self:
        """For ``with``."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


class _SqliteSource:
    def __init__(self, database: Database) -> None:
        self._stopped = threading.Event()
        self._url = database.url
        self._connection: sqlite3.Connection = database.detached_connection()
        with translated(self._url):
            self._seen = self._version()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def wait(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while not self._stopped.is_set():
            with translated(self._url):
                version = self._version()
            if version != self._seen:
                self._seen = version
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._stopped.wait(min(POLL_SECONDS, left))
        return False

    def stop(self) -> None:
        self._stopped.set()

    def close(self) -> None:
        self._connection.close()


class _PostgresSource:
    def __init__(self, database: Database, but_not: str) -> None:
        self._database = database
        self._but_not = but_not
        self._stopped = threading.Event()
        self._wake_reader, self._wake_writer = os.pipe()
        self._connection: psycopg.Connection | None = None
        self._try_again_at = 0.0
        self._pause = RECONNECT_SECONDS[0]
        self._connect()

    def _connect(self) -> bool:
        """Listen again; False when the server is not there, then the next try is later."""
        try:
            self._connection = self._database.detached_connection()
            self._connection.autocommit = True
            self._connection.execute(f"LISTEN {CHANNEL}")
        except (psycopg.Error, StorageError):
            self._drop()
            self._try_again_at = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, RECONNECT_SECONDS[1])
            return False
        self._pause = RECONNECT_SECONDS[0]
        return True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def wait(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while not self._stopped.is_set():
            now = time.monotonic()
            if self._connection is None and now >= self._try_again_at:
                if self._connect():
                    return True
                continue
            until = end if self._connection is not None else min(end, self._try_again_at)
            self._sleep(max(0.0, until - now))
            if self._connection is not None and self._notified():
                return True
            if time.monotonic() >= end:
                return False
        return False

    def _sleep(self, seconds: float) -> None:
        """Until the server has sent something, :meth:`stop` was called or the time is over."""
        look = select.poll()
        look.register(self._wake_reader, select.POLLIN)
        if self._connection is not None:
            look.register(self._connection.fileno(), select.POLLIN)
        look.poll(seconds * 1000)

    def _notified(self) -> bool:
        """Take all notifications that have come; a connection that broke is dropped."""
        assert self._connection is not None
        try:
            found = list(self._connection.notifies(timeout=0))
            return any(not said.payload or said.payload != self._but_not for said in found)
        except psycopg.Error:
            self._drop()
            self._try_again_at = 0.0
            return False

    def stop(self) -> None:
        self._stopped.set()
        os.write(self._wake_writer, b".")

    def close(self) -> None:
        self._drop()
        os.close(self._wake_reader)
        os.close(self._wake_writer)
