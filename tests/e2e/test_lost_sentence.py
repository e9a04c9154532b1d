"""A sentence of whose end the PBX says nothing does not leave the caller in silence for ever."""

import pytest

from ivr.calls.call import LOST_AFTER
from ivr.standard.call_stage import CallStage
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e

FILTER = "/applications/hotline/eventFilter"


@pytest.mark.long
def test_a_sentence_whose_end_is_not_told_is_asked_for_and_the_caller_goes_on(scene: Scene) -> None:
    """As after a talk, where the PBX drops what comes while the caller still leaves a bridge that ends."""
    scene.open()
    allowed = scene.pbx.ask("GET", "/applications/hotline")["events_allowed"]
    scene.pbx.ask("PUT", FILTER, {"allowed": [one for one in allowed if one["type"] != "PlaybackFinished"]})
    caller = scene.caller().until_heard()
    lost = eventually(
        lambda: [line for line in scene.engine.log() if line["event"] == "prompt.lost"], 3 * LOST_AFTER
    )[0]
    assert lost["call"] == scene.rows.call_of(caller.user).id
    scene.pbx.ask("PUT", FILTER, {"allowed": allowed})
    caller.press("3")
    scene.rows.until_stage(caller.user, CallStage.WAITING)
    caller.hang_up()
    assert scene.is_quiet()
