"""The knowledge base in a real browser: found as one types, by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


@pytest.fixture
def desk(sit_down: SitDown, scene: Scene) -> Desk:
    scene.person("1001")
    scene.engine()
    desk = sit_down()
    desk.sign_in("1001", "/knowledge")
    return desk


def options(page: Page) -> list[str]:
    return page.locator("#knowledge-results [role=option] .found-title").all_inner_texts()


def test_articles_are_found_as_one_types_and_opened_by_keyboard(desk: Desk) -> None:
    page = desk.page
    expect(page.locator("#knowledge-query")).to_be_focused()
    page.keyboard.type("rsq")
    expect(page.locator("#knowledge-results")).to_be_visible()
    expect(page.locator("#shelves")).to_be_hidden()
    expect(page.locator("#knowledge-results [role=option]").first).to_contain_text("热水器")
    page.keyboard.type("dbzh")
    expect(page.locator("#knowledge-results [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#reader h2")).to_have_text("热水器打不着火")
    expect(page.locator("#knowledge-query")).to_have_attribute("aria-activedescendant", "knowledge-results-0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/knowledge/heater_no_ignition")
    expect(page.locator("#shelves [aria-current]")).to_have_text("热水器打不着火")
    assert desk.wrong == []


@pytest.mark.long
def test_arrows_go_round_and_each_article_is_read_beside_the_list(desk: Desk) -> None:
    page = desk.page
    page.keyboard.type("漏气")
    expect(page.locator("#knowledge-results [role=option]").first).to_be_visible()
    found = options(page)
    assert len(found) > 2
    keys = ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp")
    for key, expected in zip(keys, (found[0], found[1], found[0], found[-1]), strict=True):
        page.keyboard.press(key)
        expect(page.locator("[aria-selected=true] .found-title")).to_have_text(expected)
        expect(page.locator("#reader h2")).to_have_text(expected)
    assert desk.wrong == []


@pytest.mark.long
def test_keys_pressed_faster_than_the_search_answers_mean_what_was_typed(desk: Desk) -> None:
    page = desk.page
    page.keyboard.type("hdc")
    page.keyboard.press("Enter")
    page.wait_for_url("**/knowledge/meter_battery")
    page.keyboard.type("louqi")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#reader h2")).to_have_text("家里闻到燃气味（漏气）")
    assert desk.wrong == []


def test_nothing_found_says_so_and_escape_brings_the_shelves_back(desk: Desk) -> None:
    page = desk.page
    page.keyboard.type("qqzzqq")
    expect(page.locator("#knowledge-status")).to_have_text("没有找到，换个说法或少打几个字试试。")
    expect(page.locator("#knowledge-results")).to_be_hidden()
    page.keyboard.press("Enter")
    assert page.url.endswith("/knowledge")
    page.keyboard.press("Escape")
    expect(page.locator("#knowledge-query")).to_have_value("")
    expect(page.locator("#knowledge-status")).to_have_text("")
    expect(page.locator("#shelves")).to_be_visible()
    assert desk.wrong == []


@pytest.mark.long
def test_what_comes_near_is_called_so(desk: Desk) -> None:
    desk.page.keyboard.type("我家热水器打不着火了")
    expect(desk.page.locator("#knowledge-status")).to_have_text("没有完全符合的，下面是相近的。")
    expect(desk.page.locator("#knowledge-results [role=option]").first).to_contain_text("热水器打不着火")


@pytest.mark.long
def test_an_input_method_keeps_its_keys(desk: Desk) -> None:
    """Enter that ends a composition must not open an article."""
    page = desk.page
    page.keyboard.type("louqi")
    expect(page.locator("#knowledge-results")).to_be_visible()
    page.locator("#knowledge-query").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    )
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    assert page.url.endswith("/knowledge")


def test_what_is_typed_is_never_markup(desk: Desk) -> None:
    page = desk.page
    page.keyboard.type("<img src=x onerror=alert(1)>漏气")
    expect(page.locator("#knowledge-status")).not_to_have_text("")
    assert page.locator("main img").count() == 0
    assert desk.wrong == []


@pytest.mark.long
def test_on_paper_only_the_article_is_left(desk: Desk) -> None:
    page = desk.open("/knowledge/meter_battery")
    page.emulate_media(media="print")
    expect(page.locator(".article")).to_be_visible()
    expect(page.locator(".shelf")).to_be_hidden()
    expect(page.locator("header.top")).to_be_hidden()
