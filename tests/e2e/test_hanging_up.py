"""The caller hangs up in every stage, the agent hangs up first: nobody rings on, nobody stays taken."""

import sqlite3
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Agent, BlacklistEntry
from tests.e2e.caller import Caller, now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import CallerScenario, Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e

CLOSED: dict[str, object] = {
    "queues__repair__opening_hours": "office",
    "opening_hours__office__working_day": [],
    "opening_hours__office__day_off": [],
}


def in_menu(scene: Scene) -> Caller:
    caller = scene.caller().until_heard()
    scene.rows.until_stage(caller.user, CallStage.MENU)
    return caller


def waiting(scene: Scene) -> Caller:
    caller = scene.caller("4")
    scene.rows.until_stage(caller.user, CallStage.WAITING)
    return caller


def ringing(scene: Scene) -> Caller:
    caller = scene.caller("1")
    scene.phones["1001"].until_rung()
    return caller


def talking(scene: Scene) -> Caller:
    caller = ringing(scene)
    scene.phones["1001"].answer()
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    time.sleep(0.3)
    return caller


def in_survey(scene: Scene) -> Caller:
    caller = talking(scene)
    scene.rows.ask(CommandKind.INVITE_TO_RATE, "1001", scene.rows.call_of(caller.user).id)
    scene.rows.until_stage(caller.user, CallStage.SURVEY)
    return caller


def after_hours(scene: Scene) -> Caller:
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.AFTER_HOURS)
    return caller


def before_the_tone(scene: Scene) -> Caller:
    caller = after_hours(scene)
    caller.press("1")
    scene.rows.until_stage(caller.user, CallStage.MESSAGE)
    return caller


def asked_to_confirm(scene: Scene) -> Caller:
    caller = after_hours(scene)
    caller.press("2")
    scene.rows.until_stage(caller.user, CallStage.CALL_BACK)
    return caller


def hears_that_the_number_is_unknown(scene: Scene) -> Caller:
    return scene.caller(number="12345").until_heard()


def asked_for_a_case_number(scene: Scene) -> Caller:
    caller = scene.caller("5")
    caller.hears("case_enter_whole")
    return caller


def turned_away(scene: Scene) -> Caller:
    """The number is on the blacklist (R-BL)."""
    since = now()
    with scene.rows.database.write() as connection:
        agent = connection.execute(select(Agent.id)).scalar_one()
        entry = {"number": "+8613700000001", "reason": "多次恶意骚扰", "since": since}
        entry |= {"until": since + timedelta(days=1), "proposed_by": agent, "approved_by": agent}
        connection.execute(insert(BlacklistEntry).values(entry))
    caller = scene.caller(user="13700000001").until_heard()
    scene.rows.until_stage(caller.user, CallStage.MENU)
    return caller


STAGES = {
    hears_that_the_number_is_unknown: ("number_unknown", None),
    in_menu: ("abandoned_in_menu", None),
    asked_for_a_case_number: ("abandoned_in_menu", None),
    turned_away: ("turned_away", None),
    waiting: ("abandoned_waiting", None),
    ringing: ("abandoned_waiting", AgentState.READY),
    talking: ("answered", AgentState.READY),
    in_survey: ("answered", AgentState.READY),
    after_hours: ("left_after_hours", None),
    before_the_tone: ("left_after_hours", None),
    asked_to_confirm: ("left_after_hours", None),
}


@ON_BOTH
def test_a_caller_may_hang_up_in_every_stage(scene: Scene) -> None:
    scene.agent("1001", skills={"consultation": 1})
    scene.open(**CLOSED)
    for arrive, (outcome, agent) in STAGES.items():
        caller = arrive(scene)
        hung_up = caller.hang_up()
        call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
        assert (arrive, call.outcome, call.ended_by, call.end_source) == (arrive, outcome, "caller", "event")
        assert abs((call.ended_at - hung_up).total_seconds()) < 0.5
        assert call.stage is CallStage.ENDED
        if agent is not None:
            scene.rows.until_state("1001", agent)
        offers = scene.rows.offers(call.id)
        assert len(offers) == (agent is not None), (arrive, offers)
        assert all(offer.outcome is not None for offer in offers), arrive
        assert scene.is_quiet(), (arrive, scene.left_over)
    rung = scene.phones["1001"].rings()
    assert len(rung) == 3
    assert all(ring.over_at for ring in rung)
    assert not scene.rows.tasks()
    assert not scene.engine.complaints()


