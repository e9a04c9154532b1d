"""Who gives way to whom where the processor does not suffice: voices go first.

The PBX stays where every program begins (0). Linux shares the processor out between sessions before it
looks at nice(1), which counts within one session only (sched(7), "The autogroup feature"): a program that
leads a session therefore sets both.
"""

import os
import random
import time
from enum import IntEnum
from pathlib import Path

TRIES = 20
_AUTOGROUP = Path("/proc/self/autogroup")


class Precedence(IntEnum):
    """How far a program of ours gives way: its nice value, 0 to 19."""

    ENGINE = 5
    """After the PBX: a talk goes on by itself, a decision may come a moment later."""
    CONSOLE = 10
    """After the engine: a page that comes a moment later costs nobody a call."""
    HINTS = 19
    """Only what nobody else wants."""


def give_way(precedence: Precedence) -> None:
    """Let this process give way; one that gives way further already stays as it is."""
    nice = max(precedence, os.getpriority(os.PRIO_PROCESS, 0))
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    if os.getsid(0) == os.getpid():
        _with_the_session(nice)


def _with_the_session(nice: int) -> None:
    """The kernel takes ten of these wishes a second of all ordinary users together (autogroup.c)."""
    for _ in range(TRIES):
        try:
            _AUTOGROUP.write_text(str(nice), encoding="ascii")
        except BlockingIOError:
            time.sleep(random.uniform(0.05, 0.15))  # noqa: S311 - whoever else wants it comes at another time
        except OSError:
            return  # no autogroups in this kernel, or hidden in a container: nice has to do
        else:
            return
