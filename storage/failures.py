"""Translates what SQLAlchemy and the two drivers raise into the hotline's own tree, once, at the border.

Sources: SQLite result codes (https://www.sqlite.org/rescode.html), PostgreSQL error codes
(https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, exc

from ivr.errors import (
    Conflict,
    DatabaseBusy,
    DatabaseNotWritable,
    DatabaseOutdated,
    DatabaseUnreachable,
    StorageError,
)

_UPGRADE = "run `hotline db upgrade`"

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_SQLITE_BROKEN = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})

_POSTGRES_BUSY = frozenset({"55P03", "57014", "40001", "40P01", "53300"})
"""Lock not available, statement too long, serialisation failure, deadlock, too many connections."""
_POSTGRES_FULL = frozenset({"53100", "53000", "53200"})
"""Disk full, out of resources, out of memory."""
_POSTGRES_OLD = frozenset({"42P01", "42703", "42883"})
"""Undefined table, column, function."""

_AT_CONNECT = (
    ("password authentication failed", "the user name or the password is wrong"),
    ("no password supplied", "a password is wanted and none is in the address"),
    ("no pg_hba.conf entry", "the server lets no such user in from here (pg_hba.conf)"),
    (
        "does not exist",
        "there is no such database or user on that server; create it with createdb or createuser",
    ),
    ("resolve host", "the host name is unknown"),
    ("translate host name", "the host name is unknown"),
    ("Connection refused", "no server listens there; start it or correct host and port"),
    ("No such file or directory", "no server listens there; start it or correct host and port"),
    ("timeout expired", "the host does not answer"),
    ("starting up", "the server is still starting; try again in a moment"),
)
"""What libpq says when connecting (it gives no code there), and what that means to an operator."""


@contextmanager
def translated(address: URL) -> Iterator[None]:
    """Raise everything the database raises as a :class:`StorageError` that names the database.

    :param address: of the database; its password appears in no message.
    :raises Conflict: a constraint or a trigger refused the row.
    :raises DatabaseBusy: others held what was needed for too long; nothing was written.
    :raises DatabaseUnreachable: no answer, refused, connection broken; of a commit it is unknown
        whether it took effect.
    :raises DatabaseNotWritable: read-only, or the disk is full.
    :raises DatabaseOutdated: a table or column is not there.
    """
    try:
        yield
    except exc.DBAPIError as error:
        raise explain(address, error.orig or error) from error
    except (exc.TimeoutError, exc.DisconnectionError) as error:
        raise DatabaseBusy(f"{where(address)}: no connection got free in time") from error
    except exc.SQLAlchemyError as error:
        raise StorageError(f"{where(address)}: {_first_line(error)}") from error
    except (sqlite3.Error, psycopg.Error) as error:
        raise explain(address, error) from error


def where(address: URL) -> str:
    """How messages name the database: the file of SQLite, the address without password of PostgreSQL."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.set(drivername="postgresql").render_as_string(hide_password=True)


def explain(address: URL, error: BaseException) -> StorageError:
    """Find the words for what a driver raised."""
    if isinstance(error, sqlite3.Error):
        return _explain_sqlite(address, error)
    if isinstance(error, psycopg.Error):
        return _explain_postgres(address, error)
    return StorageError(f"{where(address)}: {_first_line(error)}")


def _explain_sqlite(address: URL, error: sqlite3.Error) -> StorageError:
    name, text = where(address), _first_line(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(f"{name}: {text}")
    if code == sqlite3.SQLITE_CANTOPEN:
        return _why_not_opened(Path(str(address.database)))
    if code == sqlite3.SQLITE_READONLY:
        return DatabaseNotWritable(f"{name}: is read-only; let this user write the file and its folder")
    if code in _SQLITE_FULL:
        return DatabaseNotWritable(f"{name}: {text}; make room on its disk")
    if code in _SQLITE_BUSY:
        return DatabaseBusy(f"{name}: another program holds it for too long ({text})")
    if code in _SQLITE_BROKEN:
        return DatabaseUnreachable(f"{name}: {text}; put a backup there or name another file")
    if "no such table" in text or "no such column" in text or "has no column" in text:
        return DatabaseOutdated(f"{name}: {text}; {_UPGRADE}")
    return StorageError(f"{name}: {text}")


def _why_not_opened(file: Path) -> StorageError:
    folder = file.absolute().parent
    if not folder.is_dir():
        return DatabaseUnreachable(
            f"{file}: the folder {folder} does not exist; create it or set HOTLINE_HOME"
        )
    if file.is_dir():
        return DatabaseUnreachable(f"{file}: is a folder; storage.url must name a file")
    if not os.access(folder, os.W_OK | os.X_OK) or (file.exists() and not os.access(file, os.R_OK | os.W_OK)):
        return DatabaseNotWritable(
            f"{file}: this user may not write it; let it write the file and its folder"
        )
    return DatabaseUnreachable(f"{file}: cannot be opened")


def _explain_postgres(address: URL, error: psycopg.Error) -> StorageError:
    name, text, code = where(address), _first_line(error), error.sqlstate
    if code is None:
        for words, meaning in _AT_CONNECT:
            if words in str(error):
                return DatabaseUnreachable(f"{name}: {meaning} ({text})")
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return DatabaseUnreachable(f"{name}: does not answer ({text})")
    elif code.startswith("23"):
        return Conflict(f"{name}: {text}")
    elif code == "25006":
        return DatabaseNotWritable(f"{name}: is read-only ({text}); give the address of the primary server")
    elif code == "42501":
        return DatabaseNotWritable(f"{name}: {text}; give this user the right to write")
    elif code in _POSTGRES_FULL:
        return DatabaseNotWritable(f"{name}: {text}; make room on its disk")
    elif code in _POSTGRES_BUSY:
        return DatabaseBusy(f"{name}: {text}")
    elif code in _POSTGRES_OLD:
        return DatabaseOutdated(f"{name}: {text}; {_UPGRADE}")
    elif code[:2] in ("08", "28", "3D", "57"):
        return DatabaseUnreachable(f"{name}: {text}")
    return StorageError(f"{name}: {text}")


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
