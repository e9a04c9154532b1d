"""Questions over a whole month may take longer, and use more memory, than those a call waits for."""

from sqlalchemy import Connection

STATEMENT_SECONDS = 60
WORK_MEGABYTES = 128
"""For grouping a million conversations without writing them to disk in between."""


def allow(connection: Connection) -> None:
    """Let the statements of this transaction take longer; SQLite has no such limits."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_SECONDS * 1000}")
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{WORK_MEGABYTES}MB'")
        connection.exec_driver_sql("SET LOCAL jit = off")  # it compiles longer than these statements last
