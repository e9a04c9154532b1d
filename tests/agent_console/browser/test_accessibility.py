"""axe finds nothing serious on any page, in both languages, light and dark; no text is below 13 px."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from ivr.config import load
from ivr.config.sections import CallKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.case_life import CaseStep
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.urgency import Urgency
from storage.queries import notices
from storage.queries.notices import NewNotice
from tests.agent_console import busy_day
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.scene import PASSWORD, Scene, ago, write_sound
from tests.agent_console.units.crew import muster
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser

TOLERATED = {"minor"}
SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility())
    .filter(e => !['SCRIPT', 'OPTION'].includes(e.tagName))
    .map(e => parseFloat(getComputedStyle(e).fontSize)))"""


IN_THE_DAY = frozenset(
    {"/sign-in", "/desk", "/floor", "/calls", "/knowledge", "/phrases", "/cases", "/search", "/notices"}
    | {"/audit-log"}
)
ON_THE_BOARDS = frozenset(
    {"/incidents", "/overdue", "/complaints", "/complaints/summary", "/blacklist", "/units"}
)
IN_THE_ARCHIVE = frozenset({"/customers", "/customers/imports", "/customers/new"})
"""Pages at which a test looks with something on them; test_customers.py looks at those of the archive."""


class Checker:
    """Collects what axe finds, page by page."""

    def __init__(self, axe: str) -> None:
        self.axe = axe
        self.found: list[str] = []
        self.paths: set[str] = set()

    def look(self, page: Page, name: str) -> None:
        """Examine the page as it is now."""
        self.paths.add(urlsplit(page.url).path)
        page.wait_for_timeout(150)
        if not page.evaluate("'axe' in window"):
            page.evaluate(f"() => {{ {self.axe}; window.axe = axe; }}")
        result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in result["violations"]:
            if violation["impact"] not in TOLERATED:
                nodes = "; ".join(node["html"][:150] for node in violation["nodes"][:3])
                self.found.append(f"{name}: {violation['id']} ({violation['impact']}): {nodes}")
        if (smallest := page.evaluate(SMALLEST_TEXT)) < 13:
            self.found.append(f"{name}: text of {smallest} px")


