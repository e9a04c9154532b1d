"""Sessions in real browsers: taking over, leaving, and what a page may load."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import update

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from storage.models import SignIn
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import PASSWORD, Scene, ago

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]

PAGE_BYTES = 200_000


@pytest.mark.parametrize(
    "database_address", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True
)
def test_a_take_over_ends_the_other_page_by_itself_and_says_why(sit_down: SitDown, scene: Scene) -> None:
    scene.person("1001")
    first, second = sit_down(), sit_down()
    page = first.sign_in("1001", "/desk")
    expect(page.locator("#my-state .word")).to_have_text("未签入")
    other = second.open("/sign-in")
    other.fill("#work_number", "1001")
    other.fill("#password", PASSWORD)
    other.click("button.primary")
    expect(other.locator("h1")).to_have_text("工号 1001 已经签入")
    expect(other.locator("dl")).to_contain_text("127.0.0.1")
    other.click("button.primary")
    expect(page.locator("#signed-out")).to_contain_text("接管了会话")
    expect(page.locator("#signed-out")).to_contain_text("127.0.0.1")
    assert page.locator("main").inner_text() == ""
    page.keyboard.press("Escape")
    expect(page.locator("#signed-out")).to_be_visible()
    other.wait_for_url("**/desk")
    page.click("#signed-out a")
    expect(page.locator(".message")).to_contain_text("接管了会话")


def test_signing_in_works_without_scripts(sit_down: SitDown, scene: Scene) -> None:
    scene.person("1001")
    desk = sit_down(java_script_enabled=False)
    page = desk.sign_in("1001", "/calls")
    expect(page.locator("h1")).to_contain_text("来电")
    page.click("#sign-out")
    expect(page.locator(".message")).to_contain_text("您已签出")


def test_signing_out_in_a_call_is_refused_in_words(sit_down: SitDown, scene: Scene) -> None:
    me = scene.person("1001")
    page = sit_down().sign_in("1001", "/desk")
    scene.presence(me, AgentState.TALKING, call_id=scene.call())
    page.click("#sign-out")
    expect(page.locator(".banner.note:not([id])")).to_contain_text("通话中不能离席")
    expect(page.locator("#talk")).to_be_visible()
    scene.presence(me, AgentState.WRAP_UP, wrap_up_until=ago(-30))
    expect(page.locator(".banner.note:not([id])")).to_have_count(0)


def test_what_is_pressed_stays_under_the_pointer_while_news_comes(sit_down: SitDown, scene: Scene) -> None:
    scene.person("9001", role=Role.ADMINISTRATOR)
    desk = sit_down(height=1400)  # not scrolled: a browser keeps a scrolled page where it is by itself
    desk.sign_in("9001", "/accounts")
    feeds: list[Route] = []
    desk.page.route("**/live?*", lambda feed: feeds.append(feed))
    page = desk.open("/accounts")
    add = page.locator("form[action$='/accounts'] button.primary")
    box = add.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 2)
    page.mouse.down()
    with page.expect_response("**/live?*"):  # tells that no engine is there, which the top of the page shows
        feeds.pop().continue_()
    page.wait_for_timeout(300)
    assert add.bounding_box() == box
    page.mouse.up()
    expect(page.locator(".field-mistake").first).to_be_visible()

    assert not feeds
    page.unroute_all()
    expect(page.locator("#trouble-banner")).to_be_visible()
    page.mouse.down()
    scene.engine()
    expect(page.locator("#trouble-banner")).to_be_hidden()  # a long press keeps nothing back
    page.mouse.up()


@pytest.mark.long
def test_a_page_weighs_little_and_asks_no_other_host(sit_down: SitDown, scene: Scene) -> None:
    scene.person("2001", role=Role.SUPERVISOR)
    desk = sit_down()
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.sign_in("2001")
    for path in ("/desk", "/floor", "/calls"):
        before = len(asked)
        desk.open(path)
        desk.page.wait_for_timeout(500)
        parts = [url for url in asked[before:] if "/live?" not in url]
        weight = sum(len(desk.context.request.get(url).body()) for url in parts)
        print(f"{path}: {weight / 1000:.0f} kB in {len(parts)} parts, uncompressed")
        assert len(parts) > 5
        assert weight < PAGE_BYTES
    assert [url for url in asked if not url.startswith(desk.served.url)] == []
    assert desk.wrong == []


@pytest.mark.long
def test_a_page_left_in_the_background_learns_of_the_end_when_it_is_used_again(
    sit_down: SitDown, scene: Scene
) -> None:
    """The stream may be gone for good; the page asks why and says so."""
    scene.person("1001")
    page = sit_down().sign_in("1001", "/calls")
    page.route("**/live?*", lambda route: route.abort())
    page.reload()
    with scene.database.write() as connection:
        connection.execute(update(SignIn).values(ended_at=ago(0), end_reason="expired"))
    page.unroute("**/live?*")
    expect(page.locator("#signed-out")).to_be_visible()


@pytest.mark.long
def test_times_of_the_wait_do_not_depend_on_this_machines_clock(sit_down: SitDown, scene: Scene) -> None:
    me = scene.person("1001")
    desk = sit_down()
    desk.page.clock.install(time=time.time() + 3600)
    desk.page.clock.resume()
    page = desk.sign_in("1001", "/desk")
    scene.presence(me, AgentState.READY)
    expect(page.locator("#my-state .word")).to_have_text("就绪")
    expect(page.locator("#my-clock")).to_have_text(re.compile("^0:0[0-9]$"))
