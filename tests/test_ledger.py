"""The engine's one door to the database: order, grouping, and a database that is away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from ivr.errors import Conflict, DatabaseBusy
from ivr.ledger import Ledger, Write
from storage.database import Database
from storage.models import Event
from storage.queries.calls import note
from tests.storage.rows import NOW


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    opened = Ledger(database)
    opened.open()
    yield opened
    await opened.close()


def fact(kind: str) -> Write[object]:
    return lambda connection: note(connection, kind, NOW)


def kinds(connection: Connection) -> list[str]:
    return list(connection.execute(select(Event.kind).order_by(Event.id)).scalars())


async def test_a_decision_is_written_after_the_facts_noted_before_it(ledger: Ledger) -> None:
    for number in range(5):
        ledger.note(fact(f"fact.{number}"))
    await ledger.decide(fact("decision"))
    assert await ledger.read(kinds) == [*(f"fact.{number}" for number in range(5)), "decision"]


async def test_facts_alone_are_written_soon(ledger: Ledger) -> None:
    ledger.note(fact("alone"))
    for _ in range(500):
        if not ledger.unwritten:
            break
        await asyncio.sleep(0.01)
    assert await ledger.read(kinds) == ["alone"]


async def test_a_decision_gives_back_what_its_write_returns(ledger: Ledger) -> None:
    assert await ledger.decide(lambda c: c.execute(text("SELECT 7")).scalar_one()) == 7


async def test_a_decision_that_fails_takes_no_fact_with_it(ledger: Ledger) -> None:
    def refused(connection: Connection) -> None:
        note(connection, "never", NOW)
        raise Conflict("no")

    ledger.note(fact("kept"))
    with pytest.raises(Conflict):
        await ledger.decide(refused)
    assert await ledger.read(kinds) == ["kept"]


async def test_a_fact_that_can_never_be_written_does_not_hold_up_the_others(ledger: Ledger) -> None:
    def broken(connection: Connection) -> None:
        raise ValueError("broken")

    ledger.note(fact("before"))
    ledger.note(broken)
    ledger.note(fact("after"))
    await ledger.decide(fact("decision"))
    assert await ledger.read(kinds) == ["before", "after", "decision"]


async def test_what_cannot_be_written_while_the_database_is_held_is_written_afterwards(
    sqlite_address: str,
) -> None:
    database = Database(sqlite_address)
    ledger = Ledger(database)
    ledger.open()
    holder = sqlite3.connect(Path(sqlite_address.removeprefix("sqlite:///")), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        answers = await asyncio.gather(
            *(ledger.decide(fact("refused")) for _ in range(20)), return_exceptions=True
        )
        # Not one after the other, each after seconds: who waited behind the first gets its answer.
        assert {id(answer) for answer in answers} == {id(answers[0])}
        assert isinstance(answers[0], DatabaseBusy)
        ledger.note(fact("kept"))
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    await ledger.close()
    with database.read() as connection:
        assert kinds(connection) == ["kept"]
    database.close()
