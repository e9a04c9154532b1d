"""The socket to the PBX: a WebSocket (RFC 6455) as a plain asyncio protocol, framed by ``websockets``.

The connection object that comes with ``websockets`` costs more for each message than all that is done
with the message. Here a message is handed on where it is read, and written where it is sent.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

LONGEST_MESSAGE = 16 * 2**20
_BEGINS_MESSAGE = frozenset({Opcode.TEXT, Opcode.BINARY})


class PbxSocket(asyncio.Protocol):
    """One connection. Made by :func:`connect`.

    ``closed`` is done when the connection is gone: with what ``hear`` raised, or with an ``OSError``.
    ``heard`` is the loop time (seconds) at which something came last, be it an answer to :meth:`ping`.
    """

    def __init__(self, url: str, headers: dict[str, str], hear: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.heard = loop.time()
        self._loop = loop
        self._headers = headers
        self._hear = hear
        self._protocol = ClientProtocol(parse_uri(url), max_size=LONGEST_MESSAGE)
        self._transport: asyncio.Transport | None = None
        self._parts: list[bytes] = []

    def send(self, message: bytes) -> None:
        """Send one text message; on a connection that is gone it goes nowhere (see ``closed``)."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(message)
            self._flush()

    def ping(self) -> None:
        """Ask for a sign of life."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_ping(b"")
            self._flush()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # -- called by asyncio ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        self._transport = cast(asyncio.Transport, transport)
        request = self._protocol.connect()
        request.headers.update(self._headers)
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take the messages out of what has come."""
        self.heard = self._loop.time()
        self._protocol.receive_data(data)
        try:
            for event in self._protocol.events_received():
                if isinstance(event, Frame):
                    self._frame(event)
                elif not self.opened.done():
                    self.opened.set_result(None)
        except Exception as error:
            self._over(error)
            self.abort()
            return
        self._flush()

    def eof_received(self) -> None:
        """The PBX says no more."""
        self._protocol.receive_eof()

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone."""
        refusal = self._protocol.handshake_exc
        self._over(OSError(str(refusal or error or "the PBX closed the connection")))

    def _frame(self, frame: Frame) -> None:
        if frame.opcode in _BEGINS_MESSAGE and frame.fin:
            self._hear(bytes(frame.data))
        elif frame.opcode in _BEGINS_MESSAGE or frame.opcode is Opcode.CONT:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                whole, self._parts = b"".join(self._parts), []
                self._hear(whole)

    def _flush(self) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        for data in self._protocol.data_to_send():
            if data:
                transport.write(data)
            else:
                transport.close()

    def _over(self, error: Exception) -> None:
        for outcome in (self.opened, self.closed):
            if not outcome.done():
                outcome.set_exception(error)
                outcome.exception()  # nobody need have asked


async def connect(
    host: str, port: int, path: str, headers: dict[str, str], hear: Callable[[bytes], None]
) -> PbxSocket:
    """Connect.

    :param path: with its query string.
    :param hear: called with each message, in order, in the event loop; what it raises ends the connection.
    :raises OSError: the PBX is not there, or refuses; the message says how.
    """
    loop = asyncio.get_running_loop()
    where = f"[{host}]" if ":" in host else host
    _, socket = await loop.create_connection(
        lambda: PbxSocket(f"ws://{where}:{port}{path}", headers, hear), host, port
    )
    try:
        await socket.opened
    except BaseException:
        socket.abort()
        raise
    return socket
