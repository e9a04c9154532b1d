"""The supervisor with real programs that are quick to start."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from ivr.errors import NotStarted
from ivr.operation import home_lock, kept_programs
from ivr.operation.kept_programs import ChildProgram
from ivr.operation.supervisor import Supervisor

PATIENT = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + PATIENT
BROKEN = "import sys; sys.exit('no such thing')"
WITH_A_CHILD = (
    "import subprocess, sys, os\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], close_fds=False)\n" + PATIENT
)
GIVES_UP = """
import os, sys, time
print('up', flush=True)
while not os.path.exists('{home}/give-up'):
    time.sleep(0.02)
os.remove('{home}/give-up')
sys.exit('another engine took over')
"""
TELLS_ITS_END = """
import signal, sys, time
def end(*_):
    open({file!r}, 'a').write('{name} ')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print('up', flush=True)
time.sleep(600)
"""


class Told:
    """What the operator was told, and when programs were ended."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def say(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, words: str, count: int = 1) -> None:
        async with asyncio.timeout(20):
            while sum(words in line for line in self.lines) < count:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path


def program(home: Path, told: Told, name: str, code: str) -> ChildProgram:
    """A program that is ready when it has written that it is."""
    log = home / "log" / f"{name}.log"
    since = log.stat().st_size if log.exists() else 0

    async def is_ready(moment: datetime) -> bool:
        nonlocal since
        if b"up\n" not in log.read_bytes()[since:]:
            return False
        since = log.stat().st_size
        return True

    return ChildProgram(name, home, [sys.executable, "-c", code], os.environ, is_ready, told.say)


async def supervised(told: Told, programs: Sequence[ChildProgram]) -> asyncio.Task[None]:
    """Start programs, each in a group of its own; returns when they are ready."""
    started = asyncio.Event()
    supervisor = Supervisor(
        [[each] for each in programs], programs, [each.log for each in programs], told.say
    )
    running = asyncio.create_task(supervisor.run(started.set))
    await asyncio.wait([running, asyncio.create_task(started.wait())], return_when=asyncio.FIRST_COMPLETED)
    return running


def pid(home: Path, name: str) -> int:
    found = home_lock.holder(home, name)
    assert found
    return found


async def test_a_killed_program_is_started_again_within_a_second(home: Path, told: Told) -> None:
    running = await supervised(told, [program(home, told, "engine", PATIENT)])
    first = pid(home, "engine")
    before = time.monotonic()
    os.kill(first, signal.SIGKILL)
    await told.until("engine is ready again")
    assert time.monotonic() - before < 1.0
    assert pid(home, "engine") != first
    assert told.lines[0] == "engine was ended by signal 9 (SIGKILL); it is started again now"
    os.kill(os.getpid(), signal.SIGTERM)
    await running


async def test_of_one_that_gives_up_its_reason_is_told(home: Path, told: Told) -> None:
    running = await supervised(told, [program(home, told, "engine", GIVES_UP.format(home=home))])
    (home / "give-up").touch()
    await told.until("exit code 1: another engine took over; it is started again now")
    os.kill(os.getpid(), signal.SIGTERM)
    await running


async def test_one_that_ends_again_and_again_is_started_ever_later(home: Path, told: Told) -> None:
    running = await supervised(told, [program(home, told, "engine", PATIENT)])
    for count in (1, 2, 3):
        os.kill(pid(home, "engine"), signal.SIGKILL)
        await told.until("ready again", count)
    waits = [line.split("started ")[1] for line in told.lines if "was ended" in line]
    assert waits == ["again now", "again in 0.5 s", "again in 1.0 s"]
    os.kill(os.getpid(), signal.SIGTERM)
    await running


@pytest.fixture
def hang_up_heard() -> Iterator[None]:
    """Tests that run under nohup hear of no hang-up otherwise."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up_heard")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_the_end_comes_in_order(home: Path, told: Told, how: signal.Signals) -> None:
    names = ("console", "engine")
    ends = home / "ends"
    programs = [program(home, told, name, TELLS_ITS_END.format(name=name, file=str(ends))) for name in names]
    running = await supervised(told, programs)
    os.kill(os.getpid(), how)
    await running
    assert ends.read_text().split() == ["console", "engine"]
    assert [home_lock.holder(home, name) for name in names] == [None, None]


async def test_one_that_does_not_end_is_ended_by_force(
    home: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_programs, "ENDS_WITHIN", 0.2)
    running = await supervised(told, [program(home, told, "engine", DEAF)])
    os.kill(os.getpid(), signal.SIGTERM)
    await running
    assert "engine does not end within 0 s; it is ended by force" in told.lines
    assert home_lock.holder(home, "engine") is None


async def test_a_second_ctrl_c_hurries(home: Path, told: Told) -> None:
    running = await supervised(told, [program(home, told, "engine", DEAF)])
    before = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
    await told.until("in this order")
    os.kill(os.getpid(), signal.SIGINT)
    await running
    assert time.monotonic() - before < 2.0 < kept_programs.ENDS_WITHIN
    assert told.lines[-1] == "ending everything by force"


async def test_when_one_does_not_start_nothing_runs_and_the_reason_is_told(home: Path, told: Told) -> None:
    running = await supervised(
        told, [program(home, told, "console", PATIENT), program(home, told, "engine", BROKEN)]
    )
    with pytest.raises(NotStarted, match=r"engine ended at once: no such thing .*engine\.log"):
        await running
    assert [home_lock.holder(home, name) for name in ("console", "engine")] == [None, None]


async def test_ctrl_c_during_the_start_ends_what_was_started(home: Path, told: Told) -> None:
    asked = asyncio.Event()

    async def never(moment: datetime) -> bool:
        asked.set()
        return False

    slow = ChildProgram("engine", home, [sys.executable, "-c", PATIENT], os.environ, never, told.say)
    started = asyncio.Event()
    running = asyncio.create_task(Supervisor([[slow]], [slow], [slow.log], told.say).run(started.set))
    await asyncio.wait_for(asked.wait(), 10)
    assert home_lock.holder(home, "engine")
    os.kill(os.getpid(), signal.SIGINT)
    await running
    assert not started.is_set()
    assert home_lock.holder(home, "engine") is None


async def test_what_a_killed_supervisor_left_over_is_replaced_with_all_its_processes(
    home: Path, told: Told
) -> None:
    left_over = program(home, told, "console", WITH_A_CHILD)
    await left_over.start()
    first = pid(home, "console")
    os.kill(first, signal.SIGKILL)
    await left_over.ended()
    assert home_lock.holder(home, "console") == first  # its own child still holds what it inherited
    running = await supervised(told, [program(home, told, "console", PATIENT)])
    assert f"console was left over from before (process {first}); it is replaced" in told.lines
    assert pid(home, "console") != first
    os.kill(os.getpid(), signal.SIGTERM)
    await running


async def test_ctrl_c_at_the_terminal_does_not_reach_the_programs(home: Path, told: Told) -> None:
    running = await supervised(told, [program(home, told, "engine", PATIENT)])
    assert os.getsid(pid(home, "engine")) != os.getsid(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await running