def test_a_caller_may_hang_up_before_the_answer(scene: Scene) -> None:
    scene.open()
    file = scene.rows.database.url.database
    lock = sqlite3.connect(str(file), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")  # the engine cannot write the call down, and so does not answer it yet
    callers = [
        scene.play(CallerScenario("95777", 9, user=f"1380000000{n}").dial_and_give_up(0.05 + 0.1 * n))
        for n in range(4)
    ]
    time.sleep(0.9)
    lock.execute("COMMIT")
    lock.close()
    for sipp in callers:
        assert sipp.finished(3), sipp.errors
    assert scene.is_quiet()
    for number in range(4):
        call = scene.rows.until_ended(scene.rows.call_of(f"1380000000{number}").id)
        assert (call.outcome, call.ended_by, call.answered_at) == ("abandoned_in_menu", "caller", None)
    assert not scene.engine.complaints()


def test_when_the_agent_hangs_up_first_the_caller_is_kept_and_served_before_the_others(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=1.5))
    scene.open()
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    others = [scene.caller("2") for _ in range(2)]
    for other in others:
        scene.rows.until_stage(other.user, CallStage.WAITING)
    left = now()
    phone.hang_up()
    phone.until_rung(times=2)
    caller.hears("agent_lost", since=left)
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    assert call.agent_left_first
    assert [offer.work_number for offer in scene.rows.offers(call.id)] == ["1001", "1001"]
    assert any(event.kind == "call.agent_left_first" for event in scene.rows.events(call.id))
    assert caller.is_connected
    assert scene.rows.call_of(others[0].user).stage is CallStage.WAITING
    caller.line.say_tone(650)
    eventually(lambda: phone.line.pitch() == pytest.approx(650, abs=10))
    caller.hang_up()
    ended = scene.rows.until_ended(call.id)
    assert (ended.ended_by, ended.outcome, ended.talk_started_at) == (
        "caller",
        "answered",
        call.talk_started_at,
    )
    eventually(lambda: scene.rows.call_of(others[0].user).stage is CallStage.TALKING)


def test_when_the_first_agent_does_not_take_the_caller_back_the_next_one_does(scene: Scene) -> None:
    first = scene.agent("1001", skills={"repair": 1})
    scene.open(ring__seconds=0.4)
    caller = scene.caller("2")
    first.until_rung()
    first.answer()
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    second = scene.agent("1002", skills={"repair": 2})
    first.hang_up()
    first.until_rung(times=2)
    second.until_rung(5)
    second.answer()
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    offers = scene.rows.until_outcomes(call.id, "answered", "missed", "answered")
    assert [offer.work_number for offer in offers] == ["1001", "1001", "1002"]
    assert scene.rows.state("1001") is AgentState.NOT_ANSWERING


def test_both_hanging_up_at_once_ends_the_call_once(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.05))
    scene.open()
    for turn in range(5):
        caller = scene.caller("2")
        call = scene.rows.until_stage(caller.user, CallStage.TALKING)
        phone.hang_up()
        time.sleep(0.002 * turn)
        caller.hang_up()
        scene.rows.until_ended(call.id)
        scene.rows.until_state("1001", AgentState.READY)
        assert scene.is_quiet()
        assert [event.kind for event in scene.rows.events(call.id)].count("call.ended") == 1
        assert all(ring.over_at for ring in phone.rings())


def test_a_caller_who_leaves_in_the_moment_of_the_answer_leaves_nobody_behind(scene: Scene) -> None:
    phone = scene.agent("1001")
    scene.open()
    for turn in range(12):
        caller = scene.caller("2")
        phone.until_rung()
        call = scene.rows.call_of(caller.user)
        phone.answer()
        time.sleep(0.003 * turn)
        caller.hang_up()
        scene.rows.until_ended(call.id)
        eventually(
            lambda call=call: scene.rows.offers(call.id)[0].outcome, what=f"an outcome of offer {turn + 1}"
        )
        scene.rows.until_state("1001", AgentState.READY)
        assert scene.is_quiet(), turn
