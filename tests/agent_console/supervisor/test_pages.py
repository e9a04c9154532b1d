"""The supervisor's page: calls ended for a reason (R-12.12) and callers on hold for too long (R-12.9)."""

from collections.abc import Callable

import pytest

from agent_console.live_feed import views
from ivr.config import Settings
from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.conversation_refusal import SpecialEnd
from storage.queries import board as boards
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago


def test_calls_that_agents_ended_today_are_listed_with_the_reason(
    visitor: Callable[..., Visitor], scene: Scene
) -> None:
    scene.person("5001", role=Role.SUPERVISOR)
    me = scene.person("1001", "王敏")
    somebody = visitor()
    somebody.sign_in("5001")
    assert "今日因特殊原因结束" not in somebody.get("/floor").get_data(as_text=True)
    call = scene.ended_call(
        me,
        0.1,
        caller_number="+8613912341111",
        ended_at=ago(0),
        special_end=SpecialEnd.ABUSIVE,
        special_end_text="<骂人>",
    )
    scene.ended_call(me, 0.1)
    text = somebody.get("/floor").get_data(as_text=True)
    assert f'href="/calls/{call}"' in text
    for said in ("今日因特殊原因结束的通话", "1001 王敏", "139****1111", "辱骂或威胁", "&lt;骂人&gt;"):
        assert said in text, said
    assert "13912341111" not in text


def test_second_sign_ins_at_one_work_number_are_shown_with_both_places(
    visitor: Callable[..., Visitor], scene: Scene
) -> None:
    """R-20."""
    scene.person("5001", role=Role.SUPERVISOR)
    scene.person("1001", "王敏")
    boss, first, second = visitor("192.0.2.1"), visitor("192.0.2.2"), visitor("198.51.100.3")
    boss.sign_in("5001")
    first.sign_in("1001")
    second.sign_in("1001", "wrong")
    assert "已有人在岗" not in boss.get("/floor").get_data(as_text=True)
    assert second.sign_in("1001").status_code == 409
    text = boss.get("/floor").get_data(as_text=True)
    for said in ("已有人在岗", "198.51.100.3", "192.0.2.2，", "被拒绝"):
        assert said in text, said
    assert "已接管" not in text
    second.post("/take-over")
    assert "已接管" in boss.get("/floor").get_data(as_text=True)


@pytest.mark.parametrize(
    ("held_for", "held", "too_long"), [(None, False, False), (5.0, True, False), (61.0, True, True)]
)
def test_a_caller_on_hold_for_too_long_is_seen(
    scene: Scene, settings: Settings, held_for: float | None, held: bool, too_long: bool
) -> None:
    me = scene.person("1001")
    since = None if held_for is None else ago(held_for)
    call = scene.call(CallStage.TALKING, talk_started_at=ago(90), agent_id=me, held_since=since)
    scene.presence(me, AgentState.TALKING, call_id=call)
    with scene.database.read() as connection:
        board = boards.read(connection, ago(0), {})
    (agent,) = views.floor_view(board, settings)["agents"]
    assert (agent["call"]["held"], agent["call"]["held_too_long"]) == (held, too_long)
