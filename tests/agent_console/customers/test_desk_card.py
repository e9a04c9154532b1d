"""What the desk asks about who calls (R-12.6, R-A, R-18)."""

from dataclasses import replace

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from storage.database import Database
from tests.agent_console.customers.conftest import Enter
from tests.agent_console.scene import Scene
from tests.storage.customer_rows import LI, add, somebody


def test_everybody_with_the_number_is_told(enter: Enter, database: Database, scene: Scene) -> None:
    """R-12.6."""
    first, second = add(database, LI, somebody(numbers=LI.numbers))
    told = enter().get("/customers/lookup?number=013900000000").get_json()
    assert {customer["id"] for customer in told} == {first, second}
    li = next(customer for customer in told if customer["id"] == first)
    assert li == {
        "id": first,
        "name": "李志强",
        "surname": "李",
        "form_of_address": "先生",
        "called": "李先生",
        "type": "household",
        "type_name": "普通用户",
        "address": "泉中小区 3号楼 2单元 501",
        "numbers": ["139****0000"],
        "card": f"/customers/{first}/card",
    }
    (line,) = scene.events("console.customer_looked_at")
    assert set(line.data["customers"]) == {first, second}


def test_nobody_has_a_number_that_is_none(enter: Enter, database: Database, scene: Scene) -> None:
    add(database, LI)
    agent = enter()
    for number in ("", "anonymous", "%00", "x" * 3000, "139000000"):
        assert agent.get(f"/customers/lookup?number={number}").get_json() == []
    assert scene.events("console.customer_looked_at") == []


def test_the_card_has_address_tips_meter_and_last_calls(
    enter: Enter, database: Database, scene: Scene
) -> None:
    """R-A."""
    (made,) = add(database, replace(LI, note="<b>门口有狗</b>"))
    for minutes in (10, 20, 30, 40):
        scene.ended_call(None, minutes, caller_number="13900000000", queue="repair")
    card = enter().get(f"/customers/{made}/card").get_data(as_text=True)
    for shown in (
        "李志强",
        "泉中小区 3号楼 2单元 501",
        "IC卡表",
        "&lt;b&gt;门口有狗",
        "普通用户",
        'class="tips"',
    ):
        assert shown in card, shown
    assert card.count("报修") == 3 and "<html" not in card and "13900000000" not in card


def test_numbers_on_the_card_are_whole_in_a_call_with_this_customer(
    enter: Enter, database: Database, scene: Scene
) -> None:
    """R-18."""
    made, other = add(database, LI, somebody(numbers=("+8613912345678",)))
    agent = enter()
    call = scene.call(caller_number="+8613900000000")
    with database.read() as connection:
        (agent_id,) = connection.exec_driver_sql("SELECT id FROM agents").scalars()
    scene.presence(agent_id, AgentState.OFFERED, call_id=call)
    assert "13900000000" in agent.get(f"/customers/{made}/card").get_data(as_text=True)
    assert "13912345678" not in agent.get(f"/customers/{other}/card").get_data(as_text=True)
    assert agent.get("/customers/lookup?number=13900000000").get_json()[0]["numbers"] == ["13900000000"]
    assert "13912345678" in enter(Role.SUPERVISOR).get(f"/customers/{other}/card").get_data(as_text=True)
