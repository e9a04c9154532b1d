"""The record of a call: loaded, kept as typed, saved as a case; nothing typed is ever lost or broken."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from storage.models import CallRecord, Case, RecordDraft
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

FULL = {
    "kind": "repair",
    "urgency": "urgent",
    "surname": "李",
    "form_of_address": "先生",
    "contact_number": "139 1234 1111",
    "address": "泉中小区 3号楼 2单元 501",
    "content": "灶具打不着火",
    "answered": "yes",
}


class Form:
    """The record's form in a tab of a visitor's browser."""

    def __init__(self, visitor: Visitor, call: int, editor: str = "tab1") -> None:
        """Open the form of ``call``."""
        self.visitor, self.call, self.editor = visitor, call, editor
        self.seen = self.seq = (visitor.get(f"/desk/records/{call}").json or {}).get("seq", 0)

    def send(self, what: str, fields: Any, **more: Any) -> TestResponse:
        """Send the fields as the page's script does."""
        self.seq += 1
        body = {"editor": self.editor, "seq": self.seq, "seen": self.seen, "fields": fields, **more}
        headers = {"X-CSRFToken": self.visitor.token(), "X-Requested-With": "fetch"}
        return self.visitor.client.post(f"/desk/records/{self.call}/{what}", json=body, headers=headers)


@pytest.fixture
def form(agent: Visitor, call: int) -> Form:
    return Form(agent, call)


def kept(scene: Scene, call: int) -> dict[str, Any]:
    with scene.database.read() as connection:
        fields = connection.execute(select(RecordDraft.fields).where(RecordDraft.call_id == call))
        return dict(fields.scalar_one())


def test_the_form_begins_with_the_menus_choice_and_the_number(agent: Visitor, call: int) -> None:
    """R-12.7, R-12.6."""
    told = agent.get(f"/desk/records/{call}").json or {}
    assert told["fields"] == {"kind": "repair", "contact_number": "13912341111", "urgency": "ordinary"}
    assert (told["seq"], told["case"], told["ticks"]) == (0, None, [])


def test_an_alarm_is_critical_from_the_beginning(agent: Visitor, scene: Scene, me: int) -> None:
    call = scene.call(kind=CallKind.ALARM, queue="alarm")
    scene.presence(me, AgentState.TALKING, call_id=call)
    told = agent.get(f"/desk/records/{call}").json or {}
    assert told["fields"]["urgency"] == "critical"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('1')</script>",
        "字" * 10_000,
        "🔥👩‍🔧" * 300,
        "'; DROP TABLE cases; --",
        "一\n二\t三 ",
        "‮右",
    ],
)
def test_what_is_typed_comes_back_exactly(form: Form, scene: Scene, text: str) -> None:
    assert form.send("draft", {**FULL, "content": text}).status_code == 200
    told = form.visitor.get(f"/desk/records/{form.call}").json or {}
    assert told["fields"]["content"] == text
    assert kept(scene, form.call)["content"] == text


@pytest.mark.parametrize("field", ["surname", "address", "content", "contact_number", "kind"])
@pytest.mark.parametrize("text", ["零\0字节", "半个\ud83d字", "x" * 12_001])
def test_what_no_database_can_keep_is_named_and_nothing_is_broken(
    form: Form, scene: Scene, field: str, text: str
) -> None:
    form.send("draft", FULL)
    answer = form.send("draft", {**FULL, field: text})
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == [field]
    assert kept(scene, form.call) == FULL
    assert form.send("case", {**FULL, field: text}).status_code == 422


@pytest.mark.parametrize("body", [None, [], "x", {"editor": "tab1"}, {"editor": "../x", "seq": 1, "seen": 0}])
def test_what_is_no_form_is_refused(agent: Visitor, call: int, body: Any) -> None:
    headers = {"X-CSRFToken": agent.token(), "X-Requested-With": "fetch"}
    for what in ("draft", "case"):
        answer = agent.client.post(f"/desk/records/{call}/{what}", json=body, headers=headers)
        assert answer.status_code == 400


def test_a_form_of_wrong_types_is_refused(form: Form) -> None:
    for fields in ("text", ["x"], {"content": 7}, {"content": {"$set": 1}}):
        assert form.send("draft", fields).status_code == 422
    assert form.send("draft", {"unknown": "x", "content": "y"}).status_code == 200


def test_an_older_save_that_comes_late_is_no_error_and_changes_nothing(form: Form, scene: Scene) -> None:
    form.send("draft", {**FULL, "content": "新"}, seq=5)
    answer = form.send("draft", {**FULL, "content": "旧"}, seq=4)
    assert (answer.status_code, answer.json) == (200, {"seq": 5})
    assert kept(scene, form.call)["content"] == "新"


def test_another_tab_is_told_that_it_is_not_the_newest(form: Form, scene: Scene) -> None:
    other = Form(form.visitor, form.call, "tab2")
    form.send("draft", {**FULL, "content": "第一窗口"})
    answer = other.send("draft", {**FULL, "content": "第二窗口"})
    assert answer.status_code == 409
    told = answer.json or {}
    assert told["fields"]["content"] == "第一窗口"
    assert "1001" in told["error"]
    assert kept(scene, form.call)["content"] == "第一窗口"
    other.seen = told["seq"]
    assert other.send("draft", {**FULL, "content": "第二窗口"}, seq=told["seq"] + 1).status_code == 200
    assert form.send("case", FULL, seq=2).status_code == 409


