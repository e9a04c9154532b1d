"""Texts by Twilio's messages (https://www.twilio.com/docs/messaging/api/message-resource).

The library is optional: it is loaded when this carrier is chosen, and its absence is said in words.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ivr.errors import CarrierAway, CarrierRefused, NeverCarried

if TYPE_CHECKING:
    from ivr.carriers.texts import OutgoingText
    from ivr.config.twilio_section import Twilio

STATUS_PATH = "/twilio/text/status"
_NOT_NOW = frozenset({401, 403, 408, 409, 423, 425, 429})
"""Answers that are about us or about this moment, and not about the text."""
_LOOKED_BACK = timedelta(minutes=5)


def client(settings: "Twilio", account_sid: str, auth_token: str) -> Any:
    """The library's client, speaking to ``settings.api_url``.

    :raises CarrierAway: the library is not installed.
    """
    try:
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client
    except ImportError:
        raise CarrierAway("the package twilio is not installed; pip install 'gas-hotline[twilio]'") from None
    made = Client(
        account_sid, auth_token, http_client=TwilioHttpClient(timeout=settings.timeout, max_retries=0)
    )
    made.api.base_url = settings.api_url
    return made


class TwilioTexts:
    """Hands texts to Twilio. Called in a thread, one text at a time."""

    def __init__(self, settings: "Twilio", account_sid: str, auth_token: str) -> None:
        self._settings = settings
        self._client = client(settings, account_sid, auth_token)

    def carry(self, text: "OutgoingText") -> None:
        """Hand over one text; returns when Twilio has taken it. What it came to arrives by its callback.

        :raises CarrierAway: Twilio cannot be reached, or refuses us. ``CarrierRefused``: not now.
            ``NeverCarried``: this number takes no text.
        """
        from twilio.base.exceptions import TwilioException, TwilioRestException

        try:
            if text.unclear and self._is_there(text):
                return
            self._client.messages.create(
                to=text.to,
                from_=self._settings.number,
                body=text.text,
                status_callback=f"{self._settings.public_url}{STATUS_PATH}?notice={text.id}",
            )
        except TwilioRestException as error:
            raise _refusal(error.status, error.code, str(error.msg)) from None
        except (TwilioException, OSError) as error:
            raise CarrierAway(f"Twilio: {type(error).__name__}: {error}") from None

    def _is_there(self, text: "OutgoingText") -> bool:
        """Whether Twilio has taken it already: an engine died between its answer and our note of it."""
        sent = self._client.messages.list(
            to=text.to, from_=self._settings.number, date_sent_after=text.made_at - _LOOKED_BACK, limit=50
        )
        return any(message.body == text.text for message in sent)


def _refusal(status: int, code: int, said: str) -> CarrierAway | CarrierRefused | NeverCarried:
    words = f"Twilio answered {status} ({code}): {said}"
    if status in (401, 403):
        return CarrierAway(f"{words}; see twilio.account_sid_from and auth_token_from")
    if status in _NOT_NOW or status >= 500:
        return CarrierRefused(words)
    return NeverCarried(words)
