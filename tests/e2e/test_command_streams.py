"""Wishes as no page should send them: of the wrong people, about the wrong calls, with anything in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind as Kind
from storage.models import Agent, Command
from storage.queries import commands_asked
from tests.e2e.caller import now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e

OF_A_TALK = [
    Kind.HOLD, Kind.RESUME, Kind.MUTE, Kind.UNMUTE, Kind.TRANSFER, Kind.CONSULT, Kind.COMPLETE_TRANSFER,
    Kind.THREE_WAY, Kind.END_CONSULT, Kind.END_CALL, Kind.INVITE_TO_RATE, Kind.TAKE_OVER, Kind.WHISPER,
    Kind.JOIN, Kind.LEAVE, Kind.MOVE, Kind.RAISE,
]  # fmt: skip
ONLY_WITH_ARGUMENTS = [Kind.HOLD, Kind.TRANSFER, Kind.CONSULT, Kind.END_CALL, Kind.CALL_OUT]
JUNK = st.recursive(
    st.none() | st.just(False) | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
ARGUMENTS = st.none() | st.dictionaries(
    st.sampled_from(
        ["to", "note", "reason", "text", "consent", "queue", "number", "dial_task_id", "case_id"]
    ),
    JUNK.filter(lambda value: not (isinstance(value, str) and "\0" in value)),
    max_size=5,
)


@st.composite
def wishes(draw: st.DrawFn) -> tuple[str, Kind, bool, dict[str, object] | None]:
    """Who asks, for what, whether about the call that there is or about none, and with what."""
    who = draw(st.sampled_from(["1001", "1002"]))
    if who == "1001":  # whose call it is: nothing that they may ask for is asked for properly
        return who, draw(st.sampled_from(ONLY_WITH_ARGUMENTS)), True, draw(ARGUMENTS)
    return who, draw(st.sampled_from(OF_A_TALK)), draw(st.booleans()), draw(ARGUMENTS)


def test_whatever_is_asked_for_the_talk_goes_on_and_every_wish_is_answered(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.agent("1002", ready=False)
    scene.open()
    caller = scene.caller("2")
    phone.until_talking()
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    with scene.rows.database.read() as connection:
        ids = {row.work_number: row.id for row in connection.execute(select(Agent.work_number, Agent.id))}
    states = scene.rows.states()
    still_open = select(Command.id).where(Command.done_at.is_(None))

    @settings(max_examples=8, derandomize=True, database=None)
    @given(st.lists(wishes(), min_size=10, max_size=25))
    def ask(stream: list[tuple[str, Kind, bool, dict[str, object] | None]]) -> None:
        with scene.rows.database.write() as connection:
            for who, kind, its, arguments in stream:
                commands_asked.ask(
                    connection,
                    kind,
                    now(),
                    by_agent_id=ids[who],
                    agent_id=ids[who],
                    call_id=call.id if its else None,
                    arguments=arguments,
                )
        eventually(lambda: not scene.rows.all(still_open), 8, "every wish is answered")

    ask()
    assert scene.rows.call(call.id).stage is CallStage.TALKING
    assert scene.rows.states() == states
    assert states["1001"] is AgentState.TALKING
    assert caller.is_connected
    refused = scene.rows.all(select(Command.refusal).where(Command.refusal.is_not(None)))
    assert len(refused) > 50
    assert not scene.engine.complaints()
    caller.hang_up()
    assert scene.rows.until_ended(call.id).outcome == "answered"
