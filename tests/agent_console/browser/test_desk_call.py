"""What an agent does in a call, by keyboard: hold, mute, transfer, consult, special end, calling out."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.transfer import TargetKind, TransferState
from storage.models import Agent, Transfer, Unit
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene, ago
from tests.patience import Patience

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


@pytest.fixture
def me(scene: Scene) -> int:
    me = scene.person("1001")
    scene.engine()
    scene.presence(scene.person("1002", "李强"), AgentState.READY)
    with scene.database.write() as connection:
        connection.execute(insert(Unit).values(name="城南管理站", phone="+8653188880001", active=True))
    return me


def talk(scene: Scene, me: int, **values: Any) -> int:
    call = scene.call(CallStage.TALKING, talk_started_at=ago(5), agent_id=me, **values)
    scene.presence(me, AgentState.TALKING, call_id=call, since=ago(5))
    return call


def asked(scene: Scene, me: int, kind: str) -> Any:
    """The arguments of the newest wish, once it is of ``kind``."""
    patience = Patience(5)
    while True:
        wish = scene.commands(me)[-1]
        if wish.kind == kind:
            return wish.arguments
        assert not patience.is_over, f"{wish.kind}, not {kind}"
        time.sleep(0.05)


def ready(page: Page) -> None:
    expect(page.locator("[data-command=invite_to_rate]")).to_be_enabled()
    expect(page.locator("#contact_number")).not_to_have_value("")


def test_hold_asks_for_consent_with_one_key_and_warns_at_the_limit(
    sit_down: SitDown, scene: Scene, me: int
) -> None:
    """R-12.9."""
    call = talk(scene, me)
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    ready(page)
    page.keyboard.press("h")
    expect(page.locator("#hold-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#hold-dialog")).to_be_hidden()
    page.wait_for_timeout(300)
    assert scene.commands(me)[-1].kind == "sign_in"
    page.keyboard.press("h")
    expect(page.locator("#hold-dialog")).to_be_visible()
    page.keyboard.press("h")
    assert asked(scene, me, "hold") == {"consent": True}
    scene.update_call(call, held_since=ago(3), hold_count=1)
    expect(page.locator("#hold")).to_contain_text("第 1 次")
    expect(page.locator(".call-panel .action.primary")).to_contain_text("回到客户")
    assert "warns" not in (page.locator("#hold").get_attribute("class") or "")
    scene.update_call(call, held_since=ago(61))
    expect(page.locator("#hold.warns")).to_contain_text("时间过长")
    page.keyboard.press("h")
    asked(scene, me, "resume")
    assert desk.wrong == []


@pytest.mark.long
def test_mute_and_unmute_are_one_key_and_shown(sit_down: SitDown, scene: Scene, me: int) -> None:
    call = talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    ready(page)
    page.keyboard.press("m")
    asked(scene, me, "mute")
    scene.update_call(call, muted=True)
    expect(page.locator("#muted")).to_be_visible()
    page.keyboard.press("m")
    asked(scene, me, "unmute")


def test_keys_do_nothing_while_something_is_typed(sit_down: SitDown, scene: Scene, me: int) -> None:
    talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    ready(page)
    page.focus("#content")
    page.keyboard.type("hmtcixb? ")
    assert page.locator("dialog[open]").count() == 0
    assert scene.commands(me)[-1].kind == "sign_in"
    expect(page.locator("#content")).to_have_value("hmtcixb? ")
    page.keyboard.press("Escape")  # leaves the field, and then keys work
    page.keyboard.press("t")
    expect(page.locator("#transfer-dialog")).to_be_visible()


@pytest.mark.parametrize("before", ["hold-dialog", "break-dialog"])
def test_a_key_counts_in_the_moment_in_which_a_dialog_was_closed(
    sit_down: SitDown, scene: Scene, me: int, before: str
) -> None:
    """The browser takes the focus out of it with the next picture only, which a busy machine draws late."""
    talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    ready(page)
    page.evaluate(
        """(before) => {
          const dialog = document.getElementById(before);
          dialog.showModal();
          (dialog.querySelector("input:not([type=radio])") ?? dialog.querySelector("button")).focus();
          dialog.close();
          const press = { key: "h", bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", press));
        }""",
        before,
    )
    expect(page.locator("#hold-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#hold-dialog")).to_be_hidden()
    assert all(wish.kind != "hold" for wish in scene.commands(me))


def test_a_transfer_is_found_by_typing_and_carries_its_note(sit_down: SitDown, scene: Scene, me: int) -> None:
    talk(scene, me)
    desk = sit_down()
    page = desk.sign_in("1001", "/desk")
    ready(page)
    page.keyboard.press("t")
    targets = page.locator("#transfer-dialog .targets label")
    expect(targets.filter(has_text="李强")).to_contain_text("就绪")
    expect(targets.filter(has_text="城南管理站")).to_be_visible()
    expect(targets.filter(has_text="王敏")).to_have_count(0)  # oneself
    page.click("#transfer-dialog button.primary")
    expect(page.locator("#transfer-dialog [role=alert]")).to_have_text("请选择转给谁。")
    page.focus("#transfer-dialog-find")
    page.keyboard.type("1002")
    expect(targets).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.focus("#transfer-dialog-note")
    page.keyboard.type("客户很急")
    page.keyboard.press("Enter")
    assert asked(scene, me, "transfer") == {
        "to": {"kind": "agent", "value": "1002"},
        "note": "客户很急",
    }
    scene.settle(scene.commands(me)[-1].id, "target_busy")
    expect(page.locator("#notice")).to_contain_text("对方正忙，客户仍在您这里")
    assert desk.wrong == []


def test_a_consultation_leads_back_on_or_to_three(sit_down: SitDown, scene: Scene, me: int) -> None:
    call = talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    ready(page)
    page.keyboard.press("c")
    expect(page.locator("#consult-dialog .targets")).to_contain_text("李强")
    page.locator("#consult-dialog label", has_text="投诉").click()
    page.click("#consult-dialog button.primary")
    assert asked(scene, me, "consult") == {"to": {"kind": "queue", "value": "complaint"}, "note": ""}
    row = {
        "call_id": call,
        "from_agent_id": me,
        "to_kind": TargetKind.AGENT,
        "to_value": "1002",
        "note": "",
        "attended": True,
        "asked_at": ago(2),
    }
    with scene.database.write() as connection:
        made = insert(Transfer).values({**row, "state": TransferState.RINGING}).returning(Transfer.id)
        transfer = connection.execute(made).scalar_one()
    scene.update_call(call, held_since=ago(2))
    expect(page.locator("#consult-word")).to_have_text("正在呼叫")
    expect(page.locator("[data-command=three_way]")).to_be_hidden()
    with scene.database.write() as connection:
        connection.execute(
            Transfer.__table__.update().where(Transfer.id == transfer).values(state=TransferState.TALKING)
        )
    scene.engine()
    expect(page.locator("#consult-word")).to_have_text("正在求助")
    expect(page.locator(".call-panel .action.primary")).to_contain_text("完成转接")
    page.keyboard.press("w")
    asked(scene, me, "three_way")
    page.keyboard.press("q")
    asked(scene, me, "end_consult")
    page.keyboard.press("f")
    asked(scene, me, "complete_transfer")


def test_the_colleagues_note_pops_up_with_the_call(sit_down: SitDown, scene: Scene, me: int) -> None:
    """R-14.2."""
    call = scene.call()
    with scene.database.write() as connection:
        sender = connection.execute(select(Agent.id).where(Agent.work_number == "1002")).scalar_one()
        connection.execute(
            insert(Transfer).values(
                call_id=call,
                from_agent_id=sender,
                to_kind=TargetKind.AGENT,
                to_value="1001",
                to_agent_id=me,
                note="<b>很急</b>，已道歉",
                attended=False,
                state=TransferState.RINGING,
                asked_at=ago(1),
            )
        )
    scene.ring(me, call)
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#call-note")).to_have_text("1002 留言： <b>很急</b>，已道歉")


def test_the_agent_ends_a_call_for_a_reason_only(sit_down: SitDown, scene: Scene, me: int) -> None:
    """R-12.12."""
    talk(scene, me)
    page = sit_down().sign_in("1001", "/desk")
    ready(page)
    assert "挂断" not in page.content()
    page.keyboard.press("x")
    page.click("#end-dialog button.danger")
    expect(page.locator("#end-error")).to_contain_text("请选择结束通话的理由")
    assert scene.commands(me)[-1].kind == "sign_in"
    page.focus("#end-dialog input[name=reason]")
    page.keyboard.press("2")
    page.fill("#end-text", "辱骂两次，已提醒")
    page.keyboard.press("Enter")
    assert asked(scene, me, "end_call") == {"reason": "abusive", "text": "辱骂两次，已提醒"}


def test_calling_out_from_keypad_and_from_the_record(sit_down: SitDown, scene: Scene, me: int) -> None:
    scene.presence(me, AgentState.BREAK)
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("[data-opens=call-out-dialog]")).to_be_visible()
    page.keyboard.press("d")
    page.click("#call-out-dialog button.primary")
    expect(page.locator("#call-out-dialog [role=alert]")).to_contain_text("请填写要拨打的号码")
    for digit in "13912":
        page.click(f"[data-digit='{digit}']")
    page.click("#call-out-delete")
    page.locator("#call-out-number").press("End")
    page.keyboard.type("34 1111")
    page.keyboard.press("Enter")
    assert asked(scene, me, "call_out")["number"] == "1391341111"
    call = talk(scene, me)
    ready(page)
    expect(page.locator("[data-opens=call-out-dialog]")).to_be_hidden()
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-60))
    expect(page.locator("[data-command=end_wrap_up]")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#call-out-number")).to_have_value("13912341111")


@pytest.mark.parametrize("kind", [CallKind.REPAIR, pytest.param(CallKind.COMPLAINT, marks=pytest.mark.long)])
def test_a_call_fits_without_scrolling_even_under_an_alarm(
    sit_down: SitDown, scene: Scene, me: int, kind: CallKind
) -> None:
    scene.call(queue="alarm", kind=CallKind.ALARM, priority=1)
    call = talk(scene, me, kind=kind, queue=kind.value, held_since=ago(70), hold_count=2, muted=True)
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#hold.warns")).to_be_visible()
    expect(page.locator("#alarm-banner")).to_be_visible()
    expect(page.locator("#contact_number")).not_to_have_value("")
    for state in (AgentState.TALKING, AgentState.WRAP_UP):
        scene.presence(me, state, call_id=call, wrap_up_until=ago(-30))
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollHeight") <= 720
        for place in (
            "#save",
            "#content",
            ".call-panel .actions button:visible >> nth=-1",
            "#knowledge-query",
        ):
            box = page.locator(place).bounding_box()
            assert box is not None and box["y"] + box["height"] <= 720, (state, place, box)
    page.set_viewport_size({"width": 640, "height": 360})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    page.locator("#save").scroll_into_view_if_needed()
    expect(page.locator("#save")).to_be_in_viewport()
