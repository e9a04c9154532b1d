"""Programs on one database wake each other, on both databases."""

import threading
import time
from collections.abc import Iterator

import pytest

from storage.changes import Watch, announce
from storage.database import Database
from tests.storage.conftest import StoppableDatabase
from tests.storage.rows import add_agent

SOON = 0.3
"""Seconds within which a change must be on a supervisor's screen."""


@pytest.fixture
def watch(database: Database) -> Iterator[Watch]:
    with Watch(database) as watch:
        yield watch


@pytest.fixture
def other_program(database_address: str) -> Iterator[Database]:
    database = Database(database_address)
    yield database
    database.close()


def _change(database: Database) -> None:
    with database.write() as connection:
        add_agent(connection)
        announce(connection)


def test_without_a_change_the_wait_ends_with_its_time(watch: Watch) -> None:
    began = time.monotonic()
    assert watch.wait(0.1) is False
    assert 0.09 < time.monotonic() - began < 0.5


def test_a_change_of_another_program_ends_the_wait(watch: Watch, other_program: Database) -> None:
    committed: list[float] = []

    def change() -> None:
        time.sleep(0.1)
        _change(other_program)
        committed.append(time.monotonic())

    thread = threading.Thread(target=change)
    thread.start()
    assert watch.wait(5) is True
    seen = time.monotonic()
    thread.join()
    assert seen - committed[0] < SOON


def test_a_change_of_the_same_program_ends_the_wait_too(watch: Watch, database: Database) -> None:
    _change(database)
    assert watch.wait(5) is True


def test_a_watch_may_leave_out_what_its_own_program_announces(database: Database) -> None:
    with Watch(database, but_not="a1b2") as watch:
        with database.write() as connection:
            add_agent(connection)
            announce(connection, "a1b2")
        assert watch.wait(0.1) is database.is_sqlite  # which cannot tell whose change it was
        with database.write() as connection:
            add_agent(connection)
            announce(connection, "c3d4")
        assert watch.wait(5.0) is True
        _change(database)
        assert watch.wait(5.0) is True


def test_a_change_between_two_waits_is_not_missed(watch: Watch, other_program: Database) -> None:
    assert watch.wait(0) is False
    _change(other_program)
    time.sleep(0.1)
    assert watch.wait(0) is True


def test_several_changes_are_one(watch: Watch, other_program: Database) -> None:
    for _ in range(5):
        _change(other_program)
    time.sleep(0.1)
    assert watch.wait(1) is True
    assert watch.wait(0.1) is False


def test_what_is_rolled_back_wakes_nobody(watch: Watch, other_program: Database) -> None:
    with pytest.raises(ZeroDivisionError), other_program.write() as connection:
        add_agent(connection)
        announce(connection)
        raise ZeroDivisionError
    assert watch.wait(0.1) is False


def test_closing_from_another_thread_ends_a_wait_at_once(database: Database) -> None:
    watch = Watch(database)
    threading.Timer(0.1, watch.close).start()
    began = time.monotonic()
    assert watch.wait(30) is False
    assert time.monotonic() - began < 1


def test_a_closed_watch_waits_no_more_and_can_be_closed_again(database: Database) -> None:
    watch = Watch(database)
    watch.close()
    watch.close()
    assert watch.wait(30) is False


def test_a_watch_listens_again_after_the_server_was_away(stoppable: StoppableDatabase) -> None:
    database = Database(stoppable.address)
    with Watch(database) as watch:
        stoppable.cluster.stop()
        assert watch.wait(0.3) is False
        stoppable.cluster.start()
        assert watch.wait(5) is True, "something may have been missed meanwhile"
        _change(database)
        assert watch.wait(5) is True
        assert watch.wait(0.1) is False
    database.close()


def test_a_watch_may_begin_before_the_server_is_there(stoppable: StoppableDatabase) -> None:
    database = Database(stoppable.address)
    stoppable.cluster.stop()
    with Watch(database) as watch:
        assert watch.wait(0.1) is False
        stoppable.cluster.start()
        assert watch.wait(5) is True
    database.close()


def test_closing_ends_a_wait_also_while_the_server_is_away(stoppable: StoppableDatabase) -> None:
    database = Database(stoppable.address)
    watch = Watch(database)
    stoppable.cluster.stop()
    threading.Timer(0.3, watch.close).start()
    began = time.monotonic()
    assert watch.wait(30) is False
    assert time.monotonic() - began < 2
    database.close()
