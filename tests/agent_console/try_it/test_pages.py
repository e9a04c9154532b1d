"""The page /try: there with made-up data only, a telephone a visit, few at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from ivr.standard.customer_type import CustomerType
from storage.models import Customer, CustomerNumber, VisitorPhone
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago


def add_customer(scene: Scene, name: str, number: str, **values: object) -> None:
    with scene.database.write() as connection:
        row = {"name": name, "created_at": ago(0), "demo": True, **values}
        customer_id = connection.execute(insert(Customer).returning(Customer.id), row).scalar_one()
        connection.execute(insert(CustomerNumber), {"customer_id": customer_id, "number": number})


@pytest.fixture
def made_up(scene: Scene) -> None:
    """An archive of made-up customers."""
    add_customer(scene, "李志强", "+8613900000000", customer_type=CustomerType.HOUSEHOLD)
    add_customer(scene, "王芳", "+8613900001001")
    add_customer(scene, "赵敏", "+8613900001001")
    add_customer(scene, "泉城面馆", "+8613900001053", customer_type=CustomerType.BUSINESS_OWNER)


def telephones(scene: Scene) -> list[str]:
    with scene.database.read() as connection:
        return list(connection.execute(select(VisitorPhone.name)).scalars())


@pytest.mark.parametrize("path", ["/try/key", "/try/still-here", "/try/leave"])
def test_with_real_data_there_is_nothing_of_it(
    visitor: Callable[..., Visitor], scene: Scene, path: str
) -> None:
    add_customer(scene, "真用户", "+8613811112222", demo=False)
    somebody = visitor()
    assert somebody.get("/try").status_code == 404
    assert somebody.fetch(path, number="13900000001").status_code == 404
    assert "/try" not in somebody.get("/sign-in").get_data(as_text=True)


@pytest.mark.usefixtures("made_up")
def test_one_may_call_as_somebody_known_as_several_on_one_number_and_as_a_stranger(
    visitor: Callable[..., Visitor],
) -> None:
    somebody = visitor()
    page = somebody.get("/try").get_data(as_text=True)
    for shown in ("13900000000 · 李志强", "13900001001 · 王芳 · 赵敏", "13900001053 · 泉城面馆", "新用户"):
        assert shown in page
    assert "试一试" in somebody.get("/sign-in").get_data(as_text=True)


@pytest.mark.usefixtures("made_up")
def test_a_visit_has_one_telephone_and_leaves_none(visitor: Callable[..., Visitor], scene: Scene) -> None:
    somebody = visitor()
    first = somebody.fetch("/try/key", number="13900000001")
    assert first.status_code == 201
    told = first.get_json()
    assert told["user"] in telephones(scene)
    assert told["url"] == "ws://127.0.0.1:8088/ws"
    second = somebody.fetch("/try/key", number="13900000000").get_json()
    assert telephones(scene) == [second["user"]]
    assert somebody.fetch("/try/still-here").status_code == 200
    stranger = visitor("192.0.2.9")
    assert stranger.fetch("/try/still-here").status_code == 410
    stranger.fetch("/try/leave")
    assert telephones(scene) == [second["user"]], "nobody takes away another's"
    somebody.fetch("/try/leave")
    assert telephones(scene) == []


@pytest.mark.usefixtures("made_up")
def test_there_are_as_many_at_once_as_the_settings_say(visitor: Callable[..., Visitor], scene: Scene) -> None:
    answers = [visitor(f"192.0.2.{n}").fetch("/try/key", number="13900000001") for n in range(5)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 201, 503]
    assert answers[-1].get_json() == {"error": "试用电话都在使用中，请过几分钟再试。"}
    with scene.database.write() as connection:
        connection.execute(update(VisitorPhone).values(expires_at=ago(1) - timedelta(seconds=1)))
    assert visitor().fetch("/try/key", number="13900000001").status_code == 201


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("number", ["", "110", "13811112222", "13900000001\n", "<b>", "1" * 10_000])
def test_a_number_that_is_not_offered_is_refused(
    visitor: Callable[..., Visitor], scene: Scene, number: str
) -> None:
    refused = visitor().fetch("/try/key", number=number)
    assert refused.status_code == 400
    assert refused.get_json() == {"error": "请选择一个主叫号码。"}
    assert telephones(scene) == []
