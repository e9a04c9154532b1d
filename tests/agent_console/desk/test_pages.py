"""The desk's buttons: each writes one wish for the engine."""

from collections.abc import Callable

import pytest

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.command_kind import CommandKind
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

Visitors = Callable[..., Visitor]


@pytest.mark.parametrize("kind", ["ready", "end_wrap_up", "break"])
def test_a_button_writes_a_command_and_gets_its_id(agent: Visitor, scene: Scene, me: int, kind: str) -> None:
    answer = agent.fetch(f"/desk/commands/{kind}")
    command = scene.commands(me)[-1]
    assert answer.status_code == 202
    assert answer.json == {"command": command.id}
    assert (command.kind, command.by_agent_id, command.done_at) == (CommandKind(kind), me, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("meal", "meal"),
        ("  去\n取\t文件 ", "去 取 文件"),
        ("长" * 200, "长" * 80),
        ("\x00\x07", None),
        ("", None),
    ],
)
def test_a_breaks_reason_is_one_printable_line(
    agent: Visitor, scene: Scene, me: int, typed: str, kept: str | None
) -> None:
    agent.fetch("/desk/commands/break", reason=typed)
    assert scene.commands(me)[-1].arguments == {"reason": kept}


def test_the_invitation_names_the_call_and_its_node(agent: Visitor, scene: Scene, me: int) -> None:
    call = scene.call(pbx_node="pbx2")
    scene.presence(me, AgentState.TALKING, call_id=call)
    assert agent.fetch("/desk/commands/invite_to_rate").status_code == 202
    command = scene.commands(me)[-1]
    assert (command.kind, command.call_id, command.pbx_node) == (CommandKind.INVITE_TO_RATE, call, "pbx2")


def test_nobody_is_invited_without_a_call(agent: Visitor, scene: Scene, me: int) -> None:
    answer = agent.fetch("/desk/commands/invite_to_rate")
    assert answer.status_code == 409
    assert scene.commands(me)[-1].kind is CommandKind.SIGN_IN


@pytest.mark.parametrize("kind", ["sign_out", "sign_in", "hang_up", "READY", "ready/x"])
def test_the_desk_asks_for_nothing_else(agent: Visitor, kind: str) -> None:
    assert agent.fetch(f"/desk/commands/{kind}").status_code == 404


def test_there_is_no_plain_hang_up(agent: Visitor) -> None:
    """R-12.12: the ways out are the invitation to rate and the customer's own hanging up."""
    page = agent.get("/desk").get_data(as_text=True)
    assert "挂断" not in page
    assert "invite_to_rate" in page


def test_the_last_calls_are_the_agents_own_and_masked(agent: Visitor, scene: Scene, me: int) -> None:
    scene.ended_call(me, caller_number="13912341111", minutes_ago=0)
    scene.ended_call(scene.person("1002"), caller_number="13800002222", minutes_ago=0)
    page = agent.get("/desk/recent").get_data(as_text=True)
    assert "139****1111" in page
    assert "2222" not in page


def test_a_supervisor_has_a_desk_too(visitor: Visitors, scene: Scene) -> None:
    boss = scene.person("2001", role=Role.SUPERVISOR)
    somebody = visitor()
    somebody.sign_in("2001")
    assert somebody.fetch("/desk/commands/ready").status_code == 202
    assert scene.commands(boss)[-1].kind is CommandKind.READY
