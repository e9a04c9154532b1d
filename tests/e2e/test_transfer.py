"""A call passed on without a word before: to a colleague, a queue, a unit, the outside (R-12.12)."""

import time

import pytest
from sqlalchemy import insert, select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Transfer, Unit
from storage.queries import talks
from tests.e2e.caller import now
from tests.e2e.media import silences
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene
from tests.e2e.sound import LEFT, RIGHT, recorded
from tests.e2e.test_consultation import COLLEAGUE, TO_COLLEAGUE, Talk3
from tests.e2e.test_hold import AGENT, CALLER, hears

pytestmark = pytest.mark.e2e

OUTSIDE_TONE = 1700.0


def pass_on(talk: Talk3, to: dict[str, str] = TO_COLLEAGUE, note: str = "客户很急") -> None:
    assert talk.ask(CommandKind.TRANSFER, to=to, note=note) is None


@ON_BOTH
def test_a_colleague_rings_while_the_caller_hears_music_and_then_has_the_caller(scene: Scene) -> None:
    """R-FR: whoever took the call first stays its first responder."""
    talk = Talk3(scene, Manners(answer_after=1.6))
    pass_on(talk)
    talk.colleague.until_rung()
    call = scene.rows.call(talk.call_id)
    assert (call.stage, call.agent_channel) == (CallStage.PASSING_ON, None)
    (row,) = scene.rows.all(select(Transfer.__table__))
    assert (row.note, row.attended, row.state, row.outcome) == ("客户很急", False, "ringing", None)
    assert scene.rows.presence("1002").call_id == talk.call_id
    eventually(lambda: talk.agent.rings()[0].byed_at)
    scene.rows.until_state("1001", AgentState.READY)
    talk.hears_music(0.8)
    talk.colleague.until_talking()
    talk.with_agent(talk.colleague, COLLEAGUE)
    assert scene.rows.call(talk.call_id).agent_id == row.to_agent_id
    with scene.rows.database.read() as connection:
        assert talks.first_of(connection, talk.call_id) == scene.rows.presence("1001").agent_id
    assert [offer.outcome for offer in scene.rows.offers()] == ["answered", "answered"]
    # To whoever passed the call on it does not go back without a word.
    back = {"kind": "agent", "value": "1001"}
    assert talk.ask(CommandKind.TRANSFER, "1002", to=back, note="") == "transfer_in_a_circle"
    time.sleep(1.0)
    talk.ends_in_order()
    assert talk.outcomes() == ["taken"]
    recording = eventually(lambda: [r for r in scene.rows.recordings() if r.status == "finished"], 5)
    assert len(recording) == 1
    sound = recorded(scene.pbx.settings.recordings_folder / f"{recording[0].name}.wav")
    assert sound.level(LEFT, CALLER) > 0.1
    assert sound.level(RIGHT, AGENT) > 0.01
    assert sound.level(RIGHT, COLLEAGUE) > 0.01


@pytest.mark.parametrize(
    "manners",
    [pytest.param(Manners(), marks=pytest.mark.long), Manners(refuse_with="486 Busy Here", ring_after=0.3)],
)
def test_whoever_is_not_answered_comes_back_to_the_agent(scene: Scene, manners: Manners) -> None:
    talk = Talk3(scene, manners, ring__seconds=0.4, queues__repair__wrap_up_seconds=20)
    since = now()
    pass_on(talk)
    talk.agent.until_talking(6, times=2)
    talk.with_agent(talk.agent, AGENT)
    assert silences(talk.caller.line.packets(), since.timestamp(), now().timestamp()) < 1.2
    assert talk.outcomes() == ["returned"]
    assert scene.rows.state("1001") is AgentState.TALKING
    outcomes = [offer.outcome for offer in scene.rows.offers(talk.call_id)]
    assert outcomes in (["answered", "missed", "answered"], ["answered", "busy", "answered"])


