"""Reading what the PBX reports, also when it is not what was promised."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk import events
from ivr.errors import AriMalformed

CHANNEL = {
    "id": "pbx1-1.0",
    "name": "PJSIP/trunk-1",
    "state": "Ring",
    "caller": {"name": "", "number": "13900001111"},
    "dialplan": {"context": "hotline-in", "exten": "95777"},
    "something_newer": 1,
}


def test_a_caller_enters_with_number_and_arguments() -> None:
    event = events.parse({"type": "StasisStart", "args": ["inbound", "1.5"], "channel": CHANNEL})
    assert isinstance(event, events.StasisStart)
    assert event.arguments == ("inbound", "1.5")
    assert (event.channel.caller_number, event.channel.dialled) == ("13900001111", "95777")


def test_a_key_is_read_with_its_channel() -> None:
    message = {"type": "ChannelDtmfReceived", "digit": "3", "duration_ms": 100, "channel": CHANNEL}
    assert events.parse(message) == events.Digit("pbx1-1.0", "3")


def test_a_hang_up_without_cause_is_still_a_hang_up() -> None:
    assert events.parse({"type": "ChannelHangupRequest", "channel": CHANNEL}) == events.HangupRequest(
        "pbx1-1.0", 0
    )


def test_a_hang_up_for_want_of_sound_is_told_from_ours_and_from_the_callers() -> None:
    """Soft and of the channel's own driver: AST_SOFTHANGUP_DEV; ours is AST_SOFTHANGUP_EXPLICIT (32)."""
    for soft, cause, unheard in ((True, 1, True), (True, 32, False), (None, 16, False), (None, 1, False)):
        message = {"type": "ChannelHangupRequest", "channel": CHANNEL, "cause": cause, "soft": soft}
        assert events.parse(message) == events.HangupRequest("pbx1-1.0", cause, unheard)


@pytest.mark.parametrize(
    ("status", "present"),
    [("Reachable", True), ("NonQualified", True), ("Removed", False), ("Unreachable", False)],
)
def test_a_phone_comes_and_goes_with_its_contact(status: str, present: bool) -> None:
    message = {"type": "ContactStatusChange", "contact_info": {"aor": "1001", "contact_status": status}}
    assert events.parse(message) == events.EndpointState("1001", present)


def test_an_event_nobody_asked_for_is_passed_over() -> None:
    assert events.parse({"type": "BridgeVideoSourceChanged", "bridge": {}}) is None


@pytest.mark.parametrize(
    "message",
    [
        {"type": "StasisStart"},
        {"type": "ChannelDtmfReceived", "channel": CHANNEL},
        {"type": "PlaybackFinished", "playback": "not an object"},
        {"type": "ChannelDestroyed", "cause": "many", "channel": CHANNEL},
    ],
)
def test_a_broken_event_is_named_and_raises_nothing_else(message: dict[str, Any]) -> None:
    with pytest.raises(AriMalformed):
        events.parse(message)


WORDS = st.text('abc "\\0', max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=10,
)


@given(
    st.sampled_from(sorted(events.OF_CALLS | events.OF_DEVICES)),
    st.dictionaries(
        st.sampled_from(["channel", "digit", "args", "playback", "recording", "contact_info"]), JSON
    ),
)
def test_whatever_comes_is_an_event_or_malformed(kind: str, fields: dict[str, Any]) -> None:
    try:
        events.parse({"type": kind, **fields})
    except AriMalformed:
        return
