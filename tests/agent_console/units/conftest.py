"""A crew, and somebody of it signed in."""

from collections.abc import Callable

import pytest

from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene
from tests.agent_console.units.crew import Crew, muster

Enter = Callable[[str], Visitor]


@pytest.fixture
def crew(scene: Scene) -> Crew:
    """Everybody, with no case yet."""
    return muster(scene)


@pytest.fixture
def enter(crew: Crew, visitor: Callable[..., Visitor]) -> Enter:
    """Signs somebody of the crew in by work number."""

    def entered(work_number: str) -> Visitor:
        somebody = visitor()
        somebody.sign_in(work_number)
        return somebody

    return entered
