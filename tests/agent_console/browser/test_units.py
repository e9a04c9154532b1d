"""In a real browser: the fitter's phone page with a photo and everything wrong; live screens of units."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from storage.queries import case_photos
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene
from tests.agent_console.units.crew import muster

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
MB = 1024 * 1024


def choose(page: Page, file: Path) -> None:
    page.set_input_files("#photo", str(file))


def test_the_fitters_page_on_a_phone_from_the_link_to_the_end(
    sit_down: Callable[..., Desk], scene: Scene, tmp_path: Path
) -> None:
    """R-15.1: accepted, arrived, photo, a post without connection, done; every bad file is refused."""
    crew = muster(scene)
    case = crew.case(CallKind.ALARM)
    fitter = sit_down(**PHONE, has_touch=True, is_mobile=True)
    page = fitter.open(f"/f/{case.number}/{crew.link(case.case_id)}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.locator(".work-step, .photo-button, .tel").evaluate_all(
        "elements => elements.filter(e => e.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    page.get_by_role("button", name="接单").click()
    page.locator(".work-step[value=arrive]").click()
    expect(page.locator(".fitter-head")).to_contain_text("处理中")

    files = {name: tmp_path / name for name in ("setup.jpg", "huge.jpg", "leak.jpg")}
    files["setup.jpg"].write_bytes(b"MZ\x90\x00" + bytes(2000))
    files["huge.jpg"].write_bytes(b"\xff\xd8\xff\xe0" + bytes(50 * MB))
    files["leak.jpg"].write_bytes(page.screenshot(type="jpeg"))
    mistake = page.locator(".photo-form .work-mistake")
    choose(page, files["setup.jpg"])
    expect(mistake).to_contain_text("不是照片")
    choose(page, files["huge.jpg"])
    expect(mistake).to_contain_text("50 MB")
    choose(page, files["leak.jpg"])
    expect(page.locator(".photos img")).to_have_count(1)
    page.locator(".photos img").evaluate("picture => picture.decode()")

    page.fill("#said", "立管接头老化渗漏，已更换")
    fitter.context.set_offline(True)
    page.locator(".work-step[value=handle]").click()
    expect(page.locator(".work-form .work-mistake")).to_contain_text("网络不通")
    fitter.context.set_offline(False)
    page.reload()
    expect(page.locator("#said")).to_have_value("立管接头老化渗漏，已更换")
    page.locator(".work-step[value=finish]").click()
    expect(page.locator(".fitter-head")).not_to_contain_text("处理中")
    assert crew.line(case.number).state is CaseState.FINISHED
    assert crew.entries(case.case_id)[-1].said == "立管接头老化渗漏，已更换"
    with crew.database.read() as connection:
        assert len(case_photos.of_case(connection, case.case_id)) == 1
    expect(page.locator("#said")).to_have_value("")
    assert [said for said in fitter.wrong if "Failed to load resource" not in said] == []


def test_without_scripts_the_fitters_page_works_and_says_what_is_too_large(
    sit_down: Callable[..., Desk], scene: Scene, tmp_path: Path
) -> None:
    crew = muster(scene)
    case = crew.case()
    fitter = sit_down(**PHONE, java_script_enabled=False)
    page = fitter.open(f"/f/{case.number}/{crew.link(case.case_id)}")
    page.fill("#said", "马上去")
    page.locator(".work-step[value=accept]").click()
    assert crew.line(case.number).state is CaseState.ACCEPTED
    page.locator(".work-step[value=finish]").click()
    expect(page.locator(".work-mistake").first).to_contain_text("请写明")
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(b"\xff\xd8\xff\xe0" + bytes(50 * MB))
    choose(page, huge)
    page.locator(".photo-send").click()
    expect(page.locator("main")).to_contain_text("50 MB")
    expect(page.locator("main")).to_contain_text("10 MB")


def test_a_new_case_comes_to_the_units_screen_by_itself_and_an_alarm_is_heard(
    sit_down: Callable[..., Desk], scene: Scene
) -> None:
    """R-3.1: on the unit's screen at once, red, on top, sounding until somebody accepts it."""
    crew = muster(scene)
    scene.engine()
    unit, boss = sit_down(), sit_down()
    page = unit.sign_in("5001", "/unit")
    watched = boss.sign_in("2001", "/incidents")
    expect(page.locator("#live-part")).to_contain_text("没有待办")
    repair = crew.case()
    row = page.locator(f"[id='row-{repair.number}']")
    expect(row).to_be_visible()
    page.click("h1")  # a browser lets a page be heard after a touch
    alarm = crew.case(CallKind.ALARM, address="荷风苑 2号楼 1单元 302")
    expect(page.locator(f"[data-alarm='{alarm.number}']")).to_be_visible()
    expect(page.locator(".case-row").first).to_have_attribute("id", f"row-{alarm.number}")
    expect(page.locator("body")).to_have_class(re.compile("alarm-now"))
    expect(page.locator("#sound-on")).to_be_hidden()
    expect(watched.locator(".alarm-card.unanswered")).to_contain_text("荷风苑")
    page.locator(f"[data-alarm='{alarm.number}'] button").click()
    page.wait_for_url(re.compile(alarm.number))
    expect(page.locator("body")).not_to_have_class(re.compile("alarm-now"))
    expect(watched.locator(".alarm-card")).to_contain_text("孙站长")
    page.fill("#said", "没有打完的话")
    crew.step(alarm.case_id, CaseStep.ARRIVE, crew.team.fitter)
    expect(page.locator(f"[id='row-{alarm.number}']")).to_contain_text("处理中")
    expect(page.locator("#said")).to_have_value("没有打完的话")
    page.locator(".work-step[value=arrive]").click()
    expect(page.locator(".work-form .work-mistake")).to_be_visible()
    expect(page.locator("#said")).to_have_value("没有打完的话")


def test_an_incident_grows_on_the_page_that_shows_it(sit_down: Callable[..., Desk], scene: Scene) -> None:
    """R-3.1: proposed live, made with a click, a later call offered live."""
    crew = muster(scene)
    scene.engine()
    boss = sit_down()
    page = boss.sign_in("2001", "/incidents")
    for number in (1, 2, 3):
        crew.case(CallKind.ALARM, address=f"荷风苑 {number}号楼")
    page.get_by_role("button", name="合并为一个事件").click()
    page.wait_for_url(re.compile(r"/incidents/\d+"))
    expect(page.locator(".alarm-card")).to_have_count(3)
    later = crew.case(CallKind.REPAIR, address="荷风苑 7号楼")
    page.get_by_role("button", name="归入").first.click()
    expect(page.locator(".alarm-card")).to_have_count(4)
    expect(page.locator("#live-part")).to_contain_text(later.number)
    page.fill("#summary", "楼前阀井渗漏，已更换")
    page.click("form[action$='/close'] button")
    expect(page.locator("#live-part")).to_contain_text("楼前阀井渗漏")
