"""Statements that a call needs every time, made ready once and then given straight to the driver.

SQLAlchemy describes them, translates them for the database and converts their values, but finding all
that again for every execution costs several times what the database itself needs. Thirty statements make
up a call, so here the outcome is kept: the text, the order of the values, and what converts each.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[Any] | Insert | Update | Delete
Convert = Callable[[Any], Any]


class Prepared:
    """One statement. All values are given by name; lists of varying length (``IN``) are not for it.

    The driver's errors come through as they are; :func:`storage.failures.translated`, inside which every
    transaction runs, knows them.
    """

    __slots__ = ("_forms", "_statement")

    def __init__(self, statement: Any) -> None:
        self._statement: Statement = statement
        self._forms: dict[tuple[str, tuple[str, ...]], _Form] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Carry it out; returns how many rows it changed."""
        return int(self._form(connection, values).execute(connection, values).rowcount)

    def run_many(self, connection: Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Carry it out once for each of ``many``, which have the same names, in one go."""
        if many:
            self._form(connection, many[0]).execute_many(connection, many)

    def rows(self, connection: Connection, values: Mapping[str, Any] | None = None) -> list[Any]:
        """All rows it gives, as tuples with the columns' names."""
        given = values or {}
        form = self._form(connection, given)
        cursor = form.execute(connection, given)
        return [form.row(found, cursor) for found in cursor.fetchall()]

    def first(self, connection: Connection, values: Mapping[str, Any] | None = None) -> Any | None:
        """The first row it gives, None without any."""
        given = values or {}
        form = self._form(connection, given)
        cursor = form.execute(connection, given)
        found = cursor.fetchone()
        return None if found is None else form.row(found, cursor)

    def one(self, connection: Connection, values: Mapping[str, Any] | None = None) -> Any:
        """The first row of a statement that always gives one, such as a row that was just written."""
        found = self.first(connection, values)
        assert found is not None
        return found

    def _form(self, connection: Connection, values: Mapping[str, Any]) -> "_Form":
        key = (connection.dialect.name, tuple(values))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _Form(self._statement, connection.dialect, key[1])
        return form


class _Form:
    """A statement as one database wants it, for one set of values."""

    def __init__(self, statement: Statement, dialect: Dialect, names: tuple[str, ...]) -> None:
        names_of_columns = None if isinstance(statement, Select) else list(names)
        compiled = statement.compile(dialect=dialect, column_keys=names_of_columns)
        assert isinstance(compiled, SQLCompiler)
        # With the lists that stand in the statement written out.
        form = compiled.construct_expanded_state(dict.fromkeys(names))
        self._text = form.statement
        self._positional = compiled.positional
        stated = {**form.parameters, **_defaults(compiled)}
        self._values = []
        for name in form.positiontup or list(stated):
            convert = _to_database(compiled, name, dialect)
            given = name in names
            constant = None if given else _ready(convert, stated[name])
            self._values.append((name, convert, constant, given))
        columns = statement.exported_columns
        self._kind: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self._types = [column.type.dialect_impl(dialect) for column in columns]
        self._dialect = dialect
        self._from_database: list[tuple[int, Convert]] | None = None

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Give it to the driver; returns the driver's cursor."""
        driver: Any = connection.connection.driver_connection
        return driver.execute(self._text, self._ready(values))

    def execute_many(self, connection: Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Give it to the driver with many sets of values."""
        driver: Any = connection.connection.driver_connection
        driver.cursor().executemany(self._text, [self._ready(values) for values in many])

    def _ready(self, values: Mapping[str, Any]) -> list[Any] | dict[str, Any]:
        """The values as the driver takes them."""
        ready = [
            constant if not given else values[name] if convert is None else convert(values[name])
            for name, convert, constant, given in self._values
        ]
        if self._positional:
            return ready
        names = [name for name, *_ in self._values]
        return dict(zip(names, ready, strict=True))

    def row(self, found: tuple[Any, ...], cursor: Any) -> Any:
        """A row of the driver with the columns' names and the program's types."""
        conversions = self._from_database
        if conversions is None:
            conversions = self._from_database = self._conversions(cursor)
        if not conversions:
            return self._kind._make(found)
        values = list(found)
        for index, convert in conversions:
            values[index] = convert(values[index])
        return self._kind._make(values)

    def _conversions(self, cursor: Any) -> list[tuple[int, Convert]]:
        """What converts which column; for numbers it depends on the type the database itself gives."""
        made = [
            kind.result_processor(self._dialect, described[1])
            for kind, described in zip(self._types, cursor.description, strict=True)
        ]
        return [(index, convert) for index, convert in enumerate(made) if convert is not None]


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """What is written into columns that are not given."""
    defaults = {}
    for column in getattr(compiled, "insert_prefetch", ()):
        default = column.default
        assert default is not None and default.is_scalar, f"{column}: its default is no plain value"
        defaults[column.key] = default.arg
    return defaults


def _ready(convert: Convert | None, value: Any) -> Any:
    return value if convert is None else convert(value)


def _to_database(compiled: SQLCompiler, name: str, dialect: Dialect) -> Convert | None:
    # One of a list is called after the list: state_1_2 is the second of state_1.
    bind = compiled.binds[name if name in compiled.binds else name.rpartition("_")[0]]
    convert: Convert | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return convert
