"""An engine that dies hurts nobody who talks; a second one finds everybody where they stood."""

import time

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.e2e.caller import Caller, now
from tests.e2e.media import silences
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e


def test_a_killed_engine_interrupts_nobody_and_is_taken_over_from(scene: Scene) -> None:
    phones = [scene.agent(f"100{n}", Manners(answer_after=0.1), skills={"repair": n}) for n in range(1, 6)]
    ringing_phone = scene.agent("1006", skills={"complaint": 1})
    scene.open(ring__seconds=20)
    talkers: list[Caller] = []
    for number, phone in enumerate(phones):
        talkers.append(scene.caller("2"))
        scene.rows.until_stage(talkers[-1].user, CallStage.TALKING)
        talkers[-1].line.say_tone(500 + 40 * number)
        phone.line.say_tone(900 + 40 * number)
    waiters = [scene.caller("2") for _ in range(5)]
    for waiter in waiters:
        scene.rows.until_stage(waiter.user, CallStage.WAITING)
    rung_for = scene.caller("4")
    ringing_phone.until_rung()
    before = {call.caller_number: call for call in scene.rows.calls()}
    order = [waiter.user for waiter in sorted(waiters, key=lambda waiter: before[waiter.user].queued_at)]
    assert order == [waiter.user for waiter in waiters]

    killed = now()
    scene.engine.kill()
    time.sleep(0.5)
    talker_left, waiter_left = talkers[4].hang_up(), waiters[4].hang_up()
    newcomer = scene.caller()
    newcomer.hears("fallback_greeting")
    scene.engine.start()
    back = now()

    # Who ended meanwhile has true times; everybody else is where they were.
    for caller, left, outcome in (
        (talkers[4], talker_left, "answered"),
        (waiters[4], waiter_left, "abandoned_waiting"),
    ):
        call = scene.rows.until_ended(before[caller.user].id)
        assert (call.outcome, call.ended_by, call.end_source) == (outcome, "caller", "pbx_log")
        assert abs((call.ended_at - left).total_seconds()) < 1.0
    scene.rows.until_stage(waiters[0].user, CallStage.TALKING)  # the agent who got free takes the first
    assert scene.rows.call_of(waiters[0].user).agent_id == before[talkers[4].user].agent_id
    for waiter in waiters[1:4]:
        call = scene.rows.call_of(waiter.user)
        assert (call.stage, call.queued_at) == (CallStage.WAITING, before[waiter.user].queued_at)
        assert silences(waiter.line.packets(), killed.timestamp(), back.timestamp()) < 2.0
    for talker in talkers[:4]:
        call = scene.rows.call_of(talker.user)
        assert (call.stage, call.agent_id) == (CallStage.TALKING, before[talker.user].agent_id)
    first, second = eventually(
        lambda: o if len(o := scene.rows.offers(before[rung_for.user].id)) == 2 else None
    )
    assert (first.outcome, second.outcome) == ("engine_restart", None)
    ringing_phone.until_rung()
    assert len([ring for ring in ringing_phone.rings() if ring.over_at is None]) == 1

    # The one who came while nobody was there is taken in with the true time of arrival.
    call = scene.rows.call_of(newcomer.user, 22)
    assert newcomer.dialled_at is not None
    assert abs((call.arrived_at - newcomer.dialled_at).total_seconds()) < 0.5
    for line in [line for n in range(4) for line in (talkers[n].line, phones[n].line)]:
        assert scene.heard_throughout(line, killed, now())

    # All that was begun comes to its end, and the waiting are served in their order.
    for talker, next_one in zip(talkers[:3], waiters[1:4], strict=True):
        talker.hang_up()
        call = scene.rows.until_stage(next_one.user, CallStage.TALKING)
        assert call.agent_id == before[talker.user].agent_id
    for caller in (talkers[3], *waiters[:4], rung_for, newcomer):
        caller.hang_up()
    for call in scene.rows.calls():
        scene.rows.until_ended(call.id)
    eventually(lambda: set(scene.rows.states().values()) == {AgentState.READY})
    assert scene.is_quiet()
    recordings = eventually(lambda: _all_finished(scene), 8, "all recordings finished")
    assert len(recordings) == 9
    lengths = {row.call_id: row.seconds for row in recordings}
    for talker in talkers[:4]:
        call = scene.rows.call(before[talker.user].id)
        talk = (call.talk_ended_at - call.talk_started_at).total_seconds()
        assert lengths[call.id] == pytest.approx(talk, abs=0.5)
    talk = (talker_left - before[talkers[4].user].talk_started_at).total_seconds()
    assert lengths[before[talkers[4].user].id] == pytest.approx(talk, abs=0.5)


