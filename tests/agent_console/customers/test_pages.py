"""The archive's pages: search, one customer, the form; masking and the audit log (R-18), history (R-AR)."""

import re
from dataclasses import replace

import pytest

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from storage.database import Database
from storage.queries import customers
from storage.queries.customers import CustomerView
from tests.agent_console.conftest import Visitor
from tests.agent_console.customers.conftest import Enter
from tests.agent_console.scene import Scene
from tests.storage.customer_rows import LI, add, somebody

FORM = {"name": "李志强", "form_of_address": "先生", "customer_type": "household", "compound": "泉中小区"}


def text(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def one(database: Database, customer_id: int) -> CustomerView:
    with database.read() as connection:
        found = customers.one(connection, customer_id)
    assert found is not None
    return found


def test_a_search_shows_who_fits_and_is_written_to_the_audit_log(
    enter: Enter, database: Database, scene: Scene
) -> None:
    """R-18."""
    made, _ = add(database, LI, somebody(name="张三"))
    page = text(enter(), "/customers?q=lzq")
    assert "李志强" in page and "张三" not in page and "共 1 位用户" in page
    (line,) = scene.events("console.customers_searched")
    assert (line.data["text"], line.data["customers"], line.data["total"]) == ("lzq", [made], 1)


def test_numbers_are_masked_but_for_those_whose_task_needs_them(enter: Enter, database: Database) -> None:
    """R-18."""
    (made,) = add(database, replace(LI, numbers=("+8613912345678", "+8653188880001")))
    for path in ("/customers", f"/customers/{made}", f"/customers/{made}/edit"):
        for role in (Role.AGENT, Role.SUPERVISOR):
            page = text(enter(role), path)
            assert ("13912345678" in page) is (role is Role.SUPERVISOR), path
            assert ("139****5678" in page) is (role is Role.AGENT), path
            assert ("053****0001" in page) is (role is Role.AGENT), path


def test_the_customer_on_the_line_is_shown_whole_to_that_agent_only(
    enter: Enter, database: Database, scene: Scene
) -> None:
    (made,) = add(database, replace(LI, numbers=("+8613912345678", "+8613912340000")))
    agent, other = enter(), enter()
    call = scene.call(caller_number="13912345678")
    with database.read() as connection:
        ids = {
            row.work_number: row.id
            for row in connection.exec_driver_sql("SELECT id, work_number FROM agents")
        }
    scene.presence(ids["5001"], AgentState.TALKING, call_id=call)
    assert "13912345678" in text(agent, f"/customers/{made}")
    assert "13912345678" not in text(other, f"/customers/{made}")
    assert {line.call_id for line in scene.events("console.customer_looked_at")} == {call, None}


def test_every_look_at_a_customer_is_in_the_audit_log(enter: Enter, database: Database, scene: Scene) -> None:
    """R-18."""
    (made,) = add(database, LI)
    agent = enter()
    text(agent, f"/customers/{made}")
    text(agent, f"/customers/{made}/edit")
    lines = scene.events("console.customer_looked_at")
    assert [(line.data["customer"], line.data["where"]) for line in lines] == [(made, "page"), (made, "form")]
    assert all(line.data["address"] == "192.0.2.7" and line.agent_id for line in lines)


def test_a_customers_page_shows_card_history_and_calls(
    enter: Enter, database: Database, scene: Scene
) -> None:
    (made,) = add(database, replace(LI, note="门口有狗"))
    scene.ended_call(None, 10, caller_number="013900000000", queue="repair")
    page = text(enter(), f"/customers/{made}")
    for shown in (
        "泉中小区 3号楼 2单元 501",
        "普通用户",
        "IC卡表 · JK-2.5 · 2019",
        "门口有狗",
        "建档",
        "报修",
    ):
        assert shown in page, shown


def test_a_new_customer_is_made_and_the_number_of_the_address_is_in_the_form(
    enter: Enter, database: Database
) -> None:
    agent = enter()
    assert 'value="13912345678"' in text(agent, "/customers/new?number=13912345678")
    answer = agent.post("/customers/new", **FORM, numbers="13912345678, 88880001", building="3栋")
    assert answer.status_code == 303
    with database.read() as connection:
        (found,) = customers.by_number(connection, "13912345678")
    assert found.values == replace(
        somebody(name="李志强", compound="泉中小区", building="3", form_of_address="先生"),
        customer_type=LI.customer_type,
        numbers=("+8613912345678", "+8653188880001"),
    )
    assert answer.location == f"/customers/{found.id}"


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(enter: Enter, database: Database) -> None:
    agent = enter()
    long = "长" * 10_000
    answer = agent.post("/customers/new", name="", numbers="12345", note=long, compound="<b>小区</b>😀")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'id="name-mistake"><span>此项必填。', page)
    assert "“12345”不是有效的电话号码" in page and "太长了，最多 400 个字。" in page
    assert long in page and 'value="12345"' in page and "&lt;b&gt;小区&lt;/b&gt;😀" in page
    assert page.count('aria-invalid="true"') == 3
    with database.read() as connection:
        assert customers.search(connection, "", 10) == []


@pytest.mark.parametrize(
    "field", ["name", "account_number", "compound", "door", "meter_kind", "meter_year", "note", "numbers"]
)
def test_a_zero_byte_is_refused_in_words_in_every_field(enter: Enter, field: str) -> None:
    answer = enter().post("/customers/new", **{**FORM, field: "李\0四"})
    assert answer.status_code == 422
    assert f'id="{field}-mistake"' in answer.get_data(as_text=True)


