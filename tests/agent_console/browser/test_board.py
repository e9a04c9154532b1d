"""The live board at the desk and on the wall: it moves, colours, and is as large after many changes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from tests.agent_console import busy_day
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.browser.test_accessibility import SMALLEST_TEXT, Checker
from tests.agent_console.scene import Scene, ago

pytestmark = pytest.mark.browser

COUNTED = """() => [document.querySelectorAll('*').length, globalThis.listening]"""
COUNT_LISTENERS = """() => {
  globalThis.listening = 0;
  for (const [name, step] of [['addEventListener', 1], ['removeEventListener', -1]]) {
    const own = EventTarget.prototype[name];
    EventTarget.prototype[name] = function (...given) {
      globalThis.listening += step;
      return own.apply(this, given);
    };
  }
}"""
NOTHING_CUT = """() => [...document.querySelectorAll('.wall section, .tile dd')]
    .every(e => e.scrollWidth <= e.clientWidth + 1)"""
SMALLEST_AT_4_M = 32
"""Pixels of 1080: on a screen of 55 inches letters of 12 mm and more, a three-hundredth of the distance."""


def test_board_and_wall_show_what_changes_and_do_not_grow(
    sit_down: Callable[..., Desk], scene: Scene, axe: str
) -> None:
    ids = busy_day.build(scene)
    check = Checker(axe)
    boss = sit_down(bypass_csp=True)
    page = boss.sign_in("2001", "/board")
    expect(page.locator("#agents > li")).to_have_count(19)
    expect(page.locator("#tile-waiting .value")).to_have_text("5")
    expect(page.locator("#tile-alarms")).to_have_class("tile level-alarm")
    check.look(page, "board")
    page.click("#sound")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    boss.open("/board/screens")
    page.click("main button.primary")  # nothing written: the field says so
    page.fill("#screen-name", "大厅")
    page.click("main button.primary")
    link = page.locator("#screen-link").inner_text()
    check.look(page, "screens")
    screen = sit_down(1920, 1080, bypass_csp=True)
    wall = screen.open(link[link.index("/board/") :])
    wall.evaluate(COUNT_LISTENERS)
    expect(wall.locator("#queues > tr")).to_have_count(4)
    expect(wall.locator("#queues > tr", has_text="燃气泄漏")).to_contain_text("‼")
    fits(wall)
    check.look(wall, "wall")
    before = wall.evaluate(COUNTED)
    for turn in range(21):
        state = (AgentState.NOT_ANSWERING, AgentState.READY, AgentState.BREAK)[turn % 3]
        scene.presence(ids["1001"], state, reason=f"{turn}" if state is AgentState.BREAK else None)
        if turn % 10 == 0:
            call = scene.call(queued_at=ago(1))
            scene.update_call(call, ended_at=ago(0))
    expect(wall.locator("#states .state-break .number")).to_have_text("3")
    scene.presence(ids["1001"], AgentState.READY)
    expect(wall.locator("#states .state-ready .number")).to_have_text("5")
    expect(wall.locator("#tile-waiting .value")).to_have_text("5")
    assert wall.evaluate(COUNTED) == before
    call = scene.call(queue="alarm", kind=CallKind.ALARM, queued_at=ago(0))
    expect(wall.locator("#tile-alarms .value")).to_have_text("2")
    scene.update_call(call, ended_at=ago(0))
    expect(wall.locator("#tile-alarms .value")).to_have_text("1")
    # The console goes and comes back: it is said large, and found again without a reload.
    boss.served.stop()
    expect(wall.locator("#stands-still")).to_be_visible()
    boss.served.start()
    expect(wall.locator("#stands-still")).to_be_hidden()
    boss.open("/board/screens")
    page.locator("table form button").click()
    expect(page.locator("table")).to_have_count(0)
    assert screen.open(link[link.index("/board/") :]).locator(".wall-head").count() == 0
    assert check.found == []


def fits(page: Page) -> None:
    """Nothing is cut off at the edges, and the smallest letters can be read from 4 m."""
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert page.evaluate(NOTHING_CUT)
    assert page.evaluate(SMALLEST_TEXT) >= SMALLEST_AT_4_M