def test_when_the_agent_is_busy_meanwhile_the_caller_is_first_in_the_queue(scene: Scene) -> None:
    talk = Talk3(scene, Manners(), ring__seconds=0.8)
    second, third = scene.caller("2"), scene.caller("2")
    for waiter in (second, third):
        scene.rows.until_stage(waiter.user, CallStage.WAITING)
    before = scene.rows.call(talk.call_id)
    pass_on(talk)
    scene.rows.until_stage(second.user, CallStage.TALKING)  # the agent takes the next caller
    row = scene.rows.until_stage(talk.caller.user, CallStage.WAITING, 6)
    assert (row.returned, row.queued_at) == (True, before.queued_at)
    assert talk.outcomes() == ["to_queue"]
    second.hang_up()
    talk.agent.until_talking(times=3)
    scene.rows.until_stage(talk.caller.user, CallStage.TALKING)
    assert scene.rows.call_of(third.user).stage is CallStage.WAITING


def test_a_queue_takes_the_caller_before_those_who_wait(scene: Scene) -> None:
    talk = Talk3(scene)
    assert talk.colleague.rings() == []
    scene.rows.ask(CommandKind.BREAK, "1002")
    scene.rows.until_state("1002", AgentState.BREAK)
    waiter = scene.caller("4")
    scene.rows.until_stage(waiter.user, CallStage.WAITING)
    queued_at = scene.rows.call(talk.call_id).queued_at
    since = now()
    pass_on(talk, {"kind": "queue", "value": "complaint"})
    row = scene.rows.until_stage(talk.caller.user, CallStage.WAITING)
    assert (row.queue, row.kind, row.returned, row.queued_at) == ("complaint", "complaint", True, queued_at)
    talk.caller.hears("to_agent", since=since)
    scene.ready("1002")
    talk.with_agent(talk.colleague, COLLEAGUE, 5)
    assert scene.rows.call_of(waiter.user).stage is CallStage.WAITING
    again = {"kind": "queue", "value": "complaint"}
    assert talk.ask(CommandKind.TRANSFER, "1002", to=again, note="") == "transfer_in_a_circle"
    assert talk.outcomes() == ["to_queue"]


@pytest.mark.long
def test_a_closed_queue_takes_nobody(scene: Scene) -> None:
    closed: dict[str, object] = {
        "queues__complaint__opening_hours": "office",
        "opening_hours__office__working_day": [],
        "opening_hours__office__day_off": [],
    }
    talk = Talk3(scene, **closed)
    to = {"kind": "queue", "value": "complaint"}
    assert talk.ask(CommandKind.TRANSFER, to=to, note="") == "target_not_allowed"
    talk.with_agent(talk.agent, AGENT)


def test_a_units_phone_takes_the_caller_and_when_it_hangs_up_the_caller_is_not_lost(scene: Scene) -> None:
    outside = scene.outside_phone(Manners(answer_after=0.6))
    talk = Talk3(scene, trunks=scene.line_to(outside))
    with scene.rows.database.write() as connection:
        connection.execute(insert(Unit), {"name": "城南管理站", "phone": "+8653188880001", "active": True})
    outside.line.say_tone(OUTSIDE_TONE)
    pass_on(talk, {"kind": "unit", "value": "1"})
    outside.until_talking()
    talk.with_agent(outside, OUTSIDE_TONE)
    assert "INVITE sip:053188880001@" in outside.rings()[0].messages[0].text
    scene.rows.until_state("1001", AgentState.READY)
    assert scene.rows.call(talk.call_id).agent_id is None
    outside.hang_up()
    talk.agent.until_talking(times=2)
    talk.with_agent(talk.agent, AGENT)
    talk.ends_in_order()
    assert talk.outcomes() == ["taken"]


