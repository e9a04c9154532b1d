"""Asking somebody while the caller hears music, and what comes of it; whoever hangs up, the caller stays."""

import time

import numpy as np
import pytest
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Hold, Talk, Transfer
from tests.asterisk.g711 import alaw_decode
from tests.e2e.caller import Caller, now
from tests.e2e.freezing_proxy import FreezingProxy
from tests.e2e.media import Line, silences
from tests.e2e.pbx import Pbx
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene
from tests.e2e.sound import LEFT, RIGHT, recorded
from tests.e2e.test_hold import AGENT, CALLER, ask, heard_since, hears

pytestmark = pytest.mark.e2e

COLLEAGUE = 1300.0
RINGING = 450.0  # the ring-back tone of Chinese networks
TO_COLLEAGUE = {"kind": "agent", "value": "1002"}


def loudness(line: Line, hertz: float) -> float:
    """How loud a tone is in the last half second that a line heard; 16-bit samples."""
    samples = alaw_decode(b"".join(packet.payload for packet in line.packets()[-25:])).astype(float)
    turning = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / 8000)
    return float(2 * np.abs((samples * turning).mean()))


class Talk3:
    """Caller, agent 1001 in a talk with them, and colleague 1002 who is free."""

    def __init__(self, scene: Scene, colleague: Manners | None = None, **settings: object) -> None:
        self.scene = scene
        self.agent = scene.agent("1001", Manners(answer_after=0.1), skills={"repair": 1})
        self.colleague = scene.agent("1002", colleague or Manners(answer_after=0.3), skills={"complaint": 1})
        scene.open(**settings)
        self.caller: Caller = scene.caller("2")
        self.caller.line.say_tone(CALLER)
        self.agent.line.say_tone(AGENT)
        self.colleague.line.say_tone(COLLEAGUE)
        self.call_id: int = scene.rows.until_stage(self.caller.user, CallStage.TALKING).id
        eventually(lambda: hears(self.agent.line, CALLER) and hears(self.caller.line, AGENT), 4)

    def ask(self, kind: CommandKind, work_number: str = "1001", **arguments: object) -> str | None:
        return ask(self.scene, kind, self.call_id, work_number, **arguments)

    def consult(self, note: str = "漏气，请接一下") -> None:
        assert self.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note=note) is None
        self.colleague.until_talking()

    def transfers(self) -> list[object]:
        return self.scene.rows.all(select(Transfer.__table__).order_by(Transfer.id))

    def outcomes(self) -> list[str | None]:
        return [row.outcome for row in self.scene.rows.all(select(Transfer.__table__).order_by(Transfer.id))]

    def hears_music(self, seconds: float = 1.0) -> None:
        since = now()
        time.sleep(seconds)
        line = self.caller.line
        assert not heard_since(line, AGENT, since)
        assert not heard_since(line, COLLEAGUE, since)
        assert silences(line.packets(), since.timestamp(), now().timestamp()) < 0.8

    def with_agent(self, phone: Phone, hertz: float, within: float = 3.0) -> None:
        eventually(lambda: hears(self.caller.line, hertz) and hears(phone.line, CALLER), within)

    def ends_in_order(self) -> None:
        """The caller hangs up; nobody and nothing is left behind."""
        self.caller.hang_up()
        row = self.scene.rows.until_ended(self.call_id)
        assert (row.outcome, row.ended_by, row.held_since, row.three_way) == (
            "answered",
            "caller",
            None,
            False,
        )
        self.nothing_left()

    def nothing_left(self) -> None:
        for number in ("1001", "1002"):
            self.scene.rows.until_state(number, AgentState.READY)
        assert self.scene.is_quiet(), self.scene.left_over
        assert None not in self.outcomes()
        assert all(row.ended_at for row in self.scene.rows.all(select(Hold.__table__)))
        assert all(row.ended_at for row in self.scene.rows.all(select(Talk.__table__)))
        assert all(offer.outcome for offer in self.scene.rows.offers())
        assert not self.scene.engine.complaints()


