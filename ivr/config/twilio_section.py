"""The section of config.yaml about Twilio as a second carrier: off unless it is switched on."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from ivr.config.conversation_sections import Outbound
from ivr.config.installation import Trunk
from ivr.config.value_types import WORDS_OF_PATTERN, Host, Port, Section, SipAddress
from ivr.standard.number_rules import NumberForm

TWILIO = "twilio"
"""Name of its trunk."""
_URL = r"^https?://[A-Za-z0-9.\-\[\]:]{1,253}(/[A-Za-z0-9._~/-]{0,200})?$"
_E164 = r"^\+[1-9][0-9]{6,14}$"
WORDS_OF_PATTERN[_URL] = 'an address such as "https://hotline.example"'
WORDS_OF_PATTERN[_E164] = 'a number in E.164, such as "+8653188880001"'

Url = Annotated[str, StringConstraints(pattern=_URL)]
E164 = Annotated[str, StringConstraints(pattern=_E164)]


class TwilioWebhooks(Section):
    """Where Twilio's requests arrive: behind a proxy that speaks TLS, or directly."""

    host: Host = "127.0.0.1"
    port: Port = 8090
    at_once: Annotated[int, Field(ge=1, le=500)] = 16
    largest_bytes: Annotated[int, Field(ge=1024, le=1024 * 1024)] = 64 * 1024


_SIGNALLING = (
    "54.172.60.0/30",
    "54.244.51.0/30",
    "54.171.127.192/30",
    "35.156.191.128/30",
    "54.65.63.192/30",
    "54.169.127.128/30",
    "54.252.254.64/30",
    "177.71.206.192/30",
)
"""Where Twilio's SIP comes from, all its edges (https://www.twilio.com/docs/sip-trunking/ip-addresses)."""


class TwilioSipTrunk(Section):
    """An Elastic SIP Trunk of Twilio's, as the last of the trunks; it has the name ``twilio``.

    ``termination``: its address for calls out. ``addresses``: where its calls to us come from. User and
    password of its credential list come from the environment only.
    """

    termination: Host
    port: Port = 5060
    transport: Literal["udp", "tcp"] = "udp"
    addresses: Annotated[list[IPv4Network | IPv6Network], Field(min_length=1)] = Field(
        default=[IPv4Network(network) for network in _SIGNALLING]
    )
    user_from: str = "TWILIO_SIP_USER"
    password_from: str = "TWILIO_SIP_PASSWORD"  # noqa: S105  the name of a variable
    qualify_seconds: Annotated[int, Field(ge=0, le=3600)] = 30

    def as_trunk(self, user: str, shown_number: str | None) -> Trunk:
        """As one of the trunks: numbers as Twilio wants them, E.164 with the plus."""
        return Trunk(
            name=TWILIO,
            match=self.addresses,
            outbound=Outbound(
                host=self.termination,
                port=self.port,
                transport=self.transport,
                numbers=NumberForm.E164,
                shown_number=shown_number,
                qualify_seconds=self.qualify_seconds,
                user=user,
                password_from=self.password_from,
            ),
        )


class Twilio(Section):
    """Texts out and in, and the way in for callers while the PBX does not answer.

    ``public_url`` is the address that Twilio calls, as it signs it; ``pbx`` where callers are sent.
    """

    enabled: bool = False
    account_sid_from: str = "TWILIO_ACCOUNT_SID"
    auth_token_from: str = "TWILIO_AUTH_TOKEN"  # noqa: S105  the name of a variable
    number: E164 | None = None
    public_url: Url | None = None
    api_url: Url = "https://api.twilio.com"
    pbx: SipAddress | None = None
    answer_within: Annotated[int, Field(ge=5, le=120)] = 15
    duty_numbers: Annotated[list[E164], Field(max_length=10)] = Field(default=[])
    duty_ring_seconds: Annotated[int, Field(ge=5, le=120)] = 25
    timeout: Annotated[float, Field(ge=1, le=120)] = 15
    webhooks: TwilioWebhooks = TwilioWebhooks()
    sip_trunk: TwilioSipTrunk | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Twilio":
        if self.enabled:
            for name in ("number", "public_url", "pbx"):
                if getattr(self, name) is None:
                    raise ValueError(f"{name} is missing; Twilio cannot be switched on without it")
        return self
