"""A copy of a SQLite database while others write to it (https://www.sqlite.org/backup.html)."""

import contextlib
import os
import sqlite3
from pathlib import Path

from ivr.errors import BackupError, DatabaseUnreachable
from storage.audit_hash import FIRST
from storage.backups.copied import Copied
from storage.database import Database

_SECRETS = (
    "UPDATE agents SET device_digest = NULL",
    "DELETE FROM browser_phones",
    "DELETE FROM visitor_phones",
)


def copy(database: Database, target: Path) -> Copied:
    """Copy everything that is committed at one moment, but the secrets.

    In WAL mode the copy is taken in one step under one read transaction, so nobody waits for it and nothing
    that is written meanwhile is half in it.

    :param target: the file to be made.
    :raises BackupError: the copy cannot be written, or the database is damaged.
    :raises StorageError: the database cannot be read.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    source: sqlite3.Connection = database.detached_connection()
    try:
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as made:
            source.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")
            _without_secrets(made)
            return _looked_at(made)
    except sqlite3.Error as error:
        raise BackupError(f"{target}: the copy of {database.where} failed: {error}") from error
    finally:
        source.close()


def _without_secrets(made: sqlite3.Connection) -> None:
    """Take the secrets out, and the pages they stood on."""
    made.execute("PRAGMA secure_delete = ON")
    for statement in _SECRETS:
        made.execute(statement)
    made.execute("VACUUM")


def _looked_at(made: sqlite3.Connection) -> Copied:
    [whole] = made.execute("PRAGMA quick_check(1)").fetchone()
    if whole != "ok":
        raise BackupError(f"the database is damaged: {whole}; put an earlier backup back")
    [schema] = made.execute("SELECT version_num FROM alembic_version").fetchone()
    head = made.execute("SELECT position, hash FROM audit_chain ORDER BY position DESC LIMIT 1").fetchone()
    position, digest = head or (0, FIRST)
    return Copied(str(schema), f"{position}:{digest}")


def is_empty(database: Database) -> bool:
    """Whether there is no such file yet."""
    return not Path(database.where).exists()


def put_back(copy_of_it: Path, database: Database) -> None:
    """Make a copy the database, all at once.

    :raises BackupError: it cannot be put there.
    """
    if not is_empty(database):
        raise BackupError(f"{database.where}: is there already")
    for left in ("-wal", "-shm"):  # of another file of this name: SQLite would take them for this one's
        if Path(f"{database.where}{left}").exists():
            raise DatabaseUnreachable(f"{database.where}{left}: is left of another database; move it away")
    copy_of_it.replace(database.where)
