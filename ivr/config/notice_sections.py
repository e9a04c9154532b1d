"""The sections of config.yaml about what people are told: by text, by mail, and by calls to the duty list."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from ivr.config.value_types import (
    LINE_PATTERN,
    DialledNumber,
    DigitKey,
    Host,
    MailAddress,
    Port,
    Seconds,
    Section,
    SipAddress,
)
from ivr.standard.urgency import Urgency

Wait = Annotated[float, Field(ge=1, le=7 * 24 * 3600)]


class Notices(Section):
    """When a text or mail that could not be carried is tried again, and who gets texts."""

    waits: Annotated[list[Wait], Field(min_length=1, max_length=20)] = Field(
        default=[10, 30, 60, 300, 900, 3600, 3 * 3600, 6 * 3600]
    )
    to_customers: bool = True

    @field_validator("waits")
    @classmethod
    def _growing(cls, waits: list[float]) -> list[float]:
        if waits != sorted(waits):
            raise ValueError("write growing pauses, such as [10, 60, 600]: a carrier that is away needs time")
        return waits


class Texts(Section):
    """What carries texts. ``file``: each is a line of texts/outgoing.jsonl in the hotline's home."""

    carrier: Literal["file", "twilio"] = "file"


class Mail(Section):
    """The server that takes mail (RFC 5321); without ``host`` none is sent."""

    host: Host | None = None
    port: Port = 25
    starttls: bool = False
    user: Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=254)] | None = None
    password_from: str | None = None
    sender: MailAddress = "hotline@localhost"
    timeout: Annotated[float, Field(ge=1, le=120)] = 15

    @model_validator(mode="after")
    def _whole(self) -> "Mail":
        if (self.user is None) is not (self.password_from is None):
            raise ValueError("user and password_from go together: give both, or neither")
        if self.user is not None and not self.starttls:
            raise ValueError(
                "with user and password, set starttls: true: a password is not sent in the clear"
            )
        return self


class DutyPerson(Section):
    """Somebody on the duty list: called at a telephone number, or at a phone inside by its SIP address."""

    name: Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=40)]
    number: DialledNumber | None = None
    device: SipAddress | None = None

    @model_validator(mode="after")
    def _reachable(self) -> "DutyPerson":
        if self.number is None and self.device is None:
            raise ValueError(
                'give a number such as "13900000000", or a device such as "sip:8001@192.168.1.20:5060"'
            )
        return self

    @property
    def called_at(self) -> str:
        """Where the call goes: the phone inside where there is one, else the number."""
        return self.device or self.number or ""


class DutyList(Section):
    """Leaders who are called one after the other about an alarm until somebody acknowledges (R-3.1)."""

    people: Annotated[list[DutyPerson], Field(max_length=50)] = Field(default=[])
    urgencies: list[Urgency] = Field(default=[Urgency.CRITICAL])
    ring_seconds: Seconds = 25
    acknowledge_key: DigitKey = "1"
    acknowledge_within: Seconds = 8
    say_times: Annotated[int, Field(ge=1, le=10)] = 3
    pause_between_rounds: Annotated[float, Field(ge=0, le=3600)] = 30
