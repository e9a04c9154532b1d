"""Event → the leg, recording or newcomer it belongs to."""

from collections.abc import Callable

import structlog

from ivr.asterisk import events
from ivr.asterisk.channel import (
    KeyPressed,
    Leg,
    LegEnded,
    LegEntered,
    LegHungUp,
    LegPlays,
    LegRinging,
    LegUp,
    PlayedOut,
)

log = structlog.get_logger(__name__)


MOST_EARLY = 32
"""Keys that are kept for a channel."""


def _nobody() -> None:
    """Nobody waits for this channel's end."""


class Dispatcher:
    """Knows every leg and recording of this engine by the PBX's identifiers.

    :param newcomer: called with a channel that entered our application and is nobody's leg yet.
    :param device: called when a device comes or goes.
    """

    def __init__(
        self,
        newcomer: Callable[[events.StasisStart], None],
        device: Callable[[events.EndpointState], None],
    ) -> None:
        self._legs: dict[str, Leg] = {}
        self._recordings: dict[str, Callable[[events.RecordingChanged], None]] = {}
        self._endings: dict[str, Callable[[], None]] = {}
        self._early: dict[str, str] = {}
        self._newcomer = newcomer
        self._device = device

    def add(self, leg: Leg) -> None:
        """From now on the events of this leg's channel go to it, the keys first that were pressed before."""
        self._legs[leg.id] = leg
        for key in self.early_keys(leg.id):
            leg.hear(KeyPressed(leg, key))

    def early_keys(self, channel_id: str) -> str:
        """What was pressed on a channel that is nobody's leg yet, once.

        While a caller is written down or taken up again: people press the gas-leak key as soon as they are
        told of it.
        """
        return self._early.pop(channel_id, "")

    def remove(self, leg: Leg) -> None:
        """The leg is done with."""
        self._legs.pop(leg.id, None)

    def knows(self, channel_id: str) -> bool:
        """Whether the channel is a leg of a call of this engine."""
        return channel_id in self._legs

    def add_recording(self, name: str, hear: Callable[[events.RecordingChanged], None]) -> None:
        """From now on what happens to this recording is told to ``hear``."""
        self._recordings[name] = hear

    def remove_recording(self, name: str) -> None:
        """Nobody waits for this recording any more."""
        self._recordings.pop(name, None)

    def when_ended(self, channel_id: str, tell: Callable[[], None]) -> None:
        """Call ``tell`` once, as soon as the channel has gone, whether it is a leg of a call or not.

        At once where it is a call's leg that has gone already: the call is told by its next step only.
        """
        if (leg := self._legs.get(channel_id)) is not None and leg.ended:
            tell()
        else:
            self._endings[channel_id] = tell

    def forget_all(self) -> None:
        """The connection is lost: all legs and recordings are taken up anew after the next connect."""
        self._legs.clear()
        self._recordings.clear()
        self._endings.clear()
        self._early.clear()

    def dispatch(self, event: events.Event) -> None:
        """Hand one event on; one that is nobody's (late, or of a leg that is done with) is passed over.

        A key that is nobody's is kept until its channel is somebody's leg, or has gone.
        """
        match event:
            case events.RecordingChanged():
                if hear := self._recordings.get(event.name):
                    hear(event)
            case events.EndpointState():
                self._device(event)
            case events.StasisStart():
                self.early_keys(event.channel.id)  # those of before were for the dialplan
                leg = self._legs.get(event.channel.id)
                if leg is not None:
                    leg.hear(LegEntered(leg))
                elif event.arguments[:1] == ("inbound",):
                    self._newcomer(event)
            case _:
                leg = self._legs.get(event.channel_id)
                if leg is not None:
                    self._to_leg(leg, event)
                elif isinstance(event, events.Digit):
                    early = self._early.get(event.channel_id, "") + event.digit
                    self._early[event.channel_id] = early[-MOST_EARLY:]
                if isinstance(event, events.ChannelDestroyed):
                    self.early_keys(event.channel_id)
                    self._endings.pop(event.channel_id, _nobody)()

    def _to_leg(self, leg: Leg, event: events.Event) -> None:
        match event:
            case events.ChannelState(state="Ringing"):
                leg.hear(LegRinging(leg))
            case events.ChannelState(state="Up") if not leg.up:
                leg.up = True
                leg.hear(LegUp(leg))
            case events.DialProgress(status="PROGRESS") if not leg.up:
                leg.hear(LegPlays(leg))
            case events.Digit(digit=digit):
                leg.hear(KeyPressed(leg, digit))
            case events.PlaybackFinished(playback_id=playback, failed=failed):
                leg.hear(PlayedOut(leg, playback, failed))
            case events.HangupRequest(unheard=unheard) if not leg.hung_up_by_us:
                leg.unheard = unheard
                leg.hear(LegHungUp(leg))
            case events.ChannelDestroyed(cause=cause, sip=sip):
                self._ended(leg, cause, sip)

    def _ended(self, leg: Leg, cause: int, sip: int | None) -> None:
        if not leg.ended:
            leg.ended = True
            leg.hear(LegEnded(leg, cause, sip))
