"""Engines and consoles as processes that begin at once: born of one process that has loaded their modules.

Loading them takes one and a half to two seconds of work, and hundreds of tests start one. The nursery is a
process of its own, asked over a socket: it forks, and tells how its children ended.
"""

import contextlib
import importlib
import json
import os
import random
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
PATIENCE_SECONDS = 30.0


class Born:
    """A process of the nursery, with the parts of :class:`subprocess.Popen` that tests use.

    ``stdout`` is its standard output, for whoever started it to read.
    """

    def __init__(self, nursery: "Nursery", pid: int, stdout: int) -> None:
        self.pid = pid
        self.stdout = os.fdopen(stdout, encoding="utf-8")
        self._nursery = nursery

    def poll(self) -> int | None:
        """Its exit code, minus the signal that killed it, or None while it runs."""
        return self._nursery.ended(self.pid, 0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, at most so many seconds.

        :raises subprocess.TimeoutExpired: it has not ended by then.
        """
        patience = PATIENCE_SECONDS if timeout is None else timeout
        code = self._nursery.ended(self.pid, patience)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), patience)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without warning."""
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        """Close what nobody reads any more."""
        self.stdout.close()


class Nursery:
    """The process that all others are born of; it ends, with them, when its owner ends."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=PROJECT,
            start_new_session=True,
        )
        theirs.close()
        self._socket = ours
        self._said = b""
        self._codes: dict[int, int] = {}
        self._born: list[int] = []
        self._lock = threading.Lock()

    def start(
        self, program: str, arguments: Sequence[str], environment: Mapping[str, str], *, stderr: Path
    ) -> Born:
        """Let a program begin.

        :param program: engine or console.
        :param environment: the whole of it.
        :param stderr: file that gets its standard error.
        """
        reads, writes = os.pipe()
        with self._lock, stderr.open("ab") as errors:
            asked = json.dumps([program, list(arguments), dict(environment)]).encode()
            socket.send_fds(self._socket, [len(asked).to_bytes(4, "big")], [writes, errors.fileno()])
            self._socket.sendall(asked)
            os.close(writes)
            until = time.monotonic() + PATIENCE_SECONDS
            while not self._born:
                self._listen(until - time.monotonic())
                assert time.monotonic() < until, "the nursery does not answer"
            return Born(self, self._born.pop(), reads)

    def ended(self, pid: int, within: float) -> int | None:
        """The exit code of a process of the nursery, waiting for it at most so many seconds."""
        until = time.monotonic() + within
        while True:
            with self._lock:
                if pid not in self._codes:
                    self._listen(min(0.05, max(0.0, until - time.monotonic())))
                if pid in self._codes:
                    return self._codes[pid]
            if time.monotonic() >= until:
                return None

    def _listen(self, seconds: float) -> None:
        """Take in what the nursery says: ``pid`` of who was born, ``pid code`` of who ended."""
        self._socket.settimeout(max(seconds, 0.001))
        with contextlib.suppress(TimeoutError):
            heard = self._socket.recv(4096)
            assert heard, "the nursery has died"
            *lines, self._said = (self._said + heard).split(b"\n")
            for line in lines:
                pid, *code = (int(word) for word in line.split())
                if code:
                    self._codes[pid] = code[0]
                else:
                    self._born.append(pid)
        self._socket.settimeout(None)

    def close(self) -> None:
        """End it and whoever is left of its children."""
        self._socket.close()
        self._process.wait()


def _engine(arguments: list[str]) -> int:
    import uvloop

    from ivr.app import EngineApp
    from ivr.config import load
    from ivr.errors import HotlineError
    from ivr.logs import write_logs
    from ivr.precedence import Precedence, give_way

    give_way(Precedence.ENGINE)
    write_logs(sys.stderr)
    try:
        settings = load(Path(arguments[0]), os.environ)
        uvloop.run(EngineApp(settings, Path(os.environ["PROMPTS"])).run())
    except HotlineError as error:
        print(error, flush=True)
        return 1
    return 0


def _console(arguments: list[str]) -> int:
    from agent_console.__main__ import main

    return main(arguments)


PROGRAMS = {"engine": _engine, "console": _console}


def _be(program: str, arguments: list[str], environment: dict[str, str], descriptors: list[int]) -> None:
    """Become a program; never returns."""
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(descriptors[0], 1)
        os.dup2(descriptors[1], 2)
        os.closerange(3, 64)
        os.environ.clear()
        os.environ.update(environment)
        random.seed()
        code = PROGRAMS[program](arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _tell_ended(owner: socket.socket, living: set[int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        living.discard(pid)
        owner.sendall(f"{pid} {os.waitstatus_to_exitcode(status)}\n".encode())


def _received(owner: socket.socket) -> tuple[Any, list[int]] | None:
    head, descriptors, _, _ = socket.recv_fds(owner, 4, 2)
    if not head:
        return None
    size, asked = int.from_bytes(head, "big"), b""
    while len(asked) < size:
        asked += owner.recv(size - len(asked))
    return json.loads(asked), descriptors


def main(descriptor: int) -> None:
    """Fork a program for every line that the owner writes, until the owner is gone."""
    for program in ("agent_console.__main__", "ivr.app"):
        importlib.import_module(program)
    owner = socket.socket(fileno=descriptor)
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wakes.fileno())
    living: set[int] = set()
    with selectors.DefaultSelector() as ready:
        for each in (owner, woken):
            ready.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is woken:
                    woken.recv(4096)
                    _tell_ended(owner, living)
                elif (received := _received(owner)) is None:
                    for pid in living:
                        os.killpg(pid, signal.SIGKILL)
                    return
                else:
                    (program, arguments, environment), descriptors = received
                    pid = os.fork()
                    if not pid:
                        _be(program, arguments, environment, descriptors)
                    for each_one in descriptors:
                        os.close(each_one)
                    living.add(pid)
                    owner.sendall(f"{pid}\n".encode())


if __name__ == "__main__":
    main(int(sys.argv[1]))
