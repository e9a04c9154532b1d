"""The network goes, a tab is killed: what is said, what comes back, what becomes of the caller."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error
from sqlalchemy import select

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import CallQuality
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent, at_the_phone
from tests.e2e.browser.cut_proxy import CutProxy
from tests.e2e.caller import now
from tests.e2e.freezing_proxy import FreezingProxy
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser


@pytest.fixture
def network(scene: Scene) -> Iterator[CutProxy]:
    """What lies between the browser and the PBX's WebSocket."""
    proxy = CutProxy(scene.pbx.settings.pbx.ari.port)
    yield proxy
    proxy.close()


def through(network: CutProxy | FreezingProxy) -> str:
    """The PBX's address as seen through the network."""
    return f"ws://127.0.0.1:{network.port}/ws"


def test_a_call_survives_six_seconds_without_websocket(
    scene: Scene, consoles: Consoles, people: People, network: CutProxy
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles(pbx__browser__url=through(network)))
    caller = scene.caller("2")
    person.until("ringing")
    person.phone("answer()")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    caller.line.say_tone(800)
    eventually(lambda: person.phone("level('theirs')") > 0.5, 5, "the agent hears the caller")
    person.watch_for_stalls()
    cut_at = now()
    network.cut()
    person.until_trouble("network")
    assert person.phone("state") == "in_call"
    time.sleep(6)
    heard = person.counts()["energy"]
    network.mend()
    person.until_trouble("")
    assert scene.heard_throughout(caller.line, cut_at, now(), person.stall()), "no gap in the sound"
    eventually(lambda: person.counts()["energy"] > heard, 3, "the agent still hears the caller")
    assert scene.rows.state("1001") is AgentState.TALKING
    eventually(lambda: scene.rows.presence("1001").device_present, 3, "registered again")
    # The goodbye of a call whose dialog was renewed finds the page.
    time.sleep(1)
    caller.hang_up()
    person.until("registered")
    assert scene.rows.until_ended(call.id).outcome == "answered"


@pytest.mark.long
def test_a_call_that_ended_meanwhile_is_over_once_the_network_is_back(
    scene: Scene, consoles: Consoles, people: People, network: CutProxy
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles(pbx__browser__url=through(network)))
    caller = scene.caller("2")
    person.until("ringing")
    person.phone("answer()")
    scene.rows.until_stage(caller.user, CallStage.TALKING)
    network.cut()
    person.until_trouble("network")
    caller.hang_up()
    time.sleep(1)
    assert person.phone("state") == "in_call", "it cannot know yet"
    network.mend()
    person.until("registered", 10)


@pytest.mark.long
def test_a_connection_that_dies_without_a_word_is_noticed(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    network = FreezingProxy(scene.pbx.settings.pbx.ari.port)
    try:
        add_browser_agent(scene, "1001")
        scene.open()
        person = at_the_phone(scene, people, consoles(pbx__browser__url=through(network)))
        network.freeze()
        person.until_trouble("network", 20)
        person.until_trouble("", 10)
        person.until("registered")
    finally:
        network.close()


def test_a_killed_tab_gives_the_caller_back_within_twelve_seconds(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    """R-12.12: a killed tab says no goodbye; the PBX ends the leg, and the caller goes to the next agent."""
    add_browser_agent(scene, "1001", {"repair": 1})
    scene.open()
    person = at_the_phone(scene, people, consoles())
    caller = scene.caller("2")
    person.until("ringing")
    person.phone("answer()")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    time.sleep(11)
    other = scene.agent("1002")
    with pytest.raises(Error, match="crash"):
        person.page.goto("chrome://crash")
    killed = time.monotonic()
    other.until_rung(15)
    print(f"killed tab to the next phone's ring: {time.monotonic() - killed:.1f} s")
    assert caller.is_connected
    assert scene.rows.call(call.id).returned
    kept = scene.rows.all(select(CallQuality.__table__).where(CallQuality.call_id == call.id))[0]
    assert not kept.complete, "the page had no time to tell its last counts"
    assert kept.packets_received > 100


@pytest.mark.long
def test_a_network_that_goes_while_it_rings_sends_the_caller_on_at_once(
    scene: Scene, consoles: Consoles, people: People, network: CutProxy
) -> None:
    """R-12.3: it is not the agent's miss, and the caller does not wait for three rings nobody hears."""
    add_browser_agent(scene, "1001", {"repair": 1})
    other = scene.agent("1002", skills={"repair": 2})
    scene.open()
    person = at_the_phone(scene, people, consoles(pbx__browser__url=through(network)))
    caller = scene.caller("2")
    person.until("ringing")
    network.cut()
    other.until_rung(5)
    call = scene.rows.call_of(caller.user)
    first, second = scene.rows.offers(call.id)
    assert (first.work_number, first.outcome, first.rings) == ("1001", "unreachable", 1)
    assert second.work_number == "1002"
    scene.rows.until_state("1001", AgentState.DEVICE_GONE)
    assert person.phone("state") == "lost"
    network.mend()
    person.until("registered", 10)
    scene.rows.until_state("1001", AgentState.READY)


@pytest.mark.long
def test_a_page_that_is_loaded_anew_registers_anew_and_rings(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles())
    for _ in range(3):
        person.page.reload()
        person.until("registered")
        eventually(lambda: scene.rows.presence("1001").device_present, 3, "the engine sees the phone")
    time.sleep(1)
    assert scene.rows.presence("1001").device_present
    caller = scene.caller("2")
    person.until("ringing")
    caller.hang_up()
    person.until("registered")


@pytest.mark.long
def test_an_engine_that_starts_anew_leaves_the_phone_and_its_call_alone(
    scene: Scene, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open()
    person = at_the_phone(scene, people, consoles())
    caller = scene.caller("2")
    person.until("ringing")
    person.phone("answer()")
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    eventually(lambda: person.counts()["received"] > 50, 5, "sound arrives")
    person.watch_for_stalls()
    killed_at = now()
    scene.engine.kill()
    scene.engine.start()
    received = person.counts()["received"]
    eventually(lambda: person.counts()["received"] > received + 50, 5, "sound goes on arriving")
    assert scene.heard_throughout(caller.line, killed_at, now(), person.stall())
    assert person.phone("trouble") == ""
    assert scene.rows.presence("1001").device_present
    caller.hang_up()
    person.until("registered")
    assert scene.rows.until_ended(call.id).outcome == "answered"
    scene.rows.until_state("1001", AgentState.READY)
    person.page.click("#sign-out")
    eventually(lambda: "agent-1001" not in scene.pbx.rx("pjsip show endpoints"), 2, "no endpoint")
    eventually(lambda: "agent-1001" not in scene.pbx.rx("pjsip show contacts"), 2, "no registration")
