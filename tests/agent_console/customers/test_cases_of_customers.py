"""A customer's page has all of their cases and calls: those that name them, and those of their number."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from ivr.config import Settings
from ivr.config.sections import CallKind, Role
from ivr.standard.case_life import CaseStep
from storage.models import Customer, CustomerNumber
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

Enter = Callable[..., Visitor]


@pytest.fixture
def cases(scene: Scene, settings: Settings) -> CaseScene:
    return CaseScene(scene, settings)


def add_customer(scene: Scene, name: str) -> int:
    with scene.database.write() as connection:
        row = {"name": name, "surname": name[0], "search_text": name, "created_at": ago(0)}
        made = int(connection.execute(insert(Customer).values(**row).returning(Customer.id)).scalar_one())
        connection.execute(insert(CustomerNumber).values(customer_id=made, number="+8613912341111"))
    return made


def test_open_and_closed_cases_and_calls_are_on_one_page(
    enter: Enter, scene: Scene, cases: CaseScene
) -> None:
    """R-12.6: of two customers who share a number, each has the cases that name them, and those of nobody."""
    agent = scene.person("1001")
    one, two = add_customer(scene, "李志强"), add_customer(scene, "李志明")
    named = cases.case(agent, customer_id=one, contact_number="13700001111")
    of_number = cases.case(agent, CallKind.CONSULTATION, answered=True)
    cases.step(of_number, CaseStep.CLOSE, agent, "已答复")
    others = cases.case(agent, customer_id=two)
    page = enter(Role.SUPERVISOR).get(f"/customers/{one}").get_data(as_text=True)
    assert f'href="/cases/{named.number}"' in page and f'href="/cases/{of_number.number}"' in page
    assert others.number not in page
    assert "已办结" in page and 'class="clock-bar' in page
    assert page.count('href="/calls/') == 3
