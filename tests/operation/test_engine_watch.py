import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from ivr.operation import engine_watch
from ivr.operation.engine_watch import EngineWatch
from storage.database import Database
from storage.models import Engine

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Watched:
    """An engine as the watch sees it: what it signed, and whether it was killed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.killed = asyncio.Event()
        self.process = 1
        self.looked = asyncio.Event()

    @property
    def pid(self) -> int | None:
        self.looked.set()
        return self.process

    def kill(self) -> None:
        self.killed.set()

    def sign(self, started_at: datetime, *, connected: bool, node: str = "pbx1") -> None:
        with self._database.write() as connection:
            connection.execute(
                insert(Engine).values(
                    pbx_node=node,
                    instance="a",
                    started_at=started_at,
                    seen_at=started_at,
                    pbx_connected=connected,
                )
            )

    def sign_again(self, after: float) -> None:
        with self._database.write() as connection:
            connection.execute(update(Engine).values(seen_at=START + timedelta(seconds=after)))


@pytest.fixture
def engine(database: Database) -> Watched:
    return Watched(database)


async def is_ready(database: Database) -> bool:
    return await EngineWatch(database, "pbx1", lambda line: None).is_ready(START)


async def test_without_a_sign_of_life_no_engine_is_ready(database: Database) -> None:
    assert not await is_ready(database)


async def test_one_that_signed_with_its_pbx_is_ready(database: Database, engine: Watched) -> None:
    engine.sign(START, connected=True)
    assert await is_ready(database)


async def test_one_without_its_pbx_is_not(database: Database, engine: Watched) -> None:
    engine.sign(START, connected=False)
    assert not await is_ready(database)


async def test_the_sign_of_an_earlier_one_or_of_another_node_does_not_count(
    database: Database, engine: Watched
) -> None:
    engine.sign(START - timedelta(seconds=1), connected=True)
    engine.sign(START, connected=True, node="pbx2")
    assert not await is_ready(database)


async def test_a_database_that_is_away_tells_nothing(sqlite_address: str) -> None:
    gone = Database(sqlite_address + ".gone/none")
    assert not await is_ready(gone)


async def test_one_that_falls_silent_is_killed_and_one_that_signs_is_not(
    database: Database, engine: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_watch, "LOOK_EVERY", 0.02)
    told: list[str] = []
    engine.sign(START, connected=True)
    watching = asyncio.create_task(EngineWatch(database, "pbx1", told.append).watch(engine))
    for second in range(20):
        engine.sign_again(second)
        await asyncio.sleep(0.02)
    assert not engine.killed.is_set()
    await asyncio.wait_for(engine.killed.wait(), 5)
    watching.cancel()
    assert "no sign of life" in told[0]


async def test_one_that_is_still_starting_is_given_its_time(
    database: Database, engine: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_watch, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(engine_watch, "STARTING_LOOKS", 10_000)
    engine.sign(START, connected=True)
    watching = asyncio.create_task(EngineWatch(database, "pbx1", lambda line: None).watch(engine))
    await asyncio.wait_for(engine.looked.wait(), 20)
    engine.process = 2  # the one that signed has died
    await asyncio.sleep(0.5)
    assert not engine.killed.is_set()
    watching.cancel()
