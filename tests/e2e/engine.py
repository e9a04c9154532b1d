"""The engine's process: started, stopped, killed, and its log."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.asterisk.running_pbx import CONFIG
from tests.nursery import Born, Nursery
from tests.patience import Patience

STARTS_WITHIN = 15.0


class Engine:
    """One engine, which may be started several times.

    :param environment: the settings, as for :func:`ivr.config.load`.
    """

    def __init__(self, environment: dict[str, str], folder: Path, nursery: Nursery) -> None:
        self.environment = environment
        self._folder = folder
        self._nursery = nursery
        self._process: Born | None = None
        self._logs: list[Path] = []

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, ready: bool = True) -> None:
        """Start it; returns when it has taken up the calls of its PBX."""
        if self._process is not None:
            self._process.stdout.close()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE__")}
        self._logs.append(self._folder / f"engine-{time.monotonic_ns()}.log")
        self._process = self._nursery.start(
            "engine", [str(CONFIG)], {**clean, **self.environment}, stderr=self._logs[-1]
        )
        if ready:
            self.wait_for("engine.ready")

    def wait_for(self, event: str, within: float = STARTS_WITHIN, *, times: int = 1) -> dict[str, Any]:
        """The ``times``-th line of the running process's log that is about ``event``."""
        patience = Patience(within)
        while not patience.is_over:
            found = [line for line in _lines(self._logs[-1]) if line.get("event") == event]
            if len(found) >= times:
                return found[times - 1]
            assert self._process is not None
            assert self._process.poll() is None, f"the engine ended: {self.said()} {self.tail()}"
            time.sleep(0.01)
        raise AssertionError(f"no {event} in the engine's log: {self.tail()}")

    def log(self) -> list[dict[str, Any]]:
        """All lines of all its processes."""
        return [line for file in self._logs for line in _lines(file)]

    def complaints(self) -> list[dict[str, Any]]:
        """Lines that say that something failed."""
        return [line for line in self.log() if line.get("level") in ("error", "critical")]

    def tail(self) -> str:
        """The end of its log, for a message."""
        return self._logs[-1].read_text(errors="replace")[-2000:]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def ended(self, within: float = 10.0) -> int:
        """Its exit code, when it ends by itself."""
        assert self._process is not None
        return self._process.wait(within)

    def said(self) -> str:
        """What it wrote to standard output; only after it ended."""
        assert self._process is not None
        return "" if self._process.stdout.closed else self._process.stdout.read()

    def kill(self) -> None:
        """End it without warning."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()


def _lines(file: Path) -> list[dict[str, Any]]:
    lines = []
    for text in file.read_text(errors="replace").splitlines():
        if text.startswith("{") and text.endswith("}"):
            lines.append(json.loads(text))
    return lines
