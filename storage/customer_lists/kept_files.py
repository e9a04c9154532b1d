"""The files of imports while they are at work: lists and what is wrong with them, readable by us only.

They hold names and numbers, so a list is deleted as soon as its import is over, whatever its end.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ivr.errors import HomeUnusable, ListUnreadable
from storage.customer_lists.checking import CheckedList

FOLDER = "imports"
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptMistake:
    """A mistake as it is kept in a file; ``fault`` is the word of the enumeration."""

    row: int
    column: int
    field: str
    fault: str
    given: str
    right: str


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come."""

    file: Path
    size_bytes: int
    sha256: str


class KeptFiles:
    """The folder of imports in the hotline's home."""

    def __init__(self, home: Path) -> None:
        """Nothing is made yet."""
        self._folder = home / FOLDER

    def receive(self, stream: IO[bytes], largest_megabytes: int) -> Received:
        """Keep what is sent.

        :raises ListUnreadable: it is larger than allowed; nothing of it is kept.
        :raises HomeUnusable: it cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self._folder / f"coming-{os.getpid()}-{time.monotonic_ns()}"
            digest, size = hashlib.sha256(), 0
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    if size <= largest_megabytes * 1024 * 1024:
                        opened.write(chunk)
        except OSError as error:
            raise HomeUnusable(f"{error.filename or self._folder}: {error.strerror}") from error
        if size > largest_megabytes * 1024 * 1024:
            file.unlink()
            raise ListUnreadable(
                "too_large",
                f"the file has {size / 1024 / 1024:.0f} MB; at most {largest_megabytes} MB"
                " (config.yaml: imports.largest_megabytes)",
                f"{size / 1024 / 1024:.0f}",
            )
        return Received(file, size, digest.hexdigest())

    def list_of(self, import_id: int) -> Path:
        """Where the list of an import lies."""
        return self._folder / f"{import_id}.list"

    def keep(self, received: Received, import_id: int) -> None:
        """Give what was received to an import."""
        received.file.replace(self.list_of(import_id))

    def keep_mistakes(self, import_id: int, checked: CheckedList) -> None:
        """Keep everything that is wrong with a list."""
        mistakes = [
            {
                "row": found.row,
                "column": found.column,
                "field": found.mistake.field,
                "fault": found.mistake.fault.value,
                "given": found.mistake.given,
                "right": found.mistake.right,
            }
            for found in checked.mistakes
        ]
        file = self._mistakes_of(import_id)
        file.touch(mode=0o600)
        file.write_text(json.dumps(mistakes, ensure_ascii=False), encoding="utf-8", errors="replace")

    def mistakes(self, import_id: int) -> list[KeptMistake]:
        """Everything that is wrong with a list; nothing where that is not known here any more."""
        try:
            kept = json.loads(self._mistakes_of(import_id).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [KeptMistake(**mistake) for mistake in kept]

    def forget_list(self, import_id: int) -> None:
        """Delete a list whose import is over; what was wrong with it stays for a while."""
        self.list_of(import_id).unlink(missing_ok=True)

    def sweep(self, older_than_hours: float) -> None:
        """Delete everything that has lain here for too long."""
        oldest = time.time() - older_than_hours * 3600
        for file in self._every():
            try:
                if file.stat().st_mtime < oldest:
                    file.unlink()
            except FileNotFoundError:
                continue  # an import that has just ended took it away

    def _mistakes_of(self, import_id: int) -> Path:
        return self._folder / f"{import_id}.mistakes"

    def _every(self) -> Iterable[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []
