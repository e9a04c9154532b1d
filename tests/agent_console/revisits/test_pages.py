"""Calls to customers for supervisors: progress, pause, tasks, satisfaction, evidence, do not call."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from agent_console.app import create_app
from ivr.config import Settings
from ivr.config.sections import Role
from ivr.standard.case_life import CaseStep
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_reason import DialReason
from ivr.standard.dial_state import DialStatus
from ivr.standard.questionnaire import Answered, Measures
from ivr.standard.recording_status import RecordingKind
from storage.models import CaseEntry, Customer, CustomerNumber, DialAttempt, DialTask, DoNotCall
from storage.queries import dial_results, dialer_state
from tests.agent_console.conftest import Visitor
from tests.agent_console.revisits.conftest import Owed, People
from tests.agent_console.scene import Scene, ago, write_sound
from tests.storage.queries.dial_rows import add_task

SignIn = Callable[[str], Visitor]
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def boss(sign_in: SignIn) -> Visitor:
    return sign_in("2001")


def asked(scene: Scene, owed: Owed, people: People, settings: Settings, **task: Any) -> tuple[int, int]:
    """The owed revisit was made by the program: scores 1, not solved, a remark; gives call and recording."""
    now = ago(120)
    call_id = scene.ended_call(None, 3, direction="outbound", caller_number="+8613912341111")
    remark = scene.recording(call_id, None, "2026-11-22/remark", kind=RecordingKind.MESSAGE)
    scene.recording(call_id, None, "2026-11-22/talk")
    write_sound(settings.recordings_folder / "2026-11-22" / "remark.wav", 0.1)
    with scene.database.write() as connection:
        attempt_id = connection.execute(
            insert(DialAttempt)
            .values(
                dial_task_id=owed.task_id,
                attempt=1,
                number="+8613912341111",
                shown_number="95777",
                at=now,
                engine="pbx1",
                call_id=call_id,
                answered_at=now + timedelta(seconds=5),
                consent_at=now + timedelta(seconds=12),
            )
            .returning(DialAttempt.id)
        ).scalar_one()
        for one in (
            Answered("solved", Measures.SOLVED, "not_solved", 0),
            Answered("satisfaction", Measures.SATISFACTION, "very_dissatisfied", 1),
        ):
            dial_results.answer(connection, attempt_id, one, now)
        dial_results.answer(
            connection,
            attempt_id,
            Answered("what_is_wrong", Measures.OTHER, None),
            now,
            recording_name="2026-11-22/remark",
        )
        connection.execute(
            update(DialAttempt)
            .where(DialAttempt.id == attempt_id)
            .values(result=DialResult.DONE, ended_at=now + timedelta(seconds=50), said=NASTY)
        )
        ended = {"status": DialStatus.ENDED, "end": DialEnd.REACHED, "result": DialResult.DONE}
        scores = {
            "satisfaction": 1,
            "solved": False,
            "dissatisfied": True,
            "ended_at": ago(60),
            "next_at": None,
        }
        connection.execute(
            update(DialTask).where(DialTask.id == owed.task_id).values(attempts=1, **ended, **scores, **task)
        )
    return call_id, remark


def test_progress_tells_what_waits_and_the_switch_wants_a_reason(
    boss: Visitor, owed: Owed, scene: Scene
) -> None:
    """R-16.6: paused and let go on by people, with reason and line in the log."""
    with scene.database.write() as connection:
        for place in range(30):
            add_task(connection, number=f"+861390000{place:04}", next_at=ago(5), due_at=ago(5))
    page = boss.get("/revisits").get_data(as_text=True)
    assert "外呼进行中" in page and "演示" in page and "预计拨完" in page
    assert re.search(r"待自动拨打</dt><dd class=\"figure\">30", page)
    assert re.search(r"工单回访</a></td><td>人工外呼</td><td class=\"figure end\">1", page)
    assert boss.post("/revisits/switch", running="no", reason=" \n ").status_code == 422
    assert boss.post("/revisits/switch", running="no", reason=f"  线路检修 {NASTY}\n").status_code == 303
    with scene.database.read() as connection:
        state = dialer_state.state(connection)
    assert (state.running, state.reason, state.by) == (False, f"线路检修 {NASTY}", ("2001", "赵琳"))
    part = boss.get("/revisits/part").get_data(as_text=True)
    assert "已暂停" in part and "<html" not in part
    paused = boss.get("/revisits").get_data(as_text=True)
    assert "线路检修 &lt;script&gt;" in paused and NASTY not in paused
    assert boss.post("/revisits/switch", running="yes", reason="检修完成").status_code == 303
    (off, on) = scene.events("console.dialer_switched")
    assert (off.data["running"], on.data["running"], on.data["reason"]) == (False, True, "检修完成")
    planned = boss.post("/revisits/plan")
    assert planned.status_code == 303
    assert "已生成：回访 0 条" in boss.get("/revisits").get_data(as_text=True)


def test_without_line_or_window_it_is_not_let_run(
    settings: Settings, tmp_path: Path, scene: Scene, people: People
) -> None:
    """R-16.6: a window that is not there means no call at all, and says so."""
    closed = settings.dialer.model_copy(
        update={
            "windows": settings.dialer.windows.model_copy(
                update={"working_day": [], "weekend": [], "holiday": []}
            )
        }
    )
    changes: list[tuple[dict[str, Any], str]] = [
        ({"trunks": []}, "尚未配置外线"),
        ({"dialer": closed}, "两个月内没有允许外呼的时段"),
        ({"dialer": settings.dialer.model_copy(update={"most_lines": 0})}, "没有可用于外呼的线路"),
    ]
    for place, (change, said) in enumerate(changes):
        scene.person(f"210{place}", role=Role.SUPERVISOR)
        boss = Visitor(create_app(settings.model_copy(update=change), scene.database))
        boss.sign_in(f"210{place}")
        refused = boss.post("/revisits/switch", running="yes", reason="试一试")
        assert refused.status_code == 422 and said in refused.get_data(as_text=True)
    with scene.database.read() as connection:
        assert not dialer_state.state(connection).running


def test_tasks_are_filtered_paged_and_opened_with_their_attempts(
    boss: Visitor, owed: Owed, people: People, scene: Scene, settings: Settings
) -> None:
    """R-16.5, R-18."""
    call_id, remark = asked(scene, owed, people, settings)
    with scene.database.write() as connection:
        for place in range(60):
            add_task(
                connection,
                DialReason.CAMPAIGN,
                number=f"+861390000{place:04}",
                name=f"用户{place}{NASTY}",
                next_at=ago(-86400 * 2) if place % 2 else ago(5),
                attempts=place % 4,
            )
    first = boss.get("/revisits/tasks").get_data(as_text=True)
    assert "61 条任务" in first and "1 / 2" in first and NASTY not in first
    for address, total in (
        ("?reason=campaign&window=now", 30),
        ("?window=later", 30),
        ("?window=today", 0),
        ("?attempts=3", 15),
        ("?result=done", 1),
        ("?dissatisfied=yes", 1),
        ("?status=ended&end=reached", 1),
        ("?reason=gossip&attempts=-1&page=99&campaign=99999999999999999999", 61),
    ):
        listed = boss.get(f"/revisits/tasks{address}").get_data(as_text=True)
        assert f"{total} 条任务" in listed, address
    page = boss.get(f"/revisits/tasks/{owed.task_id}").get_data(as_text=True)
    for text in ("95777", "请问您报修的问题解决了吗？ <strong>没有解决", "非常不满意", "1 分 · 未解决"):
        assert text in page, text
    assert f'src="/recordings/{remark}"' in page and "有留言录音" in page
    assert NASTY not in page and "13912341111" in page
    assert boss.get(f"/recordings/{remark}").status_code == 200
    assert [line.data["recording"] for line in scene.events("console.listened")] == [remark]
    assert (
        boss.get("/revisits/tasks/999").status_code == boss.get(f"/revisits/tasks/{2**70}").status_code == 404
    )
    looks = scene.events("console.revisit_looked_at")
    assert looks[-1].data["tasks"] == [owed.task_id] and len(looks[0].data["tasks"]) == 50
    assert call_id


def test_one_task_is_taken_back_with_a_reason_and_its_case_goes_on(
    boss: Visitor, sign_in: SignIn, owed: Owed, scene: Scene
) -> None:
    """R-18: audited; what is being called, or is over, stays as it is."""
    address = f"/revisits/tasks/{owed.task_id}"
    assert sign_in("1001").post(f"{address}/cancel", reason="x").status_code == 403
    assert boss.post(f"{address}/cancel", reason=" ").status_code == 422
    with scene.database.write() as connection:
        calling = add_task(connection, DialReason.CAMPAIGN, status=DialStatus.TAKEN)
    assert boss.post(f"/revisits/tasks/{calling}/cancel", reason="不必").status_code == 409
    assert "取消这次外呼" not in boss.get(f"/revisits/tasks/{calling}").get_data(as_text=True)
    assert boss.post(f"{address}/cancel", reason=f"用户已来电说明{NASTY}").status_code == 303
    assert boss.post(f"{address}/cancel", reason="再来").status_code == 409
    page = boss.get(address).get_data(as_text=True)
    assert "取消人" in page and "赵琳" in page and "用户已来电说明" in page and NASTY not in page
    (line,) = scene.events("console.revisit_cancelled")
    assert (line.data["task"], line.data["reason"]) == (owed.task_id, f"用户已来电说明{NASTY}")
    with scene.database.read() as connection:
        task = connection.execute(select(DialTask.status, DialTask.end).where(DialTask.id == owed.task_id))
        assert tuple(task.one()) == (DialStatus.ENDED, DialEnd.CANCELLED)
        entry = connection.execute(
            select(*CaseEntry.__table__.c).order_by(CaseEntry.id.desc()).limit(1)
        ).one()
    assert entry.step is CaseStep.GIVE_UP_REVISIT and "用户已来电说明" in entry.said
    assert boss.post(f"/revisits/tasks/{2**70}/cancel", reason="x").status_code == 404


def test_satisfaction_is_charted_with_its_counts_and_remarks_to_hear(
    boss: Visitor, owed: Owed, people: People, scene: Scene, settings: Settings
) -> None:
    """R-3.6: per unit, per agent, per kind, over time."""
    _, remark = asked(scene, owed, people, settings)
    page = boss.get("/revisits/satisfaction").get_data(as_text=True)
    assert page.count('<svg class="chart"') == 4
    for group in ("城南管理站", "1001 王敏", "报修"):
        assert re.search(
            rf'<th scope="row">{group}</th><td class="figure end">1</td><td class="figure end">1.00</td>'
            r'<td class="figure end">1</td><td class="figure end">0 / 1</td><td class="figure end">1</td>',
            page,
        ), group
    assert f'src="/recordings/{remark}"' in page and "&lt;script&gt;" in page and NASTY not in page
    early = boss.get("/revisits/satisfaction?from=2020-01-01&until=2020-01-31").get_data(as_text=True)
    assert "该时段没有回访结果" in early and "/recordings/" not in early
    for address in (
        "?from=yesterday",
        "?from=2026-02-02&until=2026-01-01",
        "?from=1990-01-01",
        "?until=9999-12-31",
    ):
        assert boss.get(f"/revisits/satisfaction{address}").status_code == 422, address


def test_the_evidence_of_a_customer_has_consent_numbers_time_and_recording(
    boss: Visitor, sign_in: SignIn, owed: Owed, people: People, scene: Scene, settings: Settings
) -> None:
    """R-16.6: both numbers, time, consent and recording; each look is audited (R-18)."""
    with scene.database.write() as connection:
        customer_id = connection.execute(
            insert(Customer)
            .values(name="李志强", compound="泉中小区", created_at=ago(0), version=1, search_text="")
            .returning(Customer.id)
        ).scalar_one()
        connection.execute(insert(CustomerNumber).values(customer_id=customer_id, number="+8613912341111"))
    empty = boss.get(f"/customers/{customer_id}/calls-to").get_data(as_text=True)
    assert "尚未对该用户外呼" in empty
    asked(scene, owed, people, settings)
    page = boss.get(f"/customers/{customer_id}").get_data(as_text=True)
    assert "对该用户的外呼" in page and f'href="/revisits/tasks/{owed.task_id}"' in page
    paper = boss.get(f"/customers/{customer_id}/calls-to").get_data(as_text=True)
    consent = (ago(108).astimezone(settings.zone)).strftime("%H:%M")
    for text in ("13912341111", "95777", "2026-11-22/remark.wav", "已保存", "文件缺失", "90 天", consent):
        assert text in paper, text
    assert scene.events("console.revisit_looked_at")[-1].data["customer"] == customer_id
    assert boss.get(f"/customers/{2**70}/calls-to").status_code == 404
    agent = sign_in("1001")
    assert agent.get(f"/customers/{customer_id}/calls-to").status_code == 403
    assert "对该用户的外呼" not in agent.get(f"/customers/{customer_id}").get_data(as_text=True)
    for path in ("/revisits", "/revisits/tasks", "/revisits/satisfaction", "/revisits/campaigns"):
        assert agent.get(path).status_code == 403


def test_numbers_are_put_on_the_do_not_call_list_and_lifted_with_reasons(boss: Visitor, scene: Scene) -> None:
    """R-16.3, R-16.6."""
    assert boss.post("/revisits/do-not-call", number="abc", reason="本人来电").status_code == 422
    assert boss.post("/revisits/do-not-call", number="13900000001", reason=" ").status_code == 422
    for _ in range(2):
        assert (
            boss.post("/revisits/do-not-call", number="139 0000 0001", reason="本人来电").status_code == 303
        )
    with scene.database.read() as connection:
        (entry,) = connection.execute(select(DoNotCall.__table__)).all()
    assert entry.number == "+8613900000001"
    assert boss.post("/revisits/do-not-call/lift", entry=str(entry.id), reason="").status_code == 422
    assert boss.post("/revisits/do-not-call/lift", entry="x", reason="误加").status_code == 303
    assert boss.post("/revisits/do-not-call/lift", entry=str(entry.id), reason="误加").status_code == 303
    with scene.database.read() as connection:
        assert connection.execute(select(DoNotCall.lifted_at)).scalar_one() is not None
    assert len(scene.events("console.do_not_call_changed")) == 3
