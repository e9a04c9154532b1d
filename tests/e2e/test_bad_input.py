"""What a network may send: strange callers, strange numbers, no sound. Nobody is left in silence."""

import shutil
from pathlib import Path

import pytest

from ivr.standard.call_stage import CallStage
from ivr.standard.task_kind import TaskKind
from tests.e2e.engine import Engine
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e

CALLERS = {
    "missing": ("", ""),
    "anonymous": ("anonymous", '"Anonymous"'),
    "200 characters": ("7" * 200, ""),
    "not ASCII": ("%E7%8E%8B%E4%BA%94", '"王五"'),
    "quotes": ("1001", '"Zh\\"ang \'; DROP TABLE calls; --"'),
    "dialplan": ("%24%7BEPOCH%7D", '"$(1+1)|${EPOCH}"'),
}


@ON_BOTH
def test_a_caller_without_a_usable_number_is_served_like_any_other(scene: Scene) -> None:
    for number in range(1, len(CALLERS) + 1):
        scene.agent(f"100{number}", Manners(answer_after=0.1))
    scene.open()
    for count, (user, display) in enumerate(CALLERS.values(), start=1):
        caller = scene.caller("2", user=user, display=display)
        call = eventually(lambda count=count: scene.rows.calls()[count - 1 :])[0]
        eventually(lambda call=call: scene.rows.call(call.id).stage is CallStage.TALKING, what=user)
        assert caller.errors == ""
    rows = dict(zip(CALLERS, scene.rows.calls(), strict=True))
    assert {name for name, call in rows.items() if call.caller_number is not None} == {"quotes"}
    assert rows["quotes"].caller_number == "1001"
    assert rows["anonymous"].caller_given in ("anonymous", "Anonymous")
    assert rows["200 characters"].caller_given.startswith("7" * 70)
    assert rows["dialplan"].caller_given == "${EPOCH}"
    assert not scene.engine.complaints()


NOT_OURS = ("12345", "+8653195777", "alice", "9" * 200, "%E4%BD%A0", "95777,evil", "s%20s")


def test_a_number_that_is_none_of_ours_is_told_so(scene: Scene) -> None:
    scene.open()
    callers = [scene.caller(number=number).until_refused_or_answered() for number in NOT_OURS]
    answered = [caller for caller in callers if "404" not in caller.statuses]
    assert len(answered) >= len(NOT_OURS) - 1  # what is no number in any network the PBX refuses by itself
    for caller in answered:
        caller.hears("number_unknown.1")
    for caller in answered:
        caller.until_byed(15)
        call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
        assert (call.outcome, call.ended_by) == ("number_unknown", "system")
        assert len(call.dialled) <= 80
    assert len(scene.rows.calls()) == len(answered)
    assert [line["event"] for line in scene.engine.log()].count("call.number_unknown") == len(answered)


def test_a_call_without_an_offer_of_sound_is_served(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    caller = scene.caller("2", sdp=False)
    phone.until_talking()
    phone.line.say_tone(900)
    eventually(lambda: caller.line.pitch() == pytest.approx(900, abs=10))


def test_a_caller_who_never_sends_sound_hears_and_is_heard_of(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    caller = scene.caller(mute=True)
    caller.hears("welcome")
    caller.press_info("2")
    phone.until_talking()
    phone.line.say_tone(900)
    eventually(lambda: caller.line.pitch() == pytest.approx(900, abs=10))
    call = scene.rows.call_of(caller.user)
    caller.hang_up()
    assert scene.rows.until_ended(call.id).outcome == "answered"
    assert scene.is_quiet()


def test_a_line_that_stays_silent_for_long_is_ended_and_that_is_not_put_down_to_the_caller(
    scene: Scene,
) -> None:
    """Ten minutes as it ships; here less. Somebody with a gas leak is called back."""
    file = scene.pbx.folders.etc / "pjsip.conf"
    shipped = file.read_text()
    assert "\nrtp_timeout = 600\n" in shipped
    file.write_text(shipped.replace("\nrtp_timeout = 600\n", "\nrtp_timeout = 3\n"))
    scene.pbx.rx("module reload res_pjsip.so")
    try:
        scene.open()
        caller = scene.caller(mute=True).until_heard()
        caller.press_info("3")
        scene.rows.until_stage(caller.user, CallStage.WAITING)
        caller.until_byed(15)
    finally:
        file.write_text(shipped)
        scene.pbx.rx("module reload res_pjsip.so")
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.ended_by, call.outcome, call.queue) == ("system", "abandoned_waiting", "alarm")
    (said,) = [line for line in scene.engine.log() if line["event"] == "call.line_silent"]
    assert said["stage"] == "waiting"
    assert "call.line_silent" in [event.kind for event in scene.rows.events(call.id)]
    assert [task.kind for task in scene.rows.tasks()] == [TaskKind.ALARM_CALL_BACK]
    assert scene.is_quiet()


def test_without_the_prompts_the_engine_does_not_start_and_says_why(scene: Scene, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    engine = Engine(scene.environment(scene.pbx, {}) | {"PROMPTS": str(missing)}, tmp_path, scene.nursery)
    engine.start(ready=False)
    try:
        assert engine.ended() == 1
        assert str(missing) in engine.said()
    finally:
        engine.stop()


def test_a_prompt_whose_file_is_gone_is_said_in_the_log_and_the_caller_goes_on(scene: Scene) -> None:
    sounds = scene.pbx.folders.sounds / "hotline" / "zh"
    moved = [(file, file.with_suffix(file.suffix + ".away")) for file in sounds.glob("welcome.*")]
    assert moved
    for file, away in moved:
        shutil.move(file, away)
    try:
        scene.open()
        caller = scene.caller()
        caller.hears("menu_main", 15)
        caller.press("2")
        scene.rows.until_stage(caller.user, CallStage.WAITING)
        # The PBX passes over a sound it does not find, and says so.
        assert "hotline/zh/welcome" in (scene.pbx.folders.log / "messages.log").read_text()
    finally:
        for file, away in moved:
            shutil.move(away, file)
