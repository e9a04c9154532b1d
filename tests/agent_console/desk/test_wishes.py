"""What the desk's buttons write for the engine, and what it does not even ask for."""

from collections.abc import Callable
from typing import Any

import pytest

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.command_kind import CommandKind
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

ASKED: list[tuple[str, dict[str, str], Any]] = [
    ("hold", {"consent": "true"}, {"consent": True}),
    ("resume", {}, None),
    ("mute", {}, None),
    ("unmute", {}, None),
    (
        "transfer",
        {"to_kind": "agent", "to_value": "1002", "note": " 客户\n很急 "},
        {"to": {"kind": "agent", "value": "1002"}, "note": "客户 很急"},
    ),
    (
        "consult",
        {"to_kind": "queue", "to_value": "complaint"},
        {"to": {"kind": "queue", "value": "complaint"}, "note": ""},
    ),
    ("consult", {"to_kind": "unit", "to_value": "1"}, {"to": {"kind": "unit", "value": "1"}, "note": ""}),
    ("complete_transfer", {}, None),
    ("three_way", {}, None),
    ("end_consult", {}, None),
    ("end_call", {"reason": "given_up"}, {"reason": "given_up"}),
    ("end_call", {"reason": "silent", "text": "三次询问无声"}, {"reason": "silent", "text": "三次询问无声"}),
]


@pytest.mark.parametrize(("kind", "fields", "arguments"), ASKED)
def test_a_wish_about_the_call_names_call_node_and_arguments(
    agent: Visitor, scene: Scene, me: int, call: int, kind: str, fields: dict[str, str], arguments: Any
) -> None:
    assert agent.fetch(f"/desk/commands/{kind}", **fields).status_code == 202
    wish = scene.commands(me)[-1]
    assert (wish.kind, wish.call_id, wish.pbx_node) == (CommandKind(kind), call, "pbx2")
    assert wish.arguments == arguments


@pytest.mark.parametrize("kind", [kind for kind, _, _ in ASKED])
def test_without_a_call_nothing_about_a_call_is_asked(
    agent: Visitor, scene: Scene, me: int, kind: str
) -> None:
    fields = next(fields for known, fields, _ in ASKED if known == kind)
    assert agent.fetch(f"/desk/commands/{kind}", **fields).status_code == 409
    assert scene.commands(me)[-1].kind is CommandKind.SIGN_IN


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("hold", {}, "征得客户同意"),
        ("hold", {"consent": "yes"}, "征得客户同意"),
        ("transfer", {"to_kind": "agent", "to_value": "1001"}, "您自己"),
        ("transfer", {"to_kind": "agent", "to_value": " "}, "请选择转给谁"),
        ("transfer", {"to_kind": "queue", "to_value": "x" * 41}, "请选择转给谁"),
        ("transfer", {"to_kind": "outside", "to_value": "13900000000"}, "权限"),
        ("consult", {"to_kind": "outside", "to_value": "13900000000"}, "权限"),
        ("end_call", {}, "请选择结束通话的理由"),
        ("end_call", {"reason": "bored"}, "请选择结束通话的理由"),
        ("call_out", {"number": "<b>1</b>"}, "不是电话号码"),
        ("call_out", {"number": ""}, "不是电话号码"),
        ("call_out", {"number": "1" * 60}, "不是电话号码"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_not_written(
    agent: Visitor, scene: Scene, me: int, call: int, kind: str, fields: dict[str, str], said: str
) -> None:
    """R-12.9, R-12.12, R-18."""
    answer = agent.fetch(f"/desk/commands/{kind}", **fields)
    assert answer.status_code == 422
    assert said in (answer.json or {})["error"]
    assert scene.commands(me)[-1].kind is CommandKind.SIGN_IN


def test_a_target_of_no_known_kind_is_no_request_of_the_desk(agent: Visitor, call: int) -> None:
    assert agent.fetch("/desk/commands/transfer", to_kind="moon", to_value="1").status_code == 400


def test_a_supervisor_may_pass_on_to_a_number_outside(
    visitor: Callable[..., Visitor], scene: Scene, call: int
) -> None:
    boss = scene.person("2001", role=Role.SUPERVISOR)
    scene.presence(boss, AgentState.TALKING, call_id=scene.call())
    somebody = visitor()
    somebody.sign_in("2001")
    answer = somebody.fetch("/desk/commands/transfer", to_kind="outside", to_value="0531-8888 0001")
    assert answer.status_code == 202
    assert scene.commands(boss)[-1].arguments["to"] == {"kind": "outside", "value": "053188880001"}


def test_calling_out_names_no_call_but_customer_and_case(agent: Visitor, scene: Scene, me: int) -> None:
    answer = agent.fetch("/desk/commands/call_out", number="139 1234 1111", customer_id="7", case_id="x")
    assert answer.status_code == 202
    wish = scene.commands(me)[-1]
    assert (wish.kind, wish.call_id, wish.pbx_node) == (CommandKind.CALL_OUT, None, None)
    assert wish.arguments == {"number": "13912341111", "customer_id": 7, "case_id": None}


def test_the_targets_are_people_at_work_queues_and_units_with_a_phone(
    agent: Visitor, scene: Scene, me: int, unit: int
) -> None:
    scene.presence(scene.person("1002", "李强"), AgentState.READY)
    scene.presence(scene.person("1003", "张伟"), AgentState.SIGNED_OUT)
    scene.presence(me, AgentState.TALKING)
    told = agent.get("/desk/targets").json or {}
    assert told["agents"] == [
        {"work_number": "1002", "name": "李强", "role": "agent", "state": "ready"},
    ]
    assert told["units"] == [{"id": unit, "name": "城南管理站"}]
    assert "complaint" in told["queues"]
