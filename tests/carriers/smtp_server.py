"""A real SMTP server on loopback (RFC 5321): STARTTLS and AUTH PLAIN where a test wants them, and moods."""

import asyncio
import base64
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.ports import free_port


@dataclass
class Moods:
    """How the server behaves, changed at any time."""

    refuse_recipient: dict[str, int] = field(default_factory=dict)
    """Address → code of the answer to RCPT TO."""
    refuse_data: int | None = None
    """Code of the answer after the whole mail."""
    hang_up_after_data: bool = False
    """Takes the mail and breaks the connection before the answer: what SMTP leaves unclear."""
    wait_before_answer: float = 0.0
    """Seconds between the end of a mail and the answer to it."""


class SmtpServer:
    """Takes mails, in a thread of its own; :meth:`stop` and :meth:`start` again as a server that is away."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, account: tuple[str, str] | None = None) -> None:
        self.port = free_port()
        self.moods = Moods()
        self.taken: list[EmailMessage] = []
        """Mails for which the server has said 250, or should have."""
        self.receivers: list[str] = []
        self.was_encrypted: list[bool] = []
        self._tls = tls
        self._account = account
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self.start()

    def start(self) -> None:
        """Take connections."""

        async def listen() -> asyncio.Server:
            return await asyncio.start_server(self._serve, "127.0.0.1", self.port)

        self._server = asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)

    def stop(self) -> None:
        """Take none any more."""

        async def close() -> None:
            assert self._server is not None
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)

    def end(self) -> None:
        """Be gone."""
        if self._server is not None and self._server.is_serving():
            self.stop()
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _hang_up(self) -> None:
        """End whoever still talks."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(self, reader, writer).talk()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class _Session:
    def __init__(
        self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._encrypted = False
        self._known = False
        self._to: list[str] = []

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    async def talk(self) -> None:
        await self._say("220 127.0.0.1 ESMTP")
        while line := (await self._reader.readline()).decode().strip():
            verb = line.partition(" ")[0].upper()
            answer = await getattr(self, f"_{verb.lower()}", self._unknown)(line)
            if answer is not None:
                await self._say(answer)
            if verb == "QUIT" or self._writer.is_closing():
                return

    async def _unknown(self, line: str) -> str:
        return f"502 {line.partition(' ')[0]} is not implemented"

    async def _ehlo(self, line: str) -> None:
        offered = ["SIZE 10000000", "8BITMIME", "SMTPUTF8"]
        if self._server._tls is not None and not self._encrypted:
            offered.append("STARTTLS")
        if self._server._account is not None and self._encrypted:
            offered.append("AUTH PLAIN")
        await self._say(*(f"250-{one}" for one in offered), "250 HELP")

    async def _starttls(self, line: str) -> str | None:
        if self._server._tls is None:
            return "502 not here"
        await self._say("220 go ahead")
        await self._writer.start_tls(self._server._tls)
        self._encrypted = True
        return None

    async def _auth(self, line: str) -> str:
        _, _, given = base64.b64decode(line.split()[2]).decode().partition("\0")
        self._known = tuple(given.split("\0")) == self._server._account
        return "235 welcome" if self._known else "535 who are you"

    async def _mail(self, line: str) -> str:
        if self._server._account is not None and not self._known:
            return "530 sign in first"
        self._to = []
        return "250 ok"

    async def _rcpt(self, line: str) -> str:
        address = line[line.index("<") + 1 : line.index(">")]
        if code := self._server.moods.refuse_recipient.get(address):
            return f"{code} not {address}"
        self._to.append(address)
        return "250 ok"

    async def _data(self, line: str) -> str | None:
        await self._say("354 go on")
        body = (await self._reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        server, moods = self._server, self._server.moods
        if moods.refuse_data is not None:
            return f"{moods.refuse_data} not now"
        server.taken.append(message_from_bytes(body, policy=policy.default))
        server.receivers += self._to
        server.was_encrypted.append(self._encrypted)
        if moods.hang_up_after_data:
            self._writer.close()
            return None
        await asyncio.sleep(moods.wait_before_answer)
        return "250 taken"

    async def _rset(self, line: str) -> str:
        return "250 ok"

    async def _quit(self, line: str) -> str:
        return "221 bye"
