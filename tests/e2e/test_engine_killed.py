"""An engine that dies hurts nobody who talks; a second one finds everybody where they stood."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Hold, Talk, Transfer
from tests.e2e.caller import Caller, now
from tests.e2e.full_floor import HOLD_LIMIT, MANY, NUMBERS_OUTSIDE, WAITING, FullFloor
from tests.e2e.media import Line, longest_gap, silences
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import OUTSIDE, Scene
from tests.e2e.test_hold import hears

pytestmark = pytest.mark.e2e

RESTARTS_WITHIN = 5.0
TARGET = 1700.0


def test_a_killed_engine_interrupts_nobody_and_is_taken_over_from(scene: Scene) -> None:
    """10 pairs talk, 10 wait, 3 are in the menu, 2 agents ring, 1 hold, 1 transfer, 2 calls out."""
    floor = FullFloor(scene)
    before = floor.before
    talkers, waiters = floor.talkers, floor.waiters
    phones = {talker.user: floor.phone_of(talker) for talker in talkers}
    killed = now()
    scene.engine.kill()
    time.sleep(0.5)
    talker_left, waiter_left = talkers[-1].hang_up(), waiters[-1].hang_up()
    newcomer = scene.caller()
    newcomer.hears("fallback_greeting")
    scene.engine.start(ready=False)
    scene.engine.wait_for("engine.ready", RESTARTS_WITHIN)
    back = now()

    # Who ended meanwhile has true times; the agent who got free takes the first who waits.
    for caller, left, outcome in (
        (talkers[-1], talker_left, "answered"),
        (waiters[-1], waiter_left, "abandoned_waiting"),
    ):
        call = scene.rows.until_ended(before[caller.user].id, MANY)
        assert (call.outcome, call.ended_by, call.end_source) == (outcome, "caller", "pbx_log")
        assert abs((call.ended_at - left).total_seconds()) < 1.0
    scene.rows.until_stage(waiters[0].user, CallStage.TALKING, MANY)
    assert scene.rows.call_of(waiters[0].user).agent_id == before[talkers[-1].user].agent_id

    # Everybody else is where they were.
    for waiter in waiters[1:-1]:
        call = scene.rows.call_of(waiter.user)
        assert (call.stage, call.queued_at) == (CallStage.WAITING, before[waiter.user].queued_at)
        assert silences(waiter.line.packets(), killed.timestamp(), back.timestamp()) < 2.0
    for talker in talkers[:-1]:
        call = scene.rows.call_of(talker.user)
        assert (call.stage, call.agent_id) == (CallStage.TALKING, before[talker.user].agent_id)
    for caller in floor.in_menu:
        caller.hears("welcome", MANY, since=killed)
    _offers_are_settled(floor)
    _hear_each_other(scene, [*floor.ends_of(talkers[:-1]), *floor.ends_of_call_out()], killed)
    _holds_transfers_and_calls_out_go_on(floor, killed)
    _comes_with_the_true_time(scene, newcomer)
    _hear_each_other(scene, floor.ends_of(talkers[:-1]), killed)

    # All that was begun comes to its end, and the waiting are served in their order.
    for talker, next_one in zip(talkers, waiters[1:-1], strict=False):
        talker.hang_up()
        call = scene.rows.until_stage(next_one.user, CallStage.TALKING, MANY)
        assert call.agent_id == before[talker.user].agent_id
    for someone in scene.callers:
        if someone.is_connected and someone not in (talkers[-1], waiters[-1], *talkers[: WAITING - 2]):
            someone.hang_up()
    floor.outside.hang_up()
    calls = floor.are_over()
    assert len(calls) == len(scene.callers) + len(floor.asked_out)  # none lost, none double
    free = dict.fromkeys(scene.phones.keys() - {OUTSIDE}, AgentState.READY)
    to_write = dict.fromkeys(("1401", "1402"), AgentState.WRAP_UP)  # what came of their calls out
    eventually(lambda: scene.rows.states() == free | to_write, MANY, "everybody is free")
    assert scene.is_quiet()
    assert all(floor.rings_now(phone) == 0 for phone in scene.phones.values())
    assert [len(phones[talker.user].rings()) for talker in talkers] == [2] * (WAITING - 2) + [1, 2]
    _recorded_as_long_as_talked(scene, calls)


def _hear_each_other(scene: Scene, lines: Iterable[Line], since: datetime) -> None:
    """Each of these ends has heard the other all the time."""
    until = now()
    torn = [line for line in lines if not scene.heard_throughout(line, since, until)]
    gaps = [longest_gap(line.packets(), since.timestamp(), until.timestamp()) for line in torn]
    assert not torn, f"gaps {gaps}; this machine stood for {scene.exchange.stall(since.timestamp())} s"


def _offers_are_settled(floor: FullFloor) -> None:
    """Each agent who rang rings once again, for one of the two who waited for them."""
    rows = floor.scene.rows
    for caller in floor.rung_for:
        offers = rows.until_outcomes(floor.before[caller.user].id, "engine_restart", None, within=MANY)
        assert offers[1].made_at > offers[0].ended_at
    for phone in floor.ringing:
        phone.until_rung(MANY)
        eventually(lambda phone=phone: floor.rings_now(phone) == 1, what="one call rings")


def _holds_transfers_and_calls_out_go_on(floor: FullFloor, killed: datetime) -> None:
    rows, before = floor.scene.rows, floor.before[floor.held.user]
    late = floor.scene.exchange.stall(killed.timestamp())
    floor.target.until_rung(MANY)
    heard = floor.passed.line.packets()
    assert silences(heard, killed.timestamp(), now().timestamp()) < 1.5 + late
    floor.target.answer()
    floor.target.line.say_tone(TARGET)
    call = rows.until_stage(floor.passed.user, CallStage.TALKING, MANY)
    eventually(lambda: hears(floor.passed.line, TARGET), MANY)
    assert [row.outcome for row in rows.all(select(Transfer.__table__))] == ["taken"]
    assert floor.scene.phones["1301"] is floor.phone_of(floor.passed)
    assert (call.queued_at, call.hold_count) == (floor.before[floor.passed.user].queued_at, 0)

    held = rows.call(before.id)
    assert (held.stage, held.held_since, held.hold_count) == (CallStage.TALKING, before.held_since, 1)
    eventually(lambda: rows.call(before.id).hold_over_limit, HOLD_LIMIT + MANY)
    over = next(event for event in rows.events(before.id) if event.kind == "call.hold_over_limit")
    late = max(late, floor.scene.exchange.stall(killed.timestamp()))
    assert (over.at - before.held_since).total_seconds() == pytest.approx(HOLD_LIMIT, abs=0.7 + late)
    assert silences(floor.held.line.packets(), killed.timestamp(), now().timestamp()) < 1.5 + late
    floor.ask(CommandKind.RESUME, floor.held)
    floor.phone_of(floor.held).line.say_tone(TARGET)
    eventually(lambda: hears(floor.held.line, TARGET), MANY)
    (hold,) = rows.all(select(Hold.__table__))
    assert (hold.began_at, hold.consent) == (before.held_since, True)

    for turn, (number, asked) in enumerate(zip(NUMBERS_OUTSIDE, floor.asked_out, strict=True), start=1):
        if turn > 1:  # the one who is talked to first: the phone outside speaks on one line only
            floor.outside.hang_up(times=turn - 1)
            floor.outside.answer()
        call = rows.until_stage(f"+86{number}", CallStage.TALKING, MANY)
        assert call.id == floor.before[f"+86{number}"].id
        assert rows.until_done(asked) is None
    assert len(floor.outside.rings()) == len(NUMBERS_OUTSIDE)


def _comes_with_the_true_time(scene: Scene, newcomer: Caller) -> None:
    """The one who came while nobody was there is taken in with the true time of arrival."""
    call = scene.rows.call_of(newcomer.user, 22)
    assert newcomer.dialled_at is not None
    assert abs((call.arrived_at - newcomer.dialled_at).total_seconds()) < 0.5


def _recorded_as_long_as_talked(scene: Scene, calls: list[Any]) -> None:
    """One whole recording of each talk."""
    recordings = eventually(lambda: _all_finished(scene), 8, "all recordings finished")
    talked = {call.id: -call.hold_seconds for call in calls if call.talk_started_at is not None}
    for talk in scene.rows.all(select(Talk.__table__)):
        talked[talk.call_id] += (talk.ended_at - talk.began_at).total_seconds()
    assert sorted(row.call_id for row in recordings) == sorted(talked)
    for row in recordings:
        assert row.seconds == pytest.approx(talked[row.call_id], abs=0.5), row


def _all_finished(scene: Scene) -> list[Any]:
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
