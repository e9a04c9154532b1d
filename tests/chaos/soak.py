"""``make soak``: calls for an hour; memory stays flat, and nothing is left over of any of them.

Callers press 2, talk for a moment and hang up, at so many calls a second; every tenth hangs up in the menu,
every fifteenth calls about a gas leak.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from ivr.operation import home_lock
from ivr.standard.agent_state import AgentState
from ivr.standard.recording_status import RecordingStatus
from storage.models import Call, Offer, Recording, Transfer
from tests.chaos.hotline import Hotline, hotline
from tests.chaos.table import write_between
from tests.e2e.scenarios import CallerScenario
from tests.e2e.sipp import Sipp

GROWTH_PERCENT = 5.0
WARM_UP_SHARE = 0.2
LOOKS = 60
TOLD_EVERY = 6
PROGRAMS = (home_lock.ENGINE, home_lock.CONSOLE, "PBX")
QUIET_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Look:
    """Process, memory (resident, kilobytes) and open files of each program at one moment."""

    processes: dict[str, int]
    kilobytes: dict[str, int]
    files: dict[str, int]


def main() -> int:
    """Exit code 1 where something grew or was left over."""
    arguments = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description=__doc__)
    arguments.add_argument("--minutes", type=float, default=60.0)
    arguments.add_argument("--rate", type=float, default=5.0, help="calls a second (default: 5)")
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--write", action="store_true", help="put the table into docs/RELIABILITY.md")
    arguments.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    given = arguments.parse_args()
    with hotline(postgres=given.postgres, keep=given.keep) as place:
        looks = _calls(place, given.minutes * 60, given.rate)
        wrong = started_again(looks) + left_over(place)
        counted = _counted(place)
    lines, grown = growth(looks)
    database = "PostgreSQL" if given.postgres else "SQLite"
    lines = [
        f"{counted} calls within {given.minutes:.0f} minutes at {given.rate:g} calls/s on {database}; "
        f"left over or started again: {', '.join(wrong) or 'nothing'}.",
        "",
        *lines,
    ]
    print("\n".join(lines))
    if given.write:
        write_between("soak", lines)
    return 1 if wrong or grown else 0


def _calls(place: Hotline, seconds: float, rate: float) -> list[Look]:
    shares = {"2": 0.83, "3": 0.07, "": 0.1}
    playing = []
    for number, (key, share) in enumerate(shares.items()):
        user = f"13{number + 1}[call_number]"
        scenario = CallerScenario("95777", place.exchange.line().port, user=user).dial().wait(1.0)
        scenario = (scenario.press(key).wait(4.0) if key else scenario).hang_up()
        count = max(1, round(seconds * rate * share))
        playing.append(Sipp(place.folder, scenario.xml(), target=place.sip, calls=count, rate=rate * share))
    looks, until = [], time.monotonic() + seconds
    try:
        while time.monotonic() < until or any(sipp.process.poll() is None for sipp in playing):
            if time.monotonic() > until + QUIET_WITHIN:
                raise AssertionError("callers do not come to their end")
            looks.append(_look(place))
            if len(looks) % TOLD_EVERY == 1:
                print(_told(looks[-1]), flush=True)
            place.wake_agents()
            time.sleep(seconds / LOOKS)
    finally:
        for sipp in playing:
            sipp.end()
    return looks


def _told(look: Look) -> str:
    """A line for whoever waits for the end: memory of each program."""
    held = ", ".join(f"{name} {kilobytes / 1024:.1f} MB" for name, kilobytes in look.kilobytes.items())
    return f"{time.strftime('%H:%M:%S')}  {held}"


def _look(place: Hotline) -> Look:
    """How it is now; a program that is just being started again is waited for."""
    while True:
        pids = {program: place.pid(program) for program in PROGRAMS}
        try:
            return Look(
                pids,
                {program: _resident(pid) for program, pid in pids.items()},
                {program: len(list(Path(f"/proc/{pid}/fd").iterdir())) for program, pid in pids.items()},
            )
        except OSError:
            time.sleep(0.1)


def _resident(pid: int) -> int:
    """:raises ProcessLookupError: it has ended."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)


def started_again(looks: list[Look]) -> list[str]:
    """Programs that did not live through all of it."""
    told = []
    for program in PROGRAMS:
        times = len({look.processes[program] for look in looks}) - 1
        told += [f"{program} started again {times} times"] if times else []
    return told


def growth(looks: list[Look]) -> tuple[list[str], bool]:
    """The table, and whether anything grew by more than 5 % after the warm-up.

    The first and the last fifth of the looks after the warm-up are compared, each by its mean.
    """
    after = looks[int(len(looks) * WARM_UP_SHARE) :]
    part = max(1, len(after) // 5)
    lines, grown = (
        ["| program | memory after warm-up | at the end | growth | open files |", "|---|---|---|---|---|"],
        False,
    )
    for program in PROGRAMS:
        first, last = (
            sum(look.kilobytes[program] for look in looks_) / len(looks_)
            for looks_ in (after[:part], after[-part:])
        )
        percent = 100 * (last - first) / first
        files = f"{after[0].files[program]} → {after[-1].files[program]}"
        grown = grown or percent > GROWTH_PERCENT
        lines.append(
            f"| {program} | {first / 1024:.1f} MB | {last / 1024:.1f} MB | {percent:+.1f} % | {files} |"
        )
    return lines, grown


def left_over(place: Hotline) -> list[str]:
    """What is still there of calls that are over."""
    until = time.monotonic() + QUIET_WITHIN
    while (wrong := _left_now(place)) and time.monotonic() < until:
        time.sleep(0.5)
    return wrong


def _left_now(place: Hotline) -> list[str]:
    wrong = [
        f"agent {name} {state}"
        for name, state in place.rows.states().items()
        if _is_stuck(place, name, state)
    ]
    with place.rows.database.read() as connection:
        for table, what in ((Call, "calls"), (Offer, "offers"), (Transfer, "transfers")):
            open_ = connection.execute(
                select(func.count()).select_from(table).where(table.ended_at.is_(None))
            ).scalar_one()
            wrong += [f"{open_} {what} without an end"] if open_ else []
        running = connection.execute(
            select(func.count()).select_from(Recording).where(Recording.status == RecordingStatus.RUNNING)
        ).scalar_one()
        wrong += [f"{running} recordings without an end"] if running else []
    wrong += place.left_on_pbx()
    parts = list((place.home / "asterisk" / "spool" / "recording").iterdir())
    return wrong + ([f"{len(parts)} parts of recordings"] if parts else [])


def _is_stuck(place: Hotline, name: str, state: AgentState) -> bool:
    return name in place.phones and state is not AgentState.READY


def _counted(place: Hotline) -> int:
    with place.rows.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(Call)).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
