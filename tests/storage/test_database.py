"""Transactions, and the errors that leave the storage layer, on both databases."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text, update

from ivr.errors import Conflict, DatabaseBusy, StorageError
from storage.database import Database
from storage.models import Agent, AgentPresence, Event
from tests.storage.rows import NOW, add_agent


def test_a_transaction_is_committed_at_its_end(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection, name="李强")
    with database.read() as connection:
        assert connection.execute(select(Agent.name).where(Agent.id == agent)).scalar_one() == "李强"


def test_a_transaction_in_which_something_is_raised_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        add_agent(connection)
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(select(Agent.id)).all() == []


def test_a_moment_comes_back_in_utc_with_its_zone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(Event).values(at=NOW, kind="call.arrived"))
    with database.read() as connection:
        moment = connection.execute(select(Event.at)).scalar_one()
    assert moment == NOW and moment.tzinfo is UTC


def test_a_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StorageError, match="has no time zone"), database.write() as connection:
        connection.execute(insert(Event).values(at=datetime(2026, 11, 21, 8), kind="call.arrived"))


def test_reading_refuses_to_write(database: Database) -> None:
    with pytest.raises(StorageError, match=r"read-?only"), database.read() as connection:
        connection.execute(insert(Event).values(at=NOW, kind="call.arrived"))


def test_reading_sees_one_moment_from_its_first_question_on(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(select(Agent.id)).all() == []
        with database.write() as writer:
            add_agent(writer)
        assert reader.execute(select(Agent.id)).all() == []
    with database.read() as reader:
        assert len(reader.execute(select(Agent.id)).all()) == 1


def test_a_work_number_that_is_taken_is_a_conflict(database: Database) -> None:
    """R-20: one person, one work number."""
    with database.write() as connection:
        add_agent(connection, work_number="1001")
    with pytest.raises(Conflict, match="work_number"), database.write() as connection:
        add_agent(connection, work_number="1001")


def test_a_row_that_names_nobody_is_a_conflict(database: Database) -> None:
    with pytest.raises(Conflict), database.write() as connection:
        connection.execute(
            insert(AgentPresence).values(agent_id=4711, state="ready", since=NOW, idle_since=NOW)
        )


def test_threads_that_write_the_same_row_wait_for_each_other(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)

    def count_up() -> None:
        for _ in range(25):
            with database.write() as connection:
                connection.execute(
                    update(AgentPresence)
                    .where(AgentPresence.agent_id == agent)
                    .values(call_id=AgentPresence.__table__.c.call_id + 1)
                )

    with database.write() as connection:
        connection.execute(update(AgentPresence).values(call_id=0))
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(AgentPresence.call_id)).scalar_one() == 100


@pytest.fixture
def impatient(database_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database that gives up on others' locks soon."""
    monkeypatch.setattr("storage.sqlite_session.BUSY_SECONDS", 0.2)
    monkeypatch.setattr("storage.database.LOCK_SECONDS", 0.2)
    database = Database(database_address)
    yield database
    database.close()


def test_a_lock_that_is_held_too_long_is_said(database: Database, impatient: Database) -> None:
    with database.write() as holder:
        add_agent(holder, work_number="1001")
        began = time.monotonic()
        with pytest.raises(DatabaseBusy), impatient.write() as connection:
            add_agent(connection, work_number="1001")
        assert time.monotonic() - began < 2


def test_a_mistake_in_a_statement_is_a_storage_error(database: Database) -> None:
    with pytest.raises(StorageError), database.write() as connection:
        connection.execute(text("SELEKT 1"))


def test_a_closed_database_can_be_used_again(database: Database) -> None:
    database.close()
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "write"),
        ("mysql://root@127.0.0.1/hotline", "use sqlite or postgresql"),
        ("sqlite://", "in memory keeps nothing"),
        ("sqlite:///:memory:", "in memory keeps nothing"),
        ("var/hotline.sqlite3", "write"),
    ],
)
def test_an_address_of_no_database_is_refused(address: str, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        Database(address)
