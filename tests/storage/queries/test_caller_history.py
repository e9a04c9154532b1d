"""What is known of who calls: the last calls and the open cases, in whatever spelling the number stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from ivr.config.sections import CallKind
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import Case
from storage.queries import caller_history
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def add_case(connection: Connection, number: str, agent: int, **values: Any) -> None:
    row = {
        "number": number,
        "kind": CallKind.REPAIR,
        "urgency": Urgency.ORDINARY,
        "first_responder_id": agent,
        "content": "漏水",
        "created_at": NOW,
    }
    connection.execute(insert(Case).values({**row, **values}))


@pytest.mark.parametrize("sent", ["13912341111", "+8613912341111", "013912341111"])
def test_earlier_calls_are_found_however_the_number_was_sent(database: Database, sent: str) -> None:
    with database.write() as connection:
        agent = add_agent(connection, work_number="1001")
        old = add_call(
            connection, caller_number="13912341111", arrived_at=NOW, agent_id=agent, queue="repair"
        )
        add_call(connection, caller_number="+8613912341111", arrived_at=NOW + timedelta(hours=1))
        add_call(connection, caller_number="13800000000")
        this = add_call(connection, caller_number=sent, arrived_at=NOW + timedelta(hours=2))
    with database.read() as connection:
        numbers = caller_history.numbers_like(sent, None)
        found = caller_history.calls_of(connection, numbers, before=this, limit=5)
        newest = caller_history.calls_of(connection, numbers, before=this, limit=1)
    assert [call.arrived_at for call in found] == [NOW + timedelta(hours=1), NOW]
    assert (found[1].id, found[1].queue, found[1].work_number) == (old, "repair", "1001")
    assert newest == found[:1]


def test_a_local_number_needs_its_area_code() -> None:
    assert "+8653188880001" in caller_history.numbers_like("88880001", "0531")
    assert caller_history.numbers_like("88880001", None) == ["88880001"]


def test_open_cases_of_the_number_are_found_and_closed_ones_are_not(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        add_case(connection, "2026-11-0001", agent, contact_number="13912341111")
        add_case(
            connection,
            "2026-11-0002",
            agent,
            contact_number="13912341111",
            created_at=NOW + timedelta(hours=1),
        )
        add_case(connection, "2026-11-0003", agent, contact_number="13912341111", closed_at=NOW)
        add_case(connection, "2026-11-0004", agent)
    with database.read() as connection:
        numbers = caller_history.numbers_like("+8613912341111", None)
        found = caller_history.open_cases(connection, numbers, (), limit=9)
        nobody = caller_history.open_cases(connection, (), (), limit=9)
    assert [case.number for case in found] == ["2026-11-0002", "2026-11-0001"]
    assert nobody == []
