"""Parts of the phone with the connection stood in for: what cannot be brought about on purpose."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene

pytestmark = pytest.mark.browser

A_LEG = """async () => {
    const { Leg } = await import("/static/js/phone/leg.js");
    const connection = new (class extends EventTarget { iceConnectionState = "connected"; })();
    const handlers = {};
    const session = {
        connection, done: [],
        on(name, handler) { handlers[name] = handler; },
        renegotiate(options) { session.done.push(["renegotiate", options.rtcOfferConstraints.iceRestart]); },
        terminate() { session.done.push(["terminate"]); handlers.ended({cause: "Terminated"}); },
    };
    const leg = new Leg(session, {silence() {}, hear() {}});
    leg.heard = [];
    leg.addEventListener("media", ({detail}) => leg.heard.push(detail));
    leg.addEventListener("over", ({detail}) => leg.heard.push(detail));
    handlers.confirmed();
    globalThis.leg = leg;
    globalThis.ice = (state) => {
        connection.iceConnectionState = state;
        connection.dispatchEvent(new Event("iceconnectionstatechange"));
    };
}"""


@pytest.fixture
def page(sit_down: Callable[..., Desk], scene: Scene) -> Page:
    """A page with a leg in a call."""
    page = sit_down().open("/sign-in")
    page.evaluate(A_LEG)
    return page


@pytest.mark.long
def test_media_that_stay_away_end_the_call_after_another_path_was_looked_for(page: Page) -> None:
    page.evaluate("ice('disconnected')")
    assert page.evaluate("leg.heard") == ["lost"]
    page.evaluate("new Promise((over) => leg.addEventListener('over', () => over()))")
    assert page.evaluate("leg.session.done") == [["renegotiate", True], ["terminate"]]
    assert page.evaluate("leg.heard") == ["lost", "Terminated"]


@pytest.mark.long
def test_media_that_come_back_leave_the_call_alone(page: Page) -> None:
    page.evaluate("ice('disconnected')")
    page.wait_for_timeout(1000)
    page.evaluate("ice('connected')")
    page.wait_for_timeout(2500)
    assert page.evaluate("leg.heard") == ["lost", "back"]
    assert page.evaluate("leg.session.done") == []
    page.evaluate("leg.renew()")
    assert page.evaluate("leg.session.done") == [["renegotiate", False]]


def test_the_title_shows_the_ring_and_is_put_back(page: Page) -> None:
    before = page.title()
    page.evaluate(
        """async () => {
            globalThis.attention = await import("/static/js/phone/attention.js");
            attention.ringTitle(2, "报修来电");
        }"""
    )
    assert page.title() == "② 报修来电"
    page.evaluate("attention.ringTitle(0, '报修来电')")
    assert page.title() == "… 报修来电"
    page.evaluate("attention.restoreTitle()")
    assert page.title() == before


@pytest.mark.long
def test_one_notification_at_a_time_and_only_while_nobody_sees_the_page(page: Page) -> None:
    shown = page.evaluate(
        """async () => {
            const made = [];
            globalThis.Notification = class {
                static permission = "granted";
                constructor(text, {body}) { made.push(text, body, "open"); this.place = made.length - 1; }
                close() { made[this.place] = "closed"; }
            };
            const { endNotification, notify } = await import("/static/js/phone/attention.js");
            notify("seen");
            Object.defineProperty(document, "visibilityState", {value: "hidden"});
            notify("报修来电", "李先生");
            notify("报警来电");
            endNotification();
            return made;
        }"""
    )
    assert shown == ["报修来电", "李先生", "closed", "报警来电", "", "closed"]


@pytest.mark.long
def test_a_browser_without_storage_uses_what_is_chosen_all_the_same(page: Page) -> None:
    word = page.evaluate(
        """async () => {
            Object.defineProperty(globalThis, "localStorage", {get() { throw new DOMException("off"); }});
            const { Sound } = await import("/static/js/phone/sound.js");
            try { await new Sound().open(); } catch (error) { return error.word; }
        }"""
    )
    assert word == "microphone_missing"
