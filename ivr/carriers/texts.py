"""What carries texts: one interface, and the one that config.yaml names."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.carriers.text_file import TextFile
from ivr.carriers.twilio_texts import TwilioTexts
from ivr.config import Settings


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text to be carried."""

    id: int
    """The notice's; a carrier that was given the same one before may know it by that."""
    to: str
    """E.164."""
    text: str
    urgent: bool
    made_at: datetime
    unclear: bool
    """An engine died while it was carried: it may have gone out already."""


class TextCarrier(Protocol):
    """Takes texts to mobile telephones. Called in a thread, one text at a time."""

    def carry(self, text: OutgoingText) -> None:
        """Carry one text; returns when the carrier has taken it for good.

        :raises CarrierAway: nothing can be carried now. ``CarrierRefused``: not this one, now.
            ``NeverCarried``: not this one, ever.
        """


def text_carrier(settings: Settings) -> TextCarrier:
    """The carrier that config.yaml names (texts.carrier)."""
    if settings.texts.carrier == "twilio":
        return TwilioTexts(settings.twilio, settings.twilio_account_sid, settings.twilio_auth_token)
    return TextFile(settings.home / "texts" / "outgoing.jsonl")
