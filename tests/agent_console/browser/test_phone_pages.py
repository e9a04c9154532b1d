"""The phone's pages without a telephone system: accessible, at every size, clear about what is missing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ivr.config.sections import DeviceKind
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.browser.test_accessibility import Checker
from tests.agent_console.scene import Scene
from tests.agent_console.try_it.test_pages import add_customer

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def people(scene: Scene) -> None:
    """An agent with a browser phone, one without, and made-up customers."""
    scene.person("1001", device_kind=DeviceKind.BROWSER)
    scene.person("1002", "李强")
    scene.engine()
    add_customer(scene, "李志强", "+8613900000000")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("language", "colours"), [("zh", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_nothing_serious_is_found_on_the_phones_pages(
    sit_down: SitDown, axe: str, language: str, colours: str
) -> None:
    check = Checker(axe)
    desk, visitor, other = (sit_down(color_scheme=colours, bypass_csp=True) for _ in range(3))
    for somebody in (desk, visitor, other):
        somebody.open("/sign-in")
        if language == "en":
            somebody.page.click(".choices button[value=en]")
    page = desk.sign_in("1001", "/phone/test")
    expect(page.locator("#phone-trouble")).to_be_visible()
    check.look(page, "check my phone, without a microphone")
    check.look(other.sign_in("1002", "/phone/test"), "check my phone, who has another one")
    page = visitor.open("/try")
    check.look(page, "try")
    page.click("#dial")
    expect(page.locator("#trouble")).to_be_visible()
    check.look(page, "try, without a microphone")
    assert check.found == []


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("width", "height"),
    [
        (640, 360),
        (390, 844),
        *(pytest.param(*size, marks=pytest.mark.long) for size in ((1280, 720), (320, 568))),
    ],
)
def test_no_page_of_the_phone_has_to_be_moved_sideways(sit_down: SitDown, width: int, height: int) -> None:
    """640×360 is 1280×720 at 200 %; the others are phones."""
    desk = sit_down(width=width, height=height)
    page = desk.sign_in("1001", "/phone/test")
    assert not page.evaluate(SIDEWAYS)
    page = desk.open("/try")
    assert not page.evaluate(SIDEWAYS)
    for key in "123456789*0#":
        box = page.locator(f'.key[data-key="{key}"]').bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 48, "large enough for a thumb"


@pytest.mark.usefixtures("people")
def test_the_telephone_for_trying_works_by_keyboard_alone(sit_down: SitDown) -> None:
    page = sit_down().open("/try")
    page.fill("#number", "")
    page.locator("h1").click()
    for key in "95777":
        page.keyboard.press(key)
    assert page.input_value("#number") == "95777"
    assert _reached_by_tab(page, "dial")


def _reached_by_tab(page: Page, wanted: str) -> bool:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            return True
    return False


@pytest.mark.long
@pytest.mark.usefixtures("people")
def test_the_whole_of_the_phone_is_small(sit_down: SitDown) -> None:
    """What the phone adds to a page, compressed as a proxy sends it; nothing of it from another host."""
    desk = sit_down()
    sizes: dict[str, int] = {}
    hosts: set[str] = set()

    def loaded(url: str) -> None:
        hosts.add(url.split("/")[2])

    desk.page.on("request", lambda request: loaded(request.url))
    page = desk.sign_in("1001", "/phone/test")
    expect(page.locator("#phone-trouble")).to_be_visible()
    for entry in page.evaluate("performance.getEntriesByType('resource').map(e => e.name)"):
        if "/static/" in entry:
            sizes[entry] = page.evaluate(
                """async (url) => (await new Response((await fetch(url)).body
                    .pipeThrough(new CompressionStream("gzip"))).arrayBuffer()).byteLength""",
                entry,
            )
    print(sorted(sizes.items(), key=lambda item: -item[1]))
    assert any(name.endswith("jssip.min.js") for name in sizes)
    assert sum(sizes.values()) < 100_000
    assert hosts == {desk.served.url.removeprefix("http://")}
