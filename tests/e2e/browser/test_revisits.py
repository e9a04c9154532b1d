"""An agent's call to a customer from the desk, with a real telephone at the other end (R-16.1 to R-16.6)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.case_life import CaseState
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.spring_festival import is_spring_festival
from storage.dial_rules import dial_rules
from storage.models import AgentPresence, CaseLife, DialAttempt, DialTask
from storage.queries import dialer_state, revisit_report
from storage.queries.case_access import Who
from storage.queries.dial_planning import plan
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent
from tests.e2e.browser.test_desk import sit_down
from tests.e2e.cases import case, team
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.test_revisits import AT_ANY_TIME, NUMBER
from tests.storage.queries.case_rows import finish_repair

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        is_spring_festival(datetime.now(UTC).date()), reason="nobody is called on these days (R-16.6)"
    ),
]
BY_AGENTS = {
    kind: {"questionnaire": kind, "way": "agent"} for kind in ("repair", "consultation", "complaint")
}
ASKED_BY_AGENTS = {CallKind(kind): (kind, DialWay.AGENT) for kind in BY_AGENTS}


def test_an_agent_looks_calls_asks_and_the_dissatisfied_customer_is_on_top(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """Preview, own phone, customer, consent, questions, result, next; recorded and attached to the case."""
    agent_id = add_browser_agent(scene, "2001")
    outside = scene.outside_phone(Manners(answer_after=0.8))
    settings: dict[str, Any] = {**AT_ANY_TIME, "revisits__kinds": BY_AGENTS}
    scene.open(trunks=scene.line_to(outside), **settings)
    found = replace(team(scene.rows), agent=Who(agent_id))
    opened = case(scene.rows, found)
    with scene.rows.database.write() as connection:
        now = datetime.now(UTC)
        away = {"state": AgentState.SIGNED_OUT, "device_present": False}
        connection.execute(update(AgentPresence).where(AgentPresence.agent_id != agent_id).values(away))
        finish_repair(connection, opened.case_id, found, now)
        plan(connection, now, replace(dial_rules(scene.pbx.settings), asking=ASKED_BY_AGENTS))
        dialer_state.switch(connection, True, now)
    desk = sit_down(scene, people, consoles(trunks=scene.line_to(outside), **settings), "2001")
    desk.keyboard.press("v")
    expect(desk.locator("#revisit .message.bad")).to_contain_text("没有其他空闲客服员")
    scene.agent("2002", Manners(answer_after=0.1))
    desk.keyboard.press("v")
    piece = desk.locator("#revisit-piece")
    expect(piece).to_have_attribute("data-state", "preview")
    expect(piece).to_contain_text("2001号客服员，想对您做一下回访")
    expect(piece).to_contain_text("灶具打不着火")
    desk.keyboard.press("g")
    expect(piece).to_have_attribute("data-state", "talk")
    attempt = scene.rows.all(select(DialAttempt.__table__))[0]
    eventually(lambda: outside.line.pitch() > 50, 6, "the customer hears the agent")
    expect(desk.locator("#record")).to_be_hidden()
    expect(desk.locator("[name=q-solved]").first).to_be_disabled()
    desk.keyboard.press("g")
    expect(desk.locator("[name=q-solved]").first).to_be_enabled()
    expect(desk.locator("[data-question=what_is_wrong]")).to_be_hidden()
    desk.locator("[data-question=solved] label", has_text="没有解决").click()
    expect(desk.locator("[data-question=what_is_wrong]")).to_be_visible()
    expect(desk.locator("[data-question=on_time]")).to_be_hidden()
    desk.fill("#revisit-said", "还是打不着火")
    with scene.rows.database.write() as connection:  # or the program would call the customer back at once
        dialer_state.switch(connection, False, datetime.now(UTC))
    outside.hang_up()
    scene.rows.until_ended(attempt.call_id)
    scene.rows.until_state("2001", AgentState.WRAP_UP)
    expect(desk.locator("[name=q-solved][value=not_solved]")).to_be_checked()
    expect(desk.locator("#revisit-said")).to_have_value("还是打不着火")
    desk.get_by_role("button", name="保存回访结果").click()
    expect(piece).to_contain_text("工单已重新打开")
    (kept,) = scene.rows.all(select(DialAttempt.__table__))
    assert (kept.agent_id, kept.result, kept.said) == (agent_id, DialResult.DONE, "还是打不着火")
    assert kept.answered_at <= kept.consent_at <= kept.ended_at
    state = scene.rows.all(select(CaseLife.state).where(CaseLife.case_id == opened.case_id))[0].state
    assert state is CaseState.PASSED
    follow_up = scene.rows.all(select(DialTask.__table__).where(DialTask.reason == DialReason.FOLLOW_UP))[0]
    assert (follow_up.agent_id, follow_up.case_id) == (agent_id, opened.case_id)
    call = scene.rows.call(attempt.call_id)
    assert (call.case_id, call.agent_id, call.caller_number) == (opened.case_id, agent_id, NUMBER)
    (recording,) = eventually(
        lambda: [
            one for one in scene.rows.recordings() if one.status == "finished" and one.call_id == call.id
        ],
        6,
    )
    with scene.rows.database.read() as connection:
        first = revisit_report.evidence(connection, NUMBER)[-1]
    assert (first.shown_number, first.recordings) == ("95777", (recording.name,))
    assert not scene.engine.complaints()
