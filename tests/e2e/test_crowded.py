"""More callers than can be served, no room for recordings: who is inside is not hurt, alarms come first."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.standard.call_stage import CallStage
from ivr.standard.recording_status import RecordingFailure, failure_of
from tests.e2e.caller import now
from tests.e2e.pbx import Pbx
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e

LIMITS = {"crowd__callers": 2, "crowd__refused_above": 4}


@pytest.fixture
def small_pbx(sounds: Path, tmp_path: Path) -> Iterator[Pbx]:
    pbx = Pbx(tmp_path / "small", sounds, "small", **LIMITS)
    try:
        pbx.start()
        yield pbx
    finally:
        pbx.close()


def test_who_comes_when_all_is_full_is_called_back_a_gas_leak_is_served_and_the_rest_is_refused(
    small_pbx: Pbx, scene: Scene
) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1), skills={"repair": 1, "alarm": 1})
    scene.open(
        pbx=small_pbx, **LIMITS, disk__warn_used_percent=0.0001, disk__full_used_percent=0.0002
    )  # every disk is as full as that
    eventually(lambda: any(line["event"] == "recording.disk_full" for line in scene.engine.log()))
    eventually(
        lambda: small_pbx.ask("GET", "/asterisk/variable?variable=HOTLINE_UNRECORDED").get("value") == "1"
    )
    talking, waiting = scene.caller("2", pbx=small_pbx), scene.caller("2", pbx=small_pbx)
    scene.rows.until_stage(talking.user, CallStage.TALKING)
    scene.rows.until_stage(waiting.user, CallStage.WAITING)
    since, queued_at = now(), scene.rows.call_of(waiting.user).queued_at
    third, leak = scene.caller(pbx=small_pbx), scene.caller(pbx=small_pbx)
    third.hears("crowded")
    leak.until_heard()
    leak.press("3")
    scene.rows.until_stage(leak.user, CallStage.WAITING)
    assert scene.rows.call_of(leak.user).queue == "alarm"
    fifth = scene.caller(pbx=small_pbx)
    assert "503" in fifth.until_refused_or_answered().statuses
    third.until_byed(20)
    call = scene.rows.until_ended(scene.rows.call_of(third.user).id)
    assert call.outcome == "call_back_stored"
    assert [(task.kind, task.call_id) for task in scene.rows.tasks()] == [("call_back", call.id)]

    # Those inside: the talk has no gap, the place is kept, and the gas leak is next.
    assert scene.heard_throughout(phone.line, since, now())
    assert scene.rows.call_of(waiting.user).queued_at == queued_at
    talking.hang_up()
    scene.rows.until_stage(leak.user, CallStage.TALKING)
    leak.hang_up()
    scene.rows.until_stage(waiting.user, CallStage.TALKING)
    waiting.hang_up()
    # Nothing was recorded, each talk says why, and nothing else was lost.
    (why,) = eventually(lambda: {row.failure for row in scene.rows.recordings()} - {None})
    assert failure_of(why) is RecordingFailure.NOT_KEPT
    assert list(small_pbx.folders.recordings.iterdir()) == []
    for row in scene.rows.calls():
        scene.rows.until_ended(row.id)
    assert scene.is_quiet(small_pbx)


def test_a_machine_that_stood_still_for_a_moment_turns_nobody_away(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    scene.engine.send(signal.SIGSTOP)
    time.sleep(2.0)
    scene.engine.send(signal.SIGCONT)
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    assert not caller.has_heard("crowded")
