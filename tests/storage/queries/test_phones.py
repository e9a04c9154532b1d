"""Keys of phones: made once for a page, counting as long as the session lives, whoever ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from ivr.config.sections import DeviceKind
from storage.database import Database
from storage.models import Agent, AgentPresence, BrowserPhone
from storage.passwords import device_digest
from storage.queries import phones, sign_ins, visitor_phones
from storage.queries.phones import KnownPhone, PageKey
from storage.queries.sign_ins import EndReason
from tests.storage.rows import add_agent

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def agent(database: Database) -> int:
    with database.write() as connection:
        return add_agent(connection, work_number="1001", device_kind=DeviceKind.BROWSER)


def sign_in(database: Database, agent_id: int, token: str = "a token") -> int:
    with database.write() as connection:
        return sign_ins.begin(connection, agent_id, token, NOW, address="192.0.2.7", browser="b")


def key_of(database: Database, sign_in_id: int) -> PageKey | None:
    with database.write() as connection:
        return phones.make_key(connection, sign_in_id, "1001", NOW)


def known(database: Database, now: datetime = NOW) -> list[KnownPhone]:
    with database.read() as connection:
        return phones.known(connection, now)


def test_a_page_is_given_a_secret_and_the_database_keeps_its_digest(database: Database) -> None:
    sign_in_id = sign_in(database, agent(database))
    key = key_of(database, sign_in_id)
    assert key is not None
    assert key.user == "agent-1001"
    assert len(key.secret) >= 32
    assert known(database) == [KnownPhone("agent-1001", device_digest("agent-1001", key.secret), True)]
    with database.read() as connection:
        kept = connection.execute(select(BrowserPhone.__table__)).one()
    assert key.secret not in [str(value) for value in kept]


def test_the_newest_key_counts_and_its_mark_tells_the_pages_apart(database: Database) -> None:
    sign_in_id = sign_in(database, agent(database))
    first, second = key_of(database, sign_in_id), key_of(database, sign_in_id)
    assert first is not None
    assert second is not None
    assert first.secret != second.secret
    with database.read() as connection:
        assert phones.mark_of(connection, sign_in_id) == second.mark != first.mark
    assert [phone.digest for phone in known(database)] == [device_digest("agent-1001", second.secret)]


@pytest.mark.parametrize("reason", list(EndReason))
def test_whatever_ends_the_session_ends_its_key(database: Database, reason: EndReason) -> None:
    """R-20."""
    sign_in_id = sign_in(database, agent(database))
    key_of(database, sign_in_id)
    with database.read() as connection:
        before = phones.stamp(connection)
    with database.write() as connection:
        sign_ins.end(connection, sign_in_id, NOW, reason)
    assert known(database) == []
    with database.read() as connection:
        assert phones.stamp(connection) != before, "the engine sees that something changed"
    assert key_of(database, sign_in_id) is None, "an ended session gets no new one"


def test_somebody_who_left_or_has_another_phone_now_has_none_in_the_browser(database: Database) -> None:
    agent_id = agent(database)
    key_of(database, sign_in(database, agent_id))
    for change in ({"active": False}, {"active": True, "device_kind": DeviceKind.ADDRESS}):
        with database.write() as connection:
            connection.execute(update(Agent).where(Agent.id == agent_id).values(change))
        assert known(database) == []


def test_digests_of_ended_sessions_are_taken_away(database: Database) -> None:
    agent_id = agent(database)
    first = sign_in(database, agent_id)
    key_of(database, first)
    with database.write() as connection:
        sign_ins.end(connection, first, NOW, EndReason.SIGNED_OUT)
    second = sign_in(database, agent_id, "another token")
    key_of(database, second)
    with database.read() as connection:
        assert list(connection.execute(select(BrowserPhone.sign_in_id)).scalars()) == [second]


def test_a_browser_phone_without_a_page_counts_as_not_there(database: Database) -> None:
    agent_id = agent(database)
    with database.write() as connection:
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(device_present=True)
        )
    with database.read() as connection:
        assert phones.wrongly_present(connection) == ["1001"]
    key_of(database, sign_in(database, agent_id))
    with database.read() as connection:
        assert phones.wrongly_present(connection) == []


def test_visitors_are_few_and_stay_for_a_while(database: Database) -> None:
    lasts = timedelta(minutes=10)

    def make(now: datetime) -> PageKey | None:
        with database.write() as connection:
            return visitor_phones.make(connection, "13900000001", now, lasts=lasts, at_once=2)

    first, second = make(NOW), make(NOW)
    assert first is not None
    assert second is not None
    assert make(NOW) is None
    assert {phone.name for phone in known(database)} == {first.user, second.user}
    assert known(database)[0].caller_number == "13900000001"
    later = NOW + timedelta(minutes=9)
    with database.write() as connection:
        assert visitor_phones.prolong(connection, first.user, later, lasts=lasts)
    over = NOW + timedelta(minutes=11)
    assert [phone.name for phone in known(database, over)] == [first.user]
    with database.write() as connection:
        assert not visitor_phones.prolong(connection, second.user, over, lasts=lasts), "its time is over"
    assert make(over) is not None, "there is room again"
    with database.write() as connection:
        visitor_phones.remove(connection, first.user)
    assert first.user not in {phone.name for phone in known(database, over)}
