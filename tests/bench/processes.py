"""What programs use of the machine: processor time and memory, from /proc (proc(5))."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
_QUIET = 0.04
"""Cores a program may use and still count as idle."""


@dataclass(frozen=True)
class Usage:
    """Processor seconds since each program's start, its memory now (MB), and the machine's busy seconds."""

    at: float
    seconds: Mapping[str, float]
    megabytes: Mapping[str, float]
    machine: float


def usage(programs: Mapping[str, int]) -> Usage:
    """Look at programs.

    :param programs: name → process id; its children count as part of it.
    """
    families = {name: _family(pid) for name, pid in programs.items()}
    return Usage(
        at=time.monotonic(),
        seconds={name: sum(map(_processor_seconds, family)) for name, family in families.items()},
        megabytes={name: sum(map(_megabytes, family)) for name, family in families.items()},
        machine=_machine_seconds(),
    )


def cores_used(before: Usage, after: Usage) -> dict[str, float]:
    """Processor seconds a second between two looks, for each program."""
    elapsed = after.at - before.at
    return {name: (after.seconds[name] - before.seconds[name]) / elapsed for name in after.seconds}


def wait_until_idle(programs: Mapping[str, int], at_most: float = 8.0) -> None:
    """Return when what the calls left to do is done: no program works any more (``at_most`` seconds)."""
    until = time.monotonic() + at_most
    before = usage(programs)
    while time.monotonic() < until:
        time.sleep(0.4)
        after = usage(programs)
        if max(cores_used(before, after).values()) < _QUIET:
            return
        before = after


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    family = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            family += [each for child in task.read_text().split() for each in _family(int(child))]
        except OSError:
            continue
    return family


def _processor_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, and of children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _megabytes(pid: int) -> float:
    """Memory of a process; what it shares with others counts by its share (Pss)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def _machine_seconds() -> float:
    """Seconds in which a core was not idle, of all cores since the machine's start."""
    user, nice, system, _, _, irq, soft_irq, steal, *_ = map(
        int, Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    )
    return (user + nice + system + irq + soft_irq + steal) / TICKS
