"""The database cannot be written: the PBX has the callers, who talks talks on, and nothing is lost."""

import resource
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Hold, Talk
from storage.sqlite_session import BUSY_SECONDS
from tests.e2e.caller import now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.test_consultation import COLLEAGUE, TO_COLLEAGUE, Talk3
from tests.e2e.test_hold import AGENT, hears
from tests.postgres import PostgresCluster

pytestmark = pytest.mark.e2e


class _Away:
    """Ways to take a database away, and to give it back."""

    def __init__(self, scene: Scene, postgres: PostgresCluster | None) -> None:
        self._scene = scene
        self._postgres = postgres
        self._name = str(scene.rows.database.url.database)

    def full_disk(self) -> None:
        """No file may grow: the engine's writes fail as on a full disk."""
        size = max(file.stat().st_size for file in Path(self._name).parent.glob(Path(self._name).name + "*"))
        resource.prlimit(
            self._scene.engine.pid, resource.RLIMIT_FSIZE, (min(size, 4096), resource.RLIM_INFINITY)
        )

    def room_again(self) -> None:
        limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(self._scene.engine.pid, resource.RLIMIT_FSIZE, limit)

    def read_only(self) -> None:
        assert self._postgres is not None
        self._postgres.run_sql(f"ALTER DATABASE {self._name} SET default_transaction_read_only = on")
        self._postgres.run_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )

    def writable_again(self) -> None:
        assert self._postgres is not None
        self._postgres.run_sql(f"ALTER DATABASE {self._name} RESET default_transaction_read_only")
        self._postgres.run_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )


WAYS = {"sqlite": ("full_disk", "room_again"), "postgres": ("read_only", "writable_again")}


@pytest.mark.parametrize(
    ("scene", "kind"), [("sqlite", "sqlite"), ("postgres", "postgres")], indirect=["scene"]
)
def test_while_nothing_can_be_written_the_pbx_has_the_callers(
    scene: Scene, kind: str, request: pytest.FixtureRequest
) -> None:
    away = _Away(scene, request.getfixturevalue("postgres") if kind == "postgres" else None)
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    talking = scene.caller("2")
    scene.rows.until_stage(talking.user, CallStage.TALKING)
    since = now()
    getattr(away, WAYS[kind][0])()
    newcomer = scene.caller()
    newcomer.hears("fallback_greeting", 12)
    eventually(lambda: any(line["event"] == "call.not_written" for line in scene.engine.log()), 12)
    left = talking.hang_up()
    assert scene.heard_throughout(phone.line, since, left)
    eventually(lambda: phone.rings()[0].byed_at, what="the agent's leg ends")
    time.sleep(1.0)

    getattr(away, WAYS[kind][1])()
    call = scene.rows.until_ended(scene.rows.call_of(talking.user, 15).id, 15)
    assert (call.outcome, call.ended_by) == ("answered", "caller")
    assert abs((call.ended_at - left).total_seconds()) < 1.0
    scene.rows.until_state("1001", AgentState.READY, 8)
    taken_in = scene.rows.call_of(newcomer.user, 22)  # the sentence of the fallback, and 10 s
    assert newcomer.dialled_at is not None
    assert abs((taken_in.arrived_at - newcomer.dialled_at).total_seconds()) < 0.5
    eventually(lambda: scene.rows.call_of(newcomer.user).stage is CallStage.MENU, 5)
    newcomer.press("2")
    phone.until_talking(6, times=2)
    newcomer.hang_up()
    assert scene.is_quiet()


def test_a_database_that_was_away_for_a_moment_loses_nothing(scene: Scene) -> None:
    """Another program holds SQLite's lock longer than a transaction waits for it."""
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    lock = sqlite3.connect(str(scene.rows.database.url.database), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    left = caller.hang_up()
    eventually(lambda: phone.rings()[0].byed_at, 5)
    time.sleep(4.0)
    lock.execute("ROLLBACK")
    lock.close()
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id, 8)
    assert (call.outcome, call.ended_by) == ("answered", "caller")
    assert abs((call.ended_at - left).total_seconds()) < 1.0
    scene.rows.until_state("1001", AgentState.READY)


def test_what_happened_while_the_database_was_away_outlives_the_engine(scene: Scene) -> None:
    """The engine dies before the database is back: its journal is written by the next one, once."""
    talk = Talk3(scene, Manners())
    caller, phone = talk.caller, talk.agent
    scene.rows.ask(CommandKind.CONSULT, "1001", talk.call_id, to=TO_COLLEAGUE, note="")
    talk.colleague.until_rung()
    eventually(lambda: scene.rows.offers()[-1].rung_at)
    lock = sqlite3.connect(str(scene.rows.database.url.database), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    talk.colleague.answer()
    eventually(lambda: hears(phone.line, COLLEAGUE), 4)
    talk.colleague.hang_up()
    asked = eventually(lambda: talk.colleague.rings()[0].over_at)
    talk.with_agent(phone, AGENT, 8)
    left = caller.hang_up()
    eventually(lambda: phone.rings()[0].byed_at, 5)
    folder = scene.pbx.home / "journal" / scene.pbx.node
    eventually(
        lambda: any(b"inbound:_write_end" in file.read_bytes() for file in folder.glob("*.journal")),
        10,
        "the call's end in the journal",
    )
    scene.engine.kill()
    lock.execute("ROLLBACK")
    lock.close()
    scene.engine.start()
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id, 8)
    assert (call.outcome, call.ended_by, call.end_source) == ("answered", "caller", "event")
    assert abs((call.ended_at - left).total_seconds()) < 1.0
    scene.rows.until_state("1001", AgentState.READY)
    kinds = [event.kind for event in scene.rows.events(call.id)]
    for kind in ("call.held", "transfer.ended", "call.resumed", "call.ended"):
        assert kinds.count(kind) == 1, kind
    (hold,) = scene.rows.all(select(Hold.__table__))
    # The first thing that cannot be written is tried for so long; what follows waits behind it on disk.
    assert 0 <= (hold.ended_at - asked).total_seconds() < BUSY_SECONDS + 1.5
    assert talk.outcomes() == ["ended"]
    assert all(part.ended_at for part in scene.rows.all(select(Talk.__table__)))
    scene.rows.until_state("1002", AgentState.READY)
    assert scene.is_quiet()
    eventually(lambda: len(list(folder.glob("*.journal"))) == 1, what="the journal of the dead engine goes")
