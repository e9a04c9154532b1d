"""The calls of a customer, whatever way the network wrote the number; and who is on the line now."""

from datetime import timedelta

from sqlalchemy import update

from storage.database import Database
from storage.models import AgentPresence
from storage.queries.customer_calls import call_at_hand, last_calls
from tests.storage.rows import NOW, add_agent, add_call


def test_calls_are_found_in_every_spelling_the_newest_first(database: Database) -> None:
    spellings = ["13900000000", "+8613900000000", "013900000000", "13900000001", "88880001", None]
    with database.write() as connection:
        ids = [
            add_call(connection, caller_number=number, arrived_at=NOW + timedelta(minutes=minute))
            for minute, number in enumerate(spellings)
        ]
    numbers = ["+8613900000000", "+8653188880001"]
    with database.read() as connection:
        found = last_calls(connection, numbers, limit=10, area_code="0531")
        assert [call.id for call in found] == [ids[4], ids[2], ids[1], ids[0]]
        assert [call.id for call in last_calls(connection, numbers, limit=1, without=ids[4])] == [ids[2]]
        assert last_calls(connection, [], limit=10) == []


def test_the_call_at_hand_is_the_one_of_the_agents_state(database: Database) -> None:
    with database.write() as connection:
        agent, call = add_agent(connection), add_call(connection, caller_number="13900000000")
        assert call_at_hand(connection, agent) is None
        connection.execute(update(AgentPresence).where(AgentPresence.agent_id == agent).values(call_id=call))
    with database.read() as connection:
        assert call_at_hand(connection, agent) == (call, "13900000000")
