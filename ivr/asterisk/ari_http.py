"""ARI over plain HTTP, for whoever looks at the PBX beside the engine: few requests, no events."""

import asyncio
import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from ivr.errors import AriDisconnected, AriMalformed, AriRefused, AriTimeout


class AriHttp:
    """Requests to one PBX, each on a connection of its own.

    :param within: seconds after which the PBX counts as gone.
    """

    def __init__(self, host: str, port: int, user: str, password: str, *, within: float = 2.0) -> None:
        self._where = (host, port)
        self._who = b64encode(f"{user}:{password}".encode()).decode()
        self._within = within

    async def request(self, method: str, path: str, query: dict[str, str] | None = None) -> Any:
        """Ask for something; gives the decoded JSON body, None when it is empty.

        :param path: below ``/ari``, its segments escaped.
        :raises AriDisconnected: nobody listens there, or the connection broke.
        :raises AriRefused: the PBX said no. ``AriTimeout``: no answer in time.
        """
        what = f"{path}?{urlencode(query)}" if query else path
        head = (
            f"{method} /ari{what} HTTP/1.1",
            "Host: pbx",
            f"Authorization: Basic {self._who}",
            "Content-Length: 0",
            "Connection: close",
        )
        try:
            async with asyncio.timeout(self._within):
                answer = await self._exchange("\r\n".join([*head, "", ""]).encode())
        except TimeoutError:
            raise AriTimeout(f"{method} {path}: no answer within {self._within} s") from None
        except OSError as error:
            raise AriDisconnected(f"{method} {path}: {error.strerror or error}") from None
        return _body(method, path, answer)

    async def _exchange(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._where)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()


def _body(method: str, path: str, answer: bytes) -> Any:
    head, _, text = answer.partition(b"\r\n\r\n")
    first = head.split(b"\r\n", 1)[0].split()
    if len(first) < 2 or not first[1].isdigit():
        raise AriDisconnected(f"{method} {path}: the PBX closed the connection")
    if (status := int(first[1])) >= 300:
        raise AriRefused(status, method, path, text.decode("utf-8", "replace")[:200])
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        raise AriMalformed(f"{method} {path}: the answer is not JSON: {text[:80]!r}") from None
