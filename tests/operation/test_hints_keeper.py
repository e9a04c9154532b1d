"""Hints are made beside the hotline by a process of their own, whenever drawn recordings have none (R-9)."""

import asyncio
import os
from pathlib import Path

from sqlalchemy import select

from ivr.config import load
from ivr.operation.hints_keeper import HintsKeeper
from storage.database import Database
from storage.models import HintRun
from tests.agent_console.quality.drawn_conversation import draw
from tests.agent_console.scene import Scene
from tests.conftest import PROJECT


async def test_a_drawn_recording_gets_its_hints_without_anybody_asking(
    sqlite_address: str, tmp_path: Path
) -> None:
    environment = {
        "HOTLINE_HOME": str(tmp_path),
        "ADDRESS": sqlite_address,
        "HOTLINE__STORAGE__URL_FROM": "ADDRESS",
    }
    settings = load(PROJECT / "config.yaml", environment)
    database = Database(settings.database_address)
    draw(database, Scene(database).person("1001"), settings.recordings_folder)
    keeper = asyncio.create_task(HintsKeeper(settings, database, {**os.environ, **environment}).keep())
    try:
        async with asyncio.timeout(60):
            while True:
                with database.read() as connection:
                    made = connection.execute(select(HintRun.failure, HintRun.agent_share)).one_or_none()
                if made is not None:
                    break
                await asyncio.sleep(0.1)
        assert made.failure is None and 0.3 < made.agent_share < 0.5
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        database.close()
