"""The desk as agents work at it: rung, answered, held, passed on, written down; by keyboard, with sound."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Case, Hold, Offer, Transfer
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent
from tests.e2e.browser.desk import Console
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser


def sit_down(scene: Scene, people: People, console: Console, work_number: str) -> Page:
    """Somebody at the desk whose phone is registered, and who has pressed "ready"."""
    page = people(console).sign_in(work_number, "/desk").page
    expect(page.locator("#device .word")).to_have_text("话机就绪")
    eventually(lambda: scene.rows.presence(work_number).device_present, 3, "the engine sees the phone")
    expect(page.locator("[data-command=ready]")).to_be_enabled()
    page.keyboard.press("r")
    scene.rows.until_state(work_number, AgentState.READY)
    return page


def test_a_call_is_answered_held_passed_on_and_written_down_by_keyboard(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """R-12.3, R-12.9, R-12.12, R-14.2, R-N."""
    add_browser_agent(scene, "1001")
    add_browser_agent(scene, "1002")
    scene.open()
    console = consoles()
    one = sit_down(scene, people, console, "1001")
    caller = scene.caller("1")
    expect(one.locator("#answer")).to_be_visible()
    expect(one.locator("#call-number")).to_have_text(caller.user)
    one.keyboard.press("Space")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    eventually(lambda: caller.line.pitch() > 50, 5, "the caller hears the agent")
    one.locator("#content").focus()
    one.keyboard.insert_text("问气价，需主管确认")
    expect(one.locator("#saved")).to_contain_text("已自动保存")
    one.keyboard.press("Escape")

    one.keyboard.press("h")
    expect(one.locator("#hold-dialog")).to_be_visible()
    one.keyboard.press("h")
    expect(one.locator("#hold")).to_be_visible()
    one.keyboard.press("h")
    expect(one.locator("#hold")).to_be_hidden()
    held = scene.rows.all(select(Hold.__table__).where(Hold.call_id == call.id))
    assert [hold.consent for hold in held] == [True]

    two = sit_down(scene, people, console, "1002")
    one.keyboard.press("c")
    expect(one.locator("#consult-dialog label", has_text="1002")).to_be_visible()
    one.keyboard.type("1002")
    one.keyboard.press("ArrowDown")
    one.locator("#consult-dialog-note").focus()
    one.keyboard.type("问气价")
    one.keyboard.press("Enter")
    expect(two.locator("#answer")).to_be_visible()
    expect(two.locator("#call-note")).to_contain_text("问气价")
    two.keyboard.press("Space")
    expect(one.locator("#consult-word")).to_have_text("正在求助")
    expect(one.locator("[data-command=complete_transfer]")).to_be_enabled()
    one.keyboard.press("f")
    eventually(lambda: scene.rows.state("1001") is not AgentState.TALKING, 3, "the first agent is free")
    expect(two.locator("#content")).to_have_value("问气价，需主管确认")
    eventually(lambda: caller.line.pitch() > 50, 5, "the caller hears the colleague")
    assert caller.is_connected

    two.keyboard.press("Control+s")
    expect(two.locator("#record-errors")).to_contain_text("是否已当场答复")
    two.click("[name=answered][value=yes]")
    two.keyboard.press("Control+s")
    expect(two.locator("#case-number")).to_contain_text("ZX")
    caller.hang_up()
    scene.rows.until_ended(call.id)
    case = scene.rows.all(select(Case.__table__))[0]
    assert (case.call_id, case.content) == (call.id, "问气价，需主管确认")
    transfer = scene.rows.all(select(Transfer.__table__))[0]
    assert (transfer.attended, transfer.outcome, transfer.note) == (True, "taken", "问气价")
    outcomes = scene.rows.all(select(Offer.outcome).where(Offer.call_id == call.id).order_by(Offer.id))
    assert [outcome for (outcome,) in outcomes] == ["answered", "answered"]
