"""Many rows written at once, leaving alone what stands there already."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from storage.queries.upsert import insert_or


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with the same columns each; one that breaks a unique key is left out."""
    _write(connection, table, rows, insert_or(connection, table).on_conflict_do_nothing())


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with the same columns each.

    :raises sqlalchemy.exc.IntegrityError: one breaks a key; nothing is written.
    """
    _write(connection, table, rows, insert_or(connection, table))


def _write(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], write: Any) -> None:
    """PostgreSQL gets them as one value of one statement.

    A statement for each row, or one with thousands of places, costs it several times as much. What is the
    same in all rows is said once.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(write, [dict(row) for row in rows])
        return
    names = list(rows[0])
    same = {name: rows[0][name] for name in names if all(row[name] == rows[0][name] for row in rows)}
    told = [name for name in names if name not in same] or names[:1]
    given = cast(bindparam("rows", type_=Text), JSONB)
    new = (
        func.jsonb_to_recordset(given)
        .table_valued(*(column(name, table.c[name].type) for name in told), name="new")
        .render_derived(with_types=True)
    )
    of_each = (new.c[name] if name in told else literal(same[name], table.c[name].type) for name in names)
    connection.execute(
        write.from_select(names, select(*of_each)),
        {"rows": json.dumps([{name: row[name] for name in told} for row in rows], default=_as_json)},
    )


def _as_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a row")
