"""A real `hotline run` for tests: ports and a home of its own, and what it tells."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ivr.operation import home_lock
from tests.asterisk.running_pbx import asterisk_install
from tests.ports import free_port

PROJECT = Path(__file__).parents[2]


class Run:
    """A running `hotline run` and what it told."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "run"],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._ended = False
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def _told(self, pattern: str) -> list[str]:
        return [line for line in self.lines if re.search(pattern, line)]

    def until(self, pattern: str, seconds: float = 60) -> str:
        """Wait for a line."""
        with self._more:
            self._more.wait_for(lambda: self._told(pattern) or self._ended, seconds)
            told = self._told(pattern)
        assert told, f"{pattern!r} was not told:\n" + "\n".join(self.lines)
        return told[-1]

    def end(self, how: signal.Signals) -> int:
        """Tell it to end, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(40)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def environment_of(home: Path) -> dict[str, str]:
    """A home and ports of its own."""
    asterisk_install()  # fetched before, so that what is measured is the start
    first = 24000 + os.getpid() % 100 * 40
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE__")}
    return kept | {
        "HOTLINE_HOME": str(home),
        "HOTLINE__PBX__SIP__PORT": str(free_port()),
        "HOTLINE__PBX__ARI__PORT": str(free_port()),
        "HOTLINE__CONSOLE__PORT": str(free_port()),
        "HOTLINE__PBX__RTP__FIRST": str(first),
        "HOTLINE__PBX__RTP__LAST": str(first + 39),
    }


@contextmanager
def running(environment: Mapping[str, str]) -> Iterator[Run]:
    run = Run(environment)
    try:
        yield run
    finally:
        run.end(signal.SIGTERM)


def pid(home: Path, program: str) -> int:
    found = home_lock.holder(home, program)
    assert found, f"{program} does not run"
    return found


def pbx_pid(home: Path) -> int:
    return int((home / "asterisk" / "run" / "asterisk.pid").read_text())


def alive(process: int) -> bool:
    """Whether it runs; one that has ended may wait for the system to take notice of that."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
