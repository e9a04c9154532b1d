"""SIP that is broken on purpose: the PBX lives, and takes the next call."""

import random
import time

import pytest

from tests.asterisk.sip_peer import SipPeer
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e


def mangled(rng: random.Random, where: tuple[str, int]) -> bytes:
    """A request that is nearly one: headers missing, doubled, changed, endless, of bytes that are no text."""
    method = rng.choice(["INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "INFO", "SUBSCRIBE", "XYZ"])
    number = rng.randrange(10**9)
    lines = [
        f"{method} sip:95777@{where[0]}:{where[1]} SIP/2.0".encode(),
        f"Via: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK{number}".encode(),
        f"From: <sip:139{number}@127.0.0.1>;tag=t{number}".encode(),
        f"To: <sip:95777@{where[0]}>".encode(),
        f"Call-ID: mangled-{number}".encode(),
        f"CSeq: {rng.choice([1, 0, -1, 2**31, 2**40])} {method}".encode(),
        b"Contact: <sip:x@127.0.0.1:9>",
        b"Content-Length: " + rng.choice([b"0", b"-5", b"99999", b"x"]),
    ]
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(lines))
        name = lines[at].split(b" ")[0]
        lines[at : at + 1] = rng.choice(
            [
                [],
                [lines[at]] * 2,
                [name + b" " + rng.randbytes(rng.randrange(200))],
                [name + b" " + b"9" * rng.choice([300, 5000, 40000])],
                [name + b' "${SHELL(id)}" <sip:%00%ff@[::1]:99999999;' + b"a=b;" * 50 + b">"],
                [rng.randbytes(20) + b": " + rng.randbytes(20)],
            ]
        )
    return b"\r\n".join(lines)[:60000] + rng.choice([b"\r\n\r\n", b"\n\n", b"", b"\r\n\r\nv=0\r\nm=audio"])


def test_whatever_is_sent_by_sip_the_pbx_lives_and_takes_the_next_call(scene: Scene) -> None:
    where = (scene.pbx.settings.pbx.sip.host, scene.pbx.settings.pbx.sip.port)
    rng, before = random.Random(7), scene.pbx.pid
    for host in ("127.0.0.1", "127.0.0.9"):
        peer = SipPeer(where, host=host)
        for _ in range(150):
            peer.wire.sendto(mangled(rng, where), where)
            time.sleep(0.002)
        peer.close()
    caller = scene.caller()
    caller.hears("fallback_greeting", 8)
    assert scene.pbx.pid == before
    caller.hang_up()
    scene.pbx.rx("channel request hangup all")
