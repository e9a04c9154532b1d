"""A caller and an agent with a phone in the page: rung, answered, heard both ways, and counted."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select, update

from ivr.config.sections import Device, DeviceKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import CallQuality, SignIn
from storage.people import change_person
from tests.agent_console.scene import PASSWORD
from tests.asterisk.sip_peer import SipPeer
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent, at_the_phone
from tests.e2e.rows import eventually
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.browser


def test_a_caller_rings_in_the_page_and_both_hear_each_other(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles())
    caller = scene.caller("2")
    person.until("ringing")
    assert scene.rows.state("1001") is AgentState.OFFERED
    assert person.phone("answer()")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    caller.line.say_tone(800)
    eventually(lambda: person.phone("level('theirs')") > 0.5, 5, "the agent hears the caller")
    eventually(lambda: caller.line.pitch() > 50, 5, "the caller hears the agent")
    for way in ("bytes_sent", "bytes_received"):
        eventually(lambda way=way: person.counts()[way] > 0, 5, f"the browser counts {way}")  # type: ignore[misc]
    counted = person.counts()
    assert counted["codec"] == "PCMA", "the caller's own codec: nothing is translated in the PBX"
    eventually(lambda: person.counts()["energy"] > counted["energy"], 5, "sound goes on arriving")
    eventually(lambda: person.counts()["received"] > 100, 5, "two seconds of sound heard")
    eventually(lambda: person.counts()["sent"] > 100, 5, "two seconds of sound spoken")
    caller.hang_up()
    person.until("registered")
    scene.rows.until_ended(call.id)
    kept = eventually(
        lambda: scene.rows.all(select(CallQuality.__table__).where(CallQuality.call_id == call.id)),
        3,
        "the counts of the call",
    )[0]
    assert kept.complete
    assert kept.codec == "PCMA"
    assert kept.packets_received > 50
    assert kept.packets_sent > 50
    assert kept.packets_lost == 0
    assert person.wrong == []


@ON_BOTH
def test_signing_out_takes_the_phone_out_of_the_pbx(scene: Scene, consoles: Consoles, people: People) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    person.until("registered")
    assert "agent-1001" in scene.pbx.rx("pjsip show endpoints")
    assert "agent-1001" in scene.pbx.rx("pjsip show contacts")
    person.page.click("#sign-out")
    person.page.wait_for_url("**/sign-in")
    eventually(lambda: "agent-1001" not in scene.pbx.rx("pjsip show endpoints"), 2, "no endpoint")
    eventually(lambda: "agent-1001" not in scene.pbx.rx("pjsip show contacts"), 2, "no registration")
    eventually(lambda: not scene.rows.presence("1001").device_present, 2, "the engine knows it")


def test_a_session_that_is_taken_over_ends_its_phone_and_says_why(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """R-20: one work number, one phone; the second sign-in takes over after confirming."""
    add_browser_agent(scene, "1001")
    scene.open()
    console = consoles()
    first = people(console).sign_in("1001")
    first.until("registered")
    second = people(console)
    second.page.goto(f"{console.url}/sign-in")
    second.page.fill("#work_number", "1001")
    second.page.fill("#password", PASSWORD)
    second.page.click("button.primary")
    second.page.click("button.primary")
    second.page.wait_for_url(lambda url: "/sign-in" not in url and "/take-over" not in url)
    second.page.goto(f"{console.url}/phone/test")
    first.until_trouble("signed_out")
    first.until("off")
    second.until("registered")
    contacts = scene.pbx.rx("pjsip show contacts")
    assert contacts.count("agent-1001/") == 1
    scene.ready("1001")
    eventually(lambda: scene.rows.state("1001") is AgentState.READY, 3)
    caller = scene.caller("2")
    second.until("ringing")
    assert first.phone("state") == "off"
    assert first.wrong == []
    caller.hang_up()
    second.until("registered")


@pytest.mark.long
def test_the_old_page_cannot_be_called_even_if_it_keeps_its_connection(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """A page that ignores the end of its session has no endpoint and no registration any more."""
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    person.until("registered")
    person.page.evaluate(
        "addEventListener('session-ended', (event) => event.stopImmediatePropagation(), true)"
    )
    person.page.evaluate("globalThis.hotlinePhone.stop = () => {}")
    with scene.rows.database.write() as connection:
        connection.execute(update(SignIn).values(ended_at=datetime.now(UTC), end_reason="expired"))
    eventually(lambda: "agent-1001" not in scene.pbx.rx("pjsip show endpoints"), 2, "no endpoint")
    eventually(lambda: "agent-1001" not in scene.pbx.rx("pjsip show contacts"), 2, "no registration")


@pytest.mark.long
def test_who_is_given_another_kind_of_phone_has_that_one_and_the_page_says_so(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles()).sign_in("1001")
    person.until("registered")
    password = change_person(scene.rows.database, "1001", device=Device(kind=DeviceKind.PHONE))
    assert password is not None

    def registers() -> bool:
        peer = SipPeer((scene.pbx.settings.pbx.sip.host, scene.pbx.settings.pbx.sip.port))
        answer = peer.register("agent-1001", password)
        peer.close()
        return answer is not None and answer.status == 200

    eventually(registers, 10, "the new phone registers")
    settings = scene.pbx.rx("pjsip show endpoint agent-1001")
    assert re.search(r"webrtc +: no", settings)
    assert re.search(r"media_encryption +: no", settings)
    assert re.search(r"context +: hotline-in", settings)
    expect(person.page.locator("dialog[open]")).to_contain_text("您的角色、话机或密码已更改，请重新签入")
    person.sign_in("1001")
    expect(person.page.locator("main .message")).to_contain_text("您使用的不是浏览器话机")


@pytest.mark.long
def test_a_wrong_secret_registers_nothing_and_is_said(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = people(consoles())
    person.page.route("**/phone/key", _spoil, times=1)
    person.sign_in("1001")
    person.until_trouble("refused")
    assert person.phone("state") == "connecting"
    assert "agent-1001/" not in scene.pbx.rx("pjsip show contacts")
    scene.ready("1001")
    scene.rows.until_state("1001", AgentState.DEVICE_GONE)


def _spoil(route: Route) -> None:
    """Give the page another secret than the one that counts."""
    answer = route.fetch()
    told = answer.json() | {"secret": "guessed"}
    route.fulfill(response=answer, json=told)
