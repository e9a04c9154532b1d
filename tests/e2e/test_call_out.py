"""An agent calls a customer: own device first, then the customer's, and then a talk like any other."""

import time

import pytest
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Command, Talk
from tests.e2e.caller import now
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene
from tests.e2e.sound import LEFT, RIGHT, recorded
from tests.e2e.test_hold import AGENT, ask, hears

pytestmark = pytest.mark.e2e

CUSTOMER, RINGING = 600.0, 450.0
NUMBER = "13900000000"


class CallOut:
    """Agent 1001 and a telephone outside."""

    def __init__(
        self, scene: Scene, outside: Manners | None = None, agent: Manners | None = None, **settings: object
    ) -> None:
        self.scene = scene
        self.agent: Phone = scene.agent("1001", agent or Manners(answer_after=0.05))
        self.outside: Phone = scene.outside_phone(outside or Manners(answer_after=0.8))
        self.agent.line.say_tone(AGENT)
        self.outside.line.say_tone(CUSTOMER)
        scene.open(trunks=scene.line_to(self.outside), **settings)

    def ask(self, number: str = NUMBER, **more: object) -> int:
        return self.scene.rows.ask(CommandKind.CALL_OUT, "1001", number=number, **more)

    def call_id(self) -> int:
        return int(self.scene.rows.calls()[-1].id)

    def until_talking(self) -> int:
        self.outside.until_talking(4)
        eventually(lambda: hears(self.agent.line, CUSTOMER) and hears(self.outside.line, AGENT), 4)
        return self.call_id()


@ON_BOTH
def test_the_agents_device_rings_first_then_the_customers_and_both_talk(scene: Scene) -> None:
    out = CallOut(scene)
    asked = out.ask(customer_id=7, case_id=9)
    out.outside.until_rung()
    assert "INVITE sip:13900000000@" in out.outside.rings()[0].messages[0].text
    eventually(lambda: hears(out.agent.line, RINGING))
    row = scene.rows.call(out.call_id())
    assert (row.stage, row.direction, row.caller_number) == (CallStage.DIALLING, "outbound", "+8613900000000")
    assert scene.rows.state("1001") is AgentState.TALKING
    assert scene.rows.until_done(out.ask()) == "not_while_in_a_call"
    call_id = out.until_talking()
    assert scene.rows.until_done(asked) is None
    row = scene.rows.call(call_id)
    assert (row.stage, row.customer_id, row.case_id) == (CallStage.TALKING, 7, 9)
    assert row.answered_at is not None
    # The same rights as in a talk that came in.
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) is None
    time.sleep(0.3)
    assert not hears(out.outside.line, AGENT)
    assert ask(scene, CommandKind.RESUME, call_id) is None
    eventually(lambda: hears(out.outside.line, AGENT))
    time.sleep(1.2)
    out.outside.hang_up()
    ended = scene.rows.until_ended(call_id)
    assert (ended.outcome, ended.ended_by) == ("answered", "caller")
    eventually(lambda: out.agent.rings()[0].byed_at)
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    (talk,) = scene.rows.all(select(Talk.__table__))
    assert (talk.agent_id, talk.kind) == (ended.agent_id, "caller")
    assert talk.ended_at is not None
    recording = eventually(lambda: [r for r in scene.rows.recordings() if r.status == "finished"], 5)[0]
    assert (recording.call_id, recording.agent_id) == (call_id, ended.agent_id)
    sound = recorded(scene.pbx.settings.recordings_folder / f"{recording.name}.wav")
    assert sound.level(LEFT, CUSTOMER) > 0.1
    assert sound.level(RIGHT, AGENT) > 0.05
    assert scene.is_quiet()
    assert not scene.engine.complaints()


@pytest.mark.parametrize(
    ("manners", "refusal", "outcome"),
    [
        (Manners(refuse_with="486 Busy Here"), "target_busy", "called_busy"),
        (Manners(refuse_with="603 Decline"), "target_refused", "called_refused"),
        (Manners(refuse_with="404 Not Found"), "target_not_reached", "called_not_reached"),
        (Manners(refuse_with="480 Temporarily Unavailable"), "target_not_answering", "called_not_answering"),
        (Manners(), "target_not_answering", "called_not_answering"),
    ],
)
def test_who_is_not_reached_is_told_with_the_word_for_it(
    scene: Scene, manners: Manners, refusal: str, outcome: str
) -> None:
    out = CallOut(scene, manners, calling_out__answer_within=1.5, calling_out__wrap_up_seconds=0)
    assert scene.rows.until_done(out.ask(), 6) == refusal
    row = scene.rows.until_ended(out.call_id())
    assert (row.outcome, row.talk_started_at, row.answered_at) == (outcome, None, None)
    scene.rows.until_state("1001", AgentState.READY)
    assert scene.is_quiet()
    assert scene.rows.recordings() == []


def test_numbers_that_may_not_be_called_are_refused_before_anything_rings(scene: Scene) -> None:
    out = CallOut(scene)
    for number, refusal in (
        ("110", "emergency_number_not_allowed"),
        ("0531-119", "number_not_valid"),
        ("+8616812345", "number_not_allowed"),
        ("0085221234567", "number_not_allowed"),
        ("95777", "number_not_allowed"),
        ("", "number_not_valid"),
        ("１３９\u0000x", "number_not_valid"),
        ("9" * 40, "number_not_valid"),
    ):
        assert scene.rows.until_done(out.ask(number)) == refusal, number
    assert scene.rows.calls() == []
    assert out.agent.rings() == []
    assert scene.rows.state("1001") is AgentState.READY


