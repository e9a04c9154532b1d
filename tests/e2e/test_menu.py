"""A call through each key, and what becomes of those who press nothing or the wrong key (R-12.3b, R-12.7)."""

import time

import pytest

from ivr.standard.call_stage import CallStage
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e

FOUR = ("consultation", "repair", "alarm", "complaint")


@ON_BOTH
def test_a_caller_who_presses_two_talks_to_an_agent(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.3))
    scene.open()
    caller = scene.caller("2")
    phone.until_talking()
    caller.line.say_tone(600)
    phone.line.say_tone(900)
    time.sleep(0.8)
    assert caller.line.pitch() == pytest.approx(900, abs=10)
    assert phone.line.pitch() == pytest.approx(600, abs=10)
    hung_up = caller.hang_up()
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.queue, call.kind, call.menu_path, call.language) == ("repair", "repair", "2", "zh")
    assert (call.outcome, call.ended_by, call.end_source) == ("answered", "caller", "event")
    assert abs((call.ended_at - hung_up).total_seconds()) < 0.2
    assert scene.is_quiet()
    assert not scene.engine.complaints()


def test_each_key_leads_to_the_people_of_its_queue(scene: Scene) -> None:
    for number, skill in enumerate(FOUR, start=1):
        scene.agent(f"100{number}", Manners(answer_after=0.1), skills={skill: 1})
    scene.open()
    keys = {"1": "1001", "2": "1002", "3": "1003", "4": "1004"}
    callers = {key: scene.caller(key) for key in keys}
    for key, work_number in keys.items():
        scene.phones[work_number].until_talking()
        call = scene.rows.call_of(callers[key].user)
        assert (call.queue, call.kind, call.menu_path) == (FOUR[int(key) - 1],) * 2 + (key,)
        assert [offer.work_number for offer in scene.rows.offers(call.id)] == [work_number]
    callers["1"].hang_up()
    eventually(lambda: scene.phones["1001"].rings()[0].byed_at, 2)
    zero = scene.caller("0")
    scene.phones["1001"].until_talking(times=2)
    call = scene.rows.call_of(zero.user)
    assert (call.queue, call.menu_path) == ("consultation", "0")


def test_the_call_is_answered_before_the_end_of_the_first_ring(scene: Scene) -> None:
    scene.open()
    caller = scene.caller().until_answered()
    assert caller.dialled_at is not None
    assert caller.answered_at is not None
    assert (caller.answered_at - caller.dialled_at).total_seconds() < 1.0
    eventually(lambda: scene.rows.call_of(caller.user).answered_at, what="the answer is written")
    call = scene.rows.call_of(caller.user)
    assert call.arrived_at <= call.answered_at
    caller.hears("welcome")
    caller.hears("recording_notice", 8)


def test_a_key_in_the_first_moment_of_the_first_word_counts(scene: Scene) -> None:
    scene.open()
    callers = []
    for key in "123":
        caller = scene.caller().until_answered()
        caller.until_heard()
        caller.press(key)
        assert caller.answered_at is not None
        callers.append(caller)
    for caller, queue in zip(callers, ("consultation", "repair", "alarm"), strict=True):
        eventually(lambda user=caller.user: scene.rows.call_of(user).stage is CallStage.WAITING)
        call = scene.rows.call_of(caller.user)
        assert call.queue == queue
        waited = call.queued_at - call.answered_at
        assert waited.total_seconds() < 0.5 + scene.exchange.stall(call.answered_at.timestamp())
        assert not caller.has_heard("menu_main")


def test_eight_changes_to_english_and_star_repeats(scene: Scene) -> None:
    scene.agent("1001", skills={"repair": 1})
    scene.agent("1002", skills={"repair": 2, "english": 1})
    scene.open()
    english, repeating = scene.caller("8"), scene.caller("*")
    english.hears("menu_main", language="en")
    repeating.hears("menu_main")
    repeating.press("*")
    time.sleep(0.3)
    repeating.press("4")
    english.press("2")
    scene.phones["1002"].until_rung()
    call = scene.rows.call_of(english.user)
    assert (call.queue, call.language, call.menu_path) == ("repair", "en", "82")
    english.hears("to_agent", language="en")
    eventually(lambda: scene.rows.call_of(repeating.user).queue == "complaint")
    assert scene.rows.call_of(repeating.user).menu_path == "**4"


def test_silence_and_wrong_keys_lead_to_a_person_after_two_rounds(scene: Scene) -> None:
    scene.agent("1001", skills={"consultation": 1})
    scene.agent("1002", skills={"consultation": 2})
    scene.open(silence__seconds=0.5, recording__enabled=False, menu__main__prompts=["menu_english"])
    silent, wrong = scene.caller(), scene.caller("7")
    wrong.hears("menu_wrong_key")
    wrong.press("9")
    scene.phones["1001"].until_rung()
    call = scene.rows.call_of(wrong.user)
    assert (call.queue, call.menu_path) == ("consultation", "79")
    assert wrong.is_connected
    silent.hears("menu_silence", 20)
    assert scene.rows.call_of(silent.user).stage is CallStage.MENU
    silent.hears("to_agent", 20)
    call = scene.rows.call_of(silent.user)
    assert (call.queue, call.menu_path) == ("consultation", "")
    assert [offer.work_number for offer in scene.rows.offers(call.id)] == ["1002"]
