"""A repair from the call to the revisit that is owed: desk, fitter's phone and the case's page, all real."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from ivr.standard.call_stage import CallStage
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.obligations import ObligationKind
from storage.models import CaseEntry, CaseLife, Duty, Obligation, Unit
from storage.queries import case_tokens, responsible_people
from tests.agent_console.scene import ago
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent
from tests.e2e.browser.test_desk import sit_down
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser


def add_unit(scene: Scene) -> int:
    """A unit with one fitter; the fitter's id."""
    with scene.rows.database.write() as connection:
        unit = connection.execute(insert(Unit).values(name="城南管理站", active=True).returning(Unit.id))
        return responsible_people.add(
            connection, ago(0), duty=Duty.FITTER, name="周师傅", unit_id=unit.scalar_one()
        )


def write_record(desk: Page) -> None:
    """Type what a repair needs, and save it."""
    for field, text in (("surname", "李"), ("address", "泉中小区 3-2-501"), ("content", "灶具打不着火")):
        desk.fill(f"#{field}", text)
    desk.select_option("#unit_id", label="城南管理站")
    desk.keyboard.press("Control+s")


def test_a_repair_call_becomes_a_case_that_is_accepted_done_told_and_owes_a_revisit(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """R-15.1, R-15.4, R-3.2, R-5C, R-FR."""
    me = add_browser_agent(scene, "1001")
    fitter = add_unit(scene)
    scene.open()
    console = consoles()
    desk = sit_down(scene, people, console, "1001")
    caller = scene.caller("2")
    expect(desk.locator("#answer")).to_be_visible()
    desk.keyboard.press("Space")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    write_record(desk)
    expect(desk.locator("#case-made")).to_contain_text("请告知用户工单号")
    expect(desk.locator("#case-owed li")).to_have_count(2)
    number = desk.locator("#case-number").inner_text()
    case_id, owner = scene.rows.all(select(CaseLife.case_id, CaseLife.owner_id))[0]
    assert owner == me

    with scene.rows.database.write() as connection:
        token = case_tokens.give(connection, case_id, ago(0), hours=1, person_id=fitter)
    phone = people(console).page
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{console.url}/f/{number}/{token}")
    expect(phone.locator("h1")).to_contain_text(number)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.click("button[value=accept]")
    expect(phone.locator("button[value=finish]")).to_be_visible()
    phone.fill("#said", "更换电磁阀，试火正常")
    phone.click("button[value=finish]")
    expect(phone.locator("button[value=finish]")).to_be_hidden()
    caller.hang_up()
    scene.rows.until_ended(call.id)

    page = desk.context.new_page()
    page.goto(f"{console.url}/cases/{number}")
    expect(page.locator(".next-what")).to_have_text("答复用户")
    expect(page.locator(".case-course")).to_contain_text("周师傅")
    page.fill("#said-answer", "已告知用户修好，用户满意")
    page.click(".next-panel button.primary")
    expect(page.locator(".owed")).to_contain_text("R-15.4")
    expect(page.locator(".next-what")).to_have_text("回访用户")
    kinds = scene.rows.all(select(Obligation.kind).where(Obligation.running_since.is_not(None)))
    assert [kind for (kind,) in kinds] == [ObligationKind.REVISIT]

    page.fill("#said-revisit", "一切正常")
    page.click(".next-panel button.primary")
    expect(page.locator(".next-what")).to_have_text("办结")
    page.fill("#said-close", "  ")
    page.click(".next-panel button.primary")
    expect(page.locator("#refused")).to_contain_text("一报")
    page.fill("#said-close", "已修好，用户满意")
    page.click(".next-panel button.primary")
    expect(page.locator(".done-mark")).to_be_visible()
    steps = [step for (step,) in scene.rows.all(select(CaseEntry.step).order_by(CaseEntry.entry))]
    assert steps == [
        CaseStep.OPEN,
        CaseStep.PASS_ON,
        CaseStep.ACCEPT,
        CaseStep.FINISH,
        CaseStep.ANSWER,
        CaseStep.REVISIT,
        CaseStep.CLOSE,
    ]
    assert scene.rows.all(select(CaseLife.state))[0][0] is CaseState.CLOSED
    gone = phone.goto(f"{console.url}/f/{number}/{token}")
    assert gone is not None and gone.status >= 400
