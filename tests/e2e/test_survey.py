"""The agent invites to rate, and the caller is asked (R-12.12, R-3.6)."""

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from tests.e2e.caller import Caller
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e


def invited(scene: Scene) -> tuple[Caller, int]:
    """A caller who talked and was invited."""
    caller = scene.caller("2")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    command = scene.rows.ask(CommandKind.INVITE_TO_RATE, "1001", call.id)
    assert scene.rows.until_done(command) is None
    scene.rows.until_stage(caller.user, CallStage.SURVEY)
    return caller, int(call.id)


@ON_BOTH
def test_a_caller_who_was_invited_gives_a_score(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    caller, call_id = invited(scene)
    eventually(lambda: phone.rings()[0].byed_at, what="the agent's leg ends properly")
    scene.rows.until_state("1001", AgentState.READY)
    caller.hears("survey_invite")
    caller.press("4")
    caller.hears("survey_thanks")
    caller.until_byed()
    call = scene.rows.until_ended(call_id)
    assert (call.outcome, call.ended_by, call.agent_left_first) == ("answered", "system", False)
    answer = scene.rows.answers()[0]
    assert (answer.call_id, answer.agent_id, answer.score) == (call_id, call.agent_id, 4)
    assert call.talk_ended_at <= answer.asked_at <= answer.answered_at
    assert scene.is_quiet()


@pytest.mark.long
def test_a_key_that_is_no_score_is_asked_again_and_silence_ends_it(scene: Scene) -> None:
    scene.agent("1001", Manners(answer_after=0.1))
    scene.open(survey__seconds=0.5)
    caller, call_id = invited(scene)
    caller.hears("survey_invite")
    caller.press("9")
    caller.hears("survey_wrong_key")
    caller.hears("goodbye", 8)
    caller.until_byed()
    scene.rows.until_ended(call_id)
    answer = scene.rows.answers()[0]
    assert (answer.score, answer.answered_at) == (None, None)


def test_without_a_survey_the_invitation_ends_the_call(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open(survey__enabled=False)
    caller = scene.caller("2")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    scene.rows.ask(CommandKind.INVITE_TO_RATE, "1001", call.id)
    caller.until_byed()
    eventually(lambda: phone.rings()[0].byed_at)
    ended = scene.rows.until_ended(call.id)
    assert (ended.outcome, ended.ended_by) == ("answered", "system")
    assert scene.rows.state("1001") is AgentState.READY
    assert not scene.rows.answers()


def test_an_invitation_without_a_conversation_is_refused(scene: Scene) -> None:
    scene.agent("1001")
    scene.open()
    caller = scene.caller("2")
    scene.phones["1001"].until_rung()
    call = scene.rows.call_of(caller.user)
    assert scene.rows.until_done(scene.rows.ask(CommandKind.INVITE_TO_RATE, "1001", call.id)) is not None
    assert scene.rows.until_done(scene.rows.ask(CommandKind.INVITE_TO_RATE, "1001", None)) is not None
    assert caller.is_connected
