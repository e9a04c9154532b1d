"""The ways in which parts fail: each breaks a real part, and returns when it is there again."""

import os
import random
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress

from ivr.operation import home_lock
from tests.chaos.hotline import Hotline

AWAY_SECONDS = 12.0
BACK_WITHIN = 90.0

Break = Callable[[Hotline], None]


def engine_killed(place: Hotline) -> None:
    """SIGKILL."""
    os.kill(place.pid(home_lock.ENGINE), signal.SIGKILL)


def engine_hangs(place: Hotline) -> None:
    """SIGSTOP: its socket stays open; the supervisor must notice."""
    os.kill(place.pid(home_lock.ENGINE), signal.SIGSTOP)
    time.sleep(8.0)  # not back before it was noticed


def pbx_killed(place: Hotline) -> None:
    """SIGKILL: all its calls are lost."""
    os.kill(place.pid("PBX"), signal.SIGKILL)
    time.sleep(1.0)


def console_killed(place: Hotline) -> None:
    """SIGKILL: calls must not notice."""
    os.kill(place.pid(home_lock.CONSOLE), signal.SIGKILL)
    time.sleep(1.0)


def database_away(place: Hotline) -> None:
    """PostgreSQL is stopped; SQLite's lock is held by somebody else."""
    if place.cluster is not None:
        place.cluster.stop()
        time.sleep(AWAY_SECONDS)
        place.cluster.start()
        return
    lock = sqlite3.connect(str(place.rows.database.url.database), isolation_level=None, timeout=10)
    lock.execute("BEGIN IMMEDIATE")
    time.sleep(AWAY_SECONDS)
    lock.execute("ROLLBACK")
    lock.close()


def disk_full(place: Hotline) -> None:
    """The engine may let no file grow."""
    engine = place.pid(home_lock.ENGINE)
    with suppress(ProcessLookupError):
        resource.prlimit(engine, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        time.sleep(AWAY_SECONDS)
        resource.prlimit(engine, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def phone_gone(place: Hotline) -> None:
    """An agent's phone is switched off, in a call or not, and on again."""
    work_number = random.choice(sorted(place.phones))
    place.phones[work_number].end()
    time.sleep(5.0)
    place.phone_again(work_number)


def line_down(place: Hotline) -> None:
    """The line to the outside, over which callers are called back."""
    place.outside.end()
    time.sleep(6.0)
    place.outside_again()


BREAKS: dict[str, Break] = {
    "engine killed": engine_killed,
    "engine hangs": engine_hangs,
    "PBX killed": pbx_killed,
    "console killed": console_killed,
    "database away": database_away,
    "disk full": disk_full,
    "agent's phone gone": phone_gone,
    "line to the outside down": line_down,
}


def until_back(place: Hotline) -> float:
    """Wait until the hotline works again; gives the moment (seconds since 1970)."""
    mended, give_up = time.time(), time.monotonic() + BACK_WITHIN
    while not place.works(mended):
        assert time.monotonic() < give_up, "the hotline does not come back:\n" + "\n".join(
            place.run.lines[-20:]
        )
        time.sleep(0.1)
    return time.time()
