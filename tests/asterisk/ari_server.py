"""The ARI side of a PBX on loopback: a WebSocket that answers ``RESTRequest`` messages as documented.

Source: Asterisk's "REST over WebSocket" and rest-api/api-docs/events.json.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

PASSWORD = "Basic aG90bGluZTpyaWdodA=="


class AriServer:
    """What a PBX says, and what it was asked.

    ``answers``: status and body by "METHOD uri", 200 and an empty body where none is named; None: it never
    answers. ``version``: the Asterisk it is.
    """

    def __init__(self) -> None:
        self.version = "22.10.1"
        self.port = 0
        self.answers: dict[str, tuple[int, str] | None] = {}
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.refused = 0
        self._newest: ServerConnection | None = None
        self._something = asyncio.Condition()

    def of(self, what: str) -> list[dict[str, Any]]:
        """The requests "METHOD uri"."""
        return [request for request in self.asked if f"{request['method']} {request['uri']}" == what]

    async def until_asked(self, what: str) -> dict[str, Any]:
        """Wait for a request "METHOD uri"."""
        async with asyncio.timeout(10), self._something:
            await self._something.wait_for(lambda: self.of(what))
        return self.of(what)[-1]

    async def tell(self, *messages: dict[str, Any] | str) -> None:
        """Send events, or text that is none."""
        for message in messages:
            await self._socket.send(message if isinstance(message, str) else json.dumps(message))

    async def answer(self, request: dict[str, Any], status: int = 200, body: str = "") -> None:
        """Answer a request that was kept waiting."""
        await self.tell(
            {
                "type": "RESTResponse",
                "transaction_id": "",
                "request_id": request["request_id"],
                "status_code": status,
                "reason_phrase": HTTPStatus(status).phrase,
                "uri": request["uri"],
                "headers": [],
                "content_type": "application/json",
                "message_body": body,
            }
        )

    async def hang_up(self) -> None:
        """Close the newest connection."""
        await self._socket.close()

    def fall_silent(self) -> None:
        """Read nothing from the newest connection any more, and so answer no ping, but keep it."""
        self._socket.transport.pause_reading()

    @property
    def _socket(self) -> ServerConnection:
        assert self._newest is not None
        return self._newest

    def _let_in(self, socket: ServerConnection, request: Request) -> Response | None:
        if request.headers["Authorization"] == PASSWORD:
            self.paths.append(request.path)
            return None
        self.refused += 1
        return socket.respond(HTTPStatus.UNAUTHORIZED, "")

    async def _serve(self, socket: ServerConnection) -> None:
        self._newest = socket
        async for text in socket:
            request = json.loads(text)
            what = f"{request['method']} {request['uri']}"
            info = (200, json.dumps({"system": {"version": self.version}}))
            wanted = self.answers.get(what, info if request["uri"] == "asterisk/info" else (200, ""))
            async with self._something:
                self.asked.append(request)
                self._something.notify_all()
            if wanted is not None:
                await self.answer(request, *wanted)

    @classmethod
    @asynccontextmanager
    async def running(cls, port: int = 0) -> "AsyncIterator[AriServer]":
        """One that listens; ``port`` 0: on any that is free."""
        server = cls()
        async with serve(
            server._serve, "127.0.0.1", port, process_request=server._let_in, close_timeout=0.1
        ) as listening:
            server.port = next(iter(listening.sockets)).getsockname()[1]
            yield server
