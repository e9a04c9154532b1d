"""Sessions in the database: one live session per work number (R-20), whoever is faster."""

import threading
from datetime import timedelta

import pytest

from ivr.errors import Conflict
from storage.database import Database
from storage.queries import sign_ins
from storage.queries.sign_ins import EndReason
from tests.storage.rows import NOW, add_agent


@pytest.fixture
def agent(database: Database) -> int:
    with database.write() as connection:
        return add_agent(connection, work_number="7001")


def begin(database: Database, agent: int, token: str) -> int:
    with database.write() as connection:
        return sign_ins.begin(connection, agent, token, NOW, address="192.0.2.1", browser="b" * 500)


def test_a_session_is_found_by_its_token_and_by_no_other(database: Database, agent: int) -> None:
    begin(database, agent, "secret")
    with database.read() as connection:
        found = sign_ins.find(connection, "secret")
        assert found is not None
        assert (found.agent_id, found.work_number, found.ended_at) == (agent, "7001", None)
        for other in ("Secret", "", "secret ", sign_ins.token_hash("secret"), "\ud800"):
            assert sign_ins.find(connection, other) is None


def test_a_second_live_session_is_refused_by_the_database(database: Database, agent: int) -> None:
    first = begin(database, agent, "one")
    with pytest.raises(Conflict):
        begin(database, agent, "two")
    with database.write() as connection:
        assert sign_ins.end(connection, first, NOW, EndReason.SIGNED_OUT)
    begin(database, agent, "three")


def test_of_many_at_once_exactly_one_gets_in(database: Database, agent: int) -> None:
    inside: list[int] = []
    refused: list[Conflict] = []
    gate = threading.Barrier(6)

    def try_it(number: int) -> None:
        gate.wait()
        try:
            inside.append(begin(database, agent, f"token {number}"))
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(inside), len(refused)) == (1, 5)


def test_a_session_ends_once_and_for_one_reason(database: Database, agent: int) -> None:
    session = begin(database, agent, "one")
    with database.write() as connection:
        assert sign_ins.end(connection, session, NOW, EndReason.TAKEN_OVER)
        assert not sign_ins.end(connection, session, NOW + timedelta(1), EndReason.EXPIRED)
        assert sign_ins.live_session(connection, agent) is None
        assert sign_ins.ended(connection, [session]) == {session: ("taken_over", NOW)}


def test_only_live_sessions_are_marked_as_seen(database: Database, agent: int) -> None:
    session = begin(database, agent, "one")
    later = NOW + timedelta(minutes=5)
    with database.write() as connection:
        sign_ins.mark_seen(connection, [session], later)
        live = sign_ins.live_session(connection, agent)
        assert live is not None
        assert live.seen_at == later
        sign_ins.end(connection, session, later, EndReason.SIGNED_OUT)
        sign_ins.mark_seen(connection, [session], later + timedelta(1))
        found = sign_ins.find(connection, "one")
    assert found is not None
    assert found.seen_at == later
