"""The PBX goes, or the connection to it: what is over is written, what is not goes on."""

import time
from datetime import datetime

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.asterisk.sip_peer import SipPeer
from tests.e2e.caller import now
from tests.e2e.freezing_proxy import FreezingProxy
from tests.e2e.pbx import Pbx
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e

PASSWORD = "a password of a phone"


def registers(pbx: Pbx, work_number: str) -> int:
    peer = SipPeer((pbx.settings.pbx.sip.host, pbx.settings.pbx.sip.port))
    try:
        answer = peer.register(f"agent-{work_number}", PASSWORD)
    finally:
        peer.close()
    return answer.status if answer else 0


@ON_BOTH
def test_after_a_crash_of_the_pbx_all_its_calls_have_ended_and_new_ones_work(
    second_pbx: Pbx, scene: Scene
) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1), skills={"repair": 1})
    scene.agent("1002", skills={"complaint": 1})
    scene.rows.add_registering_agent("1003", PASSWORD)
    outside = scene.outside_phone(Manners(refuse_with="486 Busy Here", rings_first=True))
    scene.open(pbx=second_pbx, queues__repair__wrap_up_seconds=0, trunks=scene.line_to(outside))
    assert registers(second_pbx, "1003") == 200
    talking, waiting, rung_for, leak = (scene.caller(key, pbx=second_pbx) for key in "2243")
    scene.rows.until_stage(talking.user, CallStage.TALKING)
    for caller in (waiting, leak):
        scene.rows.until_stage(caller.user, CallStage.WAITING)
    scene.phones["1002"].until_rung()
    crashed = now()
    second_pbx.crash()
    time.sleep(0.5)
    assert scene.rows.call_of(waiting.user).ended_at is None, "nobody can know yet"
    second_pbx.start()
    scene.engine.wait_for("engine.ready", times=2)
    for caller, outcome in (
        (talking, "answered"),
        (waiting, "abandoned_waiting"),
        (rung_for, "abandoned_waiting"),
        (leak, "abandoned_waiting"),
    ):
        call = scene.rows.until_ended(scene.rows.call_of(caller.user).id)
        assert (call.outcome, call.end_source) == (outcome, "estimate")
        assert 0 <= (call.ended_at - crashed).total_seconds() < 8
    assert [offer.outcome for offer in scene.rows.offers() if offer.outcome is None] == []
    for work_number in ("1001", "1002"):
        scene.rows.until_state(work_number, AgentState.READY)
    assert registers(second_pbx, "1003") == 200

    # Whoever the PBX lost is owed a call: the gas leak at once, by the dialer, the others as a task.
    owed = {scene.rows.call(task.call_id).caller_number: task.kind for task in scene.rows.tasks()}
    calls_back = {caller.user: "call_back" for caller in (talking, waiting, rung_for)}
    assert owed == {leak.user: "alarm_call_back", **calls_back}
    assert outside.until_rung(10, times=1).messages[0].first.startswith(f"INVITE sip:{leak.user}@")
    for old in (talking, waiting, rung_for, leak):
        old.end()
    new = scene.caller("2", pbx=second_pbx)
    phone.until_talking(times=2)
    new.line.say_tone(640)
    eventually(lambda: phone.line.pitch() == pytest.approx(640, abs=10))
    new.hang_up()
    scene.rows.until_ended(scene.rows.call_of(new.user).id)
    assert scene.is_quiet(second_pbx)


def test_a_connection_that_dies_silently_is_noticed_within_two_seconds(scene: Scene) -> None:
    phone = scene.agent("1001", Manners(answer_after=0.1), skills={"repair": 1})
    proxy = FreezingProxy(scene.pbx.settings.pbx.ari.port)
    try:
        scene.open(pbx__ari__port=proxy.port)
        talking, waiting = scene.caller("2"), scene.caller("4")
        scene.rows.until_stage(talking.user, CallStage.TALKING)
        scene.rows.until_stage(waiting.user, CallStage.WAITING)
        talking.line.say_tone(600)
        time.sleep(0.3)
        queued_at = scene.rows.call_of(waiting.user).queued_at
        frozen = now()
        proxy.freeze()
        line = scene.engine.wait_for("ari.lost", 4)
        assert (datetime.fromisoformat(line["at"]) - frozen).total_seconds() < 2.1
        scene.engine.wait_for("engine.ready", times=2)
        assert scene.heard_throughout(phone.line, frozen, now())
        assert scene.rows.call_of(waiting.user).queued_at == queued_at
        talking.hang_up()
        call = scene.rows.until_ended(scene.rows.call_of(talking.user).id)
        assert (call.outcome, call.ended_by, call.end_source) == ("answered", "caller", "event")
        waiting.press("3")
        eventually(lambda: scene.rows.call_of(waiting.user).queue == "alarm")
        waiting.hang_up()
        assert scene.is_quiet()
    finally:
        proxy.close()