def test_markup_is_shown_as_it_was_typed(enter: Enter, database: Database) -> None:
    (made,) = add(database, somebody(name="<script>alert(1)</script>", note="<img src=x>"))
    page = text(enter(), f"/customers/{made}")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "<img src=x>" not in page


def test_a_customer_of_the_same_name_and_address_is_told_before_a_second_is_made(
    enter: Enter, database: Database
) -> None:
    (made,) = add(database, somebody(name="李志强", compound="泉中小区"))
    agent = enter()
    answer = agent.post("/customers/new", **FORM)
    assert answer.status_code == 409
    assert f'href="/customers/{made}"' in answer.get_data(as_text=True)
    assert agent.post("/customers/new", **FORM, anyway="1").status_code == 303


def test_an_edit_changes_adds_and_takes_away_with_masked_numbers(enter: Enter, database: Database) -> None:
    """R-18: the form names numbers by keys that tell nothing."""
    (made,) = add(database, replace(LI, numbers=("+8613912345678", "+8613900000000")))
    agent = enter()
    page = text(agent, f"/customers/{made}/edit")
    keys = dict(
        re.findall(
            r'class="figure">(\S+)</span> <label[^>]*><input type="checkbox" name="drop" value="(\w+)"', page
        )
    )
    assert set(keys) == {"139****5678", "139****0000"} and "13912345678" not in page
    answer = agent.post(
        f"/customers/{made}/edit",
        **{**FORM, "name": "李志刚"},
        version="1",
        drop=keys["139****5678"],
        numbers="13900000009",
    )
    assert answer.status_code == 303
    changed = one(database, made)
    assert (changed.name, changed.numbers) == ("李志刚", ("+8613900000000", "+8613900000009"))
    shown = text(agent, f"/customers/{made}")
    assert "<del>李志强</del>" in shown and "<ins>李志刚</ins>" in shown and "13912345678" not in shown


def test_two_who_edit_at_once_are_told_and_nothing_typed_is_lost(enter: Enter, database: Database) -> None:
    (made,) = add(database, LI)
    first, second = enter(), enter()
    fields = {**FORM, "version": "1", "account_number": "QZ1"}
    assert first.post(f"/customers/{made}/edit", **fields, door="601").status_code == 303
    answer = second.post(f"/customers/{made}/edit", **fields, door="701")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "其间有人修改了这位用户" in page and "5001" in page
    assert 'value="701"' in page and re.search(r'id="door-now">档案现为： <strong>601', page)
    assert 'name="version" value="2"' in page
    assert one(database, made).door == "601"
    again = second.post(f"/customers/{made}/edit", **{**fields, "version": "2"}, door="701")
    assert again.status_code == 303 and one(database, made).door == "701"


def test_an_account_number_of_somebody_else_is_told_at_its_field(enter: Enter, database: Database) -> None:
    _, other = add(database, LI, somebody())
    agent = enter()
    for path in ("/customers/new", f"/customers/{other}/edit"):
        answer = agent.post(path, name="王敏", account_number="QZ1", version="1", anyway="1")
        assert answer.status_code == 409
        assert "这个户号已属于另一位用户" in answer.get_data(as_text=True)


def test_a_customer_is_taken_out_for_a_reason_and_kept(enter: Enter, database: Database) -> None:
    """R-AR."""
    (made,) = add(database, LI)
    keeper = enter(Role.ADMINISTRATOR)
    keeper.post(f"/customers/{made}/remove", reason=" ", version="1")
    assert one(database, made).removed_at is None
    assert keeper.post(f"/customers/{made}/remove", reason="搬走", version="1").location == "/customers"
    page = text(keeper, f"/customers/{made}")
    assert "已移出档案" in page and "搬走" in page
    assert enter().get(f"/customers/{made}/edit").status_code == 404


def test_a_call_to_a_customer_needs_no_sight_of_the_number(
    enter: Enter, database: Database, scene: Scene
) -> None:
    (made,) = add(database, LI)
    agent = enter()
    key = re.search(r'name="number" value="(\w{16})"', text(agent, f"/customers/{made}"))
    assert key is not None
    assert agent.post(f"/customers/{made}/call", number=key[1]).status_code == 303
    assert agent.post(f"/customers/{made}/call", number="0" * 16).status_code == 404
    with database.read() as connection:
        (agent_id,) = connection.exec_driver_sql("SELECT id FROM agents").scalars()
    (command,) = [asked for asked in scene.commands(agent_id) if asked.kind == "call_out"]
    assert command.arguments == {"number": "+8613900000000", "customer_id": made, "case_id": None}


@pytest.mark.parametrize(
    "path",
    [
        "/customers/999",
        f"/customers/{2**70}",
        f"/customers/{2**70}/edit",
        f"/customers/{2**70}/card",
        "/customers/x",
    ],
)
def test_a_customer_who_is_not_there_is_said_so(enter: Enter, path: str) -> None:
    assert enter().get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "x" * 5000, "page=-1", "page=99999999999999999999", "q=%25_"]
)
def test_a_strange_search_finds_nobody_and_breaks_nothing(
    enter: Enter, database: Database, query: str
) -> None:
    add(database, LI)
    assert enter().get(f"/customers?{query}").status_code == 200


def test_pages_say_that_data_is_made_up(enter: Enter, database: Database) -> None:
    agent = enter()
    add(database, LI)
    assert "演示数据" not in text(agent, "/customers")
    add(database, somebody(), demo=True)
    assert "演示数据" in text(agent, "/customers")
    assert "演示数据" in text(agent, "/calls")