@pytest.mark.parametrize(
    ("language", "colours"), [("zh", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_no_page_has_a_serious_finding(
    sit_down: Callable[..., Desk], scene: Scene, axe: str, tmp_path: Path, language: str, colours: str
) -> None:
    ids = busy_day.build(scene)
    write_sound(tmp_path / "recordings" / "2026" / "11" / "21" / "whole.wav")
    check = Checker(axe)
    agent, boss, late = (sit_down(color_scheme=colours, bypass_csp=True) for _ in range(3))
    for desk in (agent, boss, late):
        desk.open("/sign-in")
        if language == "en":
            desk.page.click(".choices button[value=en]")
    check.look(agent.page, "sign-in")
    _desk(agent, scene, ids, check)
    _others(boss, ids, check)
    late.page.fill("#work_number", "1001")
    late.page.fill("#password", "wrong")
    late.page.click("button.primary")
    check.look(late.page, "wrong password")
    late.page.fill("#password", PASSWORD)
    late.page.click("button.primary")
    check.look(late.page, "take-over")
    late.page.click("button.primary")
    expect(agent.page.locator("#signed-out")).to_be_visible()
    check.look(agent.page, "session ended")
    _cases(late, scene, ids, tmp_path, check)
    check.look(late.open("/nothing"), "not there")
    check.look(late.open("/floor"), "not allowed")
    scene.person("7001", "孙审计", Role.AUDITOR)
    auditor = sit_down(color_scheme=colours, bypass_csp=True)
    check.look(auditor.sign_in("7001", "/audit-log"), "audit log")
    check.look(auditor.open("/audit-log?day=1999-01-01&who=x"), "audit log, nothing fits")
    assert check.found == []
    assert check.paths >= IN_THE_DAY


@pytest.mark.parametrize(
    ("language", "colours"), [("zh", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_no_page_of_units_and_boards_has_a_serious_finding(
    sit_down: Callable[..., Desk], scene: Scene, axe: str, language: str, colours: str
) -> None:
    crew, check = muster(scene), Checker(axe)
    scene.engine()
    late, alarm = crew.case(ago=7), crew.case(CallKind.ALARM, address="荷风苑 1号楼")
    for number in (2, 3):
        crew.case(CallKind.ALARM, address=f"荷风苑 {number}号楼")
    crew.case(CallKind.COMPLAINT, urgency=Urgency.CRITICAL)
    crew.step(late.case_id, CaseStep.ACCEPT, crew.team.fitter)
    crew.warn()
    unit, phone, boss = (sit_down(color_scheme=colours, bypass_csp=True) for _ in range(3))
    phone.page.set_viewport_size({"width": 360, "height": 740})
    for desk in (unit, phone, boss):
        desk.open("/sign-in")
        if language == "en":
            desk.page.click(".choices button[value=en]")
    link = f"/f/{alarm.number}/{crew.link(alarm.case_id)}"
    check.look(phone.open(link), "fitter")
    phone.page.fill("#said", " ")
    phone.page.locator(".work-step[value=note]").click()
    expect(phone.page.locator(".work-form .work-mistake")).to_be_visible()
    check.look(phone.page, "fitter, a step refused")
    check.look(phone.open("/f/2026-11-0001/never-given"), "fitter, wrong link")
    check.look(unit.sign_in("5001", "/unit"), "unit")
    check.look(unit.open(f"/unit/{late.number}"), "unit, a late case")
    boss.sign_in("2001")
    for path in (
        "/incidents",
        "/overdue?all=1",
        "/complaints",
        "/complaints/summary",
        "/blacklist",
        "/units",
    ):
        check.look(boss.open(path), path)
    boss.open("/blacklist")
    boss.page.locator("form[action$='/blacklist'] button").click()
    check.look(boss.page, "blacklist, mistakes")
    boss.open("/incidents").locator("form[action$='/incidents'] button").click()
    check.look(boss.page, "incident")
    boss.page.locator("form[action$='/close'] button").click()
    check.look(boss.page, "incident, no summary")
    check.look(boss.open(f"/units/{crew.team.unit}"), "one unit")
    boss.page.locator(".remove-unit").click()
    check.look(boss.page, "one unit, not removed")
    assert check.found == []
    assert check.paths >= ON_THE_BOARDS


def _desk(agent: Desk, scene: Scene, ids: dict[str, int], check: Checker) -> None:
    me = ids["1001"]
    page = agent.sign_in("1001", "/desk")
    expect(page.locator("#my-clock")).not_to_be_empty()
    check.look(page, "desk, ready")
    call = scene.call(queue="alarm", kind=CallKind.ALARM, priority=1, returned=True, language="en")
    scene.ring(me, call, rung_at=ago(6))
    expect(page.locator("#rings")).to_be_visible()
    scene.engine(connected=False)
    check.look(page, "desk, alarm rings")
    scene.update_call(call, stage=CallStage.TALKING, talk_started_at=ago(1))
    scene.presence(me, AgentState.TALKING, call_id=call, after_call="sign_out")
    expect(page.locator("#after-call")).to_be_visible()
    check.look(page, "desk, talking")
    for key, name in (("h", "hold"), ("t", "transfer"), ("c", "consult"), ("x", "end")):
        _dialog(page, key, name, check)
    page.click("#new-customer")
    expect(page.locator("#customer-dialog form")).to_be_visible()
    check.look(page, "new customer dialog")
    page.keyboard.press("Escape")
    scene.update_call(call, held_since=ago(70), hold_count=2, muted=True)
    expect(page.locator("#hold.warns")).to_be_visible()
    check.look(page, "desk, on hold for too long")
    page.fill("#knowledge-query", "xielou")
    expect(page.locator("#knowledge-results li").first).to_be_visible()
    check.look(page, "desk, knowledge found")
    page.keyboard.press("Enter")
    expect(page.locator("#knowledge-article .article")).to_be_visible()
    check.look(page, "desk, knowledge read")
    page.keyboard.press("Escape")
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-30), after_call=None)
    expect(page.locator("#call-clock")).to_be_visible()
    check.look(page, "desk, wrap-up")
    page.keyboard.press("Control+s")
    expect(page.locator("#record-errors")).to_be_visible()
    check.look(page, "desk, record with mistakes")
    page.keyboard.press("Escape")
    for key, name in (("b", "break"), ("?", "keys"), ("d", "call-out")):
        _dialog(page, key, name, check)
    scene.presence(me, AgentState.DEVICE_GONE, device_present=False)
    expect(page.locator("#idle-hint")).to_be_visible()
    check.look(page, "desk, phone gone")


def _dialog(page: Page, key: str, name: str, check: Checker) -> None:
    page.locator("body").press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(250)  # the browser may close a dialog late, and then the next one with it
    page.keyboard.press(key)
    expect(page.locator(f"#{name}-dialog")).to_be_visible()
    check.look(page, f"{name} dialog")
    page.keyboard.press("Escape")
    expect(page.locator(f"#{name}-dialog")).to_be_hidden()


def _others(boss: Desk, ids: dict[str, int], check: Checker) -> None:
    page = boss.sign_in("2001", "/floor")
    expect(page.locator("#agents > li")).to_have_count(19)
    check.look(page, "floor")
    check.look(boss.open("/calls"), "calls")
    check.look(boss.open("/calls?number=xx"), "calls, mistaken filter")
    check.look(boss.open("/calls?day=1999-01-01"), "no calls")
    check.look(boss.open(f"/calls/{ids['call']}"), "one call")
    check.look(boss.open("/knowledge"), "knowledge")
    page.keyboard.type("louqi")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#reader h2")).to_be_visible()
    check.look(page, "knowledge, found")
    check.look(boss.open("/knowledge/gas_leak_home"), "article")
    check.look(boss.open("/phrases"), "phrases")


def _cases(late: Desk, scene: Scene, ids: dict[str, int], home: Path, check: Checker) -> None:
    """Lists, a case that is late, one that was refused, one on paper, search, notices."""
    cases = CaseScene(scene, load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(home)}))
    me, boss = ids["1001"], ids["2001"]
    made = cases.case(me, hours_ago=7)
    cases.case(me, CallKind.ALARM, hours_ago=0.01)
    cases.warn()
    complaint = cases.case(me, CallKind.COMPLAINT, urgency=Urgency.CRITICAL)
    cases.conclude(complaint, boss, me)
    with scene.database.write() as connection:
        new = NewNotice(NoticeWay.DESK, "超时", NoticeReason.WARNING, agent_id=me, case_id=made.id)
        notices.add(connection, [new], ago(0))
    check.look(late.open("/cases"), "cases")
    check.look(late.open("/cases?q=没有这样的&since=x"), "no cases, mistaken filter")
    check.look(late.open(f"/cases/{made.number}"), "a late case")
    page = late.open(f"/cases/{complaint.number}")
    page.click(".other-steps summary >> nth=0")
    check.look(page, "a complaint, a step opened")
    page.fill("details[open] textarea", " ")
    page.click("details[open] button")
    expect(page.locator("#refused")).to_be_visible()
    check.look(page, "a step refused")
    check.look(late.open(f"/cases/{made.number}/print"), "a case on paper")
    check.look(late.open(f"/cases/{made.number[:-1]}9"), "mistyped number")
    check.look(late.open("/search?q=灶具"), "search")
    check.look(late.open("/notices"), "notices")
