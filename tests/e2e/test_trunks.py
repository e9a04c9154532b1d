"""Calls to the outside go over the next trunk when one fails; nobody whose telephone rang is rung again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from ivr.config.sections import Role
from ivr.standard.command_kind import CommandKind
from ivr.standard.dial_attempt import DialResult
from ivr.standard.notice_kind import NoticeReason
from ivr.standard.trunk_choice import TrunkState
from storage.models import Agent, DialAttempt, Notice
from storage.queries import dialer_state, trunk_states
from tests.e2e.network_peer import NetworkPeer
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.test_consultation import Talk3
from tests.e2e.test_hold import AGENT, hears
from tests.e2e.test_revisits import AT_ANY_TIME
from tests.e2e.trunks import known_trunks, trunk_to
from tests.ports import free_port
from tests.storage.queries.dial_rows import add_task

pytestmark = pytest.mark.e2e

OUTSIDE_TONE = 1700.0


def outside(scene: Scene, name: str, manners: Manners) -> Phone:
    phone = Phone(scene.folder, scene.exchange, scene.pbx.sip, name, manners)
    scene.phones[name] = phone
    return phone


def states(scene: Scene) -> dict[str, TrunkState]:
    with scene.rows.database.read() as connection:
        return {one.name: one.state for one in trunk_states.listed(connection, scene.pbx.node)}


def attempts(scene: Scene) -> list[Any]:
    return scene.rows.all(select(DialAttempt.__table__).order_by(DialAttempt.id))


def call(scene: Scene, number: str) -> None:
    with scene.rows.database.write() as connection:
        add_task(connection, number=number, next_at=datetime.now(UTC), questionnaire="repair")
        dialer_state.switch(connection, True, datetime.now(UTC))


def test_a_call_goes_over_the_next_trunk_after_503_403_and_silence_and_the_administrator_knows(
    scene: Scene,
) -> None:
    refusing = outside(scene, "t503", Manners(ring_after=None, refuse_with="503 Service Unavailable"))
    forbidding = outside(scene, "t403", Manners(ring_after=None, refuse_with="403 Forbidden"))
    mute = outside(scene, "never", Manners(ring_after=None, trying=False))
    good = outside(scene, "good", Manners(answer_after=0.2, hang_up_after=6))
    trunks = [
        trunk_to("busy", refusing),
        trunk_to("barred", forbidding),
        trunk_to("dead", mute),
        trunk_to("fine", good, shown_number="053188887777"),
    ]
    agent = scene.agent("1001", Manners(answer_after=0.05))
    keeper = scene.rows.add_agent("9001", "sip:none@127.0.0.1:9", ready=False)
    with scene.rows.database.write() as connection:
        connection.execute(update(Agent).where(Agent.id == keeper).values(role=Role.ADMINISTRATOR))
    with known_trunks(scene.pbx, trunks):
        scene.open(
            trunks=trunks,
            **AT_ANY_TIME,
            failover__patience_seconds=1,
            failover__silent_seconds=1,
            failover__silent_after=1,
        )
        good.line.mute = True
        call(scene, "+8613900000001")
        eventually(lambda: good.rings() and good.rings()[0].answered_at, 12, "the person answers")
        assert [len(phone.rings()) for phone in (refusing, forbidding, good)] == [1, 1, 1]
        eventually(lambda: attempts(scene)[0].answered_at, 3)
        assert attempts(scene)[0].shown_number == "053188887777"
        wrong = {"busy": TrunkState.FAILING, "barred": TrunkState.FAILING, "dead": TrunkState.FAILING}
        # It answers, and no sound comes from it.
        eventually(lambda: states(scene) == {**wrong, "fine": TrunkState.SILENT}, 8)
        told = scene.rows.all(select(Notice.__table__).where(Notice.reason == NoticeReason.TRUNK))
        assert len(told) == 4 and "busy" in told[0].subject and "SIP 503" in told[0].text
        assert "dead" in told[2].subject and "fine" in told[2].text, "over which trunk calls go now"
        eventually(lambda: attempts(scene)[0].result is DialResult.HUNG_UP, 12)

        # All are wrong now: a call is better tried than not, and somebody speaks this time.
        good.line.mute = False
        scene.rows.ask(CommandKind.CALL_OUT, "1001", number="13900000002")
        eventually(lambda: len(good.rings()) == 2 and good.rings()[1].answered_at, 15, "the agent's call")
        good.until_talking(3, times=2)
        eventually(lambda: states(scene)["fine"] is TrunkState.UP, 8)
        assert agent.rings()
        good.hang_up()
    assert scene.is_quiet(within=8)


def test_a_telephone_that_rang_is_not_rung_over_another_trunk(scene: Scene) -> None:
    first = outside(
        scene, "first", Manners(ring_after=0.5, refuse_with="503 Service Unavailable", rings_first=True)
    )
    other = outside(scene, "other", Manners(answer_after=0.2))
    trunks = [trunk_to("one", first), trunk_to("two", other)]
    with known_trunks(scene.pbx, trunks):
        scene.open(trunks=trunks, **AT_ANY_TIME)
        call(scene, "+8613900000001")
        eventually(lambda: [one.result for one in attempts(scene)] == [DialResult.OFF], 8)
        assert len(first.rings()) == 1 and other.rings() == []
        assert states(scene)["one"] is TrunkState.UP
    assert scene.is_quiet(within=8)


def test_who_is_passed_on_to_a_number_outside_gets_there_over_the_next_trunk(scene: Scene) -> None:
    """Without a word before and after asking; the caller hears music all the while (R-12.12)."""
    refusing = outside(scene, "t503", Manners(ring_after=None, refuse_with="503 Service Unavailable"))
    mute = outside(scene, "never", Manners(ring_after=None, trying=False))
    good = outside(scene, "good", Manners(answer_after=0.3))
    trunks = [trunk_to("busy", refusing), trunk_to("dead", mute), trunk_to("line", good)]
    to = {"kind": "outside", "value": "13900000000"}
    with known_trunks(scene.pbx, trunks):
        talk = Talk3(scene, trunks=trunks, failover__patience_seconds=1)
        good.line.say_tone(OUTSIDE_TONE)
        assert talk.ask(CommandKind.TRANSFER, to=to, note="") is None
        good.until_talking(8)
        talk.with_agent(good, OUTSIDE_TONE)
        assert [len(phone.rings()) for phone in (refusing, good)] == [1, 1]
        assert states(scene)["busy"] is states(scene)["dead"] is TrunkState.FAILING
        good.hang_up()  # the caller goes back to the agent, who asks there this time
        talk.agent.until_talking(times=2)
        talk.with_agent(talk.agent, AGENT)
        assert talk.ask(CommandKind.CONSULT, to=to, note="") is None
        good.until_talking(8, times=2)
        eventually(lambda: hears(talk.agent.line, OUTSIDE_TONE))
        assert talk.ask(CommandKind.COMPLETE_TRANSFER) is None
        talk.with_agent(good, OUTSIDE_TONE)
        talk.ends_in_order()
        assert talk.outcomes() == ["taken", "taken"]


@pytest.mark.long
def test_a_trunk_that_does_not_answer_options_is_not_tried_first(scene: Scene) -> None:
    carrier = NetworkPeer(final="486 Busy Here")
    trunks = [
        trunk_to("dead", free_port(), qualify_seconds=1),
        trunk_to("fine", carrier.port, qualify_seconds=1),
    ]
    try:
        with known_trunks(scene.pbx, trunks):
            scene.open(trunks=trunks, **AT_ANY_TIME)
            eventually(
                lambda: states(scene) == {"dead": TrunkState.UNREACHABLE, "fine": TrunkState.UP}, 20, "states"
            )
            call(scene, "+8613900000001")
            eventually(lambda: [one.result for one in attempts(scene)] == [DialResult.BUSY], 8)
            with scene.rows.database.read() as connection:
                counted = {one.name: one.calls for one in trunk_states.listed(connection)}
            assert counted == {"dead": 0, "fine": 1} and len(carrier.calls()) == 1
    finally:
        carrier.close()
