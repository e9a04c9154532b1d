"""How a SQLite connection is set up, and what is found out about its file before it is opened."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL

from ivr.errors import DatabaseOutdated, DatabaseUnreachable

BUSY_SECONDS = 5
"""How long a transaction waits for another program's write lock."""


def prepare(connection: sqlite3.Connection, *, writing: bool) -> None:
    """Set up a fresh connection: WAL, no automatic BEGIN of the driver, foreign keys checked.

    ``synchronous NORMAL`` with WAL loses nothing when the program dies, only the last moments when
    the machine does (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    if not writing:
        connection.execute("PRAGMA query_only = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, once per file; the switch does not heed busy_timeout, hence the loop."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            code = error.sqlite_errorcode & 0xFF
            if code == sqlite3.SQLITE_READONLY:
                return  # it can still be read; the first write says what is wrong
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(0.01)


def refuse_missing_folder(url: URL) -> None:
    """Say that the folder is missing before SQLite says that it cannot open a file.

    :raises DatabaseUnreachable: the folder of the file does not exist.
    """
    file = _file(url)
    if file is not None and not file.parent.is_dir():
        raise DatabaseUnreachable(
            f"{file}: the folder {file.parent} does not exist; create it or set HOTLINE_HOME"
        )


def refuse_missing_file(url: URL) -> None:
    """Say that there is no database yet, where opening it would make an empty one.

    :raises DatabaseUnreachable: the folder of the file does not exist.
    :raises DatabaseOutdated: the file does not exist.
    """
    refuse_missing_folder(url)
    file = _file(url)
    if file is not None and not file.exists():
        raise DatabaseOutdated(
            f"{file}: there is no database yet; run `hotline db upgrade` or start the hotline"
        )


def _file(url: URL) -> Path | None:
    """The file of an ordinary address; None of a SQLite URI (``file:…?mode=ro&uri=true``)."""
    name = str(url.database)
    return None if name.startswith("file:") else Path(name).absolute()
