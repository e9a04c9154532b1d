"""Settings of what happens when more people call than can be served, and of whom the PBX keeps out."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import Field, model_validator

from ivr.config.value_types import Section


class Crowd(Section):
    """More callers than can be served, on one PBX node.

    ``callers``: on the line at once; who comes beyond hears that all are busy and is called back, unless it
    is a gas leak. ``refused_above``: beyond that the PBX refuses calls (SIP 503), so that a trunk tries
    another node. ``late_seconds``: how late the engine may stay with its own work before it counts as
    crowded; one moment in which the machine stood still does not.
    """

    callers: Annotated[int, Field(ge=1, le=100_000)] = 200
    refused_above: Annotated[int, Field(ge=1, le=100_000)] = 300
    late_seconds: Annotated[float, Field(ge=0.1, le=60)] = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> "Crowd":
        if self.refused_above <= self.callers:
            raise ValueError("refused_above must be more than callers: some are to hear why")
        return self


class Bans(Section):
    """Addresses that try names or passwords at the PBX are not listened to for a while.

    ``tries`` that fail ``within_seconds`` ban an address for ``seconds``. Trunks' addresses, and those in
    ``never``, are not banned; a proxy before the console speaks for all pages, and must be among them.
    """

    tries: Annotated[int, Field(ge=2, le=10_000)] = 10
    within_seconds: Annotated[float, Field(ge=1, le=24 * 3600)] = 60
    seconds: Annotated[float, Field(ge=1, le=365 * 24 * 3600)] = 3600
    never: list[IPv4Network | IPv6Network] = Field(
        default=[IPv4Network("127.0.0.1/32"), IPv6Network("::1/128")]
    )
