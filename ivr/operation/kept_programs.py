"""The programs that `hotline run` keeps running: engine, console, and the PBX where it is ours."""

import asyncio
import os
import select
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr import hotline_clock
from ivr.asterisk.embedded import EmbeddedAsterisk
from ivr.errors import AlreadyRunning, NotStarted
from ivr.operation import home_lock
from ivr.operation.log_following import last_words

READY_WITHIN = 30.0
"""Seconds from the start of a program; one or two are usual."""
ENDS_WITHIN = 8.0
"""Seconds from the wish to end to the force."""
ASK_EVERY = 0.05
_KILLED_WITHIN = 5.0

PROJECT = Path(__file__).resolve().parents[2]


class KeptProgram(Protocol):
    """What the supervisor needs of a program."""

    name: str

    async def start(self) -> None:
        """Start it, and return when it is ready; what is left over of one before is ended or taken over.

        :raises HotlineError: it ended, or is not ready in time (it may be so later).
        """

    async def ended(self) -> str:
        """Return when it has ended, at once if it does not run: how it ended, in words."""

    async def stop(self) -> None:
        """End it, by force when it takes too long."""

    def kill(self) -> None:
        """End it by force, now."""


class ChildProgram:
    """A program of ours, in a session of its own, whose output goes to ``<home>/log/<name>.log``."""

    def __init__(
        self,
        name: str,
        home: Path,
        command: Sequence[str],
        environment: Mapping[str, str],
        is_ready: Callable[[datetime], Awaitable[bool]],
        say: Callable[[str], None],
    ) -> None:
        """Nothing is started yet.

        :param name: :data:`ivr.operation.home_lock.ENGINE` or :data:`~ivr.operation.home_lock.CONSOLE`.
        :param is_ready: asked again and again after the start, with its moment.
        """
        self.name = name
        self.log = home / "log" / f"{name}.log"
        self._home = home
        self._command = tuple(command)
        self._environment = dict(environment)
        self._is_ready = is_ready
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._log_from = 0
        """Where in the log (bytes) the present one began to write."""

    @property
    def pid(self) -> int | None:
        """Of its process, None while it does not run."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """As in :class:`KeptProgram`; one that was left over by a supervisor that was killed is ended."""
        await self._end_left_over()
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        moment = hotline_clock.now()
        lock = home_lock.hold(self._home, self.name)
        try:
            with self.log.open("ab") as output:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=PROJECT,
                    env=self._environment | hotline_clock.shared(),
                    pass_fds=[lock],  # held until it and all its own processes have ended
                    start_new_session=True,
                )
            home_lock.sign(lock, self._process.pid)
        except OSError as error:
            raise NotStarted(f"{self.name}: cannot be started ({error.strerror})") from None
        finally:
            os.close(lock)
        await self._until_ready(self._process, moment)

    async def ended(self) -> str:
        """As in :class:`KeptProgram`."""
        process = self._process
        if process is None:
            return "is not running"
        code = await process.wait()
        if process is not self._process:
            return await self.ended()  # another has taken its place
        if code < 0:
            return f"was ended by signal {-code} ({signal.Signals(-code).name})"
        return f"has ended with exit code {code}: {self._last_words()}" if code else "has ended"

    async def replace(self) -> None:
        """Let a new one take the place of the one that runs: it is ended only when the new one is prepared.

        :raises NotStarted: the new one cannot begin; the old one goes on.
        """
        old = self._process
        if old is None or old.returncode is not None:
            raise NotStarted(f"{self.name} does not run; it is started again by itself")
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        moment = hotline_clock.now()
        hear, tell = os.pipe()
        try:
            with self.log.open("ab") as output:
                new = await asyncio.create_subprocess_exec(
                    *self._command,
                    *("--after", str(old.pid), "--tell", str(tell)),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=PROJECT,
                    env=self._environment | hotline_clock.shared(),
                    pass_fds=[tell],
                    start_new_session=True,
                )
            os.close(tell)
            if not await asyncio.to_thread(_says_something, hear, READY_WITHIN):
                _signal_group(new.pid, signal.SIGKILL)
                await new.wait()
                raise NotStarted(
                    f"the new {self.name} cannot begin: {self._last_words()}; the old one goes on"
                )
        finally:
            os.close(hear)
        self._process = new
        await self._end(old)
        await self._until_ready(new, moment)

    async def stop(self) -> None:
        """As in :class:`KeptProgram`."""
        process = self._process
        if process is not None and process.returncode is None:
            await self._end(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        except TimeoutError:
            self._say(f"{self.name} does not end within {ENDS_WITHIN:.0f} s; it is ended by force")
            _signal_group(process.pid, signal.SIGKILL)
            await process.wait()

    def kill(self) -> None:
        """As in :class:`KeptProgram`, with the processes it made itself."""
        if self._process is not None and self._process.returncode is None:
            _signal_group(self._process.pid, signal.SIGKILL)

    async def _until_ready(self, process: asyncio.subprocess.Process, since: datetime) -> None:
        give_up = time.monotonic() + READY_WITHIN
        while not await self._is_ready(since):
            if process.returncode is not None:
                raise NotStarted(f"{self.name} ended at once: {self._last_words()} ({self.log})")
            if time.monotonic() > give_up:
                raise NotStarted(
                    f"{self.name} is not ready after {READY_WITHIN:.0f} s: {self._last_words()} ({self.log})"
                )
            await asyncio.sleep(ASK_EVERY)

    def _last_words(self) -> str:
        return last_words(self.log, self._log_from)

    async def _end_left_over(self) -> None:
        """End what runs under our name; its lock says when it, and whatever it started, is gone."""
        pid = home_lock.holder(self._home, self.name)
        if pid is None:
            return
        if not pid:
            raise AlreadyRunning(self._home, self.name, pid)
        self._say(f"{self.name} was left over from before (process {pid}); it is replaced")
        for how, patience in ((signal.SIGTERM, ENDS_WITHIN), (signal.SIGKILL, _KILLED_WITHIN)):
            _signal_group(pid, how)
            give_up = time.monotonic() + patience
            while time.monotonic() < give_up:
                if home_lock.holder(self._home, self.name) is None:
                    return
                await asyncio.sleep(ASK_EVERY)
        raise AlreadyRunning(self._home, self.name, pid)


class Pbx:
    """The Asterisk that this program starts; one that was left over is taken over with its calls."""

    name = "PBX"

    def __init__(self, asterisk: EmbeddedAsterisk) -> None:
        self.asterisk = asterisk

    async def start(self) -> None:
        """As in :class:`KeptProgram`."""
        await self.asterisk.start()

    async def ended(self) -> str:
        """As in :class:`KeptProgram`."""
        running = self.asterisk.pid is not None
        await self.asterisk.ended()
        return "has ended" if running else "is not running"

    async def stop(self) -> None:
        """As in :class:`KeptProgram`: calls that are up are cut."""
        await self.asterisk.stop()

    def kill(self) -> None:
        """As in :class:`KeptProgram`."""
        if self.asterisk.pid is not None:
            _signal_process(self.asterisk.pid, signal.SIGKILL)


def _says_something(descriptor: int, within: float) -> bool:
    """Whether something comes out of a pipe in time (seconds); not when its other end is closed."""
    ready, _, _ = select.select([descriptor], [], [], within)
    return bool(ready) and os.read(descriptor, 1) != b""


def _signal_group(leader: int, how: signal.Signals) -> None:
    try:
        os.killpg(leader, how)
    except ProcessLookupError:
        return


def _signal_process(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
