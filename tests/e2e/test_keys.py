"""Keys by every way a telephone has: RFC 4733 (also SIPp's own), tones in the sound, SIP INFO."""

import os

import pytest

from ivr.standard.call_stage import CallStage
from tests.e2e.rows import eventually
from tests.e2e.scenarios import CallerScenario
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("way", ["rfc4733", "in_band", "info"])
def test_a_key_counts_whichever_way_it_comes(scene: Scene, way: str) -> None:
    scene.open()
    caller = scene.caller(events=None if way == "in_band" else 101).until_heard()
    {"rfc4733": caller.press, "in_band": caller.line.press_in_band, "info": caller.press_info}[way]("4")
    call = scene.rows.until_stage(caller.user, CallStage.WAITING)
    assert (call.queue, call.menu_path) == ("complaint", "4")


@pytest.mark.skipif(
    os.geteuid() != 0, reason="SIPp sends telephone events through a raw socket: only root may"
)
def test_a_key_of_sipps_own_counts(scene: Scene) -> None:
    scene.open()
    scenario = CallerScenario("95777", "[media_port]", user="13700000001", events=96)
    sipp = scene.play(scenario.dial().wait(0.5).press_by_sipp("2").wait(1.0).hang_up())
    assert sipp.finished(6), sipp.errors
    call = scene.rows.until_ended(scene.rows.call_of("13700000001").id)
    assert (call.queue, call.menu_path, call.ended_by) == ("repair", "2", "caller")


def test_keys_pressed_quickly_all_count_in_order(scene: Scene) -> None:
    scene.open()
    caller = scene.caller("842")
    eventually(lambda: scene.rows.call_of(caller.user).queue)
    call = scene.rows.until_stage(caller.user, CallStage.WAITING)
    assert (call.menu_path, call.language, call.queue) == ("84", "en", "complaint")
