"""The desk in a real browser: live, by keyboard, without scrolling."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.conftest import Served
from tests.agent_console.scene import PASSWORD, Scene, ago
from tests.patience import Patience

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


@pytest.fixture
def me(scene: Scene) -> int:
    me = scene.person("1001")
    scene.engine()
    scene.presence(me, AgentState.BREAK, reason="meal")
    return me


@pytest.mark.parametrize(
    "database_address", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True
)
def test_every_change_of_state_comes_to_the_open_page_by_itself(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    """How soon is measured by tests/bench/desk_pop.py."""
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    page.evaluate("window.samePage = true")
    shown = page.locator("#my-state .word")
    expect(shown).to_have_text("小休")
    for _ in range(3):
        for state, word in [(AgentState.READY, "就绪"), (AgentState.NOT_ANSWERING, "未应答")]:
            scene.presence(me, state)
            expect(shown).to_have_text(word)
    assert page.evaluate("window.samePage")  # nothing was loaded anew
    assert desk.wrong == []


def test_a_button_writes_a_command_and_a_refusal_is_said(sit_down: SitDown, scene: Scene, me: int) -> None:
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    page.click("[data-command=ready]")
    expect(page.locator("#notice")).to_have_text("已提交…")
    _wait_for(lambda: scene.commands(me)[-1].kind == "ready")
    command = scene.commands(me)[-1]
    scene.settle(command.id, "not_possible_while_talking")
    expect(page.locator("#notice")).to_have_text("未执行：当前状态不能这样做：通话中")
    page.click("[data-command=ready]")
    _wait_for(lambda: scene.commands(me)[-1].id > command.id)
    scene.settle(scene.commands(me)[-1].id)
    expect(page.locator("#notice")).to_have_text("")
    assert desk.wrong == []


def test_rings_are_shown_one_two_three(sit_down: SitDown, scene: Scene, me: int) -> None:
    """R-12.3: counted from the moment the device really rings."""
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    call = scene.call(menu_path="82", language="en")
    scene.ring(me, call, rung_at=None)
    expect(page.locator("#ring-word")).to_have_text("正在呼叫您的话机…")
    expect(page.locator("#rings li.on")).to_have_count(0)
    expect(page.locator("#call-number")).to_have_text("13912341111")
    expect(page.locator("#call-path")).to_have_text("8 English › 2 报修")
    scene.update_offer(call, rung_at=ago(6))
    expect(page.locator("#ring-word")).to_have_text("第 2 声")
    expect(page.locator("#rings li.on")).to_have_count(2)
    assert page.title() == "② 报修来电"
    expect(page.locator("#ring-word")).to_have_text("第 3 声")
    assert page.title() == "③ 报修来电"
    expect(page.locator("#announce")).to_have_text("报修来电 13912341111 第 3 声")
    assert desk.wrong == []


def test_a_call_from_ring_to_wrap_up_has_one_next_action_at_a_time(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    primary = page.locator(".call-panel .action.primary")
    expect(primary).to_contain_text("就绪")
    call = scene.call(CallStage.TALKING, talk_started_at=ago(3))
    scene.presence(me, AgentState.TALKING, call_id=call, after_call="break:meal")
    expect(primary).to_contain_text("邀请评价")
    expect(page.locator("#after-call")).to_have_text("本次通话后小休：用餐")
    expect(page.locator("#call-number")).to_have_text("13912341111")
    scene.update_call(call, ended_at=ago(0), stage=CallStage.ENDED)
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-30), after_call=None)
    primary = page.locator(".desk-columns .primary:visible")
    expect(primary).to_contain_text("填写：姓氏")
    expect(page.locator("#call-clock")).to_contain_text("剩余")
    expect(page.locator("#call-number")).to_have_text("139****1111")
    assert "13912341111" not in page.content()
    scene.presence(me, AgentState.READY)
    expect(page.locator("#idle-word")).to_have_text("就绪")
    expect(primary).to_have_count(0)
    assert desk.wrong == []


def test_an_alarm_is_red_above_everything_and_asks_those_on_a_break_back(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#alarm-banner")).to_be_hidden()
    scene.call(queue="alarm", kind=CallKind.ALARM, priority=1)
    expect(page.locator("#alarm-banner")).to_have_text("燃气泄漏报警：1 个等候")
    assert page.title().startswith("‼")
    above = page.evaluate(
        "document.querySelector('#alarm-banner').getBoundingClientRect().bottom"
        " <= document.querySelector('main').getBoundingClientRect().top"
    )
    assert above
    asked = page.locator("#back-banner")
    expect(asked).to_contain_text("您正在小休，有燃气泄漏报警在等候")
    page.goto(page.url.replace("/desk", "/calls"))
    expect(asked).to_be_visible()
    page.get_by_role("button", name="结束小休").click()
    _wait_for(lambda: scene.commands(me)[-1].kind == "ready")
    scene.settle(scene.commands(me)[-1].id, "not_possible_while_talking")
    expect(asked).to_contain_text("未执行")
    scene.presence(me, AgentState.READY)
    expect(asked).to_be_hidden()
    expect(page.locator("#alarm-banner")).to_be_visible()


@pytest.mark.long
def test_without_an_engine_the_page_says_so(sit_down: SitDown, scene: Scene, me: int) -> None:
    page = sit_down().sign_in("1001", "/desk")
    scene.engine()
    expect(page.locator("#trouble-banner")).to_be_hidden()
    scene.engine(connected=False)
    expect(page.locator("#trouble-banner")).to_contain_text("交换机")
    scene.engine(silent_for=6)
    expect(page.locator("#trouble-banner")).to_contain_text("引擎没有运行")
    scene.engine()
    expect(page.locator("#trouble-banner")).to_be_hidden()


def test_everything_is_done_by_keyboard(sit_down: SitDown, scene: Scene, me: int) -> None:
    desk = sit_down()
    page = desk.open("/sign-in")
    expect(page.locator("#work_number")).to_be_focused()
    page.keyboard.type("1001")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    expect(page.locator("[data-command=ready]")).to_be_enabled()
    page.keyboard.press("r")
    _wait_for(lambda: scene.commands(me)[-1].kind == "ready")
    page.keyboard.press("b")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator("#break-dialog")).to_be_hidden()
    _wait_for(lambda: scene.commands(me)[-1].kind == "break")
    assert scene.commands(me)[-1].arguments == {"reason": "training"}
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(page.locator("#break-dialog")).to_be_hidden()
    page.wait_for_timeout(300)  # the browser may close a dialog late, and then the next one with it
    page.keyboard.press("b")
    expect(page.locator("#break-dialog")).to_be_visible()
    page.focus("#break-text")
    page.keyboard.type("去取 r1 文件")
    page.keyboard.press("Enter")
    _wait_for(lambda: scene.commands(me)[-1].arguments == {"reason": "去取 r1 文件"})
    count = len(scene.commands(me))
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.focus("#keys-on")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_timeout(300)
    assert len(scene.commands(me)) == count  # single keys are turned off
    reached = _tab_through(page)
    for name in ("跳到内容", "来电", "English", "签出", "就绪", "小休"):
        assert any(name in text for text in reached), (name, reached)
    assert desk.wrong == []


def _tab_through(page: Page) -> list[str]:
    """What Tab reaches from the top of the page; each must be seen to have the focus."""
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        text = page.evaluate("document.activeElement.textContent.trim()")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert outline != "none", text
        reached.append(text)
    return reached


def _wait_for(condition: Callable[[], bool]) -> None:
    patience = Patience(5)
    while not condition():
        assert not patience.is_over
        time.sleep(0.05)


def test_a_call_fits_the_screen_without_scrolling_and_double_zoom_needs_no_sideways_scrolling(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    for number in range(6):
        scene.ended_call(me, number)
    scene.call(queue="alarm", kind=CallKind.ALARM, priority=1)
    scene.ring(me, scene.call())
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    expect(page.locator("#rings")).to_be_visible()
    expect(page.locator("#alarm-banner")).to_be_visible()
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= 720
    page.set_viewport_size({"width": 640, "height": 360})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.long
def test_the_page_finds_the_console_again_after_it_was_away(
    sit_down: SitDown, scene: Scene, me: int, served: Served
) -> None:
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#my-state .word")).to_have_text("小休")
    served.stop()
    expect(page.locator("#trouble-banner")).to_contain_text("与控制台的连接中断")
    served.start()
    scene.presence(me, AgentState.READY)
    scene.engine()
    expect(page.locator("#my-state .word")).to_have_text("就绪")
    expect(page.locator("#trouble-banner")).to_be_hidden()