@ON_BOTH
def test_agent_and_colleague_talk_while_the_caller_hears_music_and_then_the_colleague_has_the_caller(
    scene: Scene,
) -> None:
    talk = Talk3(scene)
    talk.consult()
    eventually(lambda: hears(talk.agent.line, COLLEAGUE) and hears(talk.colleague.line, AGENT))
    talk.hears_music()
    assert not hears(talk.agent.line, CALLER)
    (row,) = scene.rows.all(select(Transfer.__table__))
    assert (row.note, row.attended, row.state, row.outcome) == ("漏气，请接一下", True, "talking", None)
    assert scene.rows.state("1002") is AgentState.TALKING
    assert scene.rows.presence("1002").call_id == talk.call_id
    assert talk.ask(CommandKind.HOLD, consent=True) == "consultation_running"
    assert talk.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note="") == "consultation_running"
    assert talk.ask(CommandKind.COMPLETE_TRANSFER) is None
    talk.with_agent(talk.colleague, COLLEAGUE)
    eventually(lambda: talk.agent.rings()[0].byed_at)
    call = scene.rows.call(talk.call_id)
    assert (call.stage, call.agent_id, call.held_since) == (CallStage.TALKING, row.to_agent_id, None)
    scene.rows.until_state("1001", AgentState.READY)
    assert talk.outcomes() == ["taken"]
    # The colleague has the rights of who has the caller, and the one before has none.
    assert talk.ask(CommandKind.HOLD, consent=True) == "no_conversation_now"
    assert talk.ask(CommandKind.HOLD, "1002", consent=True) is None
    assert talk.ask(CommandKind.RESUME, "1002") is None
    talk.with_agent(talk.colleague, COLLEAGUE)
    talk.ends_in_order()
    agent, colleague = row.from_agent_id, row.to_agent_id
    talks = scene.rows.all(select(Talk.__table__).order_by(Talk.id))
    assert [(t.agent_id, t.kind) for t in talks] == [
        (agent, "caller"), (colleague, "consulted"), (colleague, "caller"),
    ]  # fmt: skip
    assert talks[1].ended_at == talks[0].ended_at == talks[2].began_at
    recording = eventually(lambda: [r for r in scene.rows.recordings() if r.status == "finished"], 5)
    assert len(recording) == 1
    sound = recorded(scene.pbx.settings.recordings_folder / f"{recording[0].name}.wav")
    assert sound.level(LEFT, CALLER) > 0.1
    assert sound.level(RIGHT, AGENT) > 0.01
    assert sound.level(RIGHT, COLLEAGUE) > 0.01


def test_all_three_talk_and_either_may_leave(scene: Scene) -> None:
    talk = Talk3(scene)
    talk.consult()
    assert talk.ask(CommandKind.THREE_WAY) is None
    assert scene.rows.call(talk.call_id).three_way
    assert scene.rows.call(talk.call_id).held_since is None
    lines = {CALLER: talk.caller.line, AGENT: talk.agent.line, COLLEAGUE: talk.colleague.line}
    for own, line in lines.items():
        for tone in lines:
            eventually(lambda line=line, tone=tone, own=own: (loudness(line, tone) > 500) is (tone != own), 4)
    assert talk.ask(CommandKind.END_CONSULT) is None
    talk.with_agent(talk.agent, AGENT)
    assert not scene.rows.call(talk.call_id).three_way
    scene.rows.until_state("1002", AgentState.READY)
    talk.colleague.line.say_tone(COLLEAGUE)
    assert talk.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note="") is None
    talk.colleague.until_talking(times=2)
    assert talk.ask(CommandKind.THREE_WAY) is None
    talk.agent.hang_up()
    talk.with_agent(talk.colleague, COLLEAGUE)
    scene.rows.until_state("1001", AgentState.READY)
    talk.ends_in_order()
    assert talk.outcomes() == ["ended", "taken"]


