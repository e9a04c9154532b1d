"""Waiting: place and expected wait, keys, and the call-back that keeps the place."""

import time

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.e2e.caller import Caller, now
from tests.e2e.media import silences
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e


def waits(scene: Scene) -> Caller:
    """A caller who waits; nobody is there to answer."""
    someone = scene.caller("2")
    scene.rows.until_stage(someone.user, CallStage.WAITING)
    return someone


@pytest.mark.long
def test_the_place_is_told_and_told_again_only_when_it_changed(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.1), ready=False)
    scene.open(waiting__announce_every=1)
    first, second = waits(scene), waits(scene)
    first.hears("next_in_queue", 8)
    second.hears("queue_position.1", 8)
    told = now()
    second.hears("callback_offer", 8)
    time.sleep(3.0)  # until the first words are over, and three times the interval
    scene.ready("1001")
    changed = now()
    assert not second.has_heard("queue_position.1", since=told)
    second.hears("next_in_queue", 8, since=changed)
    assert silences(second.line.packets(), told.timestamp(), changed.timestamp()) < 2.0


def test_who_is_offered_at_once_hears_that_they_are_connected(scene: Scene) -> None:
    """And when nobody answers after all, that they wait on and may be called back."""
    scene.agent("1001")
    scene.open(ring__seconds=0.4)
    caller = scene.caller("2")
    caller.hears("to_agent")
    assert not caller.has_heard("waiting")
    caller.hears("waiting", 12)
    caller.hears("callback_offer", 15)


def test_a_waiting_caller_may_be_called_back_and_keeps_the_place(scene: Scene) -> None:
    scene.open()
    caller = waits(scene)
    queued_at = scene.rows.call_of(caller.user).queued_at
    time.sleep(0.5)
    caller.press("1")
    caller.hears("callback_number.1")
    caller.press("1")
    caller.hears("callback_stored")
    caller.until_byed(8)
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.outcome, call.ended_by) == ("call_back_stored", "system")
    task = scene.rows.tasks()[0]
    assert (task.kind, task.status, task.number) == ("call_back", "open", caller.user)
    assert (task.queue, task.queued_at) == ("repair", queued_at)


@pytest.mark.long
def test_who_does_not_confirm_or_has_no_number_waits_on_with_the_old_place(scene: Scene) -> None:
    scene.open()
    caller, later = waits(scene), waits(scene)
    nameless = scene.caller("2", user="anonymous")
    eventually(lambda: [c.stage for c in scene.rows.calls()] == [CallStage.WAITING] * 3)
    queued_at = [call.queued_at for call in scene.rows.calls()]
    caller.press("1")
    nameless.press("1")
    scene.rows.until_stage(caller.user, CallStage.CALL_BACK)
    nameless.hears("callback_no_number")
    eventually(lambda: [c.stage for c in scene.rows.calls()] == [CallStage.WAITING] * 3, 25)
    assert [call.queued_at for call in scene.rows.calls()] == queued_at
    assert not scene.rows.tasks()
    assert nameless.is_connected
    phone = scene.agent("1001", Manners(answer_after=0.1), ready=False)
    scene.ready("1001")
    phone.until_talking(8)
    assert scene.rows.until_stage(caller.user, CallStage.TALKING)
    assert scene.rows.call_of(later.user).stage is CallStage.WAITING


@ON_BOTH
def test_a_waiting_caller_who_is_rung_for_may_still_report_gas(scene: Scene) -> None:
    repair = scene.agent("1001", skills={"repair": 1})
    alarm = scene.agent("1002", skills={"alarm": 1})
    scene.open()
    caller = scene.caller("2")
    repair.until_rung()
    queued_at = scene.rows.call_of(caller.user).queued_at
    caller.press("3")
    alarm.until_rung()
    eventually(lambda: repair.rings()[0].cancelled_at)
    call = scene.rows.call_of(caller.user)
    assert (call.queue, call.kind, call.menu_path, call.queued_at) == ("alarm", "alarm", "23", queued_at)
    scene.rows.until_state("1001", AgentState.READY)
    assert [(offer.work_number, offer.outcome) for offer in scene.rows.offers()] == [
        ("1001", "caller_gone"),
        ("1002", None),
    ]


def test_the_alarm_key_works_in_the_call_back_question_and_in_the_english_menu(scene: Scene) -> None:
    scene.open()
    asked = waits(scene)
    asked.press("1")
    asked.hears("callback_number.1")
    english = scene.caller("8")
    english.hears("menu_main", language="en")
    for caller, path in ((asked, "23"), (english, "83")):
        caller.press("3")
        eventually(lambda caller=caller: scene.rows.call_of(caller.user).queue == "alarm")
        call = scene.rows.until_stage(caller.user, CallStage.WAITING)
        assert (call.queue, call.menu_path) == ("alarm", path)
    english.hears("alarm_instructions", language="en")


def test_who_asks_to_be_called_back_while_somebody_rings_frees_the_agent(scene: Scene) -> None:
    phone = scene.agent("1001")
    scene.open()
    caller, other = scene.caller("2"), None
    phone.until_rung()
    caller.press("1")
    scene.rows.until_stage(caller.user, CallStage.CALL_BACK)
    eventually(lambda: phone.rings()[0].cancelled_at)
    scene.rows.until_state("1001", AgentState.READY)
    assert len(scene.rows.offers()) == 1
    other = scene.caller("2")
    phone.until_rung(times=2)
    assert [offer.call_id for offer in scene.rows.offers()][1:] == [scene.rows.call_of(other.user).id]