def test_saving_makes_the_case_and_passes_it_on(form: Form, scene: Scene, unit: int, me: int) -> None:
    """R-N, R-15.1, R-FR."""
    answer = form.send("case", {**FULL, "unit_id": str(unit)})
    assert answer.status_code == 200
    case = (answer.json or {})["case"]
    with scene.database.read() as connection:
        row = connection.execute(select(*Case.__table__.c)).one()
    assert case["number"] == row.number
    assert row.number.endswith("-0001")
    assert (row.unit_id, row.first_responder_id, row.contact_number) == (unit, me, "13912341111")
    assert row.passed_at is not None
    assert [event.data["case"] for event in scene.events("console.record_saved")] == [row.number]
    again = form.visitor.get(f"/desk/records/{form.call}").json or {}
    assert again["case"]["number"] == row.number


@pytest.mark.parametrize(
    ("kind", "prefix"), [("repair", "20"), ("alarm", "BJ20"), ("complaint", "TS20"), ("consultation", "ZX20")]
)
def test_each_kind_has_a_series_of_its_own(form: Form, unit: int, kind: str, prefix: str) -> None:
    """R-N."""
    answer = form.send("case", {**FULL, "kind": kind, "unit_id": str(unit), "complaint_class": "fees"})
    assert (answer.json or {})["case"]["number"].startswith(prefix)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"content": " \n"}, ["content"]),
        ({"surname": "", "address": ""}, ["surname", "address"]),
        ({"kind": "complaint", "address": ""}, ["complaint_class"]),
        ({"contact_number": "不知道"}, ["contact_number"]),
        ({"content": "长" * 4001}, ["content"]),
        ({"address": "长" * 201}, ["address"]),
        ({"unit_id": "999"}, ["unit_id"]),
        ({"unit_id": "999999999999999999999"}, ["unit_id"]),
        ({"kind": ""}, ["kind"]),
        ({"kind": "DROP"}, ["kind"]),
    ],
)
def test_a_record_that_lacks_something_makes_no_case_but_is_kept(
    form: Form, scene: Scene, unit: int, changed: dict[str, str], wrong: list[str]
) -> None:
    fields = {**FULL, "unit_id": str(unit), **changed}
    answer = form.send("case", fields)
    assert answer.status_code == 422
    assert sorted((answer.json or {})["errors"]) == sorted(wrong)
    with scene.database.read() as connection:
        assert connection.execute(select(Case.id)).all() == []
    assert kept(scene, form.call) == fields


def test_a_correction_is_a_new_entry(form: Form, scene: Scene, unit: int) -> None:
    """R-AR."""
    fields = {**FULL, "unit_id": str(unit)}
    form.send("case", fields)
    answer = form.send("case", {**fields, "content": "是热水器"})
    assert (answer.json or {})["case"]["entry"] == 2
    with scene.database.read() as connection:
        assert len(connection.execute(select(CallRecord.id)).all()) == 2


def test_a_call_of_somebody_else_is_not_opened(
    agent: Visitor, scene: Scene, visitor: Callable[..., Visitor]
) -> None:
    other = scene.person("1002")
    call = scene.ended_call(other)
    assert agent.get(f"/desk/records/{call}").status_code == 403
    assert Form(agent, call).send("draft", FULL).status_code == 403
    assert Form(agent, call).send("case", FULL).status_code == 403
    assert agent.fetch(f"/desk/records/{call}/ticks", line="greeting").status_code == 403
    assert agent.get("/desk/records/999").status_code == 404
    assert agent.get(f"/desk/records/{2**70}").status_code == 404


def test_the_colleague_who_gets_the_call_goes_on_with_the_record(
    form: Form, scene: Scene, visitor: Callable[..., Visitor]
) -> None:
    form.send("draft", {**FULL, "content": "转接前写的"})
    other = scene.person("1002")
    scene.presence(other, AgentState.OFFERED, call_id=form.call)
    somebody = visitor()
    somebody.sign_in("1002")
    told = somebody.get(f"/desk/records/{form.call}").json or {}
    assert told["fields"]["content"] == "转接前写的"


def test_what_was_not_finished_is_listed_to_be_finished(form: Form, scene: Scene, me: int, unit: int) -> None:
    form.send("draft", {**FULL, "content": "<b>没写完</b>"})
    scene.update_call(form.call, ended_at=ago(0))
    page = form.visitor.get("/desk/recent").get_data(as_text=True)
    assert "&lt;b&gt;没写完" in page
    form.send("case", {**FULL, "unit_id": str(unit)})
    assert "没写完" not in form.visitor.get("/desk/recent").get_data(as_text=True)


def test_lines_of_the_script_are_ticked_and_taken_back(agent: Visitor, call: int) -> None:
    path = f"/desk/records/{call}/ticks"
    assert agent.fetch(path, line="greeting").json == {"ticks": ["greeting"]}
    assert agent.fetch(path, line="greeting", said="true").json == {"ticks": ["greeting"]}
    agent.fetch(path, line="greeting_returned")
    assert agent.fetch(path, line="greeting", said="false").json == {"ticks": ["greeting_returned"]}
    assert (agent.get(f"/desk/records/{call}").json or {})["ticks"] == ["greeting_returned"]
    for line in ("", "no_such_line", "x" * 81, "a\0b"):
        assert agent.fetch(path, line=line).status_code == 400
