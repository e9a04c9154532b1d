"""Calls to customers on the desk: preview, consent, questions, result (R-16.1 to R-16.5, R-18)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ivr.config import Settings
from ivr.standard.call_stage import CallStage
from ivr.standard.case_life import CaseState
from ivr.standard.command_kind import CommandKind
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_reason import DialReason
from ivr.standard.spring_festival import is_spring_festival
from storage.dial_rules import dial_rules
from storage.models import DialAttempt, DialTask
from storage.queries import dial_preview, dial_results, dialer_state
from storage.queries.dial_taking import Taken
from tests.agent_console.conftest import Visitor
from tests.agent_console.revisits.conftest import Owed, People
from tests.agent_console.scene import Scene, ago

pytestmark = pytest.mark.skipif(
    is_spring_festival(datetime.now(UTC).date()), reason="nobody is called on these days (R-16.6)"
)

SignIn = Callable[[str], Visitor]


def begin_talk(scene: Scene, settings: Settings, owed: Owed, people: People) -> tuple[int, int]:
    """What the engine does of the wish: the attempt begins, and the customer answers."""
    with scene.database.write() as connection:
        floor = dialer_state.floor(connection, ago(0), lines=10, alarm_queue="alarm")
        begun = dial_preview.begin_call(
            connection,
            owed.task_id,
            people.agent,
            "pbx1",
            ago(0),
            dial_rules(settings),
            floor,
            shown_number="95777",
        )
    assert isinstance(begun, Taken)
    now = ago(0)
    call_id = scene.call(
        CallStage.TALKING,
        direction="outbound",
        agent_id=people.agent,
        answered_at=now,
        talk_started_at=now,
        case_id=owed.case.id,
    )
    with scene.database.write() as connection:
        dial_results.note(connection, begun.attempt_id, call_id=call_id)
    return begun.attempt_id, call_id


def test_an_agent_looks_calls_asks_and_writes_down(
    sign_in: SignIn, owed: Owed, people: People, scene: Scene, settings: Settings
) -> None:
    """R-16.1, R-16.2, R-16.5, R-14.4, R-18."""
    agent, colleague = sign_in("1001"), sign_in("1002")
    desk = agent.get("/desk").get_data(as_text=True)
    assert 'data-state="none"' in desk and "下一个外呼" in desk
    preview = agent.fetch("/desk/revisits/next")
    text = preview.get_data(as_text=True)
    assert preview.status_code == 200 and 'data-state="preview"' in text
    assert "您好，我是泉城燃气1001号客服员，想对您做一下回访，能占用您一点时间吗？" in text
    assert owed.case.number in text and "139****1111" in text and "13912341111" not in text
    assert "请问您报修的问题解决了吗？" in text and "师傅" not in text
    assert [line.data["tasks"] for line in scene.events("console.revisit_looked_at")] == [[owed.task_id]]
    busy = colleague.fetch("/desk/revisits/next")
    assert busy.status_code == 409 and "没有待拨打的任务" in busy.get_data(as_text=True)

    asked = agent.fetch("/desk/commands/call_out", dial_task_id=str(owed.task_id))
    assert asked.status_code == 202
    wish = scene.commands(people.agent)[-1]
    assert (wish.kind, wish.arguments) == (CommandKind.CALL_OUT, {"dial_task_id": owed.task_id})

    attempt_id, call_id = begin_talk(scene, settings, owed, people)
    talk = agent.get("/desk/revisits").get_data(as_text=True)
    assert 'data-state="talk"' in talk and f'data-call="{call_id}"' in talk
    assert re.search(r'data-question="solved"[^>]* disabled', talk), "no question before consent (R-16.2)"
    early = agent.fetch(f"/desk/revisits/{attempt_id}/result", result="asked", **{"q-solved": "not_solved"})
    assert early.status_code == 422 and "请先征得客户同意" in early.get_data(as_text=True)
    assert colleague.fetch(f"/desk/revisits/{attempt_id}/consent").status_code == 409
    agreed = agent.fetch(f"/desk/revisits/{attempt_id}/consent").get_data(as_text=True)
    assert "同意回访" in agreed and not re.search(r'data-question="solved"[^>]* disabled', agreed)
    for fields, said in (
        ({"result": "gossip"}, "请选择通话结果"),
        ({"result": "asked"}, "还没有选择任何回答"),
    ):
        refused = agent.fetch(f"/desk/revisits/{attempt_id}/result", **fields)
        assert refused.status_code == 422 and said in refused.get_data(as_text=True)
    kept = agent.fetch(
        f"/desk/revisits/{attempt_id}/result",
        result="asked",
        said="还是打不着火",
        **{"q-solved": "not_solved"},
    )
    text = kept.get_data(as_text=True)
    assert kept.status_code == 200 and "客户不满意：工单已重新打开" in text and 'data-state="none"' in text
    assert owed.cases.state(owed.case) is CaseState.PASSED
    again = agent.fetch(f"/desk/revisits/{attempt_id}/result", result="never")
    assert again.status_code == 409
    on_top = agent.fetch("/desk/revisits/next").get_data(as_text=True)
    assert "不满意回电" in on_top and owed.case.number in on_top
    with scene.database.read() as connection:
        attempt = connection.execute(select(DialAttempt.__table__)).one()
        follow_up = connection.execute(
            select(DialTask.__table__).where(DialTask.reason == DialReason.FOLLOW_UP)
        ).one()
    assert (attempt.result, attempt.agent_id, attempt.said) == (DialResult.DONE, people.agent, "还是打不着火")
    assert follow_up.held_by == people.agent
    assert 'data-state="none"' in agent.fetch("/desk/revisits/back").get_data(as_text=True)


def test_without_consent_the_customer_says_when_and_wrong_requests_change_nothing(
    sign_in: SignIn, owed: Owed, people: People, scene: Scene, settings: Settings
) -> None:
    """R-16.3."""
    agent = sign_in("1001")
    attempt_id, _ = begin_talk(scene, settings, owed, people)
    for wrong in (attempt_id + 1, 2**63, 2**80):
        assert agent.fetch(f"/desk/revisits/{wrong}/result", result="never").status_code == 409
        assert agent.fetch(f"/desk/revisits/{wrong}/consent").status_code == 409
    kept = agent.fetch(f"/desk/revisits/{attempt_id}/result", result="tomorrow")
    assert "之后再次拨打" in kept.get_data(as_text=True)
    with scene.database.read() as connection:
        attempt = connection.execute(select(DialAttempt.__table__)).one()
    assert (attempt.result, attempt.later, attempt.consent_at) == (DialResult.LATER, "tomorrow", None)
    assert owed.cases.state(owed.case) is CaseState.REVISIT_OWED
