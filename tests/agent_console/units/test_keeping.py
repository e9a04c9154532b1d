"""Administration of units: made, people added and ended, removal refused while cases are open."""

import pytest

from ivr.standard.case_life import CaseStep
from storage.models import Duty
from storage.queries import responsible_people, unit_keeping
from tests.agent_console.scene import Scene
from tests.agent_console.units.conftest import Enter
from tests.agent_console.units.crew import Crew


def test_a_unit_is_made_with_its_people_and_they_are_told_apart(
    crew: Crew, enter: Enter, scene: Scene
) -> None:
    keeper = enter("9001")
    made = keeper.post("/units", name=" 城东 管理站 ", phone="0531-88001234")
    assert made.status_code == 303
    person = {"person_name": "于站长", "duty": "head", "number": "13900008009", "mail": "yu@gas.example"}
    unit_id = made.location.rsplit("/", 1)[1]
    assert keeper.post("/units/people", unit_id=unit_id, **person, work_number="1002").status_code == 303
    page = keeper.get(made.location).get_data(as_text=True)
    for shown in (
        "城东 管理站",
        "053188001234",
        "于站长",
        "13900008009",
        "yu@gas.example",
        "1002",
        "单位负责人",
    ):
        assert shown in page
    with crew.database.read() as connection:
        [head] = responsible_people.of_unit(connection, int(unit_id))
    assert (head.duty, head.number, head.agent_id) == (Duty.HEAD, "+8613900008009", crew.team.other.agent_id)
    assert keeper.post(f"/units/people/{head.id}/end", unit_id=unit_id).status_code == 303
    assert "于站长" not in keeper.get(made.location).get_data(as_text=True)
    assert [line.data["what"] for line in scene.events("console.units_changed")] == [
        "add",
        "add person",
        "end person",
    ]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"person_name": ""}, "请填写姓名"),
        ({"number": "12"}, "不是电话号码"),
        ({"mail": "yu at gas"}, "邮箱格式不对"),
        ({"work_number": "7777"}, "hotline agents add 7777 --role unit"),
        ({"number": "", "mail": "", "work_number": ""}, "至少一项"),
        ({"duty": "manager"}, "请选择职责"),
    ],
)
def test_a_mistake_about_somebody_is_said_beside_its_field(
    crew: Crew, enter: Enter, fields: dict[str, str], says: str
) -> None:
    right = {"person_name": "于站长", "duty": "head", "number": "13900008009", "mail": "", "work_number": ""}
    answer = enter("9001").post("/units/people", unit_id=str(crew.team.unit), **{**right, **fields})
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    with crew.database.read() as connection:
        assert "于站长" not in [one.name for one in unit_keeping.people(connection, crew.team.unit)]


def test_a_unit_with_open_cases_is_not_removed_and_they_are_linked(crew: Crew, enter: Enter) -> None:
    cases = [crew.case() for _ in range(2)]
    keeper = enter("9001")
    refused = keeper.post(f"/units/{crew.team.unit}/remove")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "还有 2 张未结工单" in page
    assert f"/overdue?unit={crew.team.unit}&amp;all=1" in page
    assert all(f"/cases/{case.number}" in page for case in cases)
    for case in cases:
        crew.step(case.case_id, CaseStep.PASS_ON, crew.team.agent, unit_id=crew.team.other_unit)
    assert keeper.post(f"/units/{crew.team.unit}/remove").status_code == 303
    assert "已停用" in keeper.get("/units").get_data(as_text=True)
    again = keeper.post("/units", name="城南管理站", phone="")
    assert again.location == f"/units/{crew.team.unit}"  # taken back, with its people


def test_two_units_never_have_one_name(crew: Crew, enter: Enter) -> None:
    keeper = enter("9001")
    assert keeper.post("/units", name="城南管理站").status_code == 422
    assert keeper.post(f"/units/{crew.team.other_unit}", name="城南管理站").status_code == 422
    assert keeper.post(f"/units/{crew.team.other_unit}", name="城北站", phone="x").status_code == 422
    assert keeper.post(f"/units/{crew.team.other_unit}", name="城北站").status_code == 303
    assert keeper.get("/units/99999").status_code == 404


def test_managers_stand_above_all_units(crew: Crew, enter: Enter) -> None:
    """R-OV, R-CL."""
    keeper = enter("9001")
    fields = {"person_name": "钱经理", "duty": "manager", "mail": "qian@gas.example"}
    assert keeper.post("/units/people", **fields).location == "/units"
    assert "qian@gas.example" in keeper.get("/units").get_data(as_text=True)
