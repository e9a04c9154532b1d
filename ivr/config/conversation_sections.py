"""The sections of config.yaml about holding, passing on and calling out, and lines to the outside."""

from typing import Annotated

from pydantic import Field

from ivr.config.value_types import (
    DialledNumber,
    DialPrefix,
    Host,
    NumberBeginning,
    Port,
    Seconds,
    Section,
)
from ivr.standard.number_rules import NumberForm


class Hold(Section):
    """A caller on hold (R-12.9)."""

    limit_seconds: Seconds = 60
    apology_every: Seconds = 60


class CallingOut(Section):
    """Calls to the outside: from the desk, to units, and transfers."""

    answer_within: Seconds = 60
    wrap_up_seconds: Annotated[float, Field(ge=0, le=3600)] = 30
    countries: list[NumberBeginning] = Field(default=["+86"])
    premium: list[NumberBeginning] = Field(default=["+86160", "+86168", "+86900", "1259"])
    short_numbers: list[NumberBeginning] = Field(default=["95", "96", "100", "123"])
    emergency_numbers: list[DialledNumber] = Field(
        default=["110", "119", "120", "122", "112", "911", "999", "12395"]
    )
    emergency_allowed: list[DialledNumber] = Field(default=[])


class Outbound(Section):
    """Where a trunk takes calls to the outside, and how it wants numbers."""

    host: Host
    port: Port = 5060
    numbers: NumberForm = NumberForm.NATIONAL
    prefix: DialPrefix = ""
    shown_number: DialledNumber | None = None
