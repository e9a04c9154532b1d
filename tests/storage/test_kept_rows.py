"""Rows read again and again: what is the same stays the same object, what changed or went is seen."""

from sqlalchemy import select, update

from storage.database import Database
from storage.kept_rows import KeptRows
from storage.models import Agent
from tests.storage.rows import add_agent


def test_only_what_changed_is_made_anew(database: Database) -> None:
    with database.write() as connection:
        first, second = add_agent(connection), add_agent(connection)
    made: list[int] = []

    def make(row: object) -> list[object]:
        made.append(row[0])  # type: ignore[index]
        return list(row)  # type: ignore[call-overload, no-any-return]

    kept = KeptRows(
        select(Agent.id, Agent.name, Agent.created_at).where(Agent.active).order_by(Agent.work_number),
        Agent.id,
        make,
    )
    with database.read() as connection:
        before = kept.read(connection)
    with database.read() as connection:
        again = kept.read(connection)
    assert made == [first, second]
    assert all(one is other for one, other in zip(before, again, strict=True))
    with database.write() as connection:
        connection.execute(update(Agent).where(Agent.id == second).values(name="李强"))
    with database.read() as connection:
        after = kept.read(connection)
    assert made == [first, second, second]
    assert after[0] is before[0]
    assert after[1][1] == "李强"
    assert after[1][2] == before[1][2]
    with database.write() as connection:
        connection.execute(update(Agent).where(Agent.id == first).values(active=False))
    with database.read() as connection:
        assert kept.read(connection) == [after[1]]
        assert kept.anew(connection) == [after[1]]