def test_the_agent_goes_back_to_the_caller(scene: Scene) -> None:
    talk = Talk3(scene)
    assert talk.ask(CommandKind.END_CONSULT) == "no_consultation"
    assert talk.ask(CommandKind.COMPLETE_TRANSFER) == "no_consultation"
    assert talk.ask(CommandKind.THREE_WAY) == "no_consultation"
    talk.consult()
    assert talk.ask(CommandKind.RESUME) == "consultation_running"
    assert talk.ask(CommandKind.END_CONSULT) is None
    talk.with_agent(talk.agent, AGENT)
    scene.rows.until_state("1002", AgentState.READY)
    # Who is asked may leave as well.
    talk.colleague.line.say_tone(COLLEAGUE)
    assert talk.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note="") is None
    talk.colleague.until_talking(times=2)
    assert talk.ask(CommandKind.END_CONSULT, "1002") is None
    talk.with_agent(talk.agent, AGENT)
    talk.ends_in_order()
    assert talk.outcomes() == ["ended", "ended"]


@pytest.mark.parametrize(
    ("manners", "refusal", "state"),
    [
        (Manners(refuse_with="486 Busy Here"), "target_busy", AgentState.READY),
        (Manners(refuse_with="603 Decline"), "target_refused", AgentState.READY),
        (Manners(refuse_with="404 Not Found"), "target_not_reached", AgentState.READY),
        (Manners(), "target_not_answering", AgentState.NOT_ANSWERING),
    ],
)
def test_a_colleague_who_does_not_come_leaves_agent_and_caller_together(
    scene: Scene, manners: Manners, refusal: str, state: AgentState
) -> None:
    talk = Talk3(scene, manners, ring__seconds=0.4)
    asked = scene.rows.ask(CommandKind.CONSULT, "1001", talk.call_id, to=TO_COLLEAGUE, note="")
    assert scene.rows.until_done(asked, 5) == refusal
    talk.with_agent(talk.agent, AGENT)
    assert scene.rows.state("1002") is state
    assert talk.outcomes() == ["not_taken"]
    assert scene.rows.call(talk.call_id).held_since is None


def test_nobody_is_asked_who_cannot_be(scene: Scene) -> None:
    talk = Talk3(scene)
    scene.agent("1003", ready=False)
    for to, refusal in (
        ({"kind": "agent", "value": "1001"}, "transfer_to_oneself"),
        ({"kind": "agent", "value": "7777"}, "no_such_target"),
        ({"kind": "agent", "value": "1003"}, "target_busy"),
        ({"kind": "queue", "value": "nowhere"}, "no_such_target"),
        ({"kind": "queue", "value": "alarm"}, "target_busy"),
        ({"kind": "unit", "value": "1"}, "no_such_target"),
        ({"kind": "unit", "value": "一"}, "no_such_target"),
        ({"kind": "unit", "value": "9" * 30}, "no_such_target"),
        ({"kind": "outside", "value": "13900000000"}, "no_line_out"),
        ({"kind": "outside", "value": "110"}, "emergency_number_not_allowed"),
        ({"kind": "outside", "value": "+85221234567"}, "number_not_allowed"),
        ({"kind": "outside", "value": "95777"}, "number_not_allowed"),
        ({"kind": "outside", "value": "12"}, "number_not_valid"),
        ({"kind": "friend", "value": "1"}, "no_such_target"),
        ("1002", "no_such_target"),
        (None, "no_such_target"),
    ):
        for kind in (CommandKind.CONSULT, CommandKind.TRANSFER):
            if kind is CommandKind.TRANSFER and to == {"kind": "queue", "value": "alarm"}:
                continue
            assert talk.ask(kind, to=to, note="x" * 1000) == refusal, (kind, to)
    talk.with_agent(talk.agent, AGENT)
    assert talk.outcomes() == []


@pytest.mark.long
def test_in_a_queue_the_next_free_one_is_asked(scene: Scene) -> None:
    talk = Talk3(scene, Manners(), ring__seconds=0.4)
    other = scene.agent("1003", Manners(answer_after=0.2), skills={"complaint": 2})
    asked = scene.rows.ask(
        CommandKind.CONSULT, "1001", talk.call_id, to={"kind": "queue", "value": "complaint"}, note=""
    )
    other.until_talking(6)
    assert scene.rows.until_done(asked) is None
    assert scene.rows.state("1002") is AgentState.NOT_ANSWERING
    assert talk.ask(CommandKind.END_CONSULT) is None
    talk.with_agent(talk.agent, AGENT)


