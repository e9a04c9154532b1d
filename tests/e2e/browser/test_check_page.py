"""The page that checks a phone, and what keeps one off: other pages, no microphone."""

import pytest
from playwright.sync_api import expect

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent, at_the_phone
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser

NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("Permission denied", globalThis.refusesAs ?? "NotAllowedError");
};
"""


def test_one_calls_oneself_and_hears_oneself(scene: Scene, consoles: Consoles, people: People) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    page = person.page
    expect(page.locator("#phone-state")).to_have_text("话机就绪")
    expect(page.locator("#microphone option")).not_to_have_count(0)
    eventually(lambda: person.phone("level()") > 0.3, 10, "the level meter moves")
    page.click("#test-call")
    expect(page.locator("#phone-state")).to_have_text("通话中")
    eventually(lambda: person.phone("level('theirs')") > 0.5, 5, "the sentence is heard")
    sentence = 6.5
    page.wait_for_timeout(sentence * 1000)
    eventually(lambda: person.phone("level('theirs')") > 0.5, 10, "one hears oneself")
    expect(page.locator("#count-codec")).to_have_text("PCMA")
    assert scene.rows.calls() == [], "the engine has nothing to do with it"
    page.click("#end-test")
    person.until("registered")
    assert person.wrong == []


@pytest.mark.long
def test_a_call_that_comes_ends_the_test_and_rings(scene: Scene, consoles: Consoles, people: People) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles())
    person.page.click("#test-call")
    person.until("in_call")
    caller = scene.caller("2")
    person.until("ringing")
    person.page.click("#answer")
    person.until("in_call")
    scene.rows.until_state("1001", AgentState.TALKING)
    assert not person.phone("testing")
    caller.hang_up()
    person.until("registered")


@pytest.mark.long
def test_nothing_but_the_test_can_be_called_from_an_agents_page(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    person.until("registered")
    person.page.evaluate(
        """async () => {
            const { Line } = await import("/static/js/phone/line.js");
            const token = document.querySelector("meta[name=csrf]").content;
            const answer = await fetch("/phone/key", {method: "POST", headers: {
                "X-CSRFToken": token, "X-Requested-With": "fetch"}});
            const line = new Line(await answer.json(), {registers: false});
            await new Promise((go) => { line.addEventListener("connected", go); line.start(); });
            await new Promise((go) => setTimeout(go, 1500));
            const stream = await navigator.mediaDevices.getUserMedia({audio: true});
            globalThis.outcome = await new Promise((go) => line.call("95777", stream, {
                failed: ({cause}) => go(cause), confirmed: () => go("answered")}));
        }"""
    )
    assert person.page.evaluate("globalThis.outcome") == "Not Found"
    assert scene.rows.calls() == []


@pytest.mark.long
def test_the_newest_page_has_the_phone_and_the_older_one_says_so(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    person.until("registered")
    other = person.context.new_page()
    other.goto(f"{person.console.url}/phone/test")
    expect(other.locator("#phone-state")).to_have_text("话机就绪")
    person.until("off")
    person.until_trouble("other_page")
    expect(person.page.locator("#phone-trouble")).to_be_visible()
    other.close()
    person.until("registered")
    assert person.phone("trouble") == ""


@pytest.mark.long
def test_a_page_in_a_call_keeps_the_phone(scene: Scene, consoles: Consoles, people: People) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles())
    caller = scene.caller("2")
    person.until("ringing")
    person.phone("answer()")
    scene.rows.until_state("1001", AgentState.TALKING)
    other = person.context.new_page()
    other.goto(f"{person.console.url}/phone/test")
    expect(other.locator("#phone-trouble")).to_have_text("您的话机正在另一个页面通话，因此在此页关闭。")
    assert person.phone("state") == "in_call"
    assert caller.is_connected
    caller.hang_up()
    person.until("registered")


@pytest.mark.long
def test_without_a_microphone_nothing_registers_and_no_call_is_offered(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles())
    person.page.add_init_script(NO_MICROPHONE)
    person.sign_in("1001")
    person.until_trouble("microphone_denied")
    assert person.phone("state") == "off"
    expect(person.page.locator("#phone-trouble")).to_contain_text("麦克风")
    scene.ready("1001")
    scene.rows.until_state("1001", AgentState.DEVICE_GONE)
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.WAITING)
    caller.hears("waiting", 12)
    assert scene.rows.offers() == []
    person.page.evaluate("globalThis.refusesAs = 'NotFoundError'; globalThis.hotlinePhone.start()")
    person.until_trouble("microphone_missing")


@pytest.mark.long
def test_the_choice_of_microphone_and_speaker_is_remembered_and_works_in_a_call(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    person.until("registered")
    page = person.page
    page.click("#test-call")
    person.until("in_call")
    names = page.locator("#microphone option").all_inner_texts()
    other = next(name for name in names if "2" in name)
    page.select_option("#microphone", label=other)
    page.select_option("#speaker", index=1)
    speaker = page.locator("#speaker option:checked").inner_text()
    sent = person.counts()["sent"]
    eventually(lambda: person.counts()["sent"] > sent + 50, 5, "the other microphone is sent")
    page.reload()
    person.until("registered")
    expect(page.locator("#microphone option:checked")).to_have_text(other)
    expect(page.locator("#speaker option:checked")).to_have_text(speaker)
