"""What the PBX reports, as plain objects.

Only the types in :data:`OF_CALLS` and :data:`OF_DEVICES` are asked for (eventFilter of the application).
Any other, and every field not named here, is passed over, so that a newer Asterisk does no harm.
Source: Asterisk's rest-api/api-docs/events.json.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivr.errors import AriMalformed


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """A channel as the PBX describes it."""

    id: str
    name: str
    state: str
    """"Down", "Ring", "Ringing", "Up" …"""
    caller_number: str
    caller_name: str
    dialled: str


@dataclass(frozen=True, slots=True)
class StasisStart:
    """A channel came into our application, with the dialplan's arguments."""

    channel: ChannelInfo
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel's state changed: ringing, or up."""

    channel_id: str
    state: str


@dataclass(frozen=True, slots=True)
class HangupRequest:
    """Somebody hung up this channel; the first sign of it, and it names whose leg went first.

    ``unheard``: nobody did, the PBX gave the channel up after ``rtp_timeout`` without any sound from it.
    """

    channel_id: str
    cause: int
    unheard: bool = False


@dataclass(frozen=True, slots=True)
class ChannelDestroyed:
    """A channel is gone; ``cause`` is the Q.850 cause, ``sip`` the final answer where it was refused."""

    channel_id: str
    cause: int
    sip: int | None = None


@dataclass(frozen=True, slots=True)
class DialProgress:
    """What the other side says of a leg that is dialled: "RINGING", "PROGRESS" (early media) and others."""

    channel_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Digit:
    """A DTMF key, reported at its end."""

    channel_id: str
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A playback is over; ``failed`` when the sound could not be played."""

    playback_id: str
    channel_id: str
    failed: bool


@dataclass(frozen=True, slots=True)
class RecordingChanged:
    """A live recording started, finished or failed."""

    name: str
    channel_id: str
    status: str
    """"started", "finished" or "failed"."""
    cause: str
    seconds: float


@dataclass(frozen=True, slots=True)
class EndpointState:
    """A device came or went: its registration, or its answer to the PBX's OPTIONS."""

    resource: str
    present: bool
    contact: str = ""
    """The SIP address it is registered at, where the PBX named it."""


BY_DRIVER = 1
"""The cause of a soft hang-up that the channel's driver asks for (AST_SOFTHANGUP_DEV); ours has another."""

Event = (
    StasisStart
    | ChannelState
    | HangupRequest
    | ChannelDestroyed
    | DialProgress
    | Digit
    | PlaybackFinished
    | RecordingChanged
    | EndpointState
)

PRESENT_CONTACT = frozenset({"Reachable", "NonQualified", "Created", "Updated", "Unknown"})
"""Contact states in which the device is there as far as the PBX knows."""


def channel_info(found: dict[str, Any]) -> ChannelInfo:
    """Read a Channel object of ARI."""
    caller = found.get("caller") or {}
    return ChannelInfo(
        id=str(found["id"]),
        name=str(found.get("name", "")),
        state=str(found.get("state", "")),
        caller_number=str(caller.get("number") or ""),
        caller_name=str(caller.get("name") or ""),
        dialled=str((found.get("dialplan") or {}).get("exten") or ""),
    )


def _recording(message: dict[str, Any], status: str) -> RecordingChanged:
    recording = message["recording"]
    return RecordingChanged(
        name=str(recording["name"]),
        channel_id=str(recording.get("target_uri", "")).removeprefix("channel:"),
        status=status,
        cause=str(recording.get("cause") or ""),
        seconds=float(recording.get("duration") or 0),
    )


def _playback(message: dict[str, Any]) -> PlaybackFinished:
    playback = message["playback"]
    return PlaybackFinished(
        playback_id=str(playback["id"]),
        channel_id=str(playback.get("target_uri", "")).removeprefix("channel:"),
        failed=playback.get("state") == "failed",
    )


def _contact(message: dict[str, Any]) -> EndpointState:
    contact = message["contact_info"]
    return EndpointState(
        resource=str(contact["aor"]),
        present=contact.get("contact_status") in PRESENT_CONTACT,
        contact=str(contact.get("uri") or ""),
    )


def _hangup_request(message: dict[str, Any]) -> HangupRequest:
    cause = int(message.get("cause") or 0)
    unheard = bool(message.get("soft")) and cause == BY_DRIVER
    return HangupRequest(str(message["channel"]["id"]), cause, unheard)


_READERS: dict[str, Callable[[dict[str, Any]], Event]] = {
    "StasisStart": lambda m: StasisStart(channel_info(m["channel"]), tuple(map(str, m.get("args") or ()))),
    "ChannelStateChange": lambda m: ChannelState(str(m["channel"]["id"]), str(m["channel"]["state"])),
    "ChannelHangupRequest": _hangup_request,
    "ChannelDestroyed": lambda m: ChannelDestroyed(
        str(m["channel"]["id"]),
        int(m.get("cause") or 0),
        int(m["tech_cause"]) if m.get("tech_cause") else None,
    ),
    "Dial": lambda m: DialProgress(str(m["peer"]["id"]), str(m.get("dialstatus") or "")),
    "ChannelDtmfReceived": lambda m: Digit(str(m["channel"]["id"]), str(m["digit"])),
    "PlaybackFinished": _playback,
    "RecordingStarted": lambda m: _recording(m, "started"),
    "RecordingFinished": lambda m: _recording(m, "finished"),
    "RecordingFailed": lambda m: _recording(m, "failed"),
    "ContactStatusChange": _contact,
}

OF_DEVICES = frozenset({"ContactStatusChange"})
"""The event types about devices the engine asks for."""

OF_CALLS = frozenset(_READERS) - OF_DEVICES
"""The event types about calls the engine asks for."""


def parse(message: dict[str, Any]) -> Event | None:
    """Read one event message; None for a type nobody asked for.

    :raises AriMalformed: a field the ARI documentation promises is missing or of another kind.
    """
    kind = message.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return None
    try:
        return reader(message)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise AriMalformed(f"{type(error).__name__}: {error}") from None
