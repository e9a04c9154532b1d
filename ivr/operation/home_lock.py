"""Who runs at a home: one lock file for each program, held by the kernel for as long as the program lives.

The lock goes with the process, however it ends, so a file that is left over means nothing, and a
process id in it is only believed while the lock is held.
"""

import fcntl
import os
import time
from pathlib import Path

from ivr.errors import AlreadyRunning, HomeUnusable

SUPERVISOR = "hotline"
ENGINE = "engine"
CONSOLE = "console"

_TRIES = 5
"""Somebody who only looks whether the lock is held holds it for some microseconds."""


def lock_file(home: Path, program: str) -> Path:
    """Where the lock of a program lies."""
    return home / "run" / f"{program}.lock"


def hold(home: Path, program: str) -> int:
    """Take a program's lock.

    :returns: the descriptor that holds it: until it is closed, or with it inherited, until every
        process that has it has ended.
    :raises AlreadyRunning: somebody holds it.
    :raises HomeUnusable: the file cannot be written.
    """
    file = lock_file(home, program)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HomeUnusable(
            f"{error.filename or file}: {error.strerror}; set HOTLINE_HOME to a folder this user may write"
        ) from None
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return descriptor
    pid = _read(descriptor)
    os.close(descriptor)
    raise AlreadyRunning(home, program, pid)


def claim(home: Path, program: str) -> None:
    """Take a program's lock for this process and its whole life, unless its starter did so for it.

    :raises AlreadyRunning: another process holds it.
    :raises HomeUnusable: the file cannot be written.
    """
    pid = holder(home, program)
    if pid is None:
        sign(hold(home, program), os.getpid())
    elif pid not in (0, os.getpid()):
        raise AlreadyRunning(home, program, pid)


def sign(descriptor: int, pid: int) -> None:
    """Write who holds the lock."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{pid}\n".encode(), 0)


def holder(home: Path, program: str) -> int | None:
    """The process that runs as ``program`` at this home, None when nobody does; 0 when it did not say."""
    try:
        descriptor = os.open(lock_file(home, program), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else 0
