"""One search for cases, customers and calls, in Chinese, by right, with every hit escaped and noted."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from ivr.config import Settings
from ivr.config.sections import CallKind, Role
from storage.models import Customer, CustomerNumber
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

WORDS = "壁挂炉漏水"


@pytest.fixture
def cases(scene: Scene, settings: Settings) -> CaseScene:
    return CaseScene(scene, settings)


@pytest.fixture
def agent(scene: Scene) -> int:
    return scene.person("1001")


@pytest.fixture
def boss(scene: Scene, visitor: Callable[..., Visitor]) -> Visitor:
    scene.person("2001", "赵琳", Role.SUPERVISOR)
    somebody = visitor()
    somebody.sign_in("2001")
    return somebody


def page(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def add_customer(scene: Scene, name: str) -> None:
    with scene.database.write() as connection:
        row = {
            "name": name,
            "surname": name[0],
            "search_text": f" {name} lizhiqiang lzq ",
            "created_at": ago(0),
        }
        made = connection.execute(insert(Customer).values(**row).returning(Customer.id)).scalar_one()
        connection.execute(insert(CustomerNumber).values(customer_id=made, number="+8613900001234"))


def test_cases_customers_and_calls_are_found_in_chinese_and_grouped(
    boss: Visitor, scene: Scene, cases: CaseScene, agent: int
) -> None:
    made = cases.case(agent, content=f"{WORDS}，<b>急</b>")
    add_customer(scene, "李志强")
    found = page(boss, f"/search?q={WORDS}")
    assert f'href="/cases/{made.number}"' in found and f'href="/calls/{made.call_id}"' in found
    assert "&lt;b&gt;急" in found and "<b>急" not in found
    assert f'href="/calls/{made.call_id}"' not in page(boss, f"/search?q={WORDS}&only=cases")
    assert f'href="/cases/{made.number}"' not in page(boss, f"/search?q={WORDS}&kind=alarm&only=cases")
    assert "李志强" in page(boss, "/search?q=志强")
    looked = scene.events("console.searched")
    assert looked[0].data["cases"] == [made.number]


def test_a_case_number_leads_straight_to_the_case_and_a_mistyped_one_to_suggestions(
    boss: Visitor, cases: CaseScene, agent: int
) -> None:
    """R-N."""
    made = cases.case(agent, CallKind.COMPLAINT)
    straight = boss.get(f"/search?q={made.number.lower()}")
    assert (straight.status_code, straight.location) == (303, f"/cases/{made.number}")
    assert made.number in page(boss, f"/search?q={made.number[:-1]}8")


def test_a_whole_telephone_number_finds_the_cases_of_who_gave_it(
    boss: Visitor, cases: CaseScene, agent: int
) -> None:
    made = cases.case(agent)
    assert made.number in page(boss, "/search?q=139 1234 1111")
    assert made.number not in page(boss, "/search?q=13912341112")


def test_an_agent_finds_calls_of_their_own_only_and_numbers_are_masked(
    scene: Scene, visitor: Callable[..., Visitor], cases: CaseScene, agent: int
) -> None:
    """R-18."""
    other = scene.person("1002", "李强")
    mine, theirs = cases.case(agent, content=WORDS), cases.case(other, content=WORDS)
    somebody = visitor()
    somebody.sign_in("1001")
    found = page(somebody, f"/search?q={WORDS}")
    assert f'href="/calls/{mine.call_id}"' in found and f'href="/calls/{theirs.call_id}"' not in found
    assert theirs.number in found
    assert found.count("139****1111") == 2  # the case of the colleague, and the own call


@pytest.mark.parametrize("typed", ["x", "%00", "字" * 10_000, "' OR 1=1 --", '"*^', "<script>", "漏气鸭子"])
def test_whatever_is_typed_finds_nothing_and_breaks_nothing(boss: Visitor, agent: int, typed: str) -> None:
    assert agent
    assert "<script>alert" not in page(boss, f"/search?q={typed}&only=nonsense&kind=nonsense")
