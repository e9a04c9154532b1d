"""A hotline whose customers are called: two agents, a supervisor, a line out, windows always open."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.config import Settings, load
from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.case_life import CaseStep
from storage.dial_rules import dial_rules
from storage.models import DialTask
from storage.queries import dialer_state
from storage.queries.dial_planning import plan
from tests.agent_console.cases.case_scene import CaseScene, Made
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago
from tests.conftest import PROJECT

ALL_DAY = ["00:00-24:00"]


def settings_of(home: Path, **more: str) -> Settings:
    """The project's config.yaml, with revisits by agents at any time of day and a line to the outside."""
    agents = {
        kind: {"questionnaire": kind, "way": "agent"} for kind in ("repair", "consultation", "complaint")
    }
    line = {"name": "line", "match": ["127.0.0.1/32"], "outbound": {"host": "127.0.0.1", "port": 5070}}
    always = {"working_day": ALL_DAY, "weekend": ALL_DAY, "holiday": ALL_DAY}
    return load(
        PROJECT / "config.yaml",
        {
            "HOTLINE_HOME": str(home),
            "HOTLINE__DIALER__WINDOWS": json.dumps(always),
            "HOTLINE__DIALER__REST_HOURS": "[]",
            "HOTLINE__REVISITS__KINDS": json.dumps(agents),
            "HOTLINE__TRUNKS": json.dumps([line]),
            **more,
        },
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


@dataclass(frozen=True)
class People:
    """Ids of who works here."""

    agent: int
    other: int
    boss: int


@pytest.fixture
def people(scene: Scene) -> People:
    found = People(
        scene.person("1001"),
        scene.person("1002", "李强"),
        scene.person("2001", "赵琳", Role.SUPERVISOR),
    )
    for agent_id in (found.agent, found.other):
        scene.presence(agent_id, AgentState.READY, device_present=True)
    return found


@pytest.fixture
def sign_in(visitor: Callable[..., Visitor], people: People) -> Callable[[str], Visitor]:
    """Gives somebody who has signed in."""

    def sign(work_number: str) -> Visitor:
        somebody = visitor()
        somebody.sign_in(work_number)
        return somebody

    return sign


@dataclass(frozen=True)
class Owed:
    """A repair whose customer is to be asked, and its task."""

    case: Made
    task_id: int
    cases: CaseScene


@pytest.fixture
def owed(scene: Scene, settings: Settings, people: People) -> Owed:
    """The dialer runs, and a revisit is planned."""
    cases = CaseScene(scene, settings)
    case = cases.case(people.agent)
    cases.finish(case)
    cases.step(case, CaseStep.ANSWER, people.agent, "已告知用户修好")
    with scene.database.write() as connection:
        dialer_state.switch(connection, True, ago(0), reason="演示")
        plan(connection, ago(0), dial_rules(settings))
        task_id = int(connection.execute(select(DialTask.id)).scalar_one())
    return Owed(case, task_id, cases)
