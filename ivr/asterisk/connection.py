"""The ARI connection: REST and events over one WebSocket, reconnecting for ever.

Requests travel as ``RESTRequest`` messages on the event socket, so that answers and events arrive in
the order in which the PBX made them (ARI: "REST over WebSocket", Asterisk 22.4 and later).
A socket that dies silently is noticed within two seconds: when nothing was heard for a second a ping
goes out, and its answer has 0.9 s.
"""

import asyncio
import base64
import itertools
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import structlog

from ivr.asterisk import events
from ivr.asterisk.install import parse_version, refuse_older
from ivr.asterisk.pbx_socket import PbxSocket, connect
from ivr.errors import AriDisconnected, AriMalformed, AriRefused, AriTimeout, HotlineError, PbxUnusable

log = structlog.get_logger(__name__)

QUIET_BEFORE_PING = 1.0
PING_DEADLINE = 0.9
CONNECT_DEADLINE = 3.0
FIRST_BACKOFF = 0.05
LONGEST_BACKOFF = 2.0

Query = dict[str, str | int | bool]


class AriConnection:
    """The one door to a PBX's ARI.

    :param address: ``host:port`` of the PBX's HTTP server.
    :param on_event: called for each event, in order, in the event loop; must not block.
    :param on_connected: awaited after each (re)connect, when requests work; events that arrive
        meanwhile are delivered as usual.
    :param on_lost: called when an established connection is gone.
    """

    def __init__(
        self,
        address: str,
        user: str,
        password: str,
        application: str,
        *,
        on_event: Callable[[events.Event], None],
        on_connected: Callable[[], Awaitable[None]],
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.application = application
        self.connected = self._was_there = False
        self._devices = f"{application}-devices"
        applications = f"{application},{self._devices}"
        self._address = address
        self._path = "/ari/events?" + urlencode({"app": applications, "subscribeAll": "false"})
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}
        self._on_event = on_event
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._socket: PbxSocket | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)

    async def run(self) -> None:
        """Stay connected until cancelled.

        :raises PbxUnusable: another engine took the application over, or the PBX is too old.
        """
        backoff = FIRST_BACKOFF
        while True:
            self._was_there = False
            try:
                await self._one_connection()
                backoff = FIRST_BACKOFF
            except PbxUnusable:
                raise
            except (OSError, TimeoutError, HotlineError) as error:
                if self._was_there:  # one that breaks ends with an error too
                    backoff = FIRST_BACKOFF
                log.warning("ari.not_connected", reason=_reason(error), retry_seconds=backoff)
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, LONGEST_BACKOFF)

    async def _one_connection(self) -> None:
        """Connect, serve the socket until it is gone."""
        host, _, port = self._address.rpartition(":")
        async with asyncio.timeout(CONNECT_DEADLINE):
            socket = await connect(host.strip("[]"), int(port), self._path, self._headers, self._hear)
        self._socket = socket
        tasks = [
            asyncio.create_task(self._watch(socket), name="ari-watch"),
            asyncio.create_task(self._welcome(), name="ari-welcome"),
        ]
        try:
            watching, _ = tasks
            pending: set[asyncio.Future[None]] = {socket.closed, *tasks}
            while not (socket.closed.done() or watching.done()):
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            self._lost()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            socket.abort()

    async def _welcome(self) -> None:
        """First words on a new socket: check the PBX, say which events are wanted, tell the engine."""
        try:
            info = await self.get("/asterisk/info", {"only": "system"})
            refuse_older(parse_version(info["system"]["version"]), "the PBX")
            # The filter also stops the answers to requests unless they are named.
            await self._filter(self.application, events.OF_CALLS | {"RESTResponse"})
            # Whoever subscribes to devices is told all about their channels too, a second time. So an
            # application of their own hears of devices, and of nothing else.
            await self._filter(self._devices, events.OF_DEVICES)
            await self.post(f"/applications/{self._devices}/subscription", {"eventSource": "endpoint:PJSIP"})
            self.connected = self._was_there = True
            await self._on_connected()
        except AriDisconnected:
            return

    async def _filter(self, application: str, kinds: frozenset[str]) -> None:
        allowed = [{"type": kind} for kind in sorted(kinds)]
        await self.put(f"/applications/{application}/eventFilter", body={"allowed": allowed})

    def _lost(self) -> None:
        was_connected, self.connected, self._socket = self.connected, False, None
        answers, self._answers = self._answers, {}
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(AriDisconnected("the connection to the PBX broke before it answered"))
                answer.exception()
        if was_connected:
            log.warning("ari.lost")
            self._on_lost()

    def _hear(self, text: bytes) -> None:
        try:
            message = orjson.loads(text)
            kind = message["type"]
        except (ValueError, KeyError, TypeError) as error:
            log.error("ari.malformed", reason=str(error))
            return
        if kind == "RESTResponse":
            self._answered(message)
        elif kind == "ApplicationReplaced":
            raise PbxUnusable(f"another engine took over the ARI application {self.application!r}")
        else:
            self._deliver(message)

    def _answered(self, message: dict[str, Any]) -> None:
        answer = self._answers.pop(str(message.get("request_id")), None)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _deliver(self, message: dict[str, Any]) -> None:
        """Hand one event on. A broken event is logged and passed over: the calls must go on."""
        try:
            event = events.parse(message)
        except AriMalformed as error:
            log.error("ari.malformed", kind=str(message.get("type")), reason=str(error))
            return
        if event is not None:
            self._on_event(event)

    async def _watch(self, socket: PbxSocket) -> None:
        """Notice a socket that died silently. Anything heard counts, not only the pong."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(0.05, socket.heard + QUIET_BEFORE_PING - loop.time()))
            if loop.time() - socket.heard < QUIET_BEFORE_PING:
                continue
            asked = loop.time()
            socket.ping()
            await asyncio.sleep(PING_DEADLINE)
            if socket.heard < asked:
                log.warning("ari.silent", seconds=round(loop.time() - socket.heard, 2))
                return

    # -- requests ------------------------------------------------------------------------------

    async def request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: dict[str, Any] | None = None,
        *,
        deadline: float = 5.0,
    ) -> Any:
        """Ask the PBX for something.

        :param path: below ``/ari``, such as ``/channels/17.1/answer``; see :func:`segment`.
        :param deadline: seconds to wait for the answer.
        :returns: the decoded JSON body, None when it is empty.
        :raises AriDisconnected: there is no connection, or it broke before the answer.
        :raises AriRefused: the PBX said no; ``status`` says how.
        :raises AriTimeout: no answer in time.
        """
        socket = self._socket
        if socket is None:
            raise AriDisconnected(f"{method} {path}: not connected to the PBX")
        number = str(next(self._numbers))
        message: dict[str, Any] = {
            "type": "RESTRequest",
            "request_id": number,
            "method": method,
            "uri": path[1:],
        }
        if query:
            message["query_strings"] = [
                {"name": name, "value": _text(value)} for name, value in query.items()
            ]
        if body is not None:
            message["content_type"] = "application/json"
            message["message_body"] = orjson.dumps(body).decode()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._answers[number] = answer
        # One timer, and no context around it: this is done twenty times a call.
        timer = loop.call_later(deadline, _too_late, answer)
        try:
            socket.send(orjson.dumps(message))
            response = await answer
        except TimeoutError:
            raise AriTimeout(f"{method} {path}: no answer within {deadline} s") from None
        finally:
            timer.cancel()
            self._answers.pop(number, None)
        return _body(method, path, response)

    async def get(self, path: str, query: Query | None = None) -> Any:
        """Read something; see :meth:`request`."""
        return await self.request("GET", path, query)

    async def post(self, path: str, query: Query | None = None, body: dict[str, Any] | None = None) -> Any:
        """Make or do something; see :meth:`request`."""
        return await self.request("POST", path, query, body)

    async def put(self, path: str, query: Query | None = None, body: dict[str, Any] | None = None) -> Any:
        """Set something; see :meth:`request`."""
        return await self.request("PUT", path, query, body)

    async def delete(self, path: str, query: Query | None = None) -> Any:
        """End something; see :meth:`request`."""
        return await self.request("DELETE", path, query)


def segment(text: str) -> str:
    """One segment of a path, escaped."""
    return quote(text, safe="")


def _too_late(answer: asyncio.Future[dict[str, Any]]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())


def _body(method: str, path: str, response: dict[str, Any]) -> Any:
    status = int(response.get("status_code", 0))
    text = response.get("message_body") or ""
    try:
        body = orjson.loads(text) if text else None
    except ValueError:
        raise AriMalformed(f"{method} {path}: the answer is not JSON: {text[:80]!r}") from None
    if 200 <= status < 300:
        return body
    said = body.get("message") or body.get("error") if isinstance(body, dict) else None
    raise AriRefused(status, method, path, said or str(response.get("reason_phrase")))


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
