"""Runs the Alembic revisions of storage/migrations and tells whether the schema is this program's."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ivr.errors import DatabaseOutdated

_FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 9_577_701
"""Key of the PostgreSQL advisory lock that upgrades take; any number that nothing else uses."""


def upgrade(connection: Connection, where: str, tell: Callable[[str], None]) -> bool:
    """Bring the schema to this program's version inside the given writing transaction.

    :param where: the database's name for messages.
    :param tell: is given one line when there is something to do.
    :returns: whether anything was done.
    :raises DatabaseOutdated: the schema is of a newer program.
    """
    if connection.dialect.name == "postgresql":
        # The waiting for another program's upgrade and the upgrade itself may take long.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    config = _config()
    there, wanted = version(connection), ScriptDirectory.from_config(config).get_current_head()
    if there == wanted:
        return False
    _refuse_newer(there, where)
    tell(f"database: {where}: schema {there or 'none'} -> {wanted}")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def check(connection: Connection, where: str) -> None:
    """Compare the schema's version with this program's.

    :raises DatabaseOutdated: they differ.
    """
    config = _config()
    there, wanted = version(connection), ScriptDirectory.from_config(config).get_current_head()
    if there == wanted:
        return
    if there is None:
        raise DatabaseOutdated(f"{where}: has no tables yet; run `hotline db upgrade` or start the hotline")
    _refuse_newer(there, where)
    raise DatabaseOutdated(
        f"{where}: its schema is version {there}, this program needs {wanted}; run `hotline db upgrade`"
    )


def version(connection: Connection) -> str | None:
    """The schema's version, None of an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(schema: str) -> bool:
    """Whether this program can bring a schema of this version to its own."""
    return schema in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _refuse_newer(there: str | None, where: str) -> None:
    if there is not None and not knows(there):
        raise DatabaseOutdated(
            f"{where}: its schema is version {there}, which this program does not know; "
            "it was made by a newer hotline: update the program, or use another database"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
