"""Keys by every way a telephone has: RFC 4733 (also SIPp's own), tones in the sound, SIP INFO."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

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


@contextmanager
def locked(scene: Scene) -> Iterator[sqlite3.Connection]:
    """Nobody else can write to the database, until this transaction is ended."""
    with closing(sqlite3.connect(str(scene.rows.database.url.database), isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        yield lock


@pytest.mark.parametrize("written", [True, False])
def test_the_gas_leak_key_counts_while_who_comes_out_of_the_fallback_is_written_down(
    scene: Scene, written: bool
) -> None:
    """The engine has them right after the sentence that tells of the key; the database is slow, or away."""
    agent, duty = scene.agent("1001", skills={"alarm": 1}), scene.duty_phone()
    scene.open()
    scene.engine.send(signal.SIGSTOP)
    scene.pbx.ask("POST", "/asterisk/variable?variable=HOTLINE_SEEN&value=1")
    caller = scene.caller()
    caller.hears("fallback_greeting")
    scene.engine.send(signal.SIGCONT)
    caller.hears("recording_notice", 12)
    application = f"/applications/{scene.pbx.settings.pbx.ari.application}"
    with locked(scene) as lock:
        eventually(lambda: scene.pbx.ask("GET", application)["channel_ids"], 8, "the engine has the caller")
        caller.press("3")
        eventually(lambda: caller.line.has_pressed, what="the key is pressed")
        if not written:
            duty.until_rung(10)
        lock.execute("ROLLBACK")
    if written:
        agent.until_rung()
        assert scene.rows.until_stage(caller.user, CallStage.WAITING).queue == "alarm"


def test_the_gas_leak_key_counts_while_the_caller_gets_no_place_because_the_database_is_away(
    scene: Scene,
) -> None:
    duty = scene.duty_phone()
    scene.open()
    caller = scene.caller().until_heard()
    with locked(scene):
        caller.press("23")
        duty.until_rung(15)
    assert not caller.has_heard("fallback_greeting")
