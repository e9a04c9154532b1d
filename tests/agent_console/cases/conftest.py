"""A hotline with two agents, a supervisor, a unit and no case yet."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ivr.config import Settings
from ivr.config.sections import Role
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene


@dataclass(frozen=True)
class People:
    """Ids of who works here."""

    agent: int
    other: int
    boss: int
    keeper: int


@pytest.fixture
def people(scene: Scene) -> People:
    return People(
        scene.person("1001"),
        scene.person("1002", "李强"),
        scene.person("2001", "赵琳", Role.SUPERVISOR),
        scene.person("3001", "钱管", Role.ADMINISTRATOR),
    )


@pytest.fixture
def cases(scene: Scene, settings: Settings) -> CaseScene:
    return CaseScene(scene, settings)


@pytest.fixture
def sign_in(visitor: Callable[..., Visitor], people: People) -> Callable[[str], Visitor]:
    """Gives somebody who has signed in."""

    def sign(work_number: str) -> Visitor:
        somebody = visitor()
        somebody.sign_in(work_number)
        return somebody

    return sign
