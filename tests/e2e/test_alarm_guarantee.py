"""A short share of `make chaos`: gas leaks call while the engine dies again and again."""

import pytest

from tests.chaos.__main__ import go_on
from tests.chaos.hotline import AT_WORK, Hotline
from tests.chaos.table import is_kept, lines_of
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e

ALARMS = 5


class Floor(Hotline):
    """The scene's PBX and engine, without a supervisor: whoever kills the engine starts it again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.folder = scene.folder
        self.sip = scene.pbx.sip
        self.sounds = scene.pbx.folders.sounds
        self.rows = scene.rows
        self.exchange = scene.exchange
        self.phones = {number: scene.agent(number, AT_WORK) for number in ("7001", "7002")}
        self.duty = scene.duty_phone(AT_WORK)
        self.outside = scene.outside_phone(AT_WORK)
        scene.open(trunks=scene.line_to(self.outside))


def engine_killed(place: Hotline) -> None:
    assert isinstance(place, Floor)
    place.scene.engine.kill()
    place.scene.engine.start()


def test_alarm_callers_reach_somebody_while_the_engine_dies(scene: Scene) -> None:
    place = Floor(scene)
    alarms, failures = go_on(
        place,
        ALARMS,
        {"engine killed": engine_killed},
        between_calls=(0.3, 0.8),
        between_failures=(0.2, 1.0),
    )
    assert failures
    assert is_kept(alarms, failures), lines_of(alarms, failures, "SQLite", 1)
    eventually(lambda: all(call.ended_at for call in scene.rows.calls()), 5)
    assert scene.is_quiet()
