"""The desk as agents work at it: rung, answered, held, passed on, written down; by keyboard, with sound."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Case, Hold, Offer, Transfer, Unit
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent
from tests.e2e.browser.desk import Console
from tests.e2e.caller import now
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene
from tests.e2e.sound import LEFT, RIGHT, recorded

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


COUNTS = "async () => (await import('/static/js/desk/own_phone.js')).phoneOf().counts()"
"""What getStats() says of the call in the desk's page."""

CALLER = 600.0


def sound_goes_both_ways(page: Page) -> None:
    """By the browser's own counts: packets are sent, and sound that is no silence arrives."""
    begun = page.evaluate(COUNTS)

    def both() -> bool:
        now = page.evaluate(COUNTS)
        return bool(now["sent"] > begun["sent"] and now.get("energy", 0) > begun.get("energy", 0))

    eventually(both, 8, "sound is sent and arrives")


def test_a_call_is_answered_held_passed_on_written_down_and_closed_by_keyboard(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """R-12.3, R-12.9, R-12.12, R-14.2, R-15.1, R-N, R-3.6."""
    add_browser_agent(scene, "1001")
    add_browser_agent(scene, "1002")
    with scene.rows.database.write() as connection:
        connection.execute(insert(Unit).values(name="城南管理站", active=True))
    scene.open()
    console = consoles()
    one = sit_down(scene, people, console, "1001")
    caller = scene.caller("2")
    caller.line.say_tone(CALLER)
    expect(one.locator("#answer")).to_be_visible()
    expect(one.locator("#call-number")).to_have_text(caller.user)
    expect(one.locator("#call-path")).to_have_text("2 报修")
    one.keyboard.press("Space")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    eventually(lambda: caller.line.pitch() > 50, 5, "the caller hears the agent")
    sound_goes_both_ways(one)
    for field, text in (("surname", "李"), ("address", "泉中小区3号楼"), ("content", "灶具打不着火")):
        one.locator(f"#{field}").focus()
        one.keyboard.insert_text(text)
    expect(one.locator("#saved")).to_contain_text("已自动保存")
    one.keyboard.press("Escape")

    expect(one.locator("[data-opens=hold-dialog]")).to_be_visible()
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
    one.keyboard.type("打不着火")
    one.keyboard.press("Enter")
    expect(two.locator("#answer")).to_be_visible()
    expect(two.locator("#call-note")).to_contain_text("打不着火")
    two.keyboard.press("Space")
    expect(one.locator("#consult-word")).to_have_text("正在求助")
    expect(one.locator("[data-command=complete_transfer]")).to_be_enabled()
    one.keyboard.press("f")
    eventually(lambda: scene.rows.state("1001") is not AgentState.TALKING, 3, "the first agent is free")
    expect(two.locator("#content")).to_have_value("灶具打不着火")
    eventually(lambda: caller.line.pitch() > 50, 5, "the caller hears the colleague")
    sound_goes_both_ways(two)
    assert caller.is_connected

    two.keyboard.press("Control+s")
    expect(two.locator("#record-errors")).to_contain_text("责任单位")
    two.locator("#unit_id").focus()
    two.keyboard.press("ArrowDown")
    two.keyboard.press("Control+s")
    expect(two.locator("#case-number")).to_be_visible()
    two.keyboard.press("Escape")
    closed = now()
    two.keyboard.press("i")
    scene.rows.until_stage(caller.user, CallStage.SURVEY)
    caller.hears("case_number_is.1", since=closed)
    caller.press("5")
    caller.until_byed(8)
    ended = scene.rows.until_ended(call.id)
    assert (ended.outcome, ended.agent_left_first) == ("answered", False)
    assert [answer.score for answer in scene.rows.answers()] == [5]
    case = scene.rows.all(select(Case.__table__))[0]
    assert (case.call_id, case.kind, case.content) == (call.id, "repair", "灶具打不着火")
    transfer = scene.rows.all(select(Transfer.__table__))[0]
    assert (transfer.attended, transfer.outcome, transfer.note) == (True, "taken", "打不着火")
    outcomes = scene.rows.all(select(Offer.outcome).where(Offer.call_id == call.id).order_by(Offer.id))
    assert [outcome for (outcome,) in outcomes] == ["answered", "answered"]
    row = eventually(lambda: [r for r in scene.rows.recordings(call.id) if r.status == "finished"], 5)[0]
    sound = recorded(scene.pbx.settings.recordings_folder / f"{row.name}.wav")
    assert sound.level(LEFT, CALLER) > 0.05
    assert sound.loudness(RIGHT) > 0.003, "the agents' voices, from the browsers"
    assert sound.level(RIGHT, CALLER) < sound.level(LEFT, CALLER) / 20


def test_two_desks_take_one_alarm_and_the_slower_is_told_who_has_it(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """Both ring, both are answered in the same moment: one has the caller, nobody else is let in."""
    for work_number in ("1001", "1002"):
        add_browser_agent(scene, work_number)
    scene.open(alarm__ring_all_after=0.2)
    console = consoles()
    desks = {number: sit_down(scene, people, console, number) for number in ("1001", "1002")}
    caller = scene.caller("3")
    for page in desks.values():
        expect(page.locator("#answer")).to_be_visible()
    for page in desks.values():
        page.evaluate("document.getElementById('answer').click()")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    has_it = eventually(lambda: [n for n in desks if scene.rows.state(n) is AgentState.TALKING], 5)
    assert len(has_it) == 1
    slower = next(number for number in desks if number not in has_it)
    expect(desks[slower].locator("#elsewhere")).to_have_text(f"这通来电已由 {has_it[0]} 接听。")
    scene.rows.until_state(slower, AgentState.READY)
    eventually(lambda: caller.line.pitch() > 50, 5, "the caller hears one agent")
    outcomes = {offer.work_number: offer.outcome for offer in scene.rows.offers(call.id)}
    assert outcomes == {has_it[0]: "answered", slower: "answered_elsewhere"}
    assert caller.is_connected
