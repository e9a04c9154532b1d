"""Who is served first, and by whom: alarm before everything, then priority, then arrival."""

import time
from datetime import timedelta

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.task_kind import TaskKind
from tests.e2e.caller import Caller, now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e


def waiting_callers(scene: Scene, keys: str) -> list[Caller]:
    """One caller after the other, each waiting before the next one calls."""
    callers = []
    for key in keys:
        caller = scene.caller(key)
        scene.rows.until_stage(caller.user, CallStage.WAITING)
        callers.append(caller)
    return callers


def served(scene: Scene) -> list[str]:
    """Callers in the order in which their calls rang at an agent."""
    numbers = {call.id: call.caller_number for call in scene.rows.calls()}
    return [numbers[offer.call_id] for offer in scene.rows.offers() if offer.outcome == "answered"]


@ON_BOTH
def test_an_alarm_overtakes_ten_who_wait(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.05), ready=False)
    scene.open()
    ten = waiting_callers(scene, "1212412121")
    alarm = waiting_callers(scene, "3")[0]
    scene.ready("1001")
    everybody = [alarm, *ten]
    by_number = {caller.user: caller for caller in everybody}
    for number in range(1, len(everybody) + 1):
        phone.until_talking(times=number)
        eventually(lambda number=number: len(served(scene)) == number)
        by_number[served(scene)[-1]].hang_up()
    priority = {"2": 20, "4": 30, "1": 40}
    by_queue = sorted(range(10), key=lambda i: (priority["1212412121"[i]], i))
    assert served(scene) == [alarm.user, *(ten[i].user for i in by_queue)]


def test_an_alarm_caller_hears_what_to_do_at_once(scene: Scene) -> None:
    scene.open()
    caller = scene.caller()
    caller.until_heard()
    pressed = now()
    caller.press("3")
    caller.hears("alarm_instructions", 3, since=pressed)
    assert scene.rows.call_of(caller.user).queue == "alarm"


def test_an_alarm_is_offered_to_somebody_in_wrap_up(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.05))
    scene.open(queues__repair__wrap_up_seconds=60)
    first = scene.caller("2")
    scene.rows.until_stage(first.user, CallStage.TALKING)
    first.hang_up()
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    repair = waiting_callers(scene, "2")[0]
    time.sleep(0.5)
    assert len(phone.rings()) == 1
    alarm = scene.caller("3")
    phone.until_talking(times=2)
    assert scene.rows.until_stage(alarm.user, CallStage.TALKING)
    assert scene.rows.call_of(repair.user).stage is CallStage.WAITING


def test_a_missed_alarm_in_wrap_up_does_not_end_the_wrap_up_early(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.05))
    scene.open(queues__repair__wrap_up_seconds=60)
    first = scene.caller("2")
    scene.rows.until_stage(first.user, CallStage.TALKING)
    scene.phones["1001"].end()
    first.hang_up()
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    until = scene.rows.presence("1001").wrap_up_until
    alarm = scene.caller("3")
    scene.rows.until_state("1001", AgentState.OFFERED)
    alarm.hang_up()
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    assert scene.rows.presence("1001").wrap_up_until == until


def test_an_unanswered_alarm_rings_everybody_and_then_the_duty_phones(scene: Scene) -> None:
    """Ring-all and duty phones, with their 20 s and 40 s shortened to 1.5 s and 3 s."""
    alarm_agent = scene.agent("1001", skills={"alarm": 1})
    others = [scene.agent(f"100{n}", skills={"repair": 1}) for n in (2, 3)]
    duty = scene.duty_phone(Manners(answer_after=2.0))
    scene.open(alarm__ring_all_after=1.5, alarm__duty_phones_after=3)
    caller = scene.caller("3")
    call = scene.rows.until_stage(caller.user, CallStage.WAITING)
    alarm_agent.until_rung()
    for phone in others:
        rung_at = phone.until_rung(4).rung_at
        assert rung_at is not None
        assert rung_at - call.queued_at == pytest.approx(timedelta(seconds=1.5), abs=timedelta(seconds=0.3))
    rung_at = duty.until_rung(4).rung_at
    assert rung_at is not None
    assert rung_at - call.queued_at == pytest.approx(timedelta(seconds=3), abs=timedelta(seconds=0.3))
    duty.until_talking()
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    for phone in (alarm_agent, *others):
        eventually(lambda phone=phone: phone.rings()[0].cancelled_at)
        scene.rows.until_state(phone.work_number, AgentState.READY)
    outcomes = {offer.work_number: offer.outcome for offer in scene.rows.offers(call.id)}
    elsewhere = dict.fromkeys(("1001", "1002", "1003"), "answered_elsewhere")
    assert outcomes == {**elsewhere, None: "answered"}
    caller.line.say_tone(700)
    eventually(lambda: duty.line.pitch() == pytest.approx(700, abs=10))


@pytest.mark.long
def test_an_alarm_goes_on_ringing_until_somebody_answers(scene: Scene) -> None:
    scene.agent("1001", skills={"alarm": 1})
    duty = scene.duty_phone(Manners(refuse_with="486 Busy Here"))
    scene.open(alarm__ring_all_after=0.3, alarm__duty_phones_after=0.6, ring__seconds=0.3)
    caller = scene.caller("3")
    eventually(lambda: len(duty.rings()) >= 3, 9, "the duty phone is tried again and again")
    assert caller.is_connected
    scene.ready("1001")
    scene.phones["1001"].until_rung(times=2)


@ON_BOTH
def test_an_alarm_caller_who_hangs_up_is_owed_a_call_first_of_all(scene: Scene) -> None:
    scene.agent("1001")
    scene.open()
    alarm = scene.caller("3")
    scene.phones["1001"].until_rung()
    alarm.hang_up()
    call = scene.rows.until_ended(scene.rows.call_of(alarm.user).id)
    assert (call.outcome, call.ended_by) == ("abandoned_waiting", "caller")
    task = eventually(scene.rows.tasks)[0]
    assert (task.kind, task.status, task.priority) == (TaskKind.ALARM_CALL_BACK, "open", 1)
    assert (task.number, task.queue, task.queued_at) == (alarm.user, "alarm", call.queued_at)
    eventually(lambda: scene.phones["1001"].rings()[0].cancelled_at)
    scene.rows.until_state("1001", AgentState.READY)


def test_the_longest_idle_of_the_best_level_is_asked_first(scene: Scene) -> None:
    scene.agent("1001", Manners(refuse_with="486 Busy Here"), skills={"repair": 2})
    scene.agent("1002", Manners(refuse_with="486 Busy Here"), skills={"repair": 1})
    scene.agent("1003", Manners(refuse_with="486 Busy Here"), skills={"repair": 1})
    scene.agent("1004", Manners(refuse_with="486 Busy Here"), skills={"consultation": 1})
    scene.open()
    caller = scene.caller("2")
    offers = scene.rows.until_outcomes(scene.rows.call_of(caller.user).id, "busy", "busy", "busy")
    assert [offer.work_number for offer in offers] == ["1002", "1003", "1001"]
