"""The desk at the first ring: who calls, what to say, and what was said."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Customer, CustomerNumber
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.scene import Scene, ago

pytestmark = pytest.mark.browser
SitDown = Callable[..., Desk]


@pytest.fixture
def me(scene: Scene) -> int:
    me = scene.person("1001")
    scene.engine()
    return me


def test_the_pop_is_there_at_the_first_ring(sit_down: SitDown, scene: Scene, me: int) -> None:
    """R-12.6, R-A, R-6."""
    with scene.database.write() as connection:
        row = {
            "name": "李建国",
            "surname": "李",
            "form_of_address": "先生",
            "compound": "泉中小区",
            "customer_type": "household",
        }
        made = insert(Customer).values(**row, created_at=ago(0)).returning(Customer.id)
        known = connection.execute(made).scalar_one()
        connection.execute(insert(CustomerNumber).values(customer_id=known, number="+8613912341111"))
    scene.presence(me, AgentState.READY)
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#idle-word")).to_have_text("就绪")
    scene.ring(me, scene.call())
    expect(page.locator("#customer-name")).to_have_text("李先生")
    expect(page.locator("#customer-address")).to_have_text("泉中小区")
    expect(page.locator("#customer-tips li").first).to_be_visible()
    expect(page.locator("#lines")).to_contain_text("1001号")
    page.get_by_role("button", name="称呼", exact=True).click()
    expect(page.locator("#phrases")).to_contain_text("姓＋先生/女士")
    assert page.evaluate("document.documentElement.scrollHeight") <= 720
    page.keyboard.press("Escape")
    expect(page.locator("#phrases")).to_be_hidden()
    looks = scene.events("console.customer_shown")
    assert [look.data["customers"] for look in looks] == [[known]]


@pytest.mark.long
def test_lines_are_ticked_as_they_are_said_and_stay_so(sit_down: SitDown, scene: Scene, me: int) -> None:
    """R-12.4: the greeting with the work number is first."""
    call = scene.call(CallStage.TALKING, talk_started_at=ago(5), agent_id=me)
    scene.presence(me, AgentState.TALKING, call_id=call)
    page = sit_down().sign_in("1001", "/desk")
    expect(page.locator("#lines li.mandated").first).to_contain_text("1001号客服员为您服务")
    first = page.locator("#lines li", has=page.locator("input")).first
    page.keyboard.press("s")
    expect(page.locator("#moments [aria-current=step]")).not_to_contain_text("1 ")
    page.locator("#moments button").first.click()
    expect(first.locator("input")).to_be_checked()
    page.reload()
    expect(page.locator("#lines li input").first).to_be_checked()
