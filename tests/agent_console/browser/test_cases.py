"""Cases in a real browser: bars count without the network, a complaint is refused, two close at once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ivr.config import load
from ivr.config.sections import CallKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.obligations import ObligationKind
from storage.queries import notices
from storage.queries.notices import NewNotice
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.conftest import Served
from tests.agent_console.scene import Scene, ago
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


@pytest.fixture
def cases(scene: Scene, served: Served) -> CaseScene:
    scene.engine()
    return CaseScene(scene, load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(served.home)}))


def clock(page: Page) -> str:
    """The class of the first bar of the page."""
    return page.locator(".clock-bar").first.get_attribute("class") or ""


def test_a_clock_moved_to_each_warning_is_seen_and_counts_on_without_the_network(
    sit_down: SitDown, scene: Scene, cases: CaseScene
) -> None:
    """R-OV, R-FR."""
    me = scene.person("1001")
    made = cases.case(me)
    desk = sit_down()
    page = desk.sign_in("1001", "/cases")
    for percent, level in ((50, "level-1"), (80, "level-2"), (100, "late")):
        cases.move_clock(made, ObligationKind.HANDLE, percent)
        cases.warn()
        page.goto(f"{desk.served.url}/cases")
        assert clock(page) == f"clock-bar {level}"
        page.click("#found .who a")
        expect(page.locator(".owed")).to_contain_text(f"{percent}% 已提醒")
        expect(page.locator(".case-course")).to_contain_text(f"已到 {percent}% 提醒：处置故障")
    expect(page.locator(".late-line")).to_contain_text("王敏、城南管理站")
    cases.move_clock(made, ObligationKind.HANDLE, 100 - 100 * 4 / (6 * 3600))
    page.goto(f"{desk.served.url}/cases")
    expect(page.locator(".clock-bar .left").first).to_contain_text("剩 0 分")
    desk.context.set_offline(True)
    expect(page.locator("tr.late .late-names")).to_be_visible()
    expect(page.locator("tr.late")).to_contain_text("首问负责人 1001 王敏，责任单位 城南管理站")
    assert desk.wrong == [] or all("ERR_INTERNET_DISCONNECTED" in one for one in desk.wrong)


def test_a_complaint_the_customer_refuses_goes_on_as_a_linked_new_form(
    sit_down: SitDown, scene: Scene, cases: CaseScene
) -> None:
    """R-CA, R-14.4."""
    me, boss = scene.person("1001"), scene.person("2001", "赵琳", Role.SUPERVISOR)
    made = cases.case(me, CallKind.COMPLAINT, content="维修工迟到两小时")
    cases.conclude(made, boss, me)
    desk = sit_down()
    page = desk.sign_in("1001", f"/cases/{made.number}")
    page.click("summary:has-text('用户不认可')")
    page.fill("#said-object", "道歉没有诚意，要求书面答复")
    page.select_option("#urgency-object", "urgent")
    page.click("details[open] button")
    expect(page.locator("h1")).to_contain_text(re.compile(r"TS\d{4}-\d\d-0002"))
    expect(page.locator(".linked")).to_contain_text(made.number)
    expect(page.locator(".owed")).to_contain_text("R-CA")
    page.click(".linked a")
    expect(page.locator("h1")).to_contain_text("用户不认可")
    expect(page.locator(".linked")).to_contain_text("由本单引出的新单")
    assert desk.wrong == []


def test_of_two_who_close_at_once_one_is_told_by_whom_it_was_closed_and_keeps_the_words(
    sit_down: SitDown, scene: Scene, cases: CaseScene
) -> None:
    """R-5C."""
    me = scene.person("1001")
    scene.person("2001", "赵琳", Role.SUPERVISOR)
    made = cases.case(me, CallKind.CONSULTATION, answered=True)
    one, two = sit_down(), sit_down()
    pages = [one.sign_in("1001", f"/cases/{made.number}"), two.sign_in("2001", f"/cases/{made.number}")]
    for page in pages:
        page.fill("#said-close", "已当场答复气价")
    for page in pages:
        page.click(".next-panel button.primary")
    expect(pages[0].locator(".done-mark")).to_be_visible()
    expect(pages[1].locator("#refused")).to_have_text(f"1001 已将工单 {made.number} 办结。")
    assert cases.state(made) is CaseState.CLOSED


def test_a_notice_rings_the_bell_and_leads_to_the_case_by_keyboard(
    sit_down: SitDown, scene: Scene, cases: CaseScene
) -> None:
    me = scene.person("1001")
    made = cases.case(me, hours_ago=1)
    cases.step(made, CaseStep.ACCEPT, cases.fitter)
    page = sit_down().sign_in("1001", "/knowledge")
    expect(page.locator("#bell-count")).to_be_hidden()
    with scene.database.write() as connection:
        new = NewNotice(NoticeWay.DESK, "已处理，请答复", NoticeReason.FINISHED, agent_id=me, case_id=made.id)
        notices.add(connection, [new], ago(0))
    expect(page.locator("#bell-count")).to_have_text("1")
    page.click("#bell")
    page.click(".notice-line button")
    expect(page.locator("h1")).to_contain_text(made.number)
    expect(page.locator("#bell-count")).to_be_hidden()
    page.wait_for_load_state("load")
    page.keyboard.press("/")
    page.keyboard.type("灶具")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text(made.number)
    page.wait_for_load_state("load")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(made.number)
    scene.presence(me, AgentState.READY)
    page.click("text=更正记录")
    expect(page.locator("#case-number")).to_have_text(made.number)
    expect(page.locator("#content")).to_have_value("灶具打不着火，怀疑电磁阀坏了")
