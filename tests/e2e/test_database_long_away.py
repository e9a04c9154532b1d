"""A minute without the database: talk goes on, alarms are answered, nothing is lost or doubled."""

import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.database import Database
from storage.models import JournalMark, Talk
from tests.e2e.caller import Caller, now
from tests.e2e.media import longest_gap, silences
from tests.e2e.pbx import Pbx
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.nursery import Nursery
from tests.postgres import PostgresCluster

pytestmark = [pytest.mark.e2e, pytest.mark.long]

AWAY_SECONDS = 60.0
ROOM_LEFT = 32768  # bytes: less than SQLite has written; the room of the journal is taken before
SLOW = 15.0  # seconds: a first write is tried for five, and the PBX says a sentence before it looks again

Away = Callable[[], None]


class Kind:
    """A database of its own, and how it goes away and comes back."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.cluster = PostgresCluster() if name == "PostgreSQL stopped" else None
        file = folder / "hotline.sqlite3"
        self.address = f"sqlite:///{file}" if self.cluster is None else self.cluster.address()
        self._file = file
        database = Database(self.address)
        database.upgrade()
        database.close()

    @contextmanager
    def away(self, scene: Scene) -> Iterator[None]:
        """Away while the block runs."""
        if self.cluster is not None:
            self.cluster.stop()
            yield
            self.cluster.start()
        elif self.name == "SQLite locked":
            lock = sqlite3.connect(self._file, isolation_level=None, timeout=10)
            lock.execute("BEGIN IMMEDIATE")
            yield
            lock.execute("ROLLBACK")
            lock.close()
        else:
            no_limit = resource.RLIM_INFINITY
            resource.prlimit(scene.engine.pid, resource.RLIMIT_FSIZE, (ROOM_LEFT, no_limit))
            yield
            resource.prlimit(scene.engine.pid, resource.RLIMIT_FSIZE, (no_limit, no_limit))

    def remove(self) -> None:
        if self.cluster is not None:
            self.cluster.remove()


@pytest.fixture(params=["SQLite locked", "PostgreSQL stopped", "disk full"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    kind = Kind(request.param, tmp_path)
    try:
        yield kind
    finally:
        kind.remove()


@pytest.fixture
def scene(
    request: pytest.FixtureRequest, kind: Kind, nursery: Nursery, pbx: Pbx, tmp_path: Path
) -> Iterator[Scene]:
    failed_before = request.session.testsfailed
    scene = Scene(pbx, kind.address, tmp_path, nursery)
    try:
        yield scene
    finally:
        if request.session.testsfailed > failed_before:
            with suppress(Exception):
                print(scene.story())
        scene.close()
        pbx.clear()


def waiting(scene: Scene, key: str) -> Caller:
    caller = scene.caller(key)
    scene.rows.until_stage(caller.user, CallStage.WAITING)
    return caller


def rang(scene: Scene) -> dict[str, int]:
    return {work_number: len(phone.rings()) for work_number, phone in scene.phones.items()}


def test_a_minute_without_the_database_loses_nobody_and_offers_nobody_twice(kind: Kind, scene: Scene) -> None:
    for number in (1, 2):
        scene.agent(f"100{number}", Manners(answer_after=0.1), skills={"repair": 1})
    duty = scene.duty_phone(Manners(answer_after=0.2))
    scene.open(alarm__duty_phones_after=600)
    leaving, staying = scene.caller("2"), scene.caller("2")
    for talker in (leaving, staying):
        scene.rows.until_stage(talker.user, CallStage.TALKING)
    first, second = waiting(scene, "2"), waiting(scene, "2")
    alarm = waiting(scene, "3")
    before = {row.caller_number: row for row in scene.rows.calls()}
    phones = {row.call_id: scene.phones[row.work_number] for row in scene.rows.offers()}
    assert len(phones) == 2
    since, rung = now(), rang(scene)

    with kind.away(scene):
        # Who smells gas has a human within seconds, whether waiting already or calling now.
        duty.until_talking(SLOW)
        newcomer, new_alarm = scene.caller(), scene.caller()
        for caller in (newcomer, new_alarm):
            caller.hears("fallback_greeting", SLOW)
        new_alarm.press("3")
        duty.until_talking(SLOW, times=2)
        assert rang(scene) == rung | {"duty": rung["duty"] + 2}
        left = leaving.hang_up()
        while (now() - since).total_seconds() < AWAY_SECONDS / 2:
            time.sleep(0.2)
        gone_left = second.hang_up()
        alarm.hang_up()
        alarm_left = new_alarm.hang_up()
        while (now() - since).total_seconds() < AWAY_SECONDS:
            time.sleep(0.2)
        assert rang(scene) == rung | {"duty": rung["duty"] + 2}, "nobody is offered anybody meanwhile"
        journal = scene.pbx.home / "journal" / scene.pbx.node
        kept = b"".join(file.read_bytes().partition(b"\0")[0] for file in journal.glob("*.journal"))
        assert kept.count(b"inbound:_write_end") == 2, kind.name
        until = now()
        stall = scene.exchange.stall(since.timestamp())
        for line in (staying.line, phones[before[staying.user].id].line):
            assert longest_gap(line.packets(), since.timestamp(), until.timestamp()) < 0.2 + stall
        assert silences(first.line.packets(), since.timestamp(), until.timestamp()) < 2.0 + stall
        assert staying.is_connected
        assert first.is_connected
    back = now()

    # What happened meanwhile is written, in order and once, with its true times.
    for caller, when, outcome in ((leaving, left, "answered"), (second, gone_left, "abandoned_waiting")):
        call = scene.rows.until_ended(before[caller.user].id, SLOW)
        assert (call.outcome, call.ended_by, call.end_source) == (outcome, "caller", "event")
        assert abs((call.ended_at - when).total_seconds()) < 1.0
    # The one who waited has a row and is owed a call: nobody here knows that a duty phone had them.
    call = scene.rows.until_ended(before[alarm.user].id, SLOW)
    assert (call.outcome, call.ended_by) == ("failed", "system")
    call = scene.rows.call_of(new_alarm.user, 2 * SLOW)
    assert (call.outcome, call.ended_by, call.end_source) == ("answered", "caller", "pbx_log")
    assert abs((call.ended_at - alarm_left).total_seconds()) < 1.0
    owed = [task.call_id for task in scene.rows.tasks() if task.kind == "alarm_call_back"]
    assert owed == [before[alarm.user].id]
    call = scene.rows.until_stage(first.user, CallStage.TALKING, SLOW)
    assert call.queued_at == before[first.user].queued_at
    assert call.talk_started_at > back
    assert len(scene.rows.offers(call.id)) == 1
    taken_in = scene.rows.call_of(newcomer.user, 2 * SLOW)
    assert newcomer.dialled_at is not None
    assert abs((taken_in.arrived_at - newcomer.dialled_at).total_seconds()) < 0.5
    assert scene.rows.call_of(staying.user).stage is CallStage.TALKING
    counted = Counter((event.call_id, event.kind) for event in scene.rows.events())
    for (call_id, happening), times in counted.items():
        assert times == 1 or happening != "call.ended", call_id
    eventually(lambda: not any(_entries(file) for file in journal.glob("*.journal")), SLOW)
    assert scene.rows.all(select(JournalMark.position))
    for caller in (staying, first, newcomer):
        caller.hang_up()
    for row in scene.rows.calls():
        scene.rows.until_ended(row.id, SLOW)
    assert all(talk.ended_at for talk in scene.rows.all(select(Talk.__table__)))
    assert len(scene.rows.calls()) == len(scene.callers)
    eventually(lambda: set(scene.rows.states().values()) == {AgentState.READY}, SLOW)
    assert scene.is_quiet()


def _entries(file: Path) -> bytes:
    return file.read_bytes().partition(b"\0")[0]
