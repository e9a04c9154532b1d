"""The sections of config.yaml about the installation: database, PBX, lines to the outside, web pages."""

import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from ivr.config.browser_sections import BrowserPhones
from ivr.config.conversation_sections import Outbound
from ivr.config.value_types import DATABASES, Host, ListenAddress, Name, Port, Section


class Storage(Section):
    """Where the truth lies. The address holds a password, so it comes from the environment.

    ``url``: "sqlite" is the file hotline.sqlite3 in the hotline's home; anything else is an
    SQLAlchemy address without a password. ``url_from`` names the environment variable with the
    whole address and wins.
    """

    url: str = "sqlite"
    url_from: str | None = None

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url != "sqlite" and not url.startswith(DATABASES):
            raise ValueError(f'"{url}" is no database; write "sqlite" or "postgresql://user@host/name"')
        if re.search(r"://[^/@:]*:[^/@]+@|[?&]password=", url):
            raise ValueError("a password has no place here; name an environment variable in storage.url_from")
        return url


class Disk(Section):
    """Free space, in GB of 10^9 bytes, below which `hotline check` speaks up; used space, of which the
    running hotline warns, and above which it calls the disk full.

    An hour of conversation takes 0.12 GB (two channels of 16 bit at 8 kHz).
    """

    warn_below_gb: Annotated[float, Field(ge=0)] = 10
    least_gb: Annotated[float, Field(ge=0)] = 1
    warn_used_percent: Annotated[float, Field(gt=0, le=100)] = 95
    full_used_percent: Annotated[float, Field(gt=0, le=100)] = 99


class Sip(Section):
    """Where the PBX takes calls."""

    host: ListenAddress = "127.0.0.1"
    port: Port = 5060


class Rtp(Section):
    """The ports for audio; ``silent_line_seconds``: no sound at all from a caller's line for so long, and the
    PBX ends the call.

    Long, for somebody may listen muted or behind a network that sends nothing while they are silent; not
    endless, for a telephone that is gone without a word would keep its place, its line and an agent.
    """

    first: Port = 20000
    last: Port = 20999
    silent_line_seconds: Annotated[int, Field(ge=1, le=3600)] = 600

    @model_validator(mode="after")
    def _enough(self) -> "Rtp":
        if self.last - self.first < 19:
            raise ValueError(
                f"{self.first}-{self.last} has room for no more than four calls; give 20 ports or more"
            )
        return self


class Ari(Section):
    """Where the engine reaches the PBX. ``password_from``: variable name, for system and remote."""

    host: Host = "127.0.0.1"
    port: Port = 8088
    user: Name = "hotline"
    password_from: str | None = None
    application: Name = "hotline"


class PbxMode(StrEnum):
    """Whose Asterisk it is."""

    EMBEDDED = "embedded"  # fetched, configured, started and stopped by this program
    SYSTEM = "system"  # the one installed on this machine, started by this program with its own folders
    REMOTE = "remote"  # somebody else runs it; only its ARI is used


class Pbx(Section):
    """The Asterisk."""

    mode: PbxMode = PbxMode.EMBEDDED
    node: Name = "pbx1"
    sip: Sip = Sip()
    rtp: Rtp = Rtp()
    ari: Ari = Ari()
    browser: BrowserPhones = BrowserPhones()
    codecs: list[Literal["alaw", "ulaw"]] = Field(default=["alaw", "ulaw"])
    """Of telephones: the PBX records both sides as they come, and they must come at 8 kHz."""
    recordings_folder: str | None = None


class Trunk(Section):
    """A line to the outside: calls are taken from its listed addresses only.

    ``outbound``: where it takes calls to the outside; the first trunk that has it is used.
    """

    name: Name
    match: Annotated[list[IPv4Network | IPv6Network], Field(min_length=1)]
    outbound: Outbound | None = None

    @field_validator("match")
    @classmethod
    def _not_everybody(cls, match: list[Any]) -> list[Any]:
        for network in match:
            if network.prefixlen == 0:
                raise ValueError(f"{network} would let everybody in; list the carrier's addresses")
        return match


class Console(Section):
    """The web pages.

    ``proxies``: how many proxies in front are believed about the caller's address. ``public_url``: how people
    reach the pages from outside, for links in texts and mails. ``metrics_token_from``: variable name; who has
    the token reads /metrics from another machine.
    """

    host: Host = "127.0.0.1"
    port: Port = 8000
    https: bool = False
    session_hours: Annotated[float, Field(gt=0, le=24)] = 12
    sign_in_tries_per_minute: Annotated[int, Field(ge=1, le=1000)] = 10
    proxies: Annotated[int, Field(ge=0, le=3)] = 0
    public_url: Annotated[str, Field(max_length=200)] | None = None
    metrics_token_from: str | None = None

    @field_validator("public_url")
    @classmethod
    def _address_of_pages(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?", url):
            raise ValueError(f'"{url}" is no address of pages; write one such as "https://hotline.example"')
        return url
