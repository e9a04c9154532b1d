"""Streams of PBX events as no PBX should send them: unknown, broken, out of order, twice, late."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk import events
from ivr.asterisk.channel import KeyPressed, Leg, LegEnded, LegEvent, LegHungUp, LegUp
from ivr.asterisk.dispatcher import Dispatcher
from ivr.errors import AriMalformed

MINE = ("leg-1", "leg-2")
CHANNELS = st.sampled_from([*MINE, "late", "of-somebody-else"])
BROKEN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([])
KINDS = st.sampled_from([*sorted(events.OF_CALLS | events.OF_DEVICES), "BridgeMerged", "", "stasisstart"])


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """An event as ARI words it, now and then with a field missing or of another kind."""
    channel = {"id": draw(CHANNELS), "state": draw(st.sampled_from(["Up", "Ringing", "Down", "?"]))}
    uri = f"channel:{channel['id']}"
    message: dict[str, Any] = {
        "type": draw(KINDS),
        "channel": channel,
        "args": draw(st.sampled_from([["inbound", "1.5"], [], ["other"]])),
        "digit": draw(st.sampled_from("0123456789*#ABCD")),
        "cause": draw(st.sampled_from([0, 16, 17, None])),
        "tech_cause": draw(st.sampled_from([None, 486, 503])),
        "playback": {"id": "p", "target_uri": uri, "state": draw(st.sampled_from(["done", "failed"]))},
        "recording": {"name": draw(st.sampled_from(["r", "unknown"])), "target_uri": uri, "duration": 3},
        "contact_info": {"aor": "1001", "contact_status": "Reachable"},
    }
    for field in draw(st.sets(st.sampled_from(sorted(message)), max_size=2)):
        if draw(st.booleans()):
            del message[field]
        else:
            message[field] = draw(BROKEN)
    return message


class _Switchboard:
    """A dispatcher with two legs and a recording, and all that was told to whom."""

    def __init__(self) -> None:
        self.heard: dict[str, list[LegEvent]] = {name: [] for name in MINE}
        self.newcomers: list[str] = []
        self.devices: list[str] = []
        self.recorded: list[str] = []
        self.endings: list[str] = []
        self.dispatcher = Dispatcher(
            lambda event: self.newcomers.append(event.channel.id),
            lambda event: self.devices.append(event.resource),
        )
        for name in MINE:
            self.dispatcher.add(Leg(None, name, self.heard[name].append))  # type: ignore[arg-type]
        self.dispatcher.when_ended("leg-1", lambda: self.endings.append("leg-1"))
        self.dispatcher.add_recording("r", lambda event: self.recorded.append(event.status))

    def send(self, message: dict[str, Any]) -> events.Event | None:
        """As the connection does: what is broken is passed over."""
        try:
            event = events.parse(message)
        except AriMalformed:
            return None
        if event is not None:
            self.dispatcher.dispatch(event)
        return event


@given(st.lists(messages(), max_size=25))
def test_whatever_the_pbx_sends_nothing_breaks_and_each_leg_ends_once(stream: list[dict[str, Any]]) -> None:
    board = _Switchboard()
    sent = [event for message in stream if (event := board.send(message)) is not None]
    for name, heard in board.heard.items():
        destroyed = [e for e in sent if isinstance(e, events.ChannelDestroyed) and e.channel_id == name]
        assert sum(isinstance(event, LegEnded) for event in heard) == min(1, len(destroyed))
        assert sum(isinstance(event, LegUp) for event in heard) <= 1
        assert all(event.leg.id == name for event in heard)
    assert len(board.endings) <= 1
    assert set(board.newcomers) <= {"late", "of-somebody-else"}


def test_who_asks_for_the_end_of_a_leg_that_has_gone_is_told_at_once() -> None:
    board = _Switchboard()
    told: list[str] = []
    board.send({"type": "ChannelDestroyed", "channel": {"id": "leg-2", "state": "Up"}, "cause": 16})
    board.dispatcher.when_ended("leg-2", lambda: told.append("leg-2"))
    board.dispatcher.when_ended("of-nobody", lambda: told.append("of-nobody"))
    assert told == ["leg-2"]


@given(st.lists(messages(), max_size=15), st.integers(2, 3))
def test_an_event_that_comes_twice_ends_nothing_twice(stream: list[dict[str, Any]], times: int) -> None:
    board = _Switchboard()
    for message in stream:
        for _ in range(times):
            board.send(message)
    for heard in board.heard.values():
        assert sum(isinstance(event, LegEnded) for event in heard) <= 1
    assert len(board.endings) <= 1


@given(st.lists(messages(), max_size=15))
def test_what_comes_after_the_connection_was_lost_is_nobodys(stream: list[dict[str, Any]]) -> None:
    board = _Switchboard()
    board.dispatcher.forget_all()
    for message in stream:
        board.send(message)
    assert all(heard == [] for heard in board.heard.values())
    assert board.recorded == board.endings == []


@given(st.lists(messages(), max_size=15))
def test_a_leg_that_is_done_with_hears_nothing_late(stream: list[dict[str, Any]]) -> None:
    board = _Switchboard()
    done = Leg(None, "leg-2", board.heard["leg-2"].append)  # type: ignore[arg-type]
    board.dispatcher.remove(done)
    for message in stream:
        board.send(message)
    assert board.heard["leg-2"] == []


def test_keys_pressed_before_a_channel_is_a_leg_come_first_and_in_order() -> None:
    board = _Switchboard()
    channel = {"id": "late", "state": "Up"}

    def press(key: str) -> None:
        board.send({"type": "ChannelDtmfReceived", "channel": channel, "digit": key})

    def keys() -> list[str]:
        heard: list[LegEvent] = []
        leg = Leg(None, "late", heard.append)  # type: ignore[arg-type]
        board.dispatcher.add(leg)
        press("9")
        board.dispatcher.remove(leg)
        return [event.key for event in heard if isinstance(event, KeyPressed)]

    press("1")  # in the dialplan, which has heard it
    board.send({"type": "StasisStart", "channel": channel, "args": ["inbound"]})
    press("2")
    press("3")
    assert keys() == ["2", "3", "9"]
    assert keys() == ["9"]
    press("4")
    board.send({"type": "ChannelDestroyed", "channel": channel, "cause": 16})
    press("5")
    board.dispatcher.forget_all()
    assert keys() == ["9"]


def test_our_own_hanging_up_is_not_taken_for_the_callers() -> None:
    board = _Switchboard()
    leg = Leg(None, "leg-1", board.heard["leg-1"].append)  # type: ignore[arg-type]
    board.dispatcher.add(leg)
    leg.hung_up_by_us = True
    board.send({"type": "ChannelHangupRequest", "channel": {"id": "leg-1"}, "cause": 16})
    assert not any(isinstance(event, LegHungUp) for event in board.heard["leg-1"])


@given(BROKEN | st.dictionaries(st.text(max_size=2), BROKEN))
def test_a_type_that_is_no_word_is_passed_over(kind: Any) -> None:
    assert events.parse({"type": kind, "channel": {"id": "leg-1"}}) is None
