"""Rows that are read again and again, of which few change: only those are made into objects anew.

What the driver gives is compared with what it gave before. To turn a row of twenty columns into Python's own
types costs ten times as much as to read it, so with hundreds of rows this is most of a reading's work.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select

T = TypeVar("T")


class KeptRows(Generic[T]):
    """Reads one statement; for one reader at a time.

    :param statement: without parameters; its first column is the key.
    :param key: the first column.
    :param make: makes the object of a row.
    """

    def __init__(
        self, statement: Select[*tuple[Any, ...]], key: Any, make: Callable[[Row[*tuple[Any, ...]]], T]
    ) -> None:
        self._statement = statement
        self._key = key
        self._make = make
        self._text = ""
        self._kept: dict[int, tuple[tuple[Any, ...], T]] = {}

    def read(self, connection: Connection) -> list[T]:
        """The objects of all rows, in the statement's order; one whose row is the same is the same object."""
        rows = self._raw(connection)
        kept: dict[int, tuple[tuple[Any, ...], T]] = {}
        changed: dict[int, tuple[Any, ...]] = {}
        for row in rows:
            before = self._kept.get(row[0])
            if before is not None and before[0] == row:
                kept[row[0]] = before
            else:
                changed[row[0]] = row
        if changed:
            wanted = self._statement
            if len(changed) < len(rows):
                wanted = wanted.where(self._key.in_(list(changed)))
            for found in connection.execute(wanted):
                if found[0] in changed:
                    kept[found[0]] = (changed[found[0]], self._make(found))
        self._kept = kept
        # A row that has gone between the two readings is gone.
        return [kept[row[0]][1] for row in rows if row[0] in kept]

    def anew(self, connection: Connection) -> list[T]:
        """The objects of all rows, for who reads once."""
        return [self._make(row) for row in connection.execute(self._statement)]

    def _raw(self, connection: Connection) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them."""
        if not self._text:
            compiled = self._statement.compile(
                dialect=connection.dialect, compile_kwargs={"literal_binds": True}
            )
            self._text = str(compiled)
        result = connection.exec_driver_sql(self._text)
        assert result.cursor is not None
        rows = [tuple(row) for row in result.cursor.fetchall()]
        result.close()
        return rows
