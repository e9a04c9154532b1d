"""The player, the reports and the accounts in a real browser, with axe: R-QA2, R-3.6, R-20."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ivr.config import load
from ivr.config.sections import Role
from ivr.hints.making import work
from ivr.standard.agent_state import AgentState
from storage.database import Database
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.browser.test_accessibility import Checker
from tests.agent_console.quality.drawn_conversation import MONTH, draw
from tests.agent_console.scene import Scene
from tests.conftest import PROJECT
from tests.storage.queries.report_day import write as write_day

pytestmark = pytest.mark.browser

AT = "() => document.querySelector('.player audio').currentTime"


@pytest.mark.parametrize(
    ("language", "colours"), [("zh", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_readers_jump_in_the_picture_and_who_is_let_go_loses_every_open_page_at_once(
    sit_down: Callable[..., Desk],
    scene: Scene,
    database: Database,
    axe: str,
    tmp_path: Path,
    language: str,
    colours: str,
) -> None:
    with database.write() as connection:
        write_day(connection)
    agent_id = scene.person("1801", name="郑好")
    scene.presence(agent_id, AgentState.READY)
    scene.presence(scene.person("9001", name="管理员", role=Role.ADMINISTRATOR), AgentState.SIGNED_OUT)
    scene.person("3001", name="赵一", role=Role.QUALITY_READER)
    settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path)})
    sample = draw(database, agent_id, settings.recordings_folder)
    assert work(settings, database, 5, print) == 1
    check = Checker(axe)
    reader, keeper, agent = (sit_down(color_scheme=colours, bypass_csp=True) for _ in range(3))
    for desk in (reader, keeper, agent):
        desk.open("/sign-in")
        if language == "en":
            desk.page.click(".choices button[value=en]")

    page = reader.sign_in("3001", f"/quality/{sample}")
    expect(page.locator(".wave-picture[data-drawn=yes]")).to_be_visible()
    assert page.locator(".wave-place").count() == 4  # hold, asked, interruption, silence
    page.locator(".place", has_text="0:14").first.click()
    page.wait_for_function(f"{AT.removeprefix('() => ')} >= 14")
    page.evaluate("document.querySelector('.player audio').pause()")
    page.click(".next-place")
    page.wait_for_function(f"{AT.removeprefix('() => ')} >= 20")
    page.select_option(".rate", "1.5")
    assert page.evaluate("document.querySelector('.player audio').playbackRate") == 1.5
    box = page.locator(".wave-picture").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    page.wait_for_function(f"Math.abs({AT.removeprefix('() => ')} - 30) < 1")
    expect(page.locator(".mark-second")).to_have_value(re.compile("^(29|30)$"))
    page.fill(".mark-text input", "音乐太响")
    page.locator(".mark-form button").click()
    expect(page.locator(".place.mark")).to_contain_text("音乐太响")
    check.look(page, "a drawn recording")
    _picture(page, "quality_one", colours)
    for path in (
        f"/quality?month={MONTH}",
        "/reports?kind=month&day=2026-11-20",
        "/reports/calls?kind=month&day=2026-11-20&figure=offered&hour=12",
        "/reports/cases?kind=month&day=2026-11-20&late=1",
        "/reports/planning?calls=100&service=180&patience=&within=15&goal=70&occupancy=100",
    ):
        check.look(reader.open(path), path)
        _picture(reader.page, path.split("?")[0].replace("/", "_"), colours)

    agent.sign_in("1801", "/desk")
    page = keeper.sign_in("9001", "/accounts")
    check.look(page, "accounts")
    _picture(page, "accounts", colours)
    page.locator("form[action$='/accounts'] button.primary").click()
    expect(page.locator(".field-mistake").first).to_be_visible()
    check.look(page, "accounts, mistakes")
    page.fill("#work_number", "1009")
    page.fill("#name", "周新")
    with page.expect_response(lambda answer: answer.request.method == "POST") as added:
        page.locator("form[action$='/accounts'] button.primary").click()
    assert added.value.status == 200
    expect(page.locator(".secret")).to_be_visible()
    check.look(page, "accounts, password")
    _picture(page, "password", colours)
    check.look(keeper.open("/accounts/1801"), "an account")
    _picture(page, "account", colours)
    page.fill("#reason", "调岗")
    page.locator("form[action$='/leave'] button").click()
    expect(agent.page.locator("#signed-out")).to_be_visible()  # its live feed has ended, without a click
    _picture(page, "account_left", colours)
    assert check.found == []
    assert reader.wrong == [] and [line for line in keeper.wrong if "422" not in line] == []


def _picture(page: object, name: str, colours: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}_{colours}.png", full_page=True)  # type: ignore[attr-defined]
