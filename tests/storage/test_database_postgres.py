"""What can be wrong with PostgreSQL, and what the operator is told."""

import socket
import threading
import time

import pytest
from sqlalchemy import text

from ivr.errors import DatabaseBusy, DatabaseNotWritable, DatabaseOutdated, DatabaseUnreachable, StorageError
from storage.database import Database
from tests.postgres import PostgresCluster
from tests.storage.conftest import StoppableDatabase
from tests.storage.rows import add_agent


def _refused(address: str, kind: type[StorageError]) -> str:
    database = Database(address)
    with pytest.raises(kind) as caught:
        database.check()
    database.close()
    return str(caught.value)


def test_a_good_database_passes_the_check(postgres_address: str) -> None:
    database = Database(postgres_address)
    database.check()
    database.close()


def test_a_wrong_password_is_named_and_not_shown(postgres: PostgresCluster) -> None:
    said = _refused(postgres.tcp_address(password="hunter2hunter2"), DatabaseUnreachable)
    assert "the user name or the password is wrong" in said
    assert "hunter2" not in said and "127.0.0.1" in said


def test_a_missing_password_is_named(postgres: PostgresCluster) -> None:
    address = f"postgresql://hotline@127.0.0.1:{postgres.port}/postgres"
    assert "a password is wanted" in _refused(address, DatabaseUnreachable)


def test_a_missing_database_is_named(postgres: PostgresCluster) -> None:
    said = _refused(postgres.address("nowhere"), DatabaseUnreachable)
    assert "there is no such database" in said and "nowhere" in said


def test_an_unknown_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)  # the machine's resolver may ask the world
    said = _refused("postgresql://hotline@no-such-host.invalid/hotline", DatabaseUnreachable)
    assert "the host name is unknown" in said and "no-such-host.invalid" in said


def test_a_port_on_which_nobody_listens_is_named() -> None:
    said = _refused("postgresql://hotline@127.0.0.1:9/hotline", DatabaseUnreachable)
    assert "no server listens there" in said


def test_an_empty_database_has_no_tables_yet(postgres: PostgresCluster) -> None:
    with postgres.database() as name:
        assert "has no tables yet" in _refused(postgres.address(name), DatabaseOutdated)


def test_a_server_that_only_reads_is_not_writable(postgres: PostgresCluster, postgres_address: str) -> None:
    said = _refused(f"{postgres_address}&options=-cdefault_transaction_read_only%3Don", DatabaseNotWritable)
    assert "is read-only" in said


def test_a_statement_that_takes_too_long_is_ended(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.STATEMENT_SECONDS", 0.1)
    database = Database(postgres_address)
    with pytest.raises(DatabaseBusy, match="statement timeout"), database.read() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    database.close()


def test_the_session_is_in_utc(postgres_address: str) -> None:
    database = Database(postgres_address)
    with database.read() as connection:
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
    database.close()


def test_a_server_that_was_restarted_is_used_again_without_an_error(stoppable: StoppableDatabase) -> None:
    database = Database(stoppable.address)
    with database.write() as connection:
        add_agent(connection)
    stoppable.cluster.stop()
    stoppable.cluster.start()
    with database.write() as connection:
        add_agent(connection)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM agents")).scalar_one() == 2
    database.close()


def test_a_server_that_went_away_is_unreachable_at_once(stoppable: StoppableDatabase) -> None:
    database = Database(stoppable.address)
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
    stoppable.cluster.stop()
    began = time.monotonic()
    with pytest.raises(DatabaseUnreachable), database.write() as connection:
        add_agent(connection)
    assert time.monotonic() - began < 1
    database.close()


def test_a_server_that_dies_during_a_transaction_is_unreachable(stoppable: StoppableDatabase) -> None:
    database = Database(stoppable.address)
    with pytest.raises(DatabaseUnreachable), database.write() as connection:
        add_agent(connection)
        stoppable.cluster.stop()
        add_agent(connection)
    stoppable.cluster.start()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM agents")).scalar_one() == 0
    database.close()


def test_more_transactions_than_connections_wait_their_turn_and_then_give_up(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.CONNECTIONS", 1)
    monkeypatch.setattr("storage.database.LOCK_SECONDS", 0.2)
    database = Database(postgres_address)
    release, held = threading.Event(), threading.Barrier(4)

    def hold() -> None:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
            held.wait(5)
            release.wait(5)

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    held.wait(5)
    with pytest.raises(DatabaseBusy, match="no connection got free"), database.read() as connection:
        connection.execute(text("SELECT 1"))
    release.set()
    for thread in threads:
        thread.join()
    database.close()
