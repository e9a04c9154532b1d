"""The sections of config.yaml about holding, passing on and calling out, and lines to the outside."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from ivr.config.value_types import (
    LINE_PATTERN,
    DialledNumber,
    DialPrefix,
    Host,
    NumberBeginning,
    Port,
    Seconds,
    Section,
)
from ivr.standard.number_rules import NumberForm
from ivr.standard.trunk_choice import TrunkRules


class Hold(Section):
    """A caller on hold (R-12.9)."""

    limit_seconds: Seconds = 60
    apology_every: Seconds = 60


class CallingOut(Section):
    """Calls to the outside: from the desk, to units, and transfers.

    ``agent_per_hour`` and ``agent_per_day``: that one agent may begin. ``all_per_…``: with the dialer's.
    """

    answer_within: Seconds = 60
    wrap_up_seconds: Annotated[float, Field(ge=0, le=3600)] = 30
    countries: list[NumberBeginning] = Field(default=["+86"])
    premium: list[NumberBeginning] = Field(default=["+86160", "+86168", "+86900", "1259"])
    short_numbers: list[NumberBeginning] = Field(default=["95", "96", "100", "123"])
    emergency_numbers: list[DialledNumber] = Field(
        default=["110", "119", "120", "122", "112", "911", "999", "12395"]
    )
    emergency_allowed: list[DialledNumber] = Field(default=[])
    agent_per_hour: Annotated[int, Field(ge=1)] = 60
    agent_per_day: Annotated[int, Field(ge=1)] = 300
    all_per_hour: Annotated[int, Field(ge=1)] = 1000
    all_per_day: Annotated[int, Field(ge=1)] = 10_000


class Failover(Section):
    """When a call to the outside goes on over the next trunk, and when a trunk comes last for a while.

    ``patience_seconds``: without any sign that it rings. ``rest_seconds``: until a trunk that failed is tried
    first again. ``silent_seconds``: after the answer without any sound; ``silent_after`` such calls, one
    after the other.
    """

    patience_seconds: Annotated[float, Field(ge=1, le=60)] = 12
    rest_seconds: Annotated[float, Field(ge=1, le=24 * 3600)] = 300
    silent_seconds: Annotated[float, Field(ge=0.5, le=30)] = 3
    silent_after: Annotated[int, Field(ge=1, le=100)] = 3

    @property
    def rules(self) -> TrunkRules:
        """As the rules take them."""
        return TrunkRules(timedelta(seconds=self.rest_seconds), self.silent_after)


class Outbound(Section):
    """Where a trunk takes calls to the outside, and how it wants numbers.

    ``qualify_seconds``: how often it is asked whether it is there (OPTIONS); 0: never. ``user`` and
    ``password_from``: where it wants a password; the latter names the environment variable that holds it.
    """

    host: Host
    port: Port = 5060
    transport: Literal["udp", "tcp"] = "udp"
    qualify_seconds: Annotated[int, Field(ge=0, le=3600)] = 30
    user: Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=80)] | None = None
    password_from: str | None = None
    numbers: NumberForm = NumberForm.NATIONAL
    prefix: DialPrefix = ""
    shown_number: DialledNumber | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Outbound":
        if (self.user is None) is not (self.password_from is None):
            raise ValueError("user and password_from go together: give both, or neither")
        return self
