"""Who gives way to whom where the processor does not suffice: voices go first.

The PBX stays where every program begins (0). Linux shares the processor out between sessions before it
looks at nice(1), which counts within one session only (sched(7), "The autogroup feature"): a program that
leads a session therefore sets both.
"""

import contextlib
import os
from enum import IntEnum
from pathlib import Path


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
        # Not there where the kernel has no autogroups or a container shows none of it: nice has to do.
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")
