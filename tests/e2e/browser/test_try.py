"""The page /try: a customer's telephone in the browser, and what cannot be done with it."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from ivr.standard.call_stage import CallStage
from storage.models import Customer, CustomerNumber
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent, at_the_phone
from tests.e2e.browser.desk import Console
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser
NUMBER = "13900000001"
KNOWN = "13900000000"


@pytest.fixture
def made_up(scene: Scene) -> None:
    """The archive is made up: one customer."""
    with scene.rows.database.write() as connection:
        row = {"name": "李志强", "created_at": datetime.now(UTC), "demo": True}
        customer_id = connection.execute(insert(Customer).returning(Customer.id), row).scalar_one()
        connection.execute(insert(CustomerNumber), {"customer_id": customer_id, "number": f"+86{KNOWN}"})


def dials(page: Page, console: Console, number: str = "95777") -> None:
    """A visitor opens the page and dials as the made-up stranger."""
    page.goto(f"{console.url}/try")
    page.select_option("#from", NUMBER)
    page.fill("#number", number)
    page.click("#dial")


def visitors(scene: Scene) -> list[str]:
    """The visitors' telephones the PBX knows."""
    said = scene.pbx.rx("pjsip show endpoints")
    return [line.split()[1].partition("/")[0] for line in said.splitlines() if "Endpoint:  try-" in line]


@pytest.mark.usefixtures("made_up")
def test_a_visitor_dials_the_hotline_presses_a_key_and_talks(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    console = consoles()
    agent = at_the_phone(scene, people, console)
    visitor = people(console, has_touch=True)
    page = visitor.page
    dials(page, console)
    expect(page.locator("#call-state")).to_have_text("已接通")
    assert KNOWN in page.inner_text("#from")
    call = scene.rows.call_of(NUMBER)
    assert call.dialled == "95777"
    eventually(lambda: page.evaluate("theirs.value") > 0.3, 5, "the menu is heard")
    page.click(".key[data-key='2']")
    expect(page.locator("#pressed")).to_have_text("2")
    agent.until("ringing")
    assert scene.rows.call(call.id).queue == "repair"
    agent.phone("answer()")
    scene.rows.until_stage(NUMBER, CallStage.TALKING)
    eventually(lambda: agent.phone("level('theirs')") > 0.3, 8, "the agent hears the visitor")
    page.click("#hang-up")
    expect(page.locator("#call-state")).to_have_text("通话已结束")
    assert scene.rows.until_ended(call.id).ended_by == "caller"
    page.goto("about:blank")
    eventually(lambda: not visitors(scene), 3, "the telephone of a page that was left is gone")
    assert visitor.wrong == []


@pytest.mark.long
@pytest.mark.usefixtures("made_up")
def test_there_are_few_telephones_at_once_and_each_calls_from_a_made_up_number(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    scene.open()
    console = consoles(try_it__at_once=1)
    first, second = people(console).page, people(console).page
    dials(first, console)
    expect(first.locator("#call-state")).to_have_text("已接通")
    dials(second, console)
    expect(second.locator("#trouble")).to_have_text("试用电话都在使用中，请过几分钟再试。")
    refused = second.evaluate(
        """async () => (await fetch("/try/key", {method: "POST", body: new URLSearchParams({number: "110"}),
            headers: {"X-CSRFToken": document.querySelector("meta[name=csrf]").content,
                      "X-Requested-With": "fetch"}})).status"""
    )
    assert refused == 400
    assert scene.rows.call_of(NUMBER).caller_given == NUMBER


@pytest.mark.long
@pytest.mark.usefixtures("made_up")
def test_a_telephone_whose_time_is_over_is_taken_away(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    scene.open()
    console = consoles(try_it__lasts=3)
    page = people(console).page
    dials(page, console)
    expect(page.locator("#call-state")).to_have_text("已接通")
    page.wait_for_timeout(4000)
    assert visitors(scene), "the open page asks for it"
    page.route("**/try/still-here", lambda route: route.abort())
    page.route("**/try/leave", lambda route: route.abort())
    eventually(lambda: not visitors(scene), 12, "nobody asked for it any more")


@pytest.mark.long
@pytest.mark.usefixtures("made_up")
def test_a_visitor_reaches_nothing_but_the_hotline(scene: Scene, consoles: Consoles, people: People) -> None:
    scene.agent("1002")
    scene.open()
    console = consoles()
    page = people(console).page
    dials(page, console, "1002")
    call = scene.rows.call_of(NUMBER)
    assert scene.rows.until_ended(call.id, 20).outcome == "number_unknown"
    assert scene.phones["1002"].rings() == []


@pytest.mark.long
def test_without_made_up_data_there_is_no_such_page(scene: Scene, consoles: Consoles, people: People) -> None:
    scene.open()
    console = consoles()
    answer = people(console).page.goto(f"{console.url}/try")
    assert answer is not None
    assert answer.status == 404
