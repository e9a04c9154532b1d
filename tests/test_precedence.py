"""Voices go first: engine, console and hints give way to the PBX, in this order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.precedence import Precedence

AUTOGROUP = Path("/proc/self/autogroup")
SAYS = (
    "import os, pathlib; from ivr.precedence import *; give_way(Precedence({asked}));"
    "print(os.getpriority(os.PRIO_PROCESS, 0));"
    "print(pathlib.Path('/proc/self/autogroup').read_text() if {autogroup} else '')"
)


def _gave_way(asked: Precedence, *, leads: bool, before: int = 0) -> tuple[int, str]:
    """What a process says of itself that has given way."""
    program = SAYS.format(asked=int(asked), autogroup=AUTOGROUP.exists())
    done = subprocess.run(
        ["nice", "-n", str(before), sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        start_new_session=leads,
    )
    nice, group = done.stdout.split("\n", 1)
    return int(nice), group


def test_the_engine_goes_before_the_console_and_hints_come_last() -> None:
    assert 0 < Precedence.ENGINE < Precedence.CONSOLE < Precedence.HINTS == 19


@pytest.mark.parametrize("asked", Precedence)
def test_a_program_that_leads_a_session_gives_way_with_the_whole_of_it(asked: Precedence) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    nice, group = _gave_way(asked, leads=True)
    assert nice == max(asked, own)
    assert not AUTOGROUP.exists() or group.split() == [group.split()[0], "nice", str(max(asked, own))]


def test_a_program_in_somebody_elses_session_leaves_that_session_as_it_is() -> None:
    before = AUTOGROUP.read_text() if AUTOGROUP.exists() else ""
    nice, group = _gave_way(Precedence.HINTS, leads=False)
    assert nice == Precedence.HINTS
    assert group.strip() == before.strip()


def test_who_gives_way_further_already_stays_as_it_is() -> None:
    assert _gave_way(Precedence.ENGINE, leads=True, before=15)[0] >= 15
