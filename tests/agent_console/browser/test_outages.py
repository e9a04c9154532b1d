"""In a real browser: an outage from the tree of addresses to its stop, dark and by keyboard too (R-5.1)."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.standard.outage import AreaSound
from storage.queries import outages
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.browser.test_accessibility import Checker
from tests.agent_console.scene import Scene
from tests.agent_console.units.crew import muster
from tests.storage.customer_rows import add, somebody

pytestmark = pytest.mark.browser


def keep(page: Page, name: str) -> None:
    """A picture, for whoever names a folder."""
    if folder := os.environ.get("OUTAGE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_outage_is_announced_paused_and_stopped(
    sit_down: Callable[..., Desk], scene: Scene, axe: str
) -> None:
    crew = muster(scene)
    add(
        crew.database,
        *(
            somebody(name=f"用户{n}", compound=name, building=str(n % 3 + 1), numbers=(f"+8613900000{n:03}",))
            for n in range(24)
            for name in (("泉中小区", "翠湖苑", "阳光花园", "工人新村")[n // 6],)
        ),
    )
    check = Checker(axe)
    desk = sit_down(color_scheme="dark", bypass_csp=True)
    page = desk.sign_in("2001", "/outages")
    check.look(page, "empty")
    keep(page, "empty-dark")
    page.get_by_role("link", name="新建停气通知").click()
    page.fill("#tree-find", "湖")
    expect(page.locator(".compound:visible")).to_have_count(1)
    page.fill("#tree-find", "")
    page.locator(".compound[data-name=泉中小区] summary").click()
    page.locator(".compound[data-name=泉中小区] .buildings input").first.check()
    page.locator(".compound[data-name=翠湖苑] [data-whole]").check()
    expect(page.locator("#chosen-count")).to_have_text("已选 8 户")
    page.get_by_role("button", name="登记").click()
    expect(page.locator(".field-mistake").first).to_be_visible()
    check.look(page, "mistakes")
    keep(page, "mistakes-dark")
    expect(page.locator("#chosen-count")).to_have_text("已选 8 户")
    day = datetime.now(UTC) + timedelta(days=4)
    page.fill("#begins", f"{day:%Y-%m-%d}T09:00")
    page.fill("#ends", f"{day:%Y-%m-%d}T17:00")
    page.fill("#work", "主管道检修")
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_contain_text("泉中小区1号楼；翠湖苑因主管道检修")
    with crew.database.write() as connection:
        (made,) = outages.listed(connection, 1)
        outages.set_area_sound(connection, made.id, AreaSound.IMPOSSIBLE, datetime.now(UTC), "no voice")
    page.reload()
    check.look(page, "one, not begun")
    keep(page, "one-dark")
    page.get_by_role("button", name="开始通知").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#state-title")).to_contain_text("语音菜单前播报中")
    page.get_by_role("button", name="暂停").click()
    expect(page.locator("#state-title")).to_contain_text("已暂停")
    page.emulate_media(color_scheme="light")
    keep(page, "one-light")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="终止").click()
    expect(page.locator("#state-title")).to_contain_text("已终止")
    page.get_by_role("link", name="未通知到").click()
    expect(page.locator("tbody tr")).to_have_count(8)
    check.look(page, "people")
    keep(page, "people-light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    desk.open("/outages")
    keep(page, "list-light")
    assert [one for one in desk.wrong if "422" not in one] == [] and check.found == []
