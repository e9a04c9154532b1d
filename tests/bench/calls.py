"""One load of calls: SIPp callers and SIPp agents, and the moments of every call from their logs."""

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.keypad import Keypad
from tests.bench.plan import ANSWER_AFTER, Load
from tests.e2e.scenarios import HOST
from tests.e2e.sipp import free_media_port
from tests.ports import free_port

SCENARIOS = Path(__file__).parent / "scenarios"
NUMBER = "95777"
SURELY_OVER = 20.0
"""Seconds after which calls that should have ended are given up."""


@dataclass
class CallMoments:
    """When what happened to one call; seconds since 1970, None: never.

    ``key``: the last packet of the key left. ``rings``: INVITE at an agent's phone. ``talk``: ACK there.
    ``free``: the caller hung up. ``done``: the PBX said 200 to that.
    """

    key: float | None = None
    rings: float | None = None
    agent: str | None = None
    talk: float | None = None
    free: float | None = None
    done: float | None = None

    @property
    def failed(self) -> bool:
        """An agent never answered, or the call did not end in good order."""
        return self.talk is None or self.done is None


@dataclass(frozen=True)
class Outcome:
    """All calls of one load, by number."""

    calls: dict[int, CallMoments] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Calls that did not go as they should."""
        return sum(call.failed for call in self.calls.values())

    def key_to_ring(self) -> list[float]:
        """Milliseconds from the key to the ring, of every call that rang."""
        return [
            (call.rings - call.key) * 1000
            for call in self.calls.values()
            if call.rings is not None and call.key is not None
        ]

    def free_to_ring(self) -> list[float]:
        """Milliseconds from the end of a talk to the INVITE of the next caller at the same agent's phone.

        The end is the caller's BYE, so that the hang-up of the agent's leg counts too. Only callers
        who waited by then: somebody who came later had no agent to wait for.
        """
        by_agent: dict[str, list[CallMoments]] = {}
        for call in self.calls.values():
            if call.agent is not None:
                by_agent.setdefault(call.agent, []).append(call)
        times = []
        for calls in by_agent.values():
            calls.sort(key=lambda call: call.rings or 0.0)
            for before, after in itertools.pairwise(calls):
                if before.free and after.rings and after.key and after.key < before.free:
                    times.append((after.rings - before.free) * 1000)
        return times


def make_calls(load: Load, pbx_port: int, agents_port: int, folder: Path) -> Outcome:
    """Make all calls of a load and return when the last has ended.

    :param agents_port: where the agents' phones are; all of them are one SIPp.
    :param folder: for scenarios' logs.
    """
    folder.mkdir(parents=True)
    callers_log, agents_log = folder / "callers.log", folder / "agents.log"
    keypad = Keypad(callers_log, load.key)
    keypad.start()
    try:
        with _agents(agents_port, agents_log):
            callers = _callers(load, pbx_port, keypad.port, callers_log)
            try:
                callers.wait(load.seconds + load.connected + SURELY_OVER)
            except subprocess.TimeoutExpired:
                pass  # the calls that hang have no end in the log: they failed
            finally:
                _end(callers)
            time.sleep(0.3)  # the last BYE reaches the last agent
    finally:
        keypad.close()
    return _read(load, keypad.pressed, callers_log, agents_log)


@contextmanager
def _agents(port: int, log: Path) -> Iterator[None]:
    process = _sipp("agent", port, log, "-d", str(round(ANSWER_AFTER * 1000)))
    try:
        time.sleep(0.3)
        if process.poll() is not None:
            raise RuntimeError(f"SIPp for the agents' phones ended at once, exit code {process.returncode}")
        yield
    finally:
        _end(process)


def _callers(load: Load, pbx_port: int, keypad_port: int, log: Path) -> subprocess.Popen[bytes]:
    rate = ("-r", f"{load.rate:g}", "-m", str(load.calls), "-d", str(round(load.connected * 1000)))
    where = (f"{HOST}:{pbx_port}", "-s", NUMBER, "-key", "keypad_port", str(keypad_port))
    return _sipp("caller", free_port(), log, *where, *rate)


def _sipp(scenario: str, port: int, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", HOST, "-mi", HOST, "-p", str(port),
         "-mp", str(free_media_port()), "-cp", str(free_port()), "-nostdin", "-l", "100000",
         "-rtp_threadtasks", "1", "-trace_logs", "-log_file", str(log), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=log.parent,
        env={**os.environ, "TZ": "UTC", "TERM": "dumb"},
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def _read(load: Load, pressed: dict[int, float], callers_log: Path, agents_log: Path) -> Outcome:
    outcome = Outcome({number: CallMoments(key=pressed.get(number)) for number in range(1, load.calls + 1)})
    for word, number, agent, at in (*_lines(callers_log), *_lines(agents_log)):
        call = outcome.calls.get(number)
        if call is None:
            continue
        match word:
            case "invite" if call.rings is None:
                call.rings, call.agent = at, agent
            case "talk" if call.talk is None:
                call.talk, call.agent = at, agent
            case "bye":
                call.free = at
            case "done":
                call.done = at
    return outcome


def _lines(log: Path) -> Iterator[tuple[str, int, str, float]]:
    """Word, number of the caller, the third field, seconds since 1970."""
    for line in log.read_text(errors="replace").splitlines():
        parts = line.split()
        if len(parts) == 6 and parts[1].isdigit():
            yield parts[0], int(parts[1]), parts[2], float(parts[5])
