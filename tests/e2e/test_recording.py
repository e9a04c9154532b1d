"""What was said is on disk: the caller left, the agent right, with length and SHA-256 in the database."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from ivr.standard.recording_status import RecordingFailure, failure_of
from tests.e2e.caller import now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.sound import LEFT, RIGHT, recorded

pytestmark = pytest.mark.e2e

CALLER, AGENT = 600.0, 950.0


def test_caller_and_agent_are_each_on_their_own_side(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    # A zone where it is another day than by UTC: the folder is of the hotline's day.
    zone = "Etc/GMT-14" if datetime.now(UTC).hour >= 10 else "Etc/GMT+12"
    scene.open(time_zone=zone)
    caller = scene.caller("2")
    caller.line.say_tone(CALLER)
    phone.line.say_tone(AGENT)
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    time.sleep(2.5)
    caller.hang_up()
    call = scene.rows.until_ended(call.id)
    row = eventually(lambda: [r for r in scene.rows.recordings(call.id) if r.status == "finished"], 5)[0]
    day = row.started_at.astimezone(ZoneInfo(zone))
    assert row.name == f"{day:%Y/%m/%d}/{call.id}-talk"
    assert day.date() != row.started_at.date()
    sound = recorded(scene.pbx.settings.recordings_folder / f"{row.name}.wav")
    assert (sound.sha256, sound.size) == (row.sha256, row.size_bytes)
    assert sound.channels == 2
    assert sound.seconds == pytest.approx(row.seconds, abs=0.001)
    assert row.seconds == pytest.approx((call.talk_ended_at - call.talk_started_at).total_seconds(), abs=0.3)
    assert (row.kind, row.agent_id) == ("conversation", call.agent_id)
    assert sound.level(LEFT, CALLER) > 0.1
    assert sound.level(RIGHT, AGENT) > 0.1
    assert sound.level(LEFT, AGENT) < sound.level(LEFT, CALLER) / 50
    assert sound.level(RIGHT, CALLER) < sound.level(RIGHT, AGENT) / 50
    assert not list(scene.pbx.folders.recordings.iterdir())


def test_two_talks_of_one_call_are_one_recording_and_the_waiting_between_is_not_in_it(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    caller = scene.caller("2")
    caller.line.say_tone(CALLER)
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    time.sleep(0.8)
    phone.hang_up()
    phone.until_talking(times=2)
    phone.line.say_tone(AGENT)
    time.sleep(1.2)
    caller.hang_up()
    row = eventually(lambda: [r for r in scene.rows.recordings(call.id) if r.status == "finished"], 5)[0]
    assert len(scene.rows.recordings(call.id)) == 1
    sound = recorded(scene.pbx.settings.recordings_folder / f"{row.name}.wav")
    assert sound.level(LEFT, CALLER) > 0.1
    assert sound.level(RIGHT, AGENT) > 0.05
    call = scene.rows.until_ended(call.id)
    assert 1.5 < row.seconds < (call.talk_ended_at - call.talk_started_at).total_seconds()


def test_a_caller_who_talked_to_nobody_leaves_no_sound(scene: Scene) -> None:
    scene.open()
    caller = scene.caller("2")
    call = scene.rows.until_stage(caller.user, CallStage.WAITING)
    caller.hang_up()
    scene.rows.until_ended(call.id)
    assert scene.rows.recordings(call.id) == []
    eventually(lambda: not list(scene.pbx.folders.recordings.iterdir()))


def test_a_short_talk_without_a_sound_is_no_failure_however_long_the_caller_stays_afterwards(
    scene: Scene,
) -> None:
    """A long one is: the PBX has recorded nothing of it."""
    phone = scene.agent("1001", Manners(answer_after=0.8))
    scene.open()
    phone.line.mute = True
    for talked, status in ((0.2, "finished"), (1.5, "failed")):
        caller = scene.caller("2")
        scene.rows.until_stage(caller.user, CallStage.WAITING)
        caller.line.mute = True
        call = scene.rows.until_stage(caller.user, CallStage.TALKING)
        began = eventually(lambda call=call: scene.rows.recordings(call.id))[0].started_at
        time.sleep(talked)
        scene.rows.ask(CommandKind.INVITE_TO_RATE, "1001", call.id)
        caller.hears("survey_invite")
        eventually(
            lambda began=began: now() > began + timedelta(seconds=1.6), what="longer than a short talk"
        )
        caller.hang_up()
        row = eventually(lambda call=call: _done(scene, call.id), 5)
        assert (row.status, row.seconds or 0.0) == (status, 0.0)
    assert failure_of(row.failure) is RecordingFailure.SILENT


def _done(scene: Scene, call_id: int) -> Any:
    return next((row for row in scene.rows.recordings(call_id) if row.status != "running"), None)


def test_a_recording_that_fails_is_said_and_the_talk_goes_on(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    folder = scene.pbx.folders.recordings
    moved = folder.with_name("elsewhere")
    folder.rename(moved)
    folder.touch()  # a file where the folder was: the PBX would make a missing folder anew
    try:
        caller = scene.caller("2")
        caller.line.say_tone(CALLER)
        call = scene.rows.until_stage(caller.user, CallStage.TALKING)
        eventually(lambda: phone.line.pitch() == pytest.approx(CALLER, abs=10))
        row = eventually(lambda: [r for r in scene.rows.recordings(call.id) if r.status == "failed"])[0]
        assert failure_of(row.failure) is RecordingFailure.NOT_BEGUN
        assert any(event.kind == "recording.failed" for event in scene.rows.events(call.id))
        assert [line["call"] for line in scene.engine.complaints()] == [call.id]
        caller.hang_up()
        assert scene.rows.until_ended(call.id).outcome == "answered"
        assert scene.is_quiet()
    finally:
        folder.unlink()
        moved.rename(folder)
