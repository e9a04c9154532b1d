"""How much the desk's page weighs, phone and all, and that nothing of it comes from another host."""

import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ivr.config.sections import DeviceKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene, ago

pytestmark = pytest.mark.browser

MOST_BYTES = 200_000


def weight(url: str) -> int:
    """Bytes of a script, style or drawing as they go over the network."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        return len(answer.read())


def test_the_desk_with_its_phone_is_below_200_kb_and_asks_no_other_host(
    sit_down: Callable[..., Desk], scene: Scene
) -> None:
    me = scene.person("1001", device_kind=DeviceKind.BROWSER)
    scene.engine()
    call = scene.call(CallStage.TALKING, talk_started_at=ago(5), agent_id=me)
    scene.presence(me, AgentState.TALKING, call_id=call)
    desk = sit_down()
    desk.sign_in("1001", "/calls")
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    page = desk.open("/desk")
    expect(page.locator("#contact_number")).not_to_have_value("")
    expect(page.locator("#lines li").first).to_be_visible()
    page.wait_for_timeout(500)
    assert all(url.startswith(desk.served.url) for url in asked), asked
    sizes = {url: weight(url) for url in set(asked) if "/static/" in url}
    sizes["/desk"] = len(page.evaluate("fetch('/desk').then(answer => answer.text())").encode())
    for url, size in sorted(sizes.items(), key=lambda one: -one[1]):
        print(f"{size:>8} {url.removeprefix(desk.served.url)}")
    print(f"{sum(sizes.values()):>8} in all, {len(sizes)} files")
    assert any("jssip" in url for url in sizes)
    assert sum(sizes.values()) < MOST_BYTES
