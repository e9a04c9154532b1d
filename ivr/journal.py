"""What could not be written into the database, on disk: in order, written afterwards, once.

While the database is away the ledger's facts wait in memory; each is kept here as well, so that an engine
that dies meanwhile loses none. An entry is a :class:`Fact`: a function of ours by name, with its arguments.
How far a journal is in the database stands there (``journal_marks``), written in the transaction that
writes the facts, so that no entry is written twice, whenever it is interrupted.

The file's room is taken when it is made: a full disk is one of the reasons for which it is needed. It is
written from its beginning; a line that is cut ends what counts.
"""

import dataclasses
import importlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

log = structlog.get_logger(__name__)

ROOM = 4 * 2**20
"""Bytes taken beforehand: some 15,000 facts, the work of a minute at 50 calls a second."""
OURS = ("ivr.", "storage.")
"""Only functions and classes of this program are called by name."""


class Fact:
    """A write that can be kept on disk: a function that takes the connection first, and its arguments.

    >>> Fact(calls.end, 17, now, by=EndedBy.CALLER, outcome=CallOutcome.ANSWERED)
    """

    __slots__ = ("_follows", "arguments", "function", "named")

    def __init__(self, function: Callable[..., object], *arguments: Any, **named: Any) -> None:
        self.function = function
        self.arguments = arguments
        self.named = named
        self._follows: Callable[[Connection], object] | None = None

    def __call__(self, connection: Connection) -> object:
        """Write it, and what follows of it."""
        written = self.function(connection, *self.arguments, **self.named)
        if self._follows is not None:
            self._follows(connection)
        return written

    def followed_by(self, write: Callable[[Connection], object]) -> "Fact":
        """Do something more in the transaction that writes this; gives the same fact.

        On disk is the fact alone: what follows has to be found in the database by who comes after.
        """
        self._follows = write
        return self

    def as_line(self, number: int) -> bytes:
        """One line of a journal.

        :raises TypeError: an argument is nothing that can be kept.
        """
        entry = {
            "n": number,
            "f": _name(self.function),
            "a": [_kept(value) for value in self.arguments],
            "k": {name: _kept(value) for name, value in self.named.items()},
        }
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Journal:
    """One engine's file. Used by the ledger's thread only.

    :param name: tells it from those of other engines, before and after it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.depth = 0
        """Entries that are not in the database yet."""
        self._file = folder / f"{name}.journal"
        self._at = 0
        self._handle: int | None = None

    def open(self) -> None:
        """Make the file and take its room; without room it is tried again when it is needed."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            os.posix_fallocate(self._handle, 0, ROOM)
        except OSError as error:
            log.error("journal.no_room", file=str(self._file), reason=error.strerror)

    def keep(self, entries: list[tuple[int, Fact]]) -> None:
        """Keep facts on disk, with their numbers, until :meth:`clear`. What fails is said and not raised."""
        lines = []
        for number, fact in entries:
            try:
                lines.append(fact.as_line(number))
            except TypeError as error:
                log.error("journal.not_kept", fact=_name(fact.function), reason=str(error))
        if not lines:
            return
        if self._handle is None:
            self.open()
        try:
            if self._handle is not None:
                data = b"".join(lines)
                os.pwrite(self._handle, data + b"\0", self._at)
                os.fdatasync(self._handle)
                self._at += len(data)
                self.depth += len(lines)
        except OSError as error:
            log.error("journal.not_written", file=str(self._file), reason=error.strerror)

    def clear(self) -> None:
        """All entries are in the database."""
        if self._at and self._handle is not None:
            os.pwrite(self._handle, b"\0", 0)
            self._at = self.depth = 0

    def close(self) -> None:
        """The engine ends: without entries the file goes."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        if not self._at:
            self._file.unlink(missing_ok=True)


def left_over(folder: Path, own: str) -> Iterator[tuple[Path, str, list[tuple[int, Fact]]]]:
    """Journals of engines before this one: file, name, and entries with their numbers, in order."""
    if not folder.is_dir():
        return
    for file in sorted(folder.glob("*.journal"), key=lambda found: found.stat().st_mtime):
        if file.stem != own:
            yield file, file.stem, list(_entries(file))


def _entries(file: Path) -> Iterator[tuple[int, Fact]]:
    data = file.read_bytes().partition(b"\0")[0]
    for line in data.split(b"\n")[:-1]:
        try:
            entry = json.loads(line)
            arguments = [_read(value) for value in entry["a"]]
            named = {name: _read(value) for name, value in entry["k"].items()}
            yield int(entry["n"]), Fact(_named(entry["f"]), *arguments, **named)
        except (ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
            log.error("journal.not_readable", file=str(file), reason=str(error))


def _name(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _named(name: str) -> Any:
    module, _, path = name.partition(":")
    if not module.startswith(OURS) or "<" in path:
        raise ValueError(f"{name} is nothing of this program")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def _kept(value: Any) -> Any:
    """A value as JSON: what JSON has not is a dictionary with one key that tells what it is."""
    match value:
        case Enum():
            return {"enum": _name(type(value)), "value": value.value}
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"moment": value.isoformat()}
        case dict():
            return {"map": {str(name): _kept(one) for name, one in value.items()}}
        case list() | tuple():
            return {"row": [_kept(one) for one in value]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _kept(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"data": _name(type(value)), "fields": fields}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _read(value: Any) -> Any:
    match value:
        case {"enum": name, "value": found}:
            return _named(name)(found)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"map": found}:
            return {name: _read(one) for name, one in found.items()}
        case {"row": found}:
            return [_read(one) for one in found]
        case {"data": name, "fields": fields}:
            return _named(name)(**{field: _read(one) for field, one in fields.items()})
    return value