# -- somebody hangs up -------------------------------------------------------------------------


def test_the_caller_may_hang_up_at_every_stage(scene: Scene) -> None:
    talk = Talk3(scene, Manners(answer_after=0.8))
    scene.rows.ask(CommandKind.CONSULT, "1001", talk.call_id, to=TO_COLLEAGUE, note="")
    talk.colleague.until_rung()
    talk.ends_in_order()
    for stage in (CommandKind.CONSULT, CommandKind.THREE_WAY, CommandKind.COMPLETE_TRANSFER):
        talk.caller = scene.caller("2")
        talk.call_id = scene.rows.until_stage(talk.caller.user, CallStage.TALKING).id
        times = len(talk.colleague.rings()) + 1
        assert talk.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note="") is None
        talk.colleague.until_talking(times=times)
        if stage is not CommandKind.CONSULT:
            assert talk.ask(stage) is None
        talk.ends_in_order()
    assert talk.outcomes() == ["caller_gone", "caller_gone", "caller_gone", "taken"]


def test_when_the_colleague_hangs_up_agent_and_caller_are_together(scene: Scene) -> None:
    talk = Talk3(scene)
    talk.consult()
    talk.colleague.hang_up()
    talk.with_agent(talk.agent, AGENT)
    talk.colleague.line.say_tone(COLLEAGUE)
    assert talk.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note="") is None
    talk.colleague.until_talking(times=2)
    assert talk.ask(CommandKind.THREE_WAY) is None
    talk.colleague.hang_up()
    talk.with_agent(talk.agent, AGENT)
    talk.ends_in_order()
    assert talk.outcomes() == ["ended", "ended"]


def test_when_the_agent_hangs_up_while_the_colleague_rings_the_caller_is_connected_again(
    scene: Scene,
) -> None:
    talk = Talk3(scene, Manners())
    scene.rows.ask(CommandKind.CONSULT, "1001", talk.call_id, to=TO_COLLEAGUE, note="")
    talk.colleague.until_rung()
    eventually(lambda: hears(talk.agent.line, RINGING))
    talk.hears_music()
    talk.agent.hang_up()
    eventually(lambda: talk.colleague.rings()[0].cancelled_at)
    talk.agent.until_talking(times=2)
    talk.with_agent(talk.agent, AGENT)
    assert scene.rows.call(talk.call_id).agent_left_first
    talk.ends_in_order()
    assert talk.outcomes() == ["agent_gone"]


def test_when_the_agent_hangs_up_while_both_talk_the_colleague_has_the_caller(scene: Scene) -> None:
    talk = Talk3(scene)
    talk.consult()
    talk.agent.hang_up()
    talk.with_agent(talk.colleague, COLLEAGUE)
    talk.ends_in_order()
    assert talk.outcomes() == ["taken"]


# -- the engine dies ---------------------------------------------------------------------------


@pytest.mark.long
def test_a_killed_engine_goes_on_with_a_consultation(scene: Scene) -> None:
    talk = Talk3(scene)
    talk.consult()
    eventually(lambda: hears(talk.agent.line, COLLEAGUE))
    killed = now()
    scene.engine.kill()
    time.sleep(0.4)
    scene.engine.start()
    time.sleep(0.3)
    talk.hears_music()
    assert scene.heard_throughout(talk.colleague.line, killed, now())
    assert hears(talk.agent.line, COLLEAGUE)
    assert scene.rows.state("1002") is AgentState.TALKING
    assert talk.ask(CommandKind.COMPLETE_TRANSFER) is None
    talk.with_agent(talk.colleague, COLLEAGUE)
    talk.ends_in_order()


