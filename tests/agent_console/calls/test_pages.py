"""The list of calls and one call's page: filters, masking (R-18), course, rating."""

from collections.abc import Callable

import pytest

from ivr.config.sections import CallKind, Role
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.three_rings import OfferOutcome
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

Visitors = Callable[..., Visitor]


@pytest.fixture
def enter(visitor: Visitors, scene: Scene) -> Callable[[Role], Visitor]:
    def entered(role: Role) -> Visitor:
        scene.person("5001", role=role)
        somebody = visitor()
        somebody.sign_in("5001")
        return somebody

    return entered


def test_the_list_is_filtered_by_queue_outcome_and_number(
    enter: Callable[[Role], Visitor], scene: Scene
) -> None:
    somebody = enter(Role.SUPERVISOR)
    scene.ended_call(None, 0, caller_number="13911110001", queue="repair")
    scene.ended_call(None, 0, caller_number="13911110002", queue="complaint", kind=CallKind.COMPLAINT)
    scene.ended_call(None, 0, caller_number="13911110003", outcome=CallOutcome.MESSAGE_LEFT)
    for asked, left in [
        ("", {"0001", "0002", "0003"}),
        ("queue=repair", {"0001", "0003"}),
        ("queue=repair&outcome=message_left", {"0003"}),
        ("number=1111 0002", {"0002"}),
        ("number=%2B8613911110001", set()),
        ("queue=nonsense&outcome=nonsense&page=-3", {"0001", "0002", "0003"}),
        ("page=99999999999999999999999", {"0001", "0002", "0003"}),
        ("day=1999-01-01", set()),
        ("day=0001-01-01", {"0001", "0002", "0003"}),
        ("day=9999-12-31", {"0001", "0002", "0003"}),
        ("day=yesterday&number=12x", {"0001", "0002", "0003"}),
        ("number=%25", {"0001", "0002", "0003"}),
    ]:
        page = somebody.get(f"/calls?{asked}")
        assert page.status_code == 200, asked
        text = page.get_data(as_text=True)
        assert {number for number in ("0001", "0002", "0003") if f"139****{number}" in text} == left, asked


def test_a_masked_number_cannot_be_guessed_digit_by_digit(
    enter: Callable[[Role], Visitor], scene: Scene
) -> None:
    somebody = enter(Role.QUALITY_READER)
    scene.ended_call(None, 0, caller_number="13911110001")
    for number, found in [("1111", False), ("0001", True), ("13911110001", True), ("1391111000", False)]:
        text = somebody.get(f"/calls?number={number}").get_data(as_text=True)
        assert ("139****0001" in text) is found, number


def test_fifty_calls_are_a_page_and_the_filter_is_kept(
    enter: Callable[[Role], Visitor], scene: Scene
) -> None:
    somebody = enter(Role.SUPERVISOR)
    for index in range(51):
        scene.ended_call(None, 0, caller_number=f"139000000{index:02}")
    first = somebody.get("/calls?queue=repair").get_data(as_text=True)
    assert first.count("<td") // 9 == 50
    assert "page=2" in first
    assert "queue=repair" in first
    assert somebody.get("/calls?queue=repair&page=2").get_data(as_text=True).count("<td") // 9 == 1


def test_an_agent_sees_own_calls_only(visitor: Visitors, scene: Scene) -> None:
    me, other = scene.person("1001"), scene.person("1002")
    mine = scene.ended_call(me, 0, caller_number="13911110001")
    offered = scene.ended_call(other, 0, caller_number="13911110002")
    scene.past_offer(offered, me, OfferOutcome.MISSED, ago(30))
    foreign = scene.ended_call(other, 0, caller_number="13911110003")
    somebody = visitor()
    somebody.sign_in("1001")
    page = somebody.get("/calls").get_data(as_text=True)
    assert "139****0001" in page
    assert "139****0002" in page
    assert "0003" not in page
    codes = [somebody.get(f"/calls/{call}").status_code for call in (mine, offered, foreign)]
    assert codes == [200, 200, 403]


@pytest.mark.parametrize(
    ("role", "whole"),
    [
        (Role.SUPERVISOR, True),
        (Role.QUALITY_READER, False),
        (Role.ADMINISTRATOR, False),
        (Role.AUDITOR, False),
    ],
)
def test_only_a_supervisor_sees_the_whole_number(
    enter: Callable[[Role], Visitor], scene: Scene, role: Role, whole: bool
) -> None:
    somebody = enter(role)
    call = scene.ended_call(None, 0, caller_number="+8613912341111")
    text = somebody.get(f"/calls/{call}").get_data(as_text=True)
    assert ("13912341111" in text) is whole
    assert ("139****1111" in text) is not whole


def test_a_calls_page_tells_its_whole_course(enter: Callable[[Role], Visitor], scene: Scene) -> None:
    somebody = enter(Role.SUPERVISOR)
    first, second = scene.person("1001", "王敏"), scene.person("1002", "李强")
    call = scene.ended_call(second, 1, menu_path="82")
    scene.past_offer(call, first, OfferOutcome.MISSED, ago(50))
    scene.past_offer(call, second, OfferOutcome.ANSWERED, ago(30))
    scene.state_change(first, call, ago(50))
    scene.rating(call, second, 4)
    text = somebody.get(f"/calls/{call}").get_data(as_text=True)
    for said in (
        "1001 王敏",
        "1002 李强",
        "PJSIP/1001",
        "漏接",
        "响 3 声",
        "已接听",
        "就绪 → 振铃",
        "4 / 5",
        "报修",
    ):
        assert said in text, said


def test_looking_at_a_recorded_call_is_audited(enter: Callable[[Role], Visitor], scene: Scene) -> None:
    somebody = enter(Role.QUALITY_READER)
    plain = scene.ended_call(None, 0)
    recorded = scene.ended_call(None, 0)
    scene.recording(recorded, None, "one")
    somebody.get(f"/calls/{plain}")
    assert scene.events("console.viewed") == []
    somebody.get(f"/calls/{recorded}")
    [event] = scene.events("console.viewed")
    assert event.call_id == recorded
    assert event.data["address"] == "192.0.2.7"


def test_callers_text_is_shown_as_text(enter: Callable[[Role], Visitor], scene: Scene) -> None:
    somebody = enter(Role.SUPERVISOR)
    call = scene.call(
        CallStage.MENU, caller_number=None, dialled="<script>alert(1)</script>", queue=None, kind=None
    )
    for path in ("/calls", f"/calls/{call}"):
        page = somebody.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
        assert "号码未显示" in page.get_data(as_text=True)