@pytest.mark.long
def test_an_emergency_number_on_the_list_is_called_as_it_is(scene: Scene) -> None:
    out = CallOut(scene, calling_out__emergency_allowed=["119"])
    out.ask("119")
    out.outside.until_rung()
    assert "INVITE sip:119@" in out.outside.rings()[0].messages[0].text


def test_nobody_calls_out_in_a_call_or_signed_out_or_without_a_line(scene: Scene) -> None:
    out = CallOut(scene)
    scene.caller("2")
    scene.rows.until_state("1001", AgentState.TALKING)
    assert scene.rows.until_done(out.ask()) == "not_while_in_a_call"
    scene.agent("1002", ready=False)
    scene.rows.until_done(scene.rows.ask(CommandKind.SIGN_OUT, "1002"))
    refused = scene.rows.ask(CommandKind.CALL_OUT, "1002", number=NUMBER)
    assert scene.rows.until_done(refused) == "not_possible_while_signed_out"


@pytest.mark.long
def test_without_a_line_to_the_outside_it_is_said(scene: Scene) -> None:
    scene.agent("1001")
    scene.open()
    assert scene.rows.until_done(scene.rows.ask(CommandKind.CALL_OUT, "1001", number=NUMBER)) == "no_line_out"


@pytest.mark.long
def test_who_calls_out_from_a_break_is_on_it_again_afterwards(scene: Scene) -> None:
    out = CallOut(scene, calling_out__wrap_up_seconds=0)
    scene.rows.until_done(scene.rows.ask(CommandKind.BREAK, "1001", reason="吃饭"))
    out.ask()
    call_id = out.until_talking()
    out.outside.hang_up()
    scene.rows.until_ended(call_id)
    scene.rows.until_state("1001", AgentState.BREAK)
    assert scene.rows.presence("1001").reason == "吃饭"


def test_the_agent_may_give_up_while_it_rings(scene: Scene) -> None:
    out = CallOut(scene, Manners(), calling_out__wrap_up_seconds=0)
    for turn, hang_up in enumerate((True, False), start=1):
        out.ask()
        out.outside.until_rung(times=turn)
        if hang_up:
            out.agent.hang_up()
        else:
            assert ask(scene, CommandKind.END_CALL, out.call_id()) is None
        row = scene.rows.until_ended(out.call_id())
        assert (row.outcome, row.ended_by) == ("call_out_given_up", "agent")
        eventually(lambda turn=turn: out.outside.rings()[turn - 1].cancelled_at)
        scene.rows.until_state("1001", AgentState.READY)
        assert scene.is_quiet()


@pytest.mark.long
def test_an_agent_whose_own_device_does_not_answer_calls_nobody(scene: Scene) -> None:
    out = CallOut(scene, agent=Manners(), ring__seconds=0.3)
    asked = out.ask()
    assert scene.rows.until_done(asked, 5) == "target_not_reached"
    assert out.outside.rings() == []
    assert scene.rows.until_ended(out.call_id()).outcome == "call_out_given_up"
    scene.rows.until_state("1001", AgentState.READY)
    assert scene.is_quiet()


def test_when_the_agents_leg_drops_the_customer_is_connected_again(scene: Scene) -> None:
    """R-12.12 holds for whom we called as well."""
    out = CallOut(scene)
    out.ask()
    out.until_talking()
    out.agent.hang_up()
    out.agent.until_talking(4, times=2)
    eventually(lambda: hears(out.agent.line, CUSTOMER) and hears(out.outside.line, AGENT), 4)
    assert out.outside.rings()[0].over_at is None


@pytest.mark.long  # beside others: test_engine_killed.py
@pytest.mark.parametrize("when", ["own device rings", "customer rings", "both talk"])
def test_a_killed_engine_goes_on_with_a_call_out(scene: Scene, when: str) -> None:
    agent = Manners() if when == "own device rings" else None
    out = CallOut(scene, Manners(), agent)
    asked = out.ask()
    if when == "own device rings":
        out.agent.until_rung()
    else:
        out.outside.until_rung()
    if when == "both talk":
        out.outside.answer()
        out.until_talking()
    scene.engine.kill()
    killed = now()
    time.sleep(0.3)
    scene.engine.start()
    if when == "own device rings":
        out.agent.until_rung(times=2)
        out.agent.answer()
        out.agent.until_talking(times=2)
        out.outside.until_rung()
    if when != "both talk":
        out.outside.answer()
    call_id = out.until_talking()
    assert scene.rows.until_done(asked) is None
    assert len(scene.rows.calls()) == 1
    assert len(out.outside.rings()) == 1
    if when == "both talk":
        assert scene.heard_throughout(out.outside.line, killed, now())
    out.outside.hang_up()
    assert scene.rows.until_ended(call_id).outcome == "answered"
    row = scene.rows.all(select(Command.call_id).where(Command.id == asked))[0]
    assert row.call_id == call_id
    assert scene.is_quiet()
