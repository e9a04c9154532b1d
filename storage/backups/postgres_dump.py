"""A dump of a PostgreSQL database while others write to it, by PostgreSQL's own programs.

The programs get the password by their environment, never by their arguments, which everybody can list
(https://www.postgresql.org/docs/current/app-pgdump.html, libpq-envars.html).
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from ivr.errors import BackupError
from storage.audit_hash import FIRST
from storage.backups.copied import Copied
from storage.database import Database
from storage.failures import translated

DUMP = "database.dump"
AGENTS = "agents.copy"
"""The table whose digests stay out, as PostgreSQL's COPY text."""
_NO_ROWS = ("agents", "browser_phones", "visitor_phones")
_INSTALLED = Path("/usr/lib/postgresql")
_ANEW = "; the database is half filled: make it anew (dropdb, createdb) before you try again"


def dump(database: Database, folder: Path) -> Copied:
    """Write :data:`DUMP` and :data:`AGENTS` into a folder, both of the same moment.

    :raises BackupError: pg_dump is missing, is older than the server, or cannot write.
    :raises StorageError: the database cannot be read.
    """
    program = _program("pg_dump")
    connection: psycopg.Connection[Any] = database.detached_connection()
    try:
        with translated(database.url):
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            connection.execute("SET LOCAL statement_timeout = 0")
            copied = _looked_at(connection)
            [snapshot] = _one(connection, "SELECT pg_export_snapshot()")
            columns = ", ".join(
                "NULL" if name == "device_digest" else f'"{name}"' for name in _agent_columns(connection)
            )
            taken = f"COPY (SELECT {columns} FROM agents) TO STDOUT"  # noqa: S608 - names of its own columns
            with (
                connection.cursor().copy(taken.encode()) as rows,
                (folder / AGENTS).open("wb") as file,
            ):
                for block in rows:
                    file.write(block)
        without = [f"--exclude-table-data={table}" for table in _NO_ROWS]
        _run(program, database, "--format=custom", "--no-owner", "--no-privileges", *without,
             f"--snapshot={snapshot}", f"--file={folder / DUMP}")  # fmt: skip
    finally:
        connection.close()
    return copied


def put_back(folder: Path, database: Database) -> None:
    """Fill an empty database from :data:`DUMP` and :data:`AGENTS`.

    Foreign keys and triggers come last, so the order of the rows does not matter and no trigger runs.

    :raises BackupError: pg_restore is missing or fails; then what was begun stays in the database.
    """
    program = _program("pg_restore")
    file = str(folder / DUMP)
    connect = ("--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction")
    _run(program, database, *connect, "--section=pre-data", file, ends=_ANEW)
    with translated(database.url), psycopg.connect(**_arguments(database)) as connection:
        names = ", ".join(f'"{name}"' for name in _agent_columns(connection))
        with (
            connection.cursor().copy(f"COPY agents ({names}) FROM STDIN".encode()) as rows,
            (folder / AGENTS).open("rb") as given,
        ):
            while block := given.read(64 * 1024):
                rows.write(block)
    for section in ("data", "post-data"):
        _run(program, database, *connect, f"--section={section}", file, ends=_ANEW)
    with translated(database.url), psycopg.connect(**_arguments(database)) as connection:
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('agents', 'id'), coalesce(max(id), 0) + 1, false)"
            " FROM agents"
        )


def is_empty(database: Database) -> bool:
    """Whether the database has no tables.

    :raises StorageError: it cannot be read.
    """
    with database.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_catalog.pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return int(found.scalar_one()) == 0


def _looked_at(connection: psycopg.Connection[Any]) -> Copied:
    [schema] = _one(connection, "SELECT version_num FROM alembic_version")
    head = connection.execute(
        "SELECT position, hash FROM audit_chain ORDER BY position DESC LIMIT 1"
    ).fetchone()
    position, digest = head or (0, FIRST)
    return Copied(str(schema), f"{position}:{digest}")


def _agent_columns(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = 'agents' ORDER BY column_name"
    )
    return [name for (name,) in rows]


def _one(connection: psycopg.Connection[Any], question: str) -> tuple[Any, ...]:
    row = connection.execute(question.encode()).fetchone()
    if row is None:
        raise BackupError(f"the database gave no answer to: {question}")
    return tuple(row)


def _arguments(database: Database) -> dict[str, Any]:
    """Of a connection: those of the address, as the driver takes them."""
    _, arguments = database.url.get_dialect()().create_connect_args(database.url)
    return dict(arguments)


def _program(name: str) -> Path:
    """The newest one that is installed: it can read every older server."""
    found = sorted(_INSTALLED.glob(f"*/bin/{name}"), key=_version)
    if found:
        return found[-1]
    in_path = shutil.which(name)
    if in_path is None:
        raise BackupError(
            f"{name} is not installed; install PostgreSQL's client programs (Debian: postgresql-client)"
        )
    return Path(in_path)


def _version(program: Path) -> int:
    number = program.parent.parent.name
    return int(number) if number.isdigit() else 0


def _run(program: Path, database: Database, *arguments: str, ends: str = "") -> None:
    secrets = {"password": "PGPASSWORD", "sslpassword": "PGSSLPASSWORD"}
    given = _arguments(database)
    environment = dict(os.environ) | {
        variable: str(given.pop(name)) for name, variable in secrets.items() if name in given
    }
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with arguments of our own
        [program, *arguments, f"--dbname={make_conninfo(**given)}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["without a word"]
        raise BackupError(f"{program.name} failed: {said[0]}{ends}")