@pytest.mark.long
def test_a_killed_engine_rings_the_colleague_again(scene: Scene) -> None:
    talk = Talk3(scene, Manners())
    asked = scene.rows.ask(CommandKind.CONSULT, "1001", talk.call_id, to=TO_COLLEAGUE, note="")
    talk.colleague.until_rung()
    scene.engine.kill()
    scene.engine.start()
    talk.colleague.until_rung(times=2)
    talk.hears_music()
    talk.colleague.answer()
    talk.colleague.until_talking(times=2)
    assert scene.rows.until_done(asked) is None
    eventually(lambda: hears(talk.agent.line, COLLEAGUE) and hears(talk.colleague.line, AGENT))
    assert talk.ask(CommandKind.THREE_WAY) is None
    scene.engine.kill()
    scene.engine.start()
    assert talk.ask(CommandKind.END_CONSULT) is None
    talk.with_agent(talk.agent, AGENT)
    talk.ends_in_order()


@pytest.mark.long
def test_who_hung_up_while_the_engine_was_away_is_missed(scene: Scene) -> None:
    talk = Talk3(scene)
    talk.consult()
    scene.engine.kill()
    talk.colleague.hang_up()
    time.sleep(0.3)
    scene.engine.start()
    talk.with_agent(talk.agent, AGENT)
    talk.colleague.line.say_tone(COLLEAGUE)
    assert talk.ask(CommandKind.CONSULT, to=TO_COLLEAGUE, note="") is None
    talk.colleague.until_talking(times=2)
    scene.engine.kill()
    talk.agent.hang_up()
    time.sleep(0.3)
    scene.engine.start()
    talk.with_agent(talk.colleague, COLLEAGUE)
    talk.ends_in_order()


@pytest.mark.long
def test_a_connection_that_dies_silently_changes_nothing_about_who_hears_whom(scene: Scene) -> None:
    proxy = FreezingProxy(scene.pbx.settings.pbx.ari.port)
    try:
        talk = Talk3(scene, pbx__ari__port=proxy.port)
        talk.consult()
        eventually(lambda: hears(talk.agent.line, COLLEAGUE))
        proxy.freeze()
        scene.engine.wait_for("engine.ready", 8, times=2)
        assert hears(talk.agent.line, COLLEAGUE)
        talk.hears_music()
        assert talk.ask(CommandKind.END_CONSULT) is None
        talk.with_agent(talk.agent, AGENT)
        assert talk.ask(CommandKind.HOLD, consent=True) is None
        held_since = scene.rows.call(talk.call_id).held_since
        proxy.freeze()
        scene.engine.wait_for("engine.ready", 8, times=3)
        talk.hears_music()
        assert scene.rows.call(talk.call_id).held_since == held_since
        talk.caller.hang_up()
        scene.rows.until_ended(talk.call_id)
        talk.nothing_left()
    finally:
        proxy.close()


@pytest.mark.long
def test_a_crash_of_the_pbx_in_a_consultation_ends_everything_in_order(second_pbx: Pbx, scene: Scene) -> None:
    agent = scene.agent("1001", Manners(answer_after=0.1), skills={"repair": 1})
    colleague = scene.agent("1002", Manners(answer_after=0.3), skills={"complaint": 1})
    scene.open(pbx=second_pbx)
    caller = scene.caller("2", pbx=second_pbx)
    call_id = scene.rows.until_stage(caller.user, CallStage.TALKING).id
    agent.until_talking()
    assert ask(scene, CommandKind.CONSULT, call_id, to=TO_COLLEAGUE, note="") is None
    colleague.until_talking()
    second_pbx.crash()
    second_pbx.start()
    scene.engine.wait_for("engine.ready", times=2)
    row = scene.rows.until_ended(call_id)
    assert (row.outcome, row.held_since, row.muted) == ("answered", None, False)
    for number in ("1001", "1002"):
        scene.rows.until_state(number, AgentState.READY)
    assert [t.outcome for t in scene.rows.all(select(Transfer.__table__))] == ["caller_gone"]
    assert all(hold.ended_at for hold in scene.rows.all(select(Hold.__table__)))
    assert all(part.ended_at for part in scene.rows.all(select(Talk.__table__)))