def _all_finished(scene: Scene) -> list[object]:
    rows = scene.rows.recordings()
    return rows if all(row.status == "finished" for row in rows) else []


def test_a_killed_engine_finds_callers_in_every_other_stage(scene: Scene) -> None:
    """Menu, after hours, message, call-back question, survey: each goes on, nobody is in silence for long."""
    scene.agent("1001", Manners(answer_after=0.1), skills={"consultation": 1})
    closed = {"queues__repair__opening_hours": "office", "opening_hours__office__working_day": [],
              "opening_hours__office__day_off": []}  # fmt: skip
    scene.open(**closed)
    surveyed = scene.caller("1")
    call = scene.rows.until_stage(surveyed.user, CallStage.TALKING)
    time.sleep(0.4)
    scene.invite_to_rate("1001", call.id)
    surveyed.hears("survey_invite")
    in_menu = scene.caller().until_heard()
    choosing, recording, confirming = (scene.caller("2") for _ in range(3))
    for caller, key in ((choosing, ""), (recording, "1"), (confirming, "2")):
        scene.rows.until_stage(caller.user, CallStage.AFTER_HOURS)
        caller.press(key)
    recording.line.say_tone(600)
    scene.rows.until_stage(confirming.user, CallStage.CALL_BACK)
    eventually(scene.rows.recordings, 12)
    scene.engine.kill()
    killed = now()
    scene.engine.start()
    in_menu.hears("welcome", since=killed)
    choosing.hears("after_hours_closed_today", since=killed)
    confirming.hears("callback_number.1", since=killed)
    surveyed.hears("survey_invite", since=killed)
    in_menu.press("3")
    scene.rows.until_stage(in_menu.user, CallStage.WAITING)
    confirming.press("1")
    surveyed.press("5")
    for caller, outcome in ((confirming, "call_back_stored"), (surveyed, "answered")):
        caller.until_byed(8)
        assert scene.rows.until_ended(scene.rows.call_of(caller.user).id).outcome == outcome
    assert [answer.score for answer in scene.rows.answers()] == [5]
    recording.press("#")
    recording.hears("message_saved")
    assert len(scene.rows.recordings()) == 2  # the talk, and the one message
    task = next(task for task in scene.rows.tasks() if task.kind == "message")
    assert (task.call_id, task.recording_id) == (
        scene.rows.call_of(recording.user).id,
        scene.rows.recordings()[1].id,
    )
    for caller in (in_menu, choosing, recording):
        caller.hang_up()
    eventually(lambda: _all_finished(scene), 6)
    for call in scene.rows.calls():
        scene.rows.until_ended(call.id)
    assert scene.is_quiet()


def test_an_orderly_stop_leaves_the_talks_alone(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    stopped = now()
    scene.engine.stop()
    scene.engine.start()
    assert scene.rows.call_of(caller.user).stage is CallStage.TALKING
    assert scene.heard_throughout(phone.line, stopped, now())
    left = caller.hang_up()
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.ended_by, call.end_source) == ("caller", "event")
    assert abs((call.ended_at - left).total_seconds()) < 0.5
    eventually(lambda: phone.rings()[0].byed_at)
    scene.rows.until_state("1001", AgentState.READY)
    assert scene.is_quiet()


@pytest.mark.long
def test_a_message_whose_caller_left_while_the_engine_was_away_is_kept(scene: Scene) -> None:
    closed = {"queues__repair__opening_hours": "office", "opening_hours__office__working_day": [],
              "opening_hours__office__day_off": []}  # fmt: skip
    scene.open(**closed)
    caller, other = scene.caller("2"), scene.caller("2")
    for someone in (caller, other):
        scene.rows.until_stage(someone.user, CallStage.AFTER_HOURS)
    caller.press("1")
    eventually(scene.rows.recordings, 12)
    caller.line.say_tone(600)
    time.sleep(0.6)
    scene.engine.kill()
    time.sleep(1.0)
    left = caller.hang_up()
    other.hang_up()
    scene.engine.start()
    call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
    assert (call.outcome, call.ended_by, call.end_source) == ("message_left", "caller", "pbx_log")
    assert abs((call.ended_at - left).total_seconds()) < 1.0
    assert scene.rows.until_ended(scene.rows.call_of(other.user).id).outcome == "left_after_hours"
    assert eventually(lambda: _all_finished(scene), 6)
    row = scene.rows.recordings()[0]
    assert row.seconds == pytest.approx(1.7, abs=0.5)
    assert [(task.kind, task.recording_id) for task in scene.rows.tasks()] == [("message", row.id)]
