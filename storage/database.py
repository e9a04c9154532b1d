"""The door to the database: connections, transactions and the schema's version.

>>> database = Database("sqlite:////srv/hotline/hotline.sqlite3")
>>> database.upgrade()
>>> with database.write() as connection:
...     connection.execute(update(Agent).where(Agent.id == 1).values(name="王敏"))
"""

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from ivr.errors import StorageError
from storage import migration, sqlite_session
from storage.failures import translated, where
from storage.queries import audit_chain

CONNECT_SECONDS = 3
STATEMENT_SECONDS = 10
LOCK_SECONDS = 3
ABANDONED_TRANSACTION_SECONDS = 30
DEAD_PEER_SECONDS = 5
CONNECTIONS = 10
"""Kept per direction (reading, writing); twice as many more are opened when all are in use."""


class Database:
    """SQLite or PostgreSQL behind one pair of doors, :meth:`write` and :meth:`read`.

    Usable from several threads, each with its own transaction. Not usable across a fork: make one
    in every process. Nothing is opened before the first use.
    """

    def __init__(self, address: str) -> None:
        """Prepare.

        :param address: SQLAlchemy address, password included (``Settings.database_address``).
        :raises StorageError: it is no address of a SQLite file or a PostgreSQL database.
        """
        self.url = _known(address)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        make = _sqlite_engine if self.is_sqlite else _postgres_engine
        self._writing: Engine = make(self.url, writing=True)
        self._reading: Engine = make(self.url, writing=False)

    @property
    def where(self) -> str:
        """The file of SQLite, or the address of PostgreSQL without its password."""
        return where(self.url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; committed at the end, rolled back when anything is raised.

        SQLite takes the write lock at the beginning (BEGIN IMMEDIATE), so what was read inside is
        still true at the commit. On PostgreSQL use conditional writes.

        :raises StorageError: see :func:`storage.failures.translated`.
        """
        with translated(self.url), self._writing.begin() as connection:
            audit_chain.forget(connection)
            yield connection
            audit_chain.give_places(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, all of it at one moment (one snapshot); a write is refused.

        :raises StorageError: see :func:`storage.failures.translated`.
        """
        with translated(self.url), self._reading.connect() as connection:
            yield connection

    def upgrade(self, tell: Callable[[str], None] = lambda line: None) -> bool:
        """Bring the schema to the version of this program; made from nothing at the first start.

        Safe when several programs start at once: one works, the others wait for it.

        :param tell: is given a line for the operator when there is something to do.
        :returns: whether anything was done.
        :raises DatabaseOutdated: the schema is of a newer program.
        """
        if self.is_sqlite:
            sqlite_session.refuse_missing_folder(self.url)
        with self.write() as connection:
            return migration.upgrade(connection, self.where, tell)

    def check(self) -> None:
        """Prove that the database answers, can be written and has the schema of this program.

        :raises DatabaseUnreachable: it does not answer, with the reason.
        :raises DatabaseNotWritable: it answers, but cannot be written.
        :raises DatabaseOutdated: its schema is older or newer than this program.
        """
        if self.is_sqlite:
            sqlite_session.refuse_missing_file(self.url)
        with self.read() as connection:
            migration.check(connection, self.where)
        with self.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")

    def detached_connection(self) -> Any:
        """A fresh connection of the driver for reading, set up as all others but owned by the caller.

        :raises StorageError: see :func:`storage.failures.translated`.
        """
        with translated(self.url):
            connection = self._reading.raw_connection()
            driver_connection = connection.driver_connection
            connection.detach()
            return driver_connection

    def close(self) -> None:
        """Close every connection that is not in use; the object can be used again afterwards."""
        self._writing.dispose()
        self._reading.dispose()


def _known(address: str) -> URL:
    try:
        url = make_url(address)
    except exc.ArgumentError:
        raise StorageError(
            'the database address is none; write "sqlite:////folder/file" or "postgresql://user@host/name"'
        ) from None
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise StorageError(f'"{kind}" is no database this program knows; use sqlite or postgresql')
    if kind == "sqlite" and (not url.database or ":memory:" in url.database):
        raise StorageError("a database in memory keeps nothing; name a file: sqlite:////folder/file")
    return url.set(drivername="sqlite" if kind == "sqlite" else "postgresql+psycopg")


def _sqlite_engine(url: URL, *, writing: bool) -> Engine:
    engine = create_engine(
        url, pool_size=CONNECTIONS, max_overflow=2 * CONNECTIONS, pool_timeout=LOCK_SECONDS
    )
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        sqlite_session.prepare(connection, writing=writing)

    @event.listens_for(engine, "begin")
    def begin_as_asked(connection: Connection) -> None:
        # The driver would begin by itself, late and without the lock; it was told not to (prepare).
        # Asked directly: SQLAlchemy's way to it costs as much as a statement that does something.
        connection.connection.driver_connection.execute(begin)  # type: ignore[union-attr]

    return engine


def _postgres_arguments(url: URL) -> dict[str, Any]:
    """What every PostgreSQL connection is opened with, so that no failure of the network hangs a call."""
    settings = {
        "timezone": "UTC",
        "statement_timeout": STATEMENT_SECONDS * 1000,
        "lock_timeout": LOCK_SECONDS * 1000,
        "idle_in_transaction_session_timeout": ABANDONED_TRANSACTION_SECONDS * 1000,
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    arguments = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "hotline",
        "keepalives_idle": DEAD_PEER_SECONDS,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": DEAD_PEER_SECONDS * 1000,
    }
    given = {name: value for name, value in arguments.items() if name not in url.query}
    return {**given, "options": f"{options} {url.query.get('options', '')}".strip()}


def _postgres_engine(url: URL, *, writing: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=2 * CONNECTIONS,
        pool_timeout=LOCK_SECONDS,
        isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
        connect_args=_postgres_arguments(url),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        if not writing:
            connection.read_only = True

    @event.listens_for(engine, "checkout")
    def discard_dead(connection: Any, record: Any, proxy: Any) -> None:
        # A server that went away leaves something to read on an idle socket. Looking costs
        # microseconds, where asking (pool_pre_ping) would cost every transaction a round trip.
        look = select.poll()
        look.register(connection.fileno(), select.POLLIN)
        if look.poll(0):
            try:
                engine.dialect.do_ping(connection)
            except Exception as error:
                raise exc.InvalidatePoolError from error

    return engine
