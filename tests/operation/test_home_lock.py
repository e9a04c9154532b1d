import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.errors import AlreadyRunning, HomeUnusable
from ivr.operation import home_lock
from ivr.operation.home_lock import ENGINE


def test_a_second_program_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    lock = home_lock.hold(tmp_path, ENGINE)
    home_lock.sign(lock, 4711)
    with pytest.raises(AlreadyRunning, match=r"engine already runs here \(process 4711\)") as refused:
        home_lock.hold(tmp_path, ENGINE)
    assert refused.value.pid == home_lock.holder(tmp_path, ENGINE) == 4711
    os.close(lock)


def test_programs_of_other_names_and_homes_are_not_in_the_way(tmp_path: Path) -> None:
    locks = [
        home_lock.hold(tmp_path / home, program)
        for home in ("a", "b")
        for program in (ENGINE, home_lock.CONSOLE, home_lock.SUPERVISOR)
    ]
    for lock in locks:
        os.close(lock)


def test_a_file_that_was_left_over_means_nothing(tmp_path: Path) -> None:
    lock = home_lock.hold(tmp_path, ENGINE)
    home_lock.sign(lock, os.getpid())
    os.close(lock)
    assert home_lock.lock_file(tmp_path, ENGINE).exists()
    assert home_lock.holder(tmp_path, ENGINE) is None
    os.close(home_lock.hold(tmp_path, ENGINE))


def test_a_lock_is_held_until_the_program_that_inherited_it_ends(tmp_path: Path) -> None:
    lock = home_lock.hold(tmp_path, ENGINE)
    program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    home_lock.sign(lock, program.pid)
    os.close(lock)
    assert home_lock.holder(tmp_path, ENGINE) == program.pid
    program.kill()
    program.communicate()
    assert home_lock.holder(tmp_path, ENGINE) is None


def test_an_engine_started_by_hand_is_refused_while_another_runs(tmp_path: Path) -> None:
    lock = home_lock.hold(tmp_path, ENGINE)
    home_lock.sign(lock, 1)
    with pytest.raises(AlreadyRunning):
        home_lock.claim(tmp_path, ENGINE)
    os.close(lock)


def test_an_engine_whose_starter_holds_the_lock_for_it_is_not_refused(tmp_path: Path) -> None:
    lock = home_lock.hold(tmp_path, ENGINE)
    home_lock.sign(lock, os.getpid())
    home_lock.claim(tmp_path, ENGINE)
    os.close(lock)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusable, match=r"file/run.*: Not a directory; set HOTLINE_HOME"):
        home_lock.hold(tmp_path / "file", ENGINE)
