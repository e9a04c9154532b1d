"""SIP that is broken on purpose: the PBX lives, and takes the next call."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.asterisk.sip_peer import SipPeer
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e

METHODS = ["INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "INFO", "SUBSCRIBE", "XYZ"]
HOSTILE = b' "${SHELL(id)}" <sip:%00%ff@[::1]:99999999;' + b"a=b;" * 50 + b">"


@st.composite
def mangled(draw: st.DrawFn, host: str, port: int) -> bytes:
    """A request that is nearly one: headers missing, doubled, changed, endless, of bytes that are no text."""
    method, number = draw(st.sampled_from(METHODS)), draw(st.integers(0, 10**9))
    lines = [
        f"{method} sip:95777@{host}:{port} SIP/2.0".encode(),
        f"Via: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK{number}".encode(),
        f"From: <sip:139{number}@127.0.0.1>;tag=t{number}".encode(),
        f"To: <sip:95777@{host}>".encode(),
        f"Call-ID: mangled-{number}".encode(),
        f"CSeq: {draw(st.sampled_from([1, 0, -1, 2**31, 2**40]))} {method}".encode(),
        b"Contact: <sip:x@127.0.0.1:9>",
        b"Content-Length: " + draw(st.sampled_from([b"0", b"-5", b"99999", b"x"])),
    ]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        name = lines[at].split(b" ")[0]
        lines[at : at + 1] = draw(
            st.one_of(
                st.just([]),
                st.just([lines[at]] * 2),
                st.binary(max_size=200).map(lambda raw, name=name: [name + b" " + raw]),
                st.sampled_from([300, 5000, 40000]).map(lambda size, name=name: [name + b" " + b"9" * size]),
                st.just([name + HOSTILE]),
                st.tuples(st.binary(max_size=20), st.binary(max_size=20)).map(lambda two: [b": ".join(two)]),
            )
        )
        if not lines:
            break
    end = draw(st.sampled_from([b"\r\n\r\n", b"\n\n", b"", b"\r\n\r\nv=0\r\nm=audio"]))
    return b"\r\n".join(lines)[:60000] + end


def test_whatever_is_sent_by_sip_the_pbx_lives_and_takes_the_next_call(scene: Scene) -> None:
    where = (scene.pbx.settings.pbx.sip.host, scene.pbx.settings.pbx.sip.port)
    before = scene.pbx.pid
    peers = [SipPeer(where, host=host) for host in ("127.0.0.1", "127.0.0.9")]

    @settings(max_examples=150, derandomize=True, database=None)
    @given(st.sampled_from([0, 1]), mangled(*where))
    def send(who: int, request: bytes) -> None:
        peers[who].wire.sendto(request, where)
        time.sleep(0.002)
        assert scene.pbx.pid == before

    send()
    for peer in peers:
        peer.close()
    caller = scene.caller()
    caller.hears("fallback_greeting", 8)
    assert scene.pbx.pid == before
    caller.hang_up()
    scene.pbx.rx("channel request hangup all")
