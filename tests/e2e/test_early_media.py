"""What a network plays before anybody answers tells busy from vacant from an announcement (SIP 183)."""

import pytest
from sqlalchemy import select

from ivr.standard.dial_attempt import DialEnd, DialResult
from storage.models import DialTask, Event
from tests.e2e.network_peer import NetworkPeer
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene
from tests.e2e.test_revisits import AT_ANY_TIME
from tests.e2e.test_trunks import attempts, call
from tests.e2e.trunks import trunk_to
from tests.standard.test_line_tones import cadence, voice

pytestmark = pytest.mark.e2e

BUSY = cadence(0.35, 0.35, times=4)
VACANT = cadence(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4, times=3)


@pytest.mark.parametrize(
    ("peer", "result", "heard"),
    [
        ({"plays": BUSY}, DialResult.BUSY, "busy"),
        pytest.param({"plays": VACANT}, DialResult.EMPTY, "vacant", marks=pytest.mark.long),
        (
            {"plays": voice(4), "final": "480 Temporarily Unavailable", "final_after": 3.0},
            DialResult.OFF,
            "voice",
        ),
        pytest.param(
            {"plays": cadence(1.0, 4.0), "final": "487 Request Terminated", "final_after": 5.0},
            DialResult.NO_ANSWER,
            "ring_back",
            marks=pytest.mark.long,
        ),
    ],
)
def test_the_tone_before_an_answer_says_why_there_is_none(
    scene: Scene, peer: dict[str, object], result: DialResult, heard: str
) -> None:
    """A busy tone ends the attempt at once, though the network keeps the line; no sound is kept."""
    network = NetworkPeer(**peer)  # type: ignore[arg-type]
    try:
        scene.open(trunks=[trunk_to("line", network.port)], **{**AT_ANY_TIME, "dialer__ring_seconds": 30})
        call(scene, "+8613900000001")
        eventually(lambda: [one.result for one in attempts(scene)] == [result], 15, f"{result}")
        (task,) = scene.rows.all(select(DialTask.__table__))
        assert (task.end is DialEnd.EMPTY_NUMBER) == (result is DialResult.EMPTY)
        (said,) = scene.rows.all(select(Event.data).where(Event.kind == "call.early_media"))
        assert said.data == {"heard": heard}
        assert len(network.calls()) == 1
        assert scene.is_quiet(within=8)
        assert not list(scene.pbx.folders.recordings.glob("early-*"))
        assert not scene.engine.complaints()
    finally:
        network.close()
