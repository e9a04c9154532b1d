"""The queue is closed: what callers hear and may do; the gas-leak key works everywhere."""

import time
from datetime import datetime

import pytest

from ivr.standard.call_stage import CallStage
from ivr.standard.task_kind import TaskKind
from tests.e2e.caller import Caller
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene
from tests.e2e.sound import recorded

pytestmark = pytest.mark.e2e

TONE = 600.0


def closed(scene: Scene, spans: list[str] | None = None) -> dict[str, object]:
    """Settings in which every queue but the alarm's is closed now; ``spans``: today's hours."""
    settings: dict[str, object] = {
        f"queues__{queue}__opening_hours": "office" for queue in ("repair", "complaint", "consultation")
    }
    for kind in ("working_day", "day_off"):
        settings[f"opening_hours__office__{kind}"] = spans or []
    return settings


def span_not_now(scene: Scene) -> tuple[str, str]:
    """Hours that are not now, and what is said of them."""
    hour = datetime.now(scene.pbx.settings.zone).hour
    return ("20:00-21:00", "after_hours.1") if hour < 12 else ("01:00-02:00", "after_hours_tomorrow.1")


def after_hours(scene: Scene, keys: str = "", **caller: str) -> Caller:
    """A caller in the after-hours choice, who has pressed ``keys`` there."""
    someone = scene.caller("2", **caller)
    scene.rows.until_stage(someone.user, CallStage.AFTER_HOURS)
    someone.press(keys)
    return someone


def test_a_closed_queue_tells_its_hours_and_only_who_chose_it_is_ever_hung_up_on(scene: Scene) -> None:
    phone = scene.agent("1001", skills={"alarm": 1})
    span, told = span_not_now(scene)
    hours = closed(scene, [span])
    scene.open(silence__seconds=0.3, recording__enabled=False, menu__main__prompts=["menu_english"], **hours)
    caller, silent = after_hours(scene), scene.caller()
    caller.hears(told)
    caller.hears("after_hours_choice", 20)
    # Who presses nothing cannot be asked to press something: they reach those who are always there.
    phone.until_rung(25)
    assert scene.rows.call_of(silent.user).queue == "alarm"
    caller.hears("goodbye", 30)
    caller.until_byed()
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.outcome, call.ended_by, call.queue) == ("left_after_hours", "system", "repair")
    assert silent.is_connected


def test_a_message_is_recorded_and_becomes_a_task(scene: Scene) -> None:
    scene.open(**closed(scene))
    caller = after_hours(scene)
    caller.hears("after_hours_closed_today")
    caller.press("1")
    caller.hears("leave_message")
    row = eventually(lambda: scene.rows.recordings(), 12)[0]
    caller.line.say_tone(TONE)
    time.sleep(1.6)
    caller.press("#")
    caller.hears("message_saved")
    caller.until_byed(8)
    call = scene.rows.until_ended(row.call_id)
    assert (call.outcome, call.ended_by) == ("message_left", "system")
    row = eventually(lambda: [r for r in scene.rows.recordings() if r.status == "finished"])[0]
    assert (row.kind, row.agent_id) == ("message", None)
    sound = recorded(scene.pbx.settings.recordings_folder / f"{row.name}.wav")
    assert (sound.sha256, sound.channels) == (row.sha256, 1)
    assert row.seconds == pytest.approx(sound.seconds, abs=0.01)
    assert sound.seconds == pytest.approx(1.6, abs=0.4)
    assert sound.level(0, TONE) > 0.1
    task = scene.rows.tasks()[0]
    assert (task.kind, task.recording_id, task.number) == (TaskKind.MESSAGE, row.id, caller.user)


@pytest.mark.long
def test_a_message_ended_by_hanging_up_is_kept_and_an_empty_one_is_not(scene: Scene) -> None:
    scene.open(**closed(scene))
    spoke, said_nothing = after_hours(scene, "1"), after_hours(scene, "1")
    spoke.line.say_tone(TONE)
    silent = scene.rows.call_of(said_nothing.user)
    eventually(lambda: scene.rows.recordings(silent.id), 12)
    said_nothing.press("#")
    said_nothing.hears("message_empty", 5)
    time.sleep(1.3)
    spoke.hang_up()
    call = scene.rows.until_ended(scene.rows.call_of(spoke.user).id)
    assert (call.outcome, call.ended_by) == ("message_left", "caller")
    said_nothing.until_byed(10)
    assert [task.call_id for task in scene.rows.tasks()] == [call.id]
    assert scene.rows.call_of(said_nothing.user).outcome == "left_after_hours"


def test_a_call_back_asked_for_after_hours_is_a_task(scene: Scene) -> None:
    scene.open(**closed(scene))
    caller = after_hours(scene, "2")
    caller.hears("callback_number.1")
    caller.press("1")
    caller.hears("callback_stored")
    caller.until_byed(8)
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.outcome, call.ended_by) == ("call_back_stored", "system")
    task = scene.rows.tasks()[0]
    assert (task.kind, task.number, task.queue, task.call_id) == ("call_back", caller.user, "repair", call.id)


@pytest.mark.long
def test_who_has_no_number_is_led_to_a_message(scene: Scene) -> None:
    scene.open(**closed(scene))
    caller = scene.caller("2", user="anonymous")
    eventually(lambda: [call for call in scene.rows.calls() if call.stage is CallStage.AFTER_HOURS])
    caller.press("2")
    caller.hears("callback_no_number")
    caller.hears("leave_message", 10)


def test_the_alarm_key_counts_to_the_last_word_of_the_goodbye(scene: Scene) -> None:
    phone = scene.agent("1001", skills={"alarm": 1})
    scene.open(**closed(scene))
    caller = after_hours(scene, "2")
    caller.hears("callback_number.1")
    caller.press("1")
    caller.hears("callback_stored")
    caller.press("3")
    phone.until_rung()
    call = scene.rows.until_stage(caller.user, CallStage.WAITING)
    assert (call.queue, call.menu_path) == ("alarm", "23")
    assert [task.kind for task in scene.rows.tasks()] == ["call_back"]


@pytest.mark.long
def test_the_alarm_key_works_in_every_place_after_hours(scene: Scene) -> None:
    scene.agent("1001", skills={"alarm": 1})
    scene.open(**closed(scene))
    choosing, before_tone, recording, confirming = (after_hours(scene, keys) for keys in ("", "1", "1", "2"))
    eventually(lambda: scene.rows.recordings(), 15)
    recording.line.say_tone(TONE)
    for caller in (choosing, before_tone, recording, confirming):
        caller.press("3")
        call = scene.rows.until_stage(caller.user, CallStage.WAITING)
        assert (call.queue, call.kind) == ("alarm", "alarm")
        assert call.menu_path.endswith("3")
        caller.hears("alarm_instructions", 6)
    scene.phones["1001"].until_rung()


def test_the_alarm_is_open_when_everything_is_closed(scene: Scene) -> None:
    phone = scene.agent("1001", skills={"alarm": 1})
    scene.open(**closed(scene))
    scene.caller("3")
    phone.until_rung()
