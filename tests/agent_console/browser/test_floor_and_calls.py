"""The supervisor's page and the calls in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.conversation_refusal import SpecialEnd
from tests.agent_console import busy_day
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene, ago, write_sound
from tests.patience import Patience

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


def test_the_floor_shows_who_does_what_and_who_waits_as_it_changes(sit_down: SitDown, scene: Scene) -> None:
    ids = busy_day.build(scene)
    desk = sit_down()
    page = desk.sign_in("2001", "/floor")
    expect(page.locator("#agents > li")).to_have_count(19)
    expect(page.locator("#queue tr").first).to_have_class("alarm")
    expect(page.locator("#queue tr").first).to_contain_text("137****0001")
    card = page.locator("#agents > li").first
    expect(card).to_contain_text("1001 王敏")
    scene.presence(ids["1001"], AgentState.NOT_ANSWERING)
    expect(card).to_contain_text("未应答")
    call = scene.call(queue="alarm", kind=CallKind.ALARM, priority=1)
    scene.ring(ids["1008"], call)
    expect(page.locator("#queue")).to_contain_text("正在呼叫 1008")
    scene.engine(silent_for=9)
    expect(page.locator("#engines")).to_contain_text("无响应")
    assert desk.wrong == []


@pytest.mark.long
def test_a_hold_over_the_limit_and_calls_ended_for_a_reason_are_seen(sit_down: SitDown, scene: Scene) -> None:
    """R-12.9 and R-12.12: what needs the supervisor's eye."""
    ids = busy_day.build(scene)
    text = "多次劝说无效"
    scene.ended_call(ids["1001"], 0.1, special_end=SpecialEnd.ABUSIVE, special_end_text=text)
    call = scene.call(CallStage.TALKING, talk_started_at=ago(90), agent_id=ids["1001"])
    scene.presence(ids["1001"], AgentState.TALKING, call_id=call)
    desk = sit_down()
    page = desk.sign_in("2001", "/floor")
    expect(page.locator(".ended")).to_contain_text(f"辱骂或威胁 · {text}")
    card = page.locator("#agents > li").first
    expect(card).to_contain_text("通话中")
    scene.update_call(call, held_since=ago(61))
    expect(card).to_contain_text("保持超时")
    expect(page.locator("#talks tr.late")).to_contain_text("保持超时")
    assert desk.wrong == []


def played(page: Page, seconds: float) -> None:
    """Wait until the player has come so far."""
    patience = Patience(10)
    while page.evaluate("document.querySelector('audio').currentTime") < seconds:
        assert not patience.is_over
        page.wait_for_timeout(50)


def test_a_recording_is_played_and_one_side_of_it_alone(
    sit_down: SitDown, scene: Scene, tmp_path: Path
) -> None:
    ids = busy_day.build(scene)
    write_sound(tmp_path / "recordings" / "2026" / "11" / "21" / "whole.wav", 3)
    desk = sit_down()
    page = desk.sign_in("3001", f"/calls/{ids['call']}")
    audio = page.locator("audio")
    audio.evaluate("player => player.play()")
    played(page, 0.3)
    page.get_by_label("只听客户").check()
    played(page, 0.8)
    audio.evaluate("player => { player.currentTime = 2.5; }")
    played(page, 3)
    assert round(audio.evaluate("player => player.duration"), 1) == 3.0
    assert len(scene.events("console.listened")) == 1
    assert desk.wrong == []
