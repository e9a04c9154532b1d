"""Acts on the floor: by right only, each a wish and a line of the audit log; mistakes are said in words."""

from collections.abc import Callable
from typing import Any

import pytest

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.call_stage import CallStage
from storage.queries import notices, presence
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

Visitors = Callable[..., Visitor]


@pytest.fixture
def boss(visitor: Visitors, scene: Scene) -> Visitor:
    """Supervisor 2001, who has signed in."""
    scene.person("2001", "赵琳", Role.SUPERVISOR)
    somebody = visitor()
    somebody.sign_in("2001")
    return somebody


def acts(scene: Scene) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in line.data.items() if name not in ("address", "command")}
        for line in scene.events("console.floor_act")
    ]


def test_each_act_is_a_wish_and_a_line_of_the_audit_log(boss: Visitor, scene: Scene) -> None:
    me = scene.person("1001")
    call = scene.call(CallStage.TALKING, talk_started_at=ago(9), agent_id=me)
    scene.presence(me, AgentState.TALKING, call_id=call)
    waiting = scene.call()
    for path, fields in (
        (f"talks/{me}/listen", {}),
        (f"talks/{me}/take_over", {}),
        (f"agents/{me}/ready", {}),
        (f"agents/{me}/break", {"reason": "meal"}),
        (f"agents/{me}/sign_out", {"reason": "  身体\n不适  "}),
        (f"calls/{waiting}/raise", {}),
        (f"calls/{waiting}/move", {"queue": "complaint"}),
    ):
        assert boss.fetch(f"/floor/{path}", **fields).status_code == 202, path
    asked = [(c.kind, c.call_id, c.pbx_node, c.arguments) for c in scene.commands(me)]
    assert asked == [
        ("listen", call, "pbx1", None),
        ("take_over", call, "pbx1", None),
        ("ready", None, None, None),
        ("break", None, None, {"reason": "meal"}),
        ("sign_out", None, None, {"reason": "身体 不适"}),
    ]
    assert acts(scene) == [
        {"act": "listen", "work_number": "1001"},
        {"act": "take_over", "work_number": "1001"},
        {"act": "ready", "work_number": "1001"},
        {"act": "break", "work_number": "1001", "reason": "meal"},
        {"act": "sign_out", "work_number": "1001", "reason": "身体 不适"},
        {"act": "raise"},
        {"act": "move", "queue": "complaint"},
    ]


@pytest.mark.parametrize(
    ("path", "fields", "status", "said"),
    [
        ("talks/{me}/listen", {}, 409, "没有"),
        ("talks/{me}/hold", {}, 404, ""),
        ("agents/{me}/sign_out", {"reason": " "}, 422, "原因"),
        ("agents/999999/ready", {}, 404, ""),
        ("agents/{me}/invite_to_rate", {}, 404, ""),
        ("calls/99999999999999999999/raise", {}, 409, "不在等待"),
        ("calls/1/move", {"queue": "nowhere"}, 422, "没有这个队列"),
        ("line", {"text": "  "}, 422, "填写"),
    ],
)
def test_what_cannot_be_is_said_and_not_asked(
    boss: Visitor, scene: Scene, path: str, fields: dict[str, str], status: int, said: str
) -> None:
    me = scene.person("1001")
    answer = boss.fetch("/floor/" + path.format(me=me), **fields)
    assert answer.status_code == status
    assert said in (answer.get_json() or {}).get("error", "")
    assert scene.commands(me) == []
    assert acts(scene) == []


def test_a_line_reaches_every_desk_and_stays_until_it_is_read(
    boss: Visitor, visitor: Visitors, scene: Scene
) -> None:
    here, away = scene.person("1001"), scene.person("1002")
    visitor("192.0.2.8").sign_in("1001")
    assert boss.fetch("/floor/line", text="管网\n抢修，话术见公告").get_json() == {"told": 1}
    with scene.database.read() as connection:
        (line,) = notices.unread_of(connection, here, 5)
        assert notices.unread_of(connection, away, 5) == []
    assert line.text == "2001 赵琳：管网 抢修，话术见公告"
    assert acts(scene) == [{"act": "line", "said": "管网 抢修，话术见公告", "count": 1}]


@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMINISTRATOR, Role.QUALITY_READER, Role.AUDITOR])
def test_nobody_else_acts(visitor: Visitors, scene: Scene, role: Role) -> None:
    me = scene.person("3001", role=role)
    somebody = visitor()
    somebody.sign_in("3001")
    for path in (f"talks/{me}/listen", f"agents/{me}/sign_out", "calls/1/raise", "line"):
        assert somebody.fetch(f"/floor/{path}", reason="x", text="x").status_code == 403, path


def test_who_was_signed_out_by_a_supervisor_is_remembered_with_the_reason(scene: Scene) -> None:
    me = scene.person("1001")
    scene.presence(me, AgentState.READY)
    with scene.database.write() as connection:
        presence.apply(connection, me, AgentEvent.SIGN_OUT, ago(20), reason="换班")
        assert presence.sign_out_reason(connection, me) == "换班"
        presence.apply(connection, me, AgentEvent.SIGN_IN, ago(10))
        presence.apply(connection, me, AgentEvent.SIGN_OUT, ago(5))
        assert presence.sign_out_reason(connection, me) is None
