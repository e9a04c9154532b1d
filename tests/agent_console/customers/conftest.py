"""Somebody of a role in front of the archive, and customers in it."""

from collections.abc import Callable

import pytest

from ivr.config.sections import Role
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

Enter = Callable[..., Visitor]


@pytest.fixture
def enter(visitor: Callable[..., Visitor], scene: Scene) -> Enter:
    """Signs somebody of a role in; work numbers count from 5001."""
    numbers = iter(range(5001, 5100))

    def entered(role: Role = Role.AGENT) -> Visitor:
        number = str(next(numbers))
        scene.person(number, role=role)
        somebody = visitor()
        somebody.sign_in(number)
        return somebody

    return entered
