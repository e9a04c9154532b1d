"""Three rings to the next agent, and devices that do not ring: R-12.3, with the true ring of 5 s."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from ivr.errors import StorageError
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.e2e.media import silences
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e

FAST: dict[str, object] = {"ring__seconds": 0.4}


def test_after_three_rings_the_call_goes_to_the_next_agent(scene: Scene) -> None:
    first = scene.agent("1001", skills={"repair": 1})
    second = scene.agent("1002", Manners(answer_after=1.0), skills={"repair": 2})
    scene.open()
    caller = scene.caller("2")
    ringing = first.until_rung()
    waiting = scene.rows.call_of(caller.user)
    second.until_talking(17)
    one, two = scene.rows.until_outcomes(waiting.id, "missed", "answered")

    missed = first.rings()[0]
    assert missed.rung_at is not None
    assert missed.cancelled_at is not None
    assert (missed.cancelled_at - missed.rung_at).total_seconds() == pytest.approx(15.0, abs=0.2)
    assert (one.work_number, one.outcome, one.rings, one.answered_at) == ("1001", "missed", 3, None)
    assert (one.ended_at - one.rung_at).total_seconds() == pytest.approx(15.0, abs=0.2)
    assert abs((one.rung_at - ringing.rung_at).total_seconds()) < 0.1
    assert (two.work_number, two.outcome, two.rings) == ("1002", "answered", 1)
    assert scene.rows.state("1001") is AgentState.NOT_ANSWERING
    assert scene.rows.state("1002") is AgentState.TALKING
    assert (second.rings()[0].invited_at - missed.cancelled_at).total_seconds() < 0.5

    talking = scene.rows.call(waiting.id)
    assert talking.queued_at == waiting.queued_at
    assert caller.answered_at is not None
    since, until = caller.answered_at.timestamp() + 0.5, second.rings()[0].answered_at.timestamp()
    assert silences(caller.line.packets(), since, until) < 2.0
    assert len(first.rings()) == 1


@ON_BOTH
def test_an_offer_is_never_changed_after_its_outcome(scene: Scene) -> None:
    scene.agent("1001")
    scene.open(**FAST)
    caller = scene.caller("2")
    call = scene.rows.call_of(caller.user)
    eventually(lambda: any(offer.outcome == "missed" for offer in scene.rows.offers(call.id)))
    for statement in (
        "UPDATE offers SET outcome = 'answered'",
        "UPDATE offers SET rings = 1",
        "DELETE FROM offers",
    ):
        with pytest.raises(StorageError), scene.rows.database.write() as connection:
            connection.execute(text(statement))
    assert [offer.outcome for offer in scene.rows.offers(call.id)] == ["missed"]


def test_an_agent_who_missed_a_call_is_not_rung_again_until_they_come_back(scene: Scene) -> None:
    phone = scene.agent("1001")
    scene.open(**FAST)
    caller = scene.caller("2")
    phone.until_rung()
    scene.rows.until_state("1001", AgentState.NOT_ANSWERING)
    time.sleep(1.0)
    assert len(phone.rings()) == 1
    assert caller.is_connected
    scene.ready("1001")
    phone.until_rung(times=2)
    phone.answer()
    scene.rows.until_outcomes(scene.rows.call_of(caller.user).id, "missed", "answered")


DEVICES = {
    "busy": (Manners(refuse_with="486 Busy Here"), 0.0),
    "declined": (Manners(refuse_with="603 Decline", ring_after=0.3), 0.3),
    "unreachable": (Manners(refuse_with="404 Not Found"), 0.0),
    "no_ringing": (Manners(ring_after=None), 3.0),
}


@pytest.mark.parametrize("outcome", [*DEVICES, "switched_off"])
def test_a_device_that_cannot_ring_is_not_the_agents_fault(scene: Scene, outcome: str) -> None:
    manners, after = DEVICES.get(outcome, (Manners(ring_after=None, trying=False), 3.0))
    scene.agent("1001", manners, skills={"repair": 1})
    second = scene.agent("1002", Manners(answer_after=0.1), skills={"repair": 2})
    scene.open()
    caller = scene.caller("2")
    second.until_talking(5)
    expected = outcome.replace("switched_off", "no_ringing")
    one, two = scene.rows.until_outcomes(scene.rows.call_of(caller.user).id, expected, "answered")
    assert (one.ended_at - one.made_at).total_seconds() == pytest.approx(after, abs=0.3)
    assert (two.made_at - one.ended_at).total_seconds() < 0.1
    presence = scene.rows.presence("1001")
    assert presence.state is AgentState.READY
    rest = 30 if outcome == "unreachable" else 10
    assert presence.rest_until - one.ended_at == pytest.approx(
        timedelta(seconds=rest), abs=timedelta(seconds=1)
    )


@pytest.mark.long
def test_a_phone_that_keeps_ringing_late_is_cancelled_all_the_same(scene: Scene) -> None:
    late = scene.agent("1001", Manners(ring_after=2.0), skills={"repair": 1})
    scene.agent("1002", Manners(answer_after=0.1), skills={"repair": 2})
    scene.open(ring__seconds=0.5)
    scene.caller("2")
    scene.phones["1002"].until_talking(6)
    one = scene.rows.offers()[0]
    assert one.outcome == "missed"
    assert (one.rung_at - one.made_at).total_seconds() == pytest.approx(2.0, abs=0.2)
    assert (one.ended_at - one.rung_at).total_seconds() == pytest.approx(1.5, abs=0.2)
    eventually(lambda: late.rings()[0].cancelled_at)


def test_an_answer_at_the_last_moment_leaves_one_talk_and_no_second_ring(scene: Scene) -> None:
    """The answer and the end of ring three meet: either way nobody is in two calls, and none rings on."""
    for number, after in enumerate((1.16, 1.18, 1.19, 1.2, 1.21, 1.22), start=1):
        scene.agent(f"100{number}", Manners(answer_after=after), skills={"repair": number})
    scene.open(**FAST)
    caller = scene.caller("2")
    scene.rows.until_stage(caller.user, CallStage.TALKING, 12)
    time.sleep(0.5)
    offers = scene.rows.offers()
    assert [offer.outcome for offer in offers] == ["missed"] * (len(offers) - 1) + ["answered"]
    open_calls = [phone for phone in scene.phones.values() for ring in phone.rings() if ring.over_at is None]
    assert [phone.work_number for phone in open_calls] == [offers[-1].work_number]
    assert len(scene.pbx.channels()) == 2
    caller.hang_up()
    assert scene.is_quiet()
