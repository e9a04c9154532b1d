"""Accounts and rights: made, changed, let go at once, guarded, and each change in the audit log (R-20)."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import insert, select

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from storage.database import Database
from storage.models import Agent, Duty, SignIn, Unit
from storage.queries import responsible_people
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

NEW = {
    "work_number": "1005",
    "name": " 孙 燕 ",
    "role": "agent",
    "device": "phone",
    "skill-repair": "1",
    "skill-alarm": "2",
}


@pytest.fixture
def keeper(scene: Scene, visitor: Callable[..., Visitor]) -> Visitor:
    """The administrator, signed in."""
    scene.person("9001", name="管理员", role=Role.ADMINISTRATOR)
    somebody = visitor()
    somebody.sign_in("9001")
    return somebody


def facts(scene: Scene) -> list[tuple[str, str | None]]:
    found = scene.events("console.people_changed")
    return [(line.data["what"], line.data.get("reason")) for line in found]


def test_somebody_is_added_signs_in_is_changed_let_go_at_once_and_taken_back(
    keeper: Visitor, scene: Scene, visitor: Callable[..., Visitor], database: Database
) -> None:
    made = keeper.post("/accounts", **NEW)
    text = made.get_data(as_text=True)
    passwords = re.findall(r'class="figure secret">(\w{12})<', text)
    assert made.status_code == 200 and len(passwords) == 2 and "agent-1005" in text
    assert "no-store" in made.headers["Cache-Control"]
    listed = keeper.get("/accounts?q=孙&role=agent").get_data(as_text=True)
    assert "孙 燕" in listed and "repair 1" in listed and "9001</a>" not in listed

    agent = visitor("192.0.2.9")
    assert agent.sign_in("1005", passwords[0]).status_code == 303
    page = keeper.get("/accounts/1005").get_data(as_text=True)
    assert "192.0.2.9" in page and passwords[0] not in page
    # Skills and name change under the session; another role ends it, and its pages with it.
    same = {**NEW, "name": "孙燕", "skill-repair": "", "skill-alarm": "3"}
    assert keeper.post("/accounts/1005", **same).status_code == 303
    assert agent.get("/desk").status_code == 200
    assert keeper.post("/accounts/1005", **{**same, "role": "quality_reader"}).status_code == 303
    assert agent.get("/desk").status_code == 303 and agent.get("/sign-in").status_code == 200
    assert agent.sign_in("1005", passwords[0]).status_code == 303
    assert agent.get("/desk").status_code == 403

    with database.write() as connection:
        unit = connection.execute(
            insert(Unit).values(name="城东", active=True).returning(Unit.id)
        ).scalar_one()
    joined = keeper.post("/accounts/1005/units", unit_id=str(unit), duty="head")
    assert joined.status_code == 303 and "城东" in keeper.get("/accounts/1005").get_data(as_text=True)

    without = keeper.post("/accounts/1005/leave", reason="  ")
    assert without.status_code == 409 and "请填写原因" in without.get_data(as_text=True)
    assert agent.get("/quality").status_code == 200
    assert keeper.post("/accounts/1005/leave", reason="合同到期").status_code == 303
    assert agent.get("/quality").status_code == 303  # the session is over, not only the next sign-in
    assert agent.sign_in("1005", passwords[0]).status_code == 401
    with database.read() as connection:
        end = connection.execute(select(SignIn.end_reason).order_by(SignIn.id.desc()).limit(1))
        assert end.scalar_one() == "deactivated"
        assert responsible_people.of_unit(connection, unit, Duty.HEAD) == []
        assert (
            connection.execute(select(Agent.active).where(Agent.work_number == "1005")).scalar_one() is False
        )
    assert "1005</a>" not in keeper.get("/accounts").get_data(as_text=True)
    assert "已离岗" in keeper.get("/accounts?left=1").get_data(as_text=True)
    assert keeper.post("/accounts/1005/back", reason="重新入职").status_code == 303
    assert agent.sign_in("1005", passwords[0]).status_code == 303
    renewed = keeper.post("/accounts/1005/password", of="page").get_data(as_text=True)
    assert agent.get("/quality").status_code == 303
    assert agent.sign_in("1005", passwords[0]).status_code == 401
    [fresh] = re.findall(r'class="figure secret">(\w{12})<', renewed)
    assert agent.sign_in("1005", fresh).status_code == 303
    assert facts(scene) == [
        ("add", None),
        ("change", None),
        ("change", None),
        ("leave", "合同到期"),
        ("back", "重新入职"),
        ("password", None),
    ]


def test_the_last_administrator_stays_and_nobody_closes_their_own_account(
    keeper: Visitor, scene: Scene, visitor: Callable[..., Visitor]
) -> None:
    own = keeper.post("/accounts/9001/leave", reason="够了")
    assert own.status_code == 409 and "不能停用自己的账号" in own.get_data(as_text=True)
    demoted = keeper.post("/accounts/9001", name="管理员", role="auditor", device="phone")
    assert demoted.status_code == 409 and "不能停用自己的账号" in demoted.get_data(as_text=True)
    other_id = scene.person("9002", name="另一人", role=Role.ADMINISTRATOR)
    scene.presence(other_id, AgentState.SIGNED_OUT)
    other = visitor("192.0.2.8")
    other.sign_in("9002")
    assert keeper.post("/accounts/9002/leave", reason="调岗").status_code == 303
    assert other.get("/accounts").status_code == 303
    assert facts(scene) == [("leave", "调岗")]


def test_what_is_wrong_is_said_beside_its_field_and_nobody_is_made(
    keeper: Visitor, database: Database
) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"work_number": "12"}, "三到八位数字"),
        ({"work_number": "9001"}, "工号已被占用"),
        ({"name": " "}, "请填写姓名"),
        ({"role": "king"}, "请选择角色"),
        ({"device": "pigeon"}, "请选择话机"),
        ({"device": "address", "address": "192.168.1.20"}, "请填写话机地址"),
        ({"device": "address", "address": "sip:x y"}, "请填写话机地址"),
        ({"skill-repair": "77"}, "等级为 1"),
    ]
    for fields, said in wrong:
        answer = keeper.post("/accounts", **{**NEW, **fields})
        assert answer.status_code in (409, 422) and said in answer.get_data(as_text=True), fields
    with database.read() as connection:
        assert list(connection.execute(select(Agent.work_number)).scalars()) == ["9001"]


def test_role_and_phone_wait_for_the_end_of_a_call_and_who_is_unknown_is_not_found(
    keeper: Visitor, scene: Scene
) -> None:
    agent = scene.person("1001")
    scene.presence(agent, AgentState.TALKING, since=ago(20))
    answer = keeper.post("/accounts/1001", name="王敏", role="supervisor", device="browser")
    assert answer.status_code == 409 and "正在通话" in answer.get_data(as_text=True)
    assert keeper.get("/accounts/4711").status_code == 404
    assert keeper.post("/accounts/1001/units", unit_id="77", duty="head").status_code == 422
    assert keeper.post("/accounts/1001/password", of="device").status_code == 200
