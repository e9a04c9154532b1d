"""Twilio's SIP trunk against the real PBX; a local peer stands for its edge (Elastic SIP Trunking)."""

import re

import pytest

from ivr.standard.trunk_choice import TrunkState
from tests.asterisk.sip_peer import SipPeer, header
from tests.e2e.network_peer import NetworkPeer
from tests.e2e.rows import eventually
from tests.e2e.scenarios import audio
from tests.e2e.scene import Scene
from tests.e2e.test_revisits import AT_ANY_TIME
from tests.e2e.test_trunks import attempts, call, states
from tests.e2e.trunks import known_trunks, trunk_to
from tests.ports import free_port

pytestmark = pytest.mark.e2e

EDGE = "127.0.0.2"
OURS = "+8653188880001"
SECRETS = {
    "TWILIO_ACCOUNT_SID": "AC0",
    "TWILIO_AUTH_TOKEN": "t0",
    "TWILIO_SIP_USER": "hotline",
    "TWILIO_SIP_PASSWORD": "zwölf;Zeichen",
}


def test_calls_go_out_over_twilio_when_the_first_trunk_fails_and_come_in_from_its_addresses(
    scene: Scene,
) -> None:
    """Digest password from the environment only, E.164 both ways, OPTIONS; strangers are not let in."""
    dead = NetworkPeer(final="503 Service Unavailable")
    edge = NetworkPeer(final="486 Busy Here", user="hotline", password=SECRETS["TWILIO_SIP_PASSWORD"])
    trunks = [trunk_to("line", dead.port)]
    twilio = {
        "enabled": True,
        "number": OURS,
        "public_url": "https://hotline.example",
        "pbx": "sip:95777@pbx.example",
        "webhooks": {"port": free_port()},
        "sip_trunk": {
            "termination": "127.0.0.1",
            "port": edge.port,
            "addresses": [f"{EDGE}/32"],
            "qualify_seconds": 1,
        },
    }
    changes: dict[str, object] = {
        "numbers": ["95777", OURS],
        **{f"twilio__{k}": v for k, v in twilio.items()},
    }
    before = dict(scene.pbx.environment)
    scene.pbx.environment.update(SECRETS)
    twilio_edge = SipPeer(("127.0.0.1", scene.pbx.settings.pbx.sip.port), EDGE, name="+8613900000077")
    stranger = SipPeer(("127.0.0.1", scene.pbx.settings.pbx.sip.port), "127.0.0.3", name="+8613900000078")
    try:
        with known_trunks(scene.pbx, trunks, **changes):
            assert not [
                file
                for file in scene.pbx.folders.etc.iterdir()
                if SECRETS["TWILIO_SIP_PASSWORD"] in file.read_text(encoding="utf-8")
            ]
            scene.open(trunks=trunks, **AT_ANY_TIME, **changes)
            call(scene, "+8613900000001")
            (attempt,) = eventually(lambda: [one for one in attempts(scene) if one.result], 15)
            assert (attempt.result, attempt.sip) == ("busy", 486), scene.story()
            (invite,) = edge.calls()
            assert re.match(r"INVITE sip:\+8613900000001@127\.0\.0\.1:\d+ ", invite)
            assert f"<sip:{OURS}@" in header(invite, "From")
            assert len(dead.calls()) == 1
            eventually(lambda: states(scene) == {"line": TrunkState.FAILING, "twilio": TrunkState.UP}, 30)
            eventually(lambda: any(one.startswith("OPTIONS") for one in edge.requests), 8, "OPTIONS")

            for peer in (twilio_edge, stranger):
                peer.send(
                    "INVITE",
                    f"sip:{OURS}@127.0.0.1",
                    "Content-Type: application/sdp",
                    call_id=f"in-{peer.host}",
                    number=1,
                    body=audio(peer.port + 1).replace("\n", "\r\n"),
                )
            (inbound,) = eventually(lambda: [c for c in scene.rows.calls() if c.direction == "inbound"], 8)
            assert (inbound.caller_number, inbound.dialled) == ("+8613900000077", OURS)
            refused = stranger.final_answer("in-127.0.0.3")
            assert refused is None or refused.status >= 400
            assert len([c for c in scene.rows.calls() if c.direction == "inbound"]) == 1
    finally:
        scene.pbx.environment.clear()
        scene.pbx.environment.update(before)
        for each in (dead, edge, twilio_edge, stranger):
            each.close()
