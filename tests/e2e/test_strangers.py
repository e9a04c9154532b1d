"""Who scans for names and tries passwords finds out nothing, calls nobody, and is soon not listened to."""

import time
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.models import SipBan
from tests.asterisk.sip_peer import SipPeer
from tests.e2e.rows import eventually
from tests.e2e.scanner import SIPVICIOUS, Scan
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e

STRANGER, NEIGHBOUR = "127.0.0.9", "127.0.0.10"
PASSWORD = "the-right-one"


def test_a_scanner_learns_nothing_calls_nobody_and_is_banned_for_a_while(scene: Scene) -> None:
    outside = scene.outside_phone()
    scene.agent("1001", Manners(answer_after=0.1))
    scene.rows.add_registering_agent("1003", PASSWORD)
    scene.open(bans__tries=8, bans__seconds=4, trunks=scene.line_to(outside))
    where = (scene.pbx.settings.pbx.sip.host, scene.pbx.settings.pbx.sip.port)
    stranger, neighbour = (SipPeer(where, host=host) for host in (STRANGER, NEIGHBOUR))
    try:
        # As svmap, svwar and svcrack do: who is there, which names are known, which password fits; a call.
        known = stranger.register("agent-1003", "wrong")
        unknown = stranger.register("agent-9999", "wrong")
        assert known is not None
        assert unknown is not None
        assert known.status == unknown.status == 401
        seen = [stranger.ask("OPTIONS", f"sip:{name}@127.0.0.1") for name in ("agent-1003", "nobody")]
        assert len({answer.status for answer in seen if answer is not None}) == 1
        for number in range(8):
            call = stranger.ask("INVITE", f"sip:00{number}881234567@127.0.0.1")
            if call is None or call.status == 403:
                break
            assert call.status == 401
        (ban,) = eventually(lambda: scene.rows.all(select(SipBan.__table__)), what="a ban")
        assert (ban.address, ban.tries) == (STRANGER, 8)
        eventually(lambda: _refused(stranger), what="the PBX refuses the stranger")
        # Even the right password opens nothing now; the neighbour is served.
        right = stranger.register("agent-1003", PASSWORD)
        assert right is None or right.status == 403
        served = neighbour.register("agent-1003", PASSWORD)
        assert served is not None
        assert served.status == 200
        assert (scene.rows.calls(), outside.rings(), scene.pbx.channels()) == ([], [], [])
        # A new engine knows of it, and it is over in its time.
        scene.engine.kill()
        scene.engine.start()
        assert _refused(stranger) or ban.until.timestamp() < time.time()
        eventually(lambda: not _refused(stranger), 8, "the ban is over")
        line = scene.engine.wait_for("sip.ban_over")
        assert line["address"] == STRANGER
    finally:
        stranger.close()
        neighbour.close()
    assert Path(scene.pbx.folders.log / "security.log").stat().st_size > 0


@pytest.mark.skipif(not SIPVICIOUS.exists(), reason="Debian's package sipvicious is not installed")
def test_sipvicious_finds_a_pbx_and_neither_names_nor_passwords_nor_a_call(scene: Scene) -> None:
    outside = scene.outside_phone()
    scene.agent("1001", Manners(answer_after=0.1))
    scene.rows.add_registering_agent("1003", PASSWORD)
    # More than a tool needs for the few names below, also where it asks twice; fewer than passwords guessed.
    scene.open(bans__tries=20, bans__seconds=60, trunks=scene.line_to(outside))
    port, names = scene.pbx.settings.pbx.sip.port, ("agent-9999", "agent-1003", "1001", "95777", "0088123")
    where = ("127.0.0.1", port)
    stranger, neighbour = SipPeer(where, host="127.0.0.26"), SipPeer(where, host=NEIGHBOUR)
    there = neighbour.register("agent-1003", PASSWORD)
    neighbour.close()
    assert there is not None
    assert there.status == 200
    wrong = tuple(f"wrong-{number}" for number in range(1500))

    def scan(tool: str, last: int, *arguments: str, words: tuple[str, ...] = ()) -> Scan:
        return Scan(scene.folder, tool, f"127.0.0.{last}", port, *arguments, words=words)

    found = scan("svmap", 21)
    careful = scan("svwar", 22, words=names)
    registering = scan("svwar", 23, "--force", words=names)
    calling = scan("svwar", 24, "--force", "-m", "INVITE", words=names)
    knowing = scan("svcrack", 25, "-u", "agent-1003", words=("wrong", PASSWORD))
    guessing = scan("svcrack", 26, "-u", "agent-1003", words=(*wrong, PASSWORD))
    assert f"127.0.0.1:{port}" in found.said()
    assert "authentication request for an unknown extension" in careful.said()
    for one in (registering, calling):
        assert "Ok SIP device found" in one.said()
        assert "found nothing" in one.said()
    cracked = f"The password for agent-1003 is {PASSWORD}"
    assert cracked in knowing.said()  # so it does reach the PBX, and would find what it is given
    (ban,) = eventually(lambda: scene.rows.all(select(SipBan.__table__)), 8, "a ban")
    assert ban.address == stranger.host
    eventually(lambda: _refused(stranger), what="the PBX refuses who guesses")
    assert cracked not in guessing.said(within=0.5)
    assert _refused(stranger)
    stranger.close()
    assert (scene.rows.calls(), outside.rings(), scene.pbx.channels()) == ([], [], [])


def _refused(peer: SipPeer) -> bool:
    answer = peer.ask("OPTIONS", "sip:127.0.0.1")
    return answer is None or answer.status == 403
