"""Typing a record in a real browser: kept as it is typed, through closed tabs and a killed console."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import insert, select

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Case, Customer, CustomerNumber, RecordDraft, Unit
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.conftest import Served
from tests.agent_console.scene import Scene, ago

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


@pytest.fixture
def me(scene: Scene) -> int:
    me = scene.person("1001")
    scene.engine()
    with scene.database.write() as connection:
        connection.execute(insert(Unit).values(name="城南管理站", phone="+8653188880001", active=True))
    return me


def add_customer(scene: Scene, name: str, form: str, compound: str) -> None:
    with scene.database.write() as connection:
        row = {"name": name, "surname": name[0], "form_of_address": form, "compound": compound}
        made = connection.execute(
            insert(Customer).values(**row, created_at=ago(0)).returning(Customer.id)
        ).scalar_one()
        connection.execute(insert(CustomerNumber).values(customer_id=made, number="+8613912341111"))


def talk(scene: Scene, me: int, **values: Any) -> int:
    call = scene.call(CallStage.TALKING, talk_started_at=ago(5), agent_id=me, **values)
    scene.presence(me, AgentState.TALKING, call_id=call, since=ago(5))
    return call


def type_into(page: Page, text: str) -> None:
    """Type as a person does, once the form has been filled."""
    expect(page.locator("#contact_number")).not_to_have_value("")
    page.focus("#content")
    page.keyboard.insert_text(text)


def kept(scene: Scene, call: int) -> str | None:
    with scene.database.read() as connection:
        fields = connection.execute(
            select(RecordDraft.fields).where(RecordDraft.call_id == call)
        ).scalar_one_or_none()
    return None if fields is None else str(fields.get("content"))


def wait_until_kept(page: Page, scene: Scene, call: int, text: str) -> None:
    for _ in range(100):
        if kept(scene, call) == text:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"kept is {kept(scene, call)!r}, not {text!r}")


def kill(served: Served) -> None:
    """``kill -9`` of the console: the one that watches and the one that serves."""
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    for pid in (served.process.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    served.process.wait()


def test_a_record_is_typed_and_saved_by_keyboard_and_its_number_is_shown(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    """R-12.5, R-12.7, R-15.1, R-N."""
    call = talk(scene, me)
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    expect(page.locator("input[name=kind][value=repair]")).to_be_checked()
    type_into(page, "灶具打不着火")
    page.keyboard.press("Control+s")
    expect(page.locator("#record-errors")).to_contain_text("请填写姓氏")
    expect(page.locator("#surname")).to_be_focused()
    page.keyboard.type("李h")  # keys rest while something is typed
    page.keyboard.press("Backspace")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.fill("#address", "泉中小区 3号楼")
    page.select_option("#unit_id", label="城南管理站")
    expect(page.locator("#save")).to_contain_text("保存并派单")
    page.keyboard.press("Control+s")
    with_number = page.locator("#case-number")
    expect(with_number).not_to_be_empty()
    with scene.database.read() as connection:
        case = connection.execute(select(*Case.__table__.c)).one()
    assert with_number.text_content() == case.number
    assert (case.call_id, case.surname, case.content) == (call, "李", "灶具打不着火")
    assert case.passed_at is not None
    assert page.locator("#hold-dialog").is_hidden()
    expect(page.locator("#saved")).to_contain_text("已派 城南管理站")
    page.wait_for_timeout(1000)  # longer than what is typed waits for its save
    assert "已派 城南管理站" in page.locator("#saved").inner_text()
    assert desk.wrong == [
        "Failed to load resource: the server responded with a status of 422 (UNPROCESSABLE ENTITY)"
    ]


def test_what_is_typed_survives_a_closed_tab(sit_down: SitDown, scene: Scene, me: int) -> None:
    call = talk(scene, me)
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    type_into(page, "关窗口前写的")
    page.close(run_before_unload=True)  # before the pause after typing is over
    again = desk.context.new_page()
    wait_until_kept(again, scene, call, "关窗口前写的")
    again.goto(desk.served.url + "/desk")
    expect(again.locator("#content")).to_have_value("关窗口前写的")


def test_what_is_typed_survives_a_killed_console(
    sit_down: SitDown, scene: Scene, me: int, served: Served
) -> None:
    call = talk(scene, me)
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    type_into(page, "第一句。")
    wait_until_kept(page, scene, call, "第一句。")
    kill(served)
    page.keyboard.insert_text("第二句。")
    expect(page.locator("#saved")).to_contain_text("先存在本浏览器")
    page.close()  # and the tab as well
    served.start()
    again = desk.context.new_page()
    again.goto(served.url + "/desk")
    expect(again.locator("#content")).to_have_value("第一句。第二句。")
    wait_until_kept(again, scene, call, "第一句。第二句。")
    assert (
        again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('hotline-draft')).length") == 0
    )


@pytest.mark.long
def test_a_console_that_comes_back_gets_what_was_typed_meanwhile(
    sit_down: SitDown, scene: Scene, me: int, served: Served
) -> None:
    call = talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    type_into(page, "甲")
    wait_until_kept(page, scene, call, "甲")
    kill(served)
    page.keyboard.insert_text("乙")
    expect(page.locator("#saved")).to_contain_text("先存在本浏览器")
    served.start()
    wait_until_kept(page, scene, call, "甲乙")
    expect(page.locator("#saved")).to_contain_text("已自动保存")


def test_another_window_is_told_and_overwrites_nothing(sit_down: SitDown, scene: Scene, me: int) -> None:
    call = talk(scene, me)
    desk = sit_down()
    first = desk.sign_in("1001", "/desk")
    type_into(first, "第一窗口")
    wait_until_kept(first, scene, call, "第一窗口")
    second = desk.context.new_page()
    second.goto(desk.served.url + "/desk")
    expect(second.locator("#content")).to_have_value("第一窗口")
    second.fill("#content", "第二窗口")
    wait_until_kept(second, scene, call, "第二窗口")
    expect(first.locator("#content")).to_have_value("第二窗口")


@pytest.mark.long
def test_the_colleague_sees_what_was_written_and_one_goes_on(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    """R-14.2: two desks, one call."""
    other = scene.person("1002", "李强")
    call = talk(scene, me)
    one = sit_down().sign_in("1001", "/desk")
    type_into(one, "转接前写的")
    wait_until_kept(one, scene, call, "转接前写的")
    two = sit_down().sign_in("1002", "/desk")
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-60))
    scene.presence(other, AgentState.TALKING, call_id=call)
    expect(two.locator("#content")).to_have_value("转接前写的")
    two.fill("#content", "转接前写的，同事补充")
    wait_until_kept(two, scene, call, "转接前写的，同事补充")
    one.fill("#content", "只有我知道")
    expect(one.locator("#conflict")).to_contain_text("1002")
    assert kept(scene, call) == "转接前写的，同事补充"
    one.click("#use-theirs")
    expect(one.locator("#content")).to_have_value("转接前写的，同事补充")


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "零\0字节",
        *(pytest.param(text, marks=pytest.mark.long) for text in ("字" * 10_000, "🔥👩‍🔧")),
    ],
)
def test_whatever_is_typed_is_kept_or_said(sit_down: SitDown, scene: Scene, me: int, text: str) -> None:
    call = talk(scene, me)
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    expect(page.locator("#contact_number")).not_to_have_value("")
    page.evaluate(
        """text => { const field = document.getElementById('content'); field.value = text;
        field.dispatchEvent(new Event('input', {bubbles: true})); }""",
        text,
    )
    wait_until_kept(page, scene, call, text.replace("\0", ""))
    page.reload()
    expect(page.locator("#content")).to_have_value(text.replace("\0", ""))
    assert desk.wrong == []


def test_several_customers_are_chosen_and_fill_the_record(sit_down: SitDown, scene: Scene, me: int) -> None:
    """R-12.6."""
    add_customer(scene, "周丽", "女士", "历山名郡")
    add_customer(scene, "周建军", "先生", "泉中小区")
    talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#customer-list li")).to_have_count(2)
    expect(page.locator("#surname")).to_have_value("")
    page.locator("#customer-list button", has_text="周女士").click()
    expect(page.locator("#customer-name")).to_have_text("周女士")
    expect(page.locator("#surname")).to_have_value("周")
    expect(page.locator("input[name=form_of_address][value=女士]")).to_be_checked()
    expect(page.locator("#address")).to_have_value("历山名郡")
    page.click("#other-customer")
    expect(page.locator("#customer-list li")).to_have_count(2)
    expect(page.locator("#new-customer")).to_be_visible()


def test_who_is_chosen_and_what_is_typed_before_the_record_has_come_is_in_it(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    """R-12.6."""
    add_customer(scene, "周丽", "女士", "历山名郡")
    add_customer(scene, "周建军", "先生", "泉中小区")
    call = talk(scene, me)
    desk = sit_down()
    asked: list[Route] = []
    desk.page.route("**/desk/records/*", lambda request: asked.append(request))
    page = desk.sign_in("1001", "/desk")
    page.locator("#customer-list button", has_text="周女士").click()
    page.focus("#content")
    page.keyboard.insert_text("灶具打不着火")
    page.locator("#field-kind label", has_text="燃气泄漏报警").click()
    assert asked
    for request in asked:
        request.continue_()
    expect(page.locator("#customer-name")).to_have_text("周女士")
    expect(page.locator("#surname")).to_have_value("周")
    expect(page.locator("#content")).to_have_value("灶具打不着火")
    expect(page.locator("input[name=kind][value=alarm]")).to_be_checked()
    expect(page.locator("input[name=urgency][value=critical]")).to_be_checked()
    wait_until_kept(page, scene, call, "灶具打不着火")
    assert desk.wrong == []


def test_a_customer_nobody_knows_is_made_beside_the_call(sit_down: SitDown, scene: Scene, me: int) -> None:
    talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    page.click("#new-customer")
    expect(page.locator("#customer-dialog [name=numbers]")).to_have_value("13912341111")
    page.click("#customer-dialog button.primary")
    expect(page.locator("#customer-dialog [role=alert]")).to_be_visible()
    page.fill("#customer-dialog [name=name]", "钱多多")
    page.check("#customer-dialog [name=form_of_address][value=女士]")
    page.fill("#customer-dialog [name=compound]", "泉中小区")
    page.click("#customer-dialog button.primary")
    expect(page.locator("#customer-dialog")).to_be_hidden()
    expect(page.locator("#customer-name")).to_have_text("钱女士")
    expect(page.locator("#surname")).to_have_value("钱")


def test_wrap_up_leads_from_what_is_missing_to_done(sit_down: SitDown, scene: Scene, me: int) -> None:
    call = talk(scene, me, kind=CallKind.CONSULTATION, queue="consultation")
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#contact_number")).not_to_have_value("")
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-60))
    primary = page.locator(".desk-columns .primary:visible")
    expect(primary).to_contain_text("填写：内容")
    page.keyboard.press("n")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.insert_text("问气价")
    expect(primary).to_contain_text("填写：是否已当场答复")
    page.click("#fill-in")
    page.keyboard.press("Space")
    expect(primary).to_contain_text("保存")
    page.keyboard.press("Control+s")
    expect(primary).to_contain_text("完成")
    expect(primary).to_have_count(1)


@pytest.mark.long
def test_a_record_left_unfinished_is_found_again_after_the_call(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    call = talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    type_into(page, "没写完")
    wait_until_kept(page, scene, call, "没写完")
    scene.update_call(call, ended_at=ago(0), stage=CallStage.ENDED)
    scene.presence(me, AgentState.READY)
    expect(page.locator("#idle-work")).to_be_visible()
    page.click("[data-record]")
    expect(page.locator("#content")).to_have_value("没写完")
    scene.ring(me, scene.call(caller_number="13700001111"))
    expect(page.locator("#contact_number")).to_have_value("13700001111")
    expect(page.locator("#content")).to_have_value("")
    assert kept(scene, call) == "没写完"
