"""The phone over TLS, as from other machines, and a PBX that starts anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.standard.agent_state import AgentState
from tests.e2e.browser.conftest import Consoles, People, add_browser_agent
from tests.e2e.pbx import Pbx
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene
from tests.operation.certificates import make_certificate
from tests.ports import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def encrypted_pbx(sounds: Path, tmp_path: Path) -> Iterator[Pbx]:
    """A PBX with a certificate, for one test."""
    made, port = make_certificate(tmp_path, "127.0.0.1"), free_port()
    pbx = Pbx(
        tmp_path / "encrypted",
        sounds,
        "pbx2",
        pbx__browser__url=f"wss://127.0.0.1:{port}/ws",
        pbx__browser__certificate=str(made.certificate),
        pbx__browser__key=str(made.key),
        pbx__browser__host="127.0.0.1",
        pbx__browser__port=port,
    )
    try:
        pbx.start()
        yield pbx
    finally:
        pbx.close()


@pytest.mark.long
def test_the_phone_registers_and_rings_over_tls_also_after_the_pbx_has_started_anew(
    scene: Scene, encrypted_pbx: Pbx, consoles: Consoles, people: People
) -> None:
    add_browser_agent(scene, "1001")
    scene.open(pbx=encrypted_pbx)
    person = people(consoles(encrypted_pbx), ignore_https_errors=True).sign_in("1001")
    person.until("registered")
    assert encrypted_pbx.settings.phone_url.startswith("wss://")
    encrypted_pbx.crash()
    person.until_trouble("network")
    encrypted_pbx.start()
    person.until("registered", 20)
    scene.ready("1001")
    eventually(lambda: scene.rows.state("1001") is AgentState.READY, 5, "ready again")
    caller = scene.caller("2", pbx=encrypted_pbx)
    person.until("ringing")
    person.phone("answer()")
    eventually(lambda: person.counts()["received"] > 50, 5, "sound arrives")
    caller.hang_up()
    person.until("registered")
