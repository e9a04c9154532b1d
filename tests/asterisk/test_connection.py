"""The ARI connection against a server that speaks ARI's messages: requests, events, breaks, refusals."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ivr.asterisk import connection, events
from ivr.asterisk.connection import AriConnection, segment
from ivr.errors import AriDisconnected, AriMalformed, AriRefused, AriTimeout, PbxUnusable
from tests.asterisk.ari_server import AriServer
from tests.ports import free_port

pytestmark = pytest.mark.socket

CHANNEL = {"id": "c1", "name": "PJSIP/line-1", "state": "Up", "caller": {}, "dialplan": {}}


def key(digit: str) -> dict[str, Any]:
    return {"type": "ChannelDtmfReceived", "digit": digit, "duration_ms": 100, "channel": CHANNEL}


class Engine:
    """The side of the engine: its connection, and what it was told."""

    def __init__(self, port: int, password: str = "right") -> None:
        self.heard: asyncio.Queue[events.Event] = asyncio.Queue()
        self.connects: asyncio.Queue[None] = asyncio.Queue()
        self.losses: asyncio.Queue[None] = asyncio.Queue()
        self.ari = AriConnection(
            f"127.0.0.1:{port}",
            "hotline",
            password,
            "hotline",
            on_event=self.heard.put_nowait,
            on_connected=self._connected,
            on_lost=lambda: self.losses.put_nowait(None),
        )
        self.running = asyncio.create_task(self.ari.run())

    async def _connected(self) -> None:
        assert self.ari.connected, "requests work by now"
        self.connects.put_nowait(None)

    async def until(self, told: asyncio.Queue[Any]) -> Any:
        """The next thing that is told; what ends the connection for good is raised."""
        waiting = asyncio.ensure_future(told.get())
        async with asyncio.timeout(10):
            await asyncio.wait({waiting, self.running}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            self.running.result()
        return waiting.result()

    async def ends_with(self) -> BaseException:
        """What it gives up with."""
        async with asyncio.timeout(10):
            await asyncio.wait({self.running})
        error = self.running.exception()
        assert error is not None
        return error


@asynccontextmanager
async def engine_at(port: int, password: str = "right") -> AsyncIterator[Engine]:
    engine = Engine(port, password)
    try:
        yield engine
    finally:
        engine.running.cancel()
        await asyncio.gather(engine.running, return_exceptions=True)


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[AriServer, Engine]]:
    async with AriServer.running() as pbx, engine_at(pbx.port) as engine:
        await engine.until(engine.connects)
        yield pbx, engine


def named(lines: list[EventDict], event: str) -> list[EventDict]:
    return [line for line in lines if line["event"] == event]


async def until_named(lines: list[EventDict], event: str, times: int) -> list[EventDict]:
    async with asyncio.timeout(10):
        while len(named(lines, event)) < times:  # noqa: ASYNC110 - the log tells nobody
            await asyncio.sleep(0.01)
    return named(lines, event)


async def test_the_first_words_name_the_applications_and_ask_for_the_events_that_are_read() -> None:
    async with connected() as (pbx, _):
        assert pbx.paths == ["/ari/events?app=hotline%2Chotline-devices&subscribeAll=false"]
        assert [request["uri"] for request in pbx.asked] == [
            "asterisk/info",
            "applications/hotline/eventFilter",
            "applications/hotline-devices/eventFilter",
            "applications/hotline-devices/subscription",
        ]
        filters = [json.loads(request["message_body"])["allowed"] for request in pbx.asked[1:3]]
        wanted = [{each["type"] for each in allowed} for allowed in filters]
        # Without its name in the filter no answer to a request would come.
        assert wanted == [events.OF_CALLS | {"RESTResponse"}, events.OF_DEVICES]
        assert pbx.asked[3]["query_strings"] == [{"name": "eventSource", "value": "endpoint:PJSIP"}]


async def test_a_pbx_that_is_too_old_is_refused_before_the_engine_hears_of_it() -> None:
    async with AriServer.running() as pbx:
        pbx.version = "20.6.0"
        async with engine_at(pbx.port) as engine:
            error = await engine.ends_with()
        assert isinstance(error, PbxUnusable)
        assert "Asterisk 20.6.0 is too old" in str(error)
        assert engine.connects.empty()
        assert [request["uri"] for request in pbx.asked] == ["asterisk/info"]


async def test_another_engine_that_takes_the_application_over_ends_this_one() -> None:
    async with connected() as (pbx, engine):
        await pbx.tell({"type": "ApplicationReplaced", "application": "hotline"})
        error = await engine.ends_with()
        assert isinstance(error, PbxUnusable)
        assert "another engine took over the ARI application 'hotline'" in str(error)
        assert not engine.ari.connected


async def test_a_request_carries_its_values_and_brings_its_own_answer() -> None:
    async with connected() as (pbx, engine):
        pbx.answers = {"GET channels/a%2Fb": None, "POST bridges/b": None}
        ask = engine.ari
        first = asyncio.create_task(ask.get(f"/channels/{segment('a/b')}", {"n": 3, "on": True}))
        second = asyncio.create_task(ask.post("/bridges/b", body={"type": "mixing"}))
        one, two = await pbx.until_asked("GET channels/a%2Fb"), await pbx.until_asked("POST bridges/b")
        assert one["query_strings"] == [{"name": "n", "value": "3"}, {"name": "on", "value": "true"}]
        assert (two["content_type"], json.loads(two["message_body"])) == (
            "application/json",
            {"type": "mixing"},
        )
        await pbx.answer(two, 204)  # out of order, one without a body
        await pbx.answer(one, 200, '{"id": "a/b"}')
        assert (await first, await second) == ({"id": "a/b"}, None)


async def test_a_refusal_and_an_answer_that_is_no_json_are_errors_of_their_own() -> None:
    async with connected() as (pbx, engine):
        pbx.answers = {
            "GET channels/gone": (404, '{"message": "Channel not found"}'),
            "GET channels/odd": (200, "<html>"),
        }
        with pytest.raises(AriRefused, match="Channel not found") as refused:
            await engine.ari.get("/channels/gone")
        assert refused.value.status == 404
        with pytest.raises(AriMalformed, match="GET /channels/odd: the answer is not JSON: '<html>'"):
            await engine.ari.get("/channels/odd")


async def test_a_request_that_is_not_answered_in_time_says_so_and_harms_no_other() -> None:
    async with connected() as (pbx, engine):
        pbx.answers = {"GET channels/slow": None}
        with pytest.raises(AriTimeout, match=r"GET /channels/slow: no answer within 0\.05 s"):
            await engine.ari.request("GET", "/channels/slow", deadline=0.05)
        await pbx.answer(await pbx.until_asked("GET channels/slow"), 200, '"too late"')
        pbx.answers = {"GET channels": (200, "[]")}
        assert await engine.ari.get("/channels") == []


async def test_events_come_in_their_order_and_what_cannot_be_read_is_passed_over() -> None:
    with capture_logs() as lines:
        async with connected() as (pbx, engine):
            broken = {"type": "ChannelDtmfReceived", "channel": {}}
            await pbx.tell(key("1"), "no JSON at all", "[]", broken, {"type": "SomethingNewer"}, key("2"))
            heard = [await engine.until(engine.heard) for _ in range(2)]
    assert heard == [events.Digit("c1", "1"), events.Digit("c1", "2")]
    assert len(named(lines, "ari.malformed")) == 3


async def test_a_connection_that_breaks_fails_who_waits_and_is_made_anew() -> None:
    async with connected() as (pbx, engine):
        pbx.answers = {"GET channels": None}
        waiting = asyncio.create_task(engine.ari.get("/channels"))
        await pbx.until_asked("GET channels")
        await pbx.hang_up()
        with pytest.raises(AriDisconnected, match="broke before it answered"):
            await waiting
        await engine.until(engine.losses)
        with pytest.raises(AriDisconnected, match="GET /channels: not connected to the PBX"):
            await engine.ari.get("/channels")
        pbx.answers = {}
        await engine.until(engine.connects)
        assert await engine.ari.get("/channels") is None
        assert engine.losses.empty()


async def test_a_socket_that_dies_silently_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing heard, then a ping without an answer; two seconds as it ships."""
    assert connection.QUIET_BEFORE_PING + connection.PING_DEADLINE < 2
    monkeypatch.setattr(connection, "QUIET_BEFORE_PING", 0.2)
    monkeypatch.setattr(connection, "PING_DEADLINE", 0.3)
    with capture_logs() as lines:
        async with connected() as (pbx, engine):
            pbx.fall_silent()
            await engine.until(engine.losses)
            await engine.until(engine.connects)
            assert await engine.ari.get("/channels") is None
    assert named(lines, "ari.silent")


async def test_while_there_is_no_pbx_it_is_tried_ever_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then at once again, as soon as a connection was there."""
    monkeypatch.setattr(connection, "FIRST_BACKOFF", 0.01)
    monkeypatch.setattr(connection, "LONGEST_BACKOFF", 0.04)
    port = free_port()
    with capture_logs() as lines:
        async with engine_at(port) as engine:
            tried = await until_named(lines, "ari.not_connected", 5)
            async with AriServer.running(port):
                await engine.until(engine.connects)
                before = len(named(lines, "ari.not_connected"))
            again = (await until_named(lines, "ari.not_connected", before + 2))[before:]
    assert [line["retry_seconds"] for line in tried[:5]] == [0.01, 0.02, 0.04, 0.04, 0.04]
    assert [line["retry_seconds"] for line in again[:2]] == [0.01, 0.02]


async def test_a_wrong_password_is_said_and_tried_again() -> None:
    with capture_logs() as lines:
        async with AriServer.running() as pbx, engine_at(pbx.port, "wrong") as engine:
            (line, *_) = await until_named(lines, "ari.not_connected", 2)
            assert pbx.refused >= 2
            assert engine.connects.empty()
    assert "401" in line["reason"]
