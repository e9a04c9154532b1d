"""R-12.12: the calls that agents ended for a reason are listed for the supervisor."""

from datetime import timedelta

from ivr.standard.conversation_refusal import SpecialEnd
from storage.database import Database
from storage.queries import special_ends
from storage.queries.special_ends import EndedByAgent
from tests.storage.rows import NOW, add_agent, add_call


def test_the_newest_come_first_and_other_calls_are_not_listed(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection, work_number="1001", name="王敏")
        add_call(connection, ended_at=NOW)
        add_call(connection, ended_at=NOW - timedelta(days=2), special_end=SpecialEnd.SILENT)
        first = add_call(connection, ended_at=NOW, special_end=SpecialEnd.SILENT, agent_id=agent)
        later = NOW + timedelta(minutes=1)
        second = add_call(
            connection,
            ended_at=later,
            special_end=SpecialEnd.ABUSIVE,
            special_end_text="骂人",
            caller_number="+8613900000000",
        )
    with database.read() as connection:
        found = special_ends.since(connection, NOW - timedelta(hours=1), 10)
        newest = special_ends.since(connection, NOW - timedelta(hours=1), 1)
    assert found == [
        EndedByAgent(second, later, None, None, "+8613900000000", SpecialEnd.ABUSIVE, "骂人"),
        EndedByAgent(first, NOW, "1001", "王敏", None, SpecialEnd.SILENT, None),
    ]
    assert newest == found[:1]
