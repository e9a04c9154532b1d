"""An engine that hangs or stays dead: nobody who waits is left in silence, and everybody has a row."""

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from ivr.operation.caller_rescue import CallerRescue
from ivr.standard.call_stage import CallStage
from storage.models import Event
from tests.e2e.caller import Caller, now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.operation.hotline_run import alive

pytestmark = pytest.mark.e2e


class Kept:
    """The scene's engine as the supervisor has it."""

    def __init__(self, scene: Scene) -> None:
        self._engine = scene.engine

    @property
    def pid(self) -> int | None:
        return self._engine.pid if alive(self._engine.pid) else None

    def kill(self) -> None:
        self._engine.kill()


@contextmanager
def watched(scene: Scene) -> Iterator[list[str]]:
    """The part of `hotline run` that looks after callers; it starts no new engine here."""
    said: list[str] = []
    loop = asyncio.new_event_loop()
    rescue = CallerRescue(scene.pbx.settings, scene.rows.database, Kept(scene), said.append)
    keeping = loop.create_task(rescue.keep())
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([keeping])))
    thread.start()
    try:
        yield said
    finally:
        loop.call_soon_threadsafe(keeping.cancel)
        thread.join()
        loop.close()


def waits(scene: Scene, key: str) -> Caller:
    caller = scene.caller(key)
    scene.rows.until_stage(caller.user, CallStage.WAITING)
    return caller


@pytest.mark.parametrize("way", [signal.SIGSTOP, pytest.param(signal.SIGKILL, marks=pytest.mark.long)])
def test_without_an_engine_everybody_who_waits_is_handed_to_the_fallback(
    scene: Scene, way: signal.Signals
) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1), skills={"complaint": 1})
    duty = scene.duty_phone()
    scene.open()
    talking = scene.caller("4")
    scene.rows.until_stage(talking.user, CallStage.TALKING)
    waiting, alarm = waits(scene, "2"), waits(scene, "3")
    queued_at = scene.rows.call_of(waiting.user).queued_at
    with watched(scene) as said:
        time.sleep(1.5)
        since = now()
        scene.engine.send(way)
        at_once, in_menu = scene.caller(), scene.caller()
        if way is signal.SIGSTOP:
            eventually(lambda: any("hangs" in line for line in said), 10)
        for caller in (waiting, at_once, in_menu):
            caller.hears("fallback_greeting", 10, since=since)
        duty.until_rung(10)
        alarm.hears("fallback_alarm", 10, since=since)
        assert scene.heard_throughout(phone.line, since, now())
        late = scene.caller()
        late.hears("fallback_greeting", 4)
        late.press("3")
        eventually(lambda: len(duty.rings()) == 2, 4)
        left = late.hang_up()
        in_menu_left = in_menu.hang_up()
        scene.engine.kill()
        scene.engine.start()
        # Who left while nobody was there has a row out of the PBX's log; the gas leak is called back.
        for caller, when, outcome in (
            (late, left, "abandoned_waiting"),
            (in_menu, in_menu_left, "abandoned_in_menu"),
        ):
            call = scene.rows.call_of(caller.user, 8)
            assert (call.outcome, call.end_source) == (outcome, "pbx_log")
            assert abs((call.ended_at - when).total_seconds()) < 1.0
            assert abs((call.arrived_at - caller.dialled_at).total_seconds()) < 1.0
        (owed,) = [task for task in scene.rows.tasks() if task.kind == "alarm_call_back"]
        assert owed.call_id == scene.rows.call_of(late.user).id
        # The others come back by themselves, and keep their place.
        came_back = select(Event.__table__).where(Event.kind == "call.arrived")
        eventually(lambda: len(scene.rows.all(came_back)) >= 5, 20)
        scene.rows.until_stage(at_once.user, CallStage.MENU, 20)
        since = now()
        waiting.hears("waiting", 20, since=since)
        call = scene.rows.call_of(waiting.user)
        assert (call.stage, call.queued_at, call.queue) == (CallStage.WAITING, queued_at, "repair")
        assert scene.heard_throughout(phone.line, since, now())
        alarm_left = alarm.hang_up()
        call = scene.rows.until_ended(scene.rows.call_of(alarm.user).id, 5)
        assert (call.outcome, call.ended_by) == ("abandoned_waiting", "caller")
        assert abs((call.ended_at - alarm_left).total_seconds()) < 2.0
        for caller in (talking, waiting, at_once):
            caller.hang_up()
        for call in scene.rows.calls():
            scene.rows.until_ended(call.id)
    assert scene.is_quiet()
