"""What agents ask for on the page, during calls and after them (R-12.10)."""

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e


@ON_BOTH
def test_a_break_asked_for_in_a_call_is_refused_and_begins_after_it(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.1))
    scene.open(queues__repair__wrap_up_seconds=0.5)
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    command = scene.rows.ask(CommandKind.BREAK, "1001", reason="吃饭")
    assert scene.rows.until_done(command) == "in_a_call_remembered"
    assert scene.rows.state("1001") is AgentState.TALKING
    caller.hang_up()
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    scene.rows.until_state("1001", AgentState.BREAK)
    assert scene.rows.presence("1001").reason == "吃饭"
    waiting = scene.caller("2")
    scene.rows.until_stage(waiting.user, CallStage.WAITING)
    assert not scene.rows.offers(scene.rows.call_of(waiting.user).id)
    scene.ready("1001")
    scene.rows.until_stage(waiting.user, CallStage.TALKING)


def test_a_sign_out_asked_for_in_a_call_happens_after_it(scene: Scene) -> None:
    scene.agent("1001")
    scene.open()
    caller = scene.caller("2")
    scene.phones["1001"].until_rung()
    assert scene.rows.until_done(scene.rows.ask(CommandKind.SIGN_OUT, "1001")) == "in_a_call_remembered"
    scene.phones["1001"].answer()
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    caller.hang_up()
    scene.rows.until_state("1001", AgentState.SIGNED_OUT)


def test_a_wrap_up_ends_by_itself_and_the_next_caller_rings_at_once(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open(queues__repair__wrap_up_seconds=1.5)
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    waiting = scene.caller("2")
    scene.rows.until_stage(waiting.user, CallStage.WAITING)
    caller.hang_up()
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    phone.until_talking(times=2)
    wrap_up, over = [change for change in scene.rows.changes("1001") if AgentState.WRAP_UP in change[4:6]]
    assert (over.at - wrap_up.at).total_seconds() == pytest.approx(1.5, abs=0.2)
    offer = scene.rows.offers()[-1]
    assert (offer.made_at - over.at).total_seconds() < 0.1


def test_a_wrap_up_may_be_ended_early(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.1))
    scene.open(queues__repair__wrap_up_seconds=60)
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    caller.hang_up()
    scene.rows.until_state("1001", AgentState.WRAP_UP)
    assert scene.rows.until_done(scene.rows.ask(CommandKind.END_WRAP_UP, "1001")) is None
    assert scene.rows.state("1001") is AgentState.READY


def test_a_wrap_up_is_as_long_as_its_queue_says(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.1))
    scene.open(queues__repair__wrap_up_seconds=0, queues__complaint__wrap_up_seconds=40)
    for key, state in (("2", AgentState.READY), ("4", AgentState.WRAP_UP)):
        caller = scene.caller(key)
        call = scene.rows.until_stage(caller.user, CallStage.TALKING)
        caller.hang_up()
        scene.rows.until_ended(call.id)
        scene.rows.until_state("1001", state)
