"""A supervisor at the floor's page, with the phone in it: listens, whispers, signs out, takes over."""

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Agent, Event, Intervention
from tests.asterisk.g711 import alaw_decode
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent
from tests.e2e.media import Line
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.test_consultation import loudness

pytestmark = pytest.mark.browser

CALLER, AGENT = 600.0, 950.0


def other_than(line: Line, hertz: float) -> float:
    """How loud everything but a tone is in the last half second that a line heard; 16-bit samples."""
    samples = alaw_decode(b"".join(packet.payload for packet in line.packets()[-25:])).astype(float)
    found = np.abs(np.fft.rfft(samples)) * 2 / len(samples)
    at = np.fft.rfftfreq(len(samples), 1 / 8000)
    return float(np.sqrt((found[np.abs(at - hertz) > 40] ** 2).sum()))


def test_a_supervisor_listens_whispers_signs_an_agent_out_and_takes_over_from_the_floor(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    boss_id = add_browser_agent(scene, "2001", {})
    with scene.rows.database.write() as connection:
        connection.execute(update(Agent).where(Agent.id == boss_id).values(role=Role.SUPERVISOR))
    phone = scene.agent("1001", Manners(answer_after=0.1))
    scene.open()
    boss = people(consoles()).sign_in("2001", "/floor")
    page = boss.page
    caller = scene.caller("2")
    phone.line.say_tone(AGENT)
    caller.line.say_tone(CALLER)
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    eventually(lambda: loudness(caller.line, AGENT) > 500, 4)
    expect(page.locator("#device .word")).to_have_text("话机就绪")
    page.locator("#agents .who", has_text="1001").click()
    expect(page.locator("#talk-acts")).to_be_visible()
    page.locator("#talk-acts button[value=listen]").click()
    expect(page.locator("#listening")).to_be_visible()
    expect(page.locator("#listening [data-talk=listen]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#agents > li", has_text="1001")).to_contain_text("2001")
    assert scene.rows.state("2001") is AgentState.LISTENING
    # What the microphone hears is a voice: it reaches the agent only with the whisper, and never the caller.
    quiet = [other_than(line, own) for line, own in ((phone.line, CALLER), (caller.line, AGENT))]
    page.locator("#listening [data-talk=whisper]").click()
    expect(page.locator("#listening [data-talk=whisper]")).to_have_attribute("aria-pressed", "true")
    eventually(
        lambda: other_than(phone.line, CALLER) > max(300.0, 5 * quiet[0]), 5, "the agent hears a voice"
    )
    assert other_than(caller.line, AGENT) < max(100.0, 3 * quiet[1])
    page.locator("#agents .who", has_text="1001").click()
    page.locator("#agent-form button[value=sign_out]").click()
    expect(page.locator("#act-error")).to_be_visible()
    page.fill("#act-reason", "换班")
    page.locator("#agent-form button[value=sign_out]").click()
    expect(page.locator("#notice")).to_contain_text("R-12.10")
    page.locator("#listening [data-talk=leave]").click()
    expect(page.locator("#listening")).to_be_hidden()
    scene.rows.until_state("2001", AgentState.BREAK)
    assert caller.is_connected
    # Once more, and takes the caller over: the agent leaves, and is signed out now that the talk is over.
    page.locator("#agents .who", has_text="1001").click()
    page.locator("#talk-acts button[value=listen]").click()
    expect(page.locator("#listening [data-talk=listen]")).to_have_attribute("aria-pressed", "true")
    page.locator("#listening [data-talk=take_over]").click()
    scene.rows.until_state("2001", AgentState.TALKING)
    scene.rows.until_state("1001", AgentState.SIGNED_OUT)
    eventually(
        lambda: other_than(caller.line, AGENT) > max(300.0, 5 * quiet[1]), 5, "the caller hears a voice"
    )
    assert caller.is_connected
    caller.hang_up()
    assert scene.rows.until_ended(call.id).agent_id == boss_id
    rows = scene.rows.all(select(Intervention.__table__).order_by(Intervention.id))
    assert [(row.by_agent_id, row.mode, row.outcome) for row in rows] == [
        (boss_id, "whisper", "left"),
        (boss_id, "listen", "took_over"),
    ]
    page.goto(page.url.replace("/floor", f"/calls/{call.id}"))
    for said in ("班长密语客服员", "班长退出", "班长接管通话"):
        expect(page.locator(".course li", has_text=said)).to_contain_text("2001")
    audited = scene.rows.all(
        select(Event.__table__).where(Event.kind == "console.floor_act").order_by(Event.id)
    )
    assert [line.data["act"] for line in audited] == [
        "listen",
        "whisper",
        "sign_out",
        "leave",
        "listen",
        "take_over",
    ]
    assert [line.agent_id for line in audited] == [boss_id] * 6
    assert boss.wrong == []
