"""A backup made while people talk: nobody hears anything of it, and it holds what had happened by then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.config import Settings
from ivr.operation.restore import restore
from ivr.standard.call_stage import CallStage
from tests.e2e.caller import now
from tests.e2e.rows import Rows, eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene
from tests.e2e.sound import recorded
from tests.operation.backups import at, backed_up, empty_beside

pytestmark = pytest.mark.e2e


@pytest.fixture
def empty(scene: Scene, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A machine with nothing on it, and a database of the same kind."""
    with empty_beside(scene.rows.database, tmp_path / "other", request) as other:
        yield other


@ON_BOTH
def test_a_backup_while_calls_run_disturbs_nobody_and_is_put_back_on_an_empty_machine(
    scene: Scene, empty: Settings, tmp_path: Path
) -> None:
    phones = [scene.agent(number, Manners(answer_after=0.1)) for number in ("1001", "1002")]
    scene.open()
    over = scene.caller("2")
    over.line.say_tone(600)
    first = scene.rows.until_stage(over.user, CallStage.TALKING)
    eventually(lambda: len(over.line.heard) > 50, what="a second of talk")
    over.hang_up()
    row = eventually(lambda: [r for r in scene.rows.recordings() if r.status == "finished"], 5)[0]
    talkers = [scene.caller("2") for _ in phones]
    for talker in talkers:
        scene.rows.until_stage(talker.user, CallStage.TALKING)
    waiter = scene.caller("2")
    scene.rows.until_stage(waiter.user, CallStage.WAITING)

    began = now()
    made = backed_up(at(scene.pbx.home, scene.address), tmp_path / "hotline.backup")
    for line in (*(talker.line for talker in talkers), *(phone.line for phone in phones)):
        assert scene.heard_throughout(line, began, now())
    for caller in (*talkers, waiter):
        caller.hang_up()
        scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert scene.is_quiet(), scene.left_over
    assert not scene.engine.complaints()

    assert restore(empty, tmp_path / "hotline.backup") == made
    again = Rows(empty.database_address)
    stages = {call.caller_number: call.stage for call in again.calls()}
    again.close()
    assert stages == {
        over.user: CallStage.ENDED,
        **{talker.user: CallStage.TALKING for talker in talkers},
        waiter.user: CallStage.WAITING,
    }
    kept = recorded(empty.recordings_folder / f"{row.name}.wav")
    assert (row.call_id, kept.sha256, kept.seconds) == (first.id, row.sha256, pytest.approx(row.seconds))