def test_a_number_outside_is_asked_and_then_takes_the_caller(scene: Scene) -> None:
    outside = scene.outside_phone(Manners(answer_after=0.6))
    talk = Talk3(scene, trunks=scene.line_to(outside))
    outside.line.say_tone(OUTSIDE_TONE)
    to = {"kind": "outside", "value": "139 0000 0000"}
    assert talk.ask(CommandKind.CONSULT, to=to, note="") is None
    outside.until_talking()
    eventually(lambda: hears(talk.agent.line, OUTSIDE_TONE) and hears(outside.line, AGENT))
    talk.hears_music(0.5)
    assert talk.ask(CommandKind.COMPLETE_TRANSFER) is None
    talk.with_agent(outside, OUTSIDE_TONE)
    talk.ends_in_order()


def test_the_caller_may_hang_up_while_the_target_rings(scene: Scene) -> None:
    talk = Talk3(scene, Manners())
    pass_on(talk)
    talk.colleague.until_rung()
    talk.caller.hang_up()
    row = scene.rows.until_ended(talk.call_id)
    assert (row.outcome, row.ended_by) == ("answered", "caller")
    eventually(lambda: talk.colleague.rings()[0].cancelled_at)
    talk.nothing_left()
    assert talk.outcomes() == ["caller_gone"]
    assert [offer.outcome for offer in scene.rows.offers()] == ["answered", "caller_gone"]


@pytest.mark.long
def test_the_gas_leak_key_works_while_the_target_rings(scene: Scene) -> None:
    talk = Talk3(scene, Manners())
    alarm = scene.agent("1003", skills={"alarm": 1})
    pass_on(talk)
    talk.colleague.until_rung()
    talk.caller.press("3")
    alarm.until_rung()
    row = scene.rows.until_stage(talk.caller.user, CallStage.WAITING)
    assert (row.queue, row.kind) == ("alarm", "alarm")
    eventually(lambda: talk.colleague.rings()[0].cancelled_at)


@pytest.mark.long  # beside others: test_engine_killed.py
def test_a_killed_engine_goes_on_ringing_the_target(scene: Scene) -> None:
    talk = Talk3(scene, Manners())
    pass_on(talk)
    talk.colleague.until_rung()
    killed = now()
    scene.engine.kill()
    time.sleep(0.3)
    scene.engine.start()
    talk.colleague.until_rung(times=2)
    assert silences(talk.caller.line.packets(), killed.timestamp(), now().timestamp()) < 1.5
    talk.colleague.answer()
    talk.colleague.until_talking(times=2)
    talk.with_agent(talk.colleague, COLLEAGUE)
    talk.ends_in_order()
    assert talk.outcomes() == ["taken"]


@pytest.mark.long
def test_of_two_wishes_about_one_call_one_wins(scene: Scene) -> None:
    talk = Talk3(scene)
    third = scene.agent("1003", Manners(answer_after=0.2), skills={"complaint": 2})
    asked = [
        scene.rows.ask(CommandKind.TRANSFER, "1001", talk.call_id, to=to, note="")
        for to in (TO_COLLEAGUE, {"kind": "agent", "value": "1003"})
    ]
    assert [scene.rows.until_done(one) for one in asked] == [None, "no_conversation_now"]
    talk.with_agent(talk.colleague, COLLEAGUE)
    assert third.rings() == []


def test_two_desks_that_want_one_colleague_get_them_once(scene: Scene) -> None:
    talk = Talk3(scene, Manners(answer_after=1.0))
    other = scene.agent("1003", Manners(answer_after=0.1), skills={"consultation": 1})
    caller = scene.caller("1")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    asked = [
        scene.rows.ask(CommandKind.TRANSFER, number, call_id, to=TO_COLLEAGUE, note="")
        for number, call_id in (("1001", talk.call_id), ("1003", call.id))
    ]
    assert sorted(str(scene.rows.until_done(one)) for one in asked) == ["None", "target_busy"]
    talk.colleague.until_talking()
    assert len(talk.colleague.rings()) == 1
    assert other.rings()
