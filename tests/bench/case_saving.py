"""How long the desk waits when it saves a case: the console's whole answer, beside one bare row written.

The answer holds all of it: session, rights, proof against forgery, draft, checks, number, case, life, clocks,
entries, audit line, and what the page is told; in the console's own process, without the network.
"""

import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from agent_console.app import create_app
from ivr.config import load
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.database import Database
from storage.models import Event, Unit
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago
from tests.bench.table import Times

PROJECT = Path(__file__).parents[2]
SAVED = 100
AIM_MS = 50


@dataclass(frozen=True, slots=True)
class Saving:
    """What was measured."""

    save: Times
    row: Times
    """Of one row written in a transaction of its own, the least that a save could cost."""


def measure(database: Database) -> Saving:
    """Save repairs through the console, each of a call of its own."""
    scene = Scene(database)
    run = str(secrets.randbelow(90_000) + 10_000)  # of its own, so that a kept database is measured again
    me = scene.person(run, "赛琳")
    with database.write() as connection:
        made = insert(Unit).values(name=f"测速管理站{run}", active=True).returning(Unit.id)
        unit = int(connection.execute(made).scalar_one())
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as home:
        app = create_app(load(PROJECT / "config.yaml", {"HOTLINE_HOME": home}), database)
        visitor = Visitor(app)
        visitor.sign_in(run)
        save, row = Times.of(list(_saves(visitor, scene, me, unit, run))), Times.of(list(_rows(database)))
    assert save is not None and row is not None
    return Saving(save, row)


def _saves(visitor: Visitor, scene: Scene, me: int, unit: int, run: str) -> Iterator[float]:
    headers = {"X-CSRFToken": visitor.token(), "X-Requested-With": "fetch"}
    for turn in range(SAVED + 3):
        channel = f"bench-{run}-{turn}"
        call = scene.call(CallStage.TALKING, talk_started_at=ago(20), agent_id=me, channel=channel)
        scene.presence(me, AgentState.TALKING, call_id=call)
        fields = {
            "kind": "repair",
            "urgency": "ordinary",
            "surname": "李",
            "contact_number": "13912341111",
            "address": "泉中小区 3号楼 2单元 501",
            "content": f"灶具打不着火，换过电池仍无效，第{turn}次",
            "unit_id": str(unit),
        }
        body = {"editor": "bench", "seq": 1, "seen": 0, "fields": fields}
        began = time.perf_counter()
        answer = visitor.client.post(f"/desk/records/{call}/case", json=body, headers=headers)
        took = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.get_data(as_text=True)
        if turn >= 3:
            yield took


def _rows(database: Database) -> Iterator[float]:
    for turn in range(SAVED + 3):
        began = time.perf_counter()
        with database.write() as connection:
            connection.execute(insert(Event).values(at=ago(0), kind="bench", data={}))
        if turn >= 3:
            yield (time.perf_counter() - began) * 1000
