"""R-N: 50 desks that save at once, and some that die in between: no number is missing and none is double."""

import os
import signal
import subprocess
import sys
import threading

from sqlalchemy import select

from ivr.errors import DatabaseBusy
from storage.database import Database
from storage.models import Case, CaseLife
from tests.conftest import PROJECT
from tests.storage.queries.case_rows import Team, add_team, make

WRITERS = 50
EACH = 2

DIES = """
import os, signal, sys
from storage.database import Database
from storage.queries.case_numbers import next_serial
with Database(sys.argv[1]).write() as connection:
    print(next_serial(connection, "2026-11"), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def die_with_a_number(address: str) -> int:
    """A program that takes a number and is killed before it commits; returns the number it had."""
    died = subprocess.run(
        [sys.executable, "-c", DIES, address],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    return int(died.stdout)


def test_numbers_have_no_gap_though_many_save_at_once_and_some_die(
    database: Database, database_address: str
) -> None:
    with database.write() as connection:
        team = add_team(connection)
    failures: list[BaseException] = []
    had: list[int] = []
    ready = threading.Barrier(WRITERS + 1)

    def writer(place: int) -> None:
        ready.wait()
        try:
            for turn in range(EACH):
                _save(database, team, fails=(place + turn) % 10 == 0)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=writer, args=(place,)) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    ready.wait()
    had.append(die_with_a_number(database_address))
    for thread in threads:
        thread.join()
    had.append(die_with_a_number(database_address))
    with database.write() as connection:
        make(connection, team)
    assert failures == []
    with database.read() as connection:
        numbers = connection.execute(select(Case.number).order_by(Case.number)).scalars().all()
        lives = connection.execute(select(CaseLife.case_id)).all()
    saved = WRITERS * EACH * 9 // 10 + 1
    assert numbers == [f"2026-11-{serial:04}" for serial in range(1, saved + 1)]
    assert len(lives) == saved
    assert had[1] == saved, "the number of the one who died was given again"


def _save(database: Database, team: Team, *, fails: bool) -> None:
    """Save a case; or take everything that it needs, and fail before the end.

    A desk that is told that the database is busy tries again, as its page does.
    """
    while True:
        try:
            with database.write() as connection:
                make(connection, team)
                if fails:
                    raise ZeroDivisionError
            return
        except ZeroDivisionError:
            return
        except DatabaseBusy:
            continue
