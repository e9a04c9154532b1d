"""The sections of config.yaml about telephones in web pages: the agents' and the one for trying."""

import re
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from ivr.config.value_types import ListenAddress, Port, Seconds, Section

_ADDRESS = re.compile(r"(wss?)://([A-Za-z0-9.\-]{1,253}|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(/[A-Za-z0-9._~/\-]*)?")


class BrowserPhones(Section):
    """Where pages reach the PBX's WebSocket, and with which certificate it speaks TLS there.

    ``url``: the address as browsers reach it, "wss://hotline.example:8089/ws"; None: on this machine only.
    ``certificate``, ``key``: PEM files; without them the PBX speaks no TLS itself (a proxy may).
    ``host``, ``port``: where the PBX listens for TLS.
    """

    url: str | None = None
    certificate: str | None = None
    key: str | None = None
    host: ListenAddress = "0.0.0.0"
    port: Port = 8089

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is not None and not _ADDRESS.fullmatch(url):
            raise ValueError(
                f'"{url}" is no WebSocket address; write one such as "wss://hotline.example:8089/ws"'
            )
        return url

    @model_validator(mode="after")
    def _belong_together(self) -> "BrowserPhones":
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together: name both files, or neither")
        if self.certificate is not None and self.url is None:
            raise ValueError(
                'url is missing: with a certificate, name the address it is for, "wss://hotline.example:8089/ws"'
            )
        if self.certificate is not None and not str(self.url).startswith("wss://"):
            raise ValueError(f'"{self.url}" is not encrypted though there is a certificate; write wss://…')
        return self

    @property
    def origin(self) -> str | None:
        """Scheme, host and port of ``url``: what a page must be allowed to connect to."""
        return self.url if self.url is None else "/".join(self.url.split("/")[:3])


class TryIt(Section):
    """The page /try, a telephone in the browser for dialling the hotline as a customer.

    It is there while made-up data is (``demo``), and gone with it.
    """

    at_once: Annotated[int, Field(ge=1, le=50)] = 4
    lasts: Seconds = 600
    """How long a telephone stays that its page does not ask for any more."""
