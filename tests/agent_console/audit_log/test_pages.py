"""The audit log's page: for auditors alone, filtered, paged, and itself a line (R-18, R-19)."""

from collections.abc import Callable

import pytest

from agent_console.audit_log.words import FACTS
from ivr.config.sections import Role
from storage.queries import audit
from storage.queries.audit import ConsoleFact
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

Visitors = Callable[..., Visitor]


@pytest.fixture
def auditor(visitor: Visitors, scene: Scene) -> Visitor:
    scene.person("7001", "孙审计", Role.AUDITOR)
    somebody = visitor("192.0.2.77")
    somebody.sign_in("7001")
    return somebody


def note(scene: Scene, kind: ConsoleFact, agent_id: int, **data: object) -> None:
    with scene.database.write() as connection:
        audit.note(connection, kind, ago(0), agent_id=agent_id, data=dict(data))


def test_every_fact_has_its_word() -> None:
    assert set(FACTS) == {fact.value for fact in ConsoleFact}


def test_a_line_says_who_did_what_and_from_where(auditor: Visitor, scene: Scene) -> None:
    me = scene.person("1001", "王敏")
    note(scene, ConsoleFact.CUSTOMER_SHOWN, me, customers=[7, 8], address="192.0.2.9")
    page = auditor.get("/audit-log").get_data(as_text=True)
    for told in ("王敏", "来电弹屏", "用户: [7, 8]", "192.0.2.9", "192.0.2.77"):
        assert told in page, told


def test_what_somebody_typed_is_shown_as_text(auditor: Visitor, scene: Scene) -> None:
    note(scene, ConsoleFact.RECORD_SAVED, scene.person("1001"), case="<script>alert(1)</script>")
    page = auditor.get("/audit-log").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_log_is_filtered_by_fact_person_and_day(auditor: Visitor, scene: Scene) -> None:
    me, other = scene.person("1001", "王敏"), scene.person("1002", "李强")
    note(scene, ConsoleFact.LISTENED, me, recording=41)
    note(scene, ConsoleFact.LISTENED, other, recording=42)
    note(scene, ConsoleFact.VIEWED, me, mark="viewed")
    page = auditor.get("/audit-log?fact=console.listened&who=1001").get_data(as_text=True)
    assert "录音: 41" in page
    assert "录音: 42" not in page
    assert "mark: viewed" not in page
    assert "录音: " not in auditor.get("/audit-log?day=1999-01-01").get_data(as_text=True)


def test_lines_of_the_engine_are_not_in_it(auditor: Visitor, scene: Scene) -> None:
    scene.call()
    assert "call.arrived" not in auditor.get("/audit-log").get_data(as_text=True)


def test_the_log_is_paged(auditor: Visitor, scene: Scene) -> None:
    me = scene.person("1001")
    for number in range(60):
        note(scene, ConsoleFact.LISTENED, me, recording=1000 + number)
    first = auditor.get("/audit-log?fact=console.listened").get_data(as_text=True)
    second = auditor.get("/audit-log?fact=console.listened&page=2").get_data(as_text=True)
    assert "录音: 1059" in first and "录音: 1000" not in first
    assert "录音: 1000" in second and "录音: 1059" not in second
    assert auditor.get("/audit-log?page=999").status_code == 200


def test_reading_the_log_is_a_line_of_it(auditor: Visitor, scene: Scene) -> None:
    auditor.get("/audit-log?page=3")
    read = scene.events("console.log_read")
    assert [(line.data["address"], line.data["page"]) for line in read] == [("192.0.2.77", 1)]


@pytest.mark.parametrize(
    ("query", "said"),
    [("day=2026-99-99", "日期"), ("who=1%27--", "工号"), ("fact=nothing", ""), ("page=-4", "")],
)
def test_a_filter_that_means_nothing_is_said_and_left_out(auditor: Visitor, query: str, said: str) -> None:
    answer = auditor.get(f"/audit-log?{query}")
    assert answer.status_code == 200
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_reads_it(visitor: Visitors, scene: Scene, role: Role) -> None:
    scene.person("5001", role=role)
    somebody = visitor()
    somebody.sign_in("5001")
    assert somebody.get("/audit-log").status_code == 403
