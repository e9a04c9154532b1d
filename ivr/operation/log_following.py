"""Follows the programs' log files: tells the operator of warnings, and keeps the files from growing.

The programs write to files and not into pipes, so that they go on when the supervisor is gone or stopped.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from ivr.logs import WARNING, worth_saying

LARGEST_BYTES = 20 * 2**20
KEPT = 5
"""Old files beside the current one: engine.log.1 is the newest of them."""
SAID_AGAIN_AFTER = 60.0
"""Seconds in which the same warning of the same program is said once."""
_LONGEST_READ = 2**20
_LAST_BYTES = 8192


class LogFollower:
    """One log file, from its present end on."""

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        """Begin at the end of ``file``, which is made if it is missing.

        :param say: is given each warning and error in plain words, with the program's name.
        """
        self.file = file
        self._say = say
        self._said: dict[str, float] = {}
        self._rest = b""
        self.only_errors = False
        file.touch(mode=0o600)
        self._read_to = file.stat().st_size

    def look(self) -> None:
        """Read what is new, say what is worth it, and begin a new file when this one is large."""
        try:
            size = self.file.stat().st_size
            if size < self._read_to:  # somebody else emptied it
                self._read_to, self._rest = 0, b""
            if size > self._read_to:
                self._read()
            if self._read_to > LARGEST_BYTES:
                begin_anew(self.file)
                self._read_to, self._rest = 0, b""
        except OSError as error:
            self._say_once("log", f"warning: {self.file}: {error.strerror}")

    def _read(self) -> None:
        with self.file.open("rb") as log:
            log.seek(self._read_to)
            fresh = log.read(_LONGEST_READ)
        self._read_to += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        for line in lines:
            found = worth_saying(line.decode("utf-8", "replace"))
            if found and not (self.only_errors and found.level == WARNING):
                self._say_once(found.about, found.words)

    def _say_once(self, about: str, words: str) -> None:
        now = time.monotonic()
        self._said = {key: at for key, at in self._said.items() if now - at < SAID_AGAIN_AFTER}
        if about not in self._said:
            self._said[about] = now
            self._say(f"{self.file.stem}: {words}")


def keep_small(file: Path) -> None:
    """Begin a log anew that nobody follows, once it is large; a missing one is no mistake."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            begin_anew(file)
    except OSError:
        return


def begin_anew(file: Path) -> None:
    """Copy and empty: the writers keep the file open for appending and need not be asked.

    What is written between the copy and the emptying, some microseconds, is lost.
    """
    for number in range(KEPT - 1, 0, -1):
        older = file.with_name(f"{file.name}.{number}")
        if older.exists():
            older.replace(file.with_name(f"{file.name}.{number + 1}"))
    with file.open("rb") as log, file.with_name(f"{file.name}.1").open("wb") as copy:
        shutil.copyfileobj(log, copy, 2**20)
    with file.open("r+b") as log:
        log.truncate(0)


def last_words(file: Path, since: int = 0) -> str:
    """The last line of a log, in plain words, for the message that a program has ended.

    :param since: where in the file (bytes) the program began to write.
    """
    try:
        with file.open("rb") as log:
            end = log.seek(0, 2)
            log.seek(max(since if since <= end else 0, end - _LAST_BYTES))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
    except OSError as error:
        return f"{file}: {error.strerror}"
    if not lines:
        return "it wrote nothing"
    found = worth_saying(lines[-1])
    return found.words if found else lines[-1].strip()
