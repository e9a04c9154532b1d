"""A desk with a call on it."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Unit
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago


@pytest.fixture
def me(scene: Scene) -> int:
    return scene.person("1001")


@pytest.fixture
def agent(visitor: Callable[..., Visitor], me: int) -> Visitor:
    somebody = visitor()
    somebody.sign_in("1001")
    return somebody


@pytest.fixture
def call(scene: Scene, me: int) -> int:
    """The call agent 1001 talks in."""
    call = scene.call(CallStage.TALKING, talk_started_at=ago(20), agent_id=me, pbx_node="pbx2")
    scene.presence(me, AgentState.TALKING, call_id=call)
    return call


@pytest.fixture
def unit(scene: Scene) -> int:
    with scene.database.write() as connection:
        made = insert(Unit).values(name="城南管理站", phone="+8653188880001", active=True).returning(Unit.id)
        return int(connection.execute(made).scalar_one())
