"""The PBX by itself: who may call it, and what callers hear while no engine is connected."""

import asyncio
import base64
import contextlib
import csv
import hashlib
import json
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
import websockets
from websockets.asyncio.client import ClientConnection

from ivr.asterisk.ari_password import ari_password
from ivr.asterisk.embedded import EmbeddedAsterisk
from ivr.asterisk.folders import AsteriskFolders
from tests.asterisk.running_pbx import own_settings, running_pbx, write_tone
from tests.asterisk.sip_caller import Caller
from tests.asterisk.sip_peer import Phone, SipPeer

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

GREETING, WAIT, ALARM, MUSIC = 440.0, 550.0, 880.0, 300.0
STRANGER = "127.0.0.9"  # an address that no trunk lists


@dataclass
class Place:
    """A running PBX with tones for prompts and one duty phone."""

    pbx: EmbeddedAsterisk
    duty: Phone

    @property
    def sip(self) -> tuple[str, int]:
        return self.pbx.settings.pbx.sip.host, self.pbx.settings.pbx.sip.port


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    duty = Phone()
    settings = own_settings(
        tmp_path_factory.mktemp("home"),
        alarm__duty_phones=[duty.address],
        trunks=[{"name": "line", "match": ["127.0.0.1/32"]}],
    )
    folders = AsteriskFolders.of_home(settings.home)
    for name, hertz in (("greeting", GREETING), ("wait", WAIT), ("alarm", ALARM)):
        write_tone(folders.sounds / "hotline" / "zh" / f"fallback_{name}.wav", hertz, 3)
    write_tone(folders.music / "music.wav", MUSIC, 30)
    try:
        async with running_pbx(settings) as pbx:
            yield Place(pbx, duty)
    finally:
        duty.close()


@pytest.fixture
def place(running: Place) -> Place:
    """The running PBX, with nothing of earlier calls at its phone or in its files."""
    running.duty.forget()
    for file in (running.pbx.folders.channel_events, running.pbx.folders.log / "messages.log"):
        with contextlib.suppress(FileNotFoundError):
            os.truncate(file, 0)
    return running


@pytest.fixture
def caller(place: Place) -> Iterator[Caller]:
    caller = Caller(place.sip)
    yield caller
    caller.close()


async def hears(caller: Caller, hertz: float, seconds: float = 0.6) -> None:
    heard = await asyncio.to_thread(caller.pitch, seconds)
    assert heard == pytest.approx(hertz, abs=5)


class Engine:
    """What of an engine these tests need: the event socket and requests over it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def event(self, kind: str, within: float) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while True:
                message = dict(json.loads(await self.socket.recv()))
                if message["type"] == kind:
                    return message

    async def ask(self, method: str, uri: str, body: object = None) -> int:
        message: dict[str, Any] = {"type": "RESTRequest", "request_id": "1", "method": method, "uri": uri}
        if body is not None:
            message |= {"content_type": "application/json", "message_body": json.dumps(body)}
        await self.socket.send(json.dumps(message))
        return int((await self.event("RESTResponse", 5))["status_code"])

    async def push(self, kind: str, name: str, **fields: str) -> None:
        body = {"fields": [{"attribute": key, "value": value} for key, value in fields.items()]}
        assert await self.ask("PUT", f"asterisk/config/dynamic/res_pjsip/{kind}/{name}", body) == 200


def engine_of(place: Place) -> websockets.connect:
    ari = place.pbx.settings.pbx.ari
    token = base64.b64encode(f"{ari.user}:{ari_password(place.pbx.settings.home)}".encode()).decode()
    return websockets.connect(
        f"ws://{ari.host}:{ari.port}/ari/events?app={ari.application}",
        additional_headers={"Authorization": f"Basic {token}"},
    )


async def test_without_an_engine_a_caller_hears_a_sentence_and_then_music(
    place: Place, caller: Caller
) -> None:
    before = time.monotonic()
    assert (await asyncio.to_thread(caller.dial, "95777")).status == 200
    assert time.monotonic() - before < 1.0
    await asyncio.sleep(0.5)
    await hears(caller, GREETING)
    await asyncio.sleep(2.5)
    await hears(caller, MUSIC)
    assert not await asyncio.to_thread(caller.said_goodbye, 1.0)


@pytest.mark.parametrize("way", ["rfc4733", "in_band", "info"])
async def test_the_alarm_key_rings_the_duty_phone_while_the_caller_hears_what_to_do(
    place: Place, caller: Caller, way: str
) -> None:
    await asyncio.to_thread(caller.dial, "95777", telephone_events=way == "rfc4733")
    await asyncio.sleep(1.0)
    await asyncio.to_thread(getattr(caller, f"press_{way}"), "3")
    assert await asyncio.to_thread(place.duty.rings, 2.0)
    await asyncio.sleep(0.3)
    await hears(caller, ALARM)
    # Who hangs up now leaves nobody ringing.
    await asyncio.to_thread(caller.hang_up)
    assert await asyncio.to_thread(place.duty.stops_ringing, 3.0)
    async with asyncio.timeout(5):
        while await place.pbx.rx("core show channels concise"):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)


async def test_when_the_duty_phone_hangs_up_first_the_caller_stays(place: Place, caller: Caller) -> None:
    await asyncio.to_thread(caller.dial, "95777")
    await asyncio.sleep(0.5)
    await asyncio.to_thread(caller.press_rfc4733, "3")
    assert await asyncio.to_thread(place.duty.rings, 2.0)
    place.duty.answer()
    await asyncio.sleep(1.0)
    place.duty.hang_up()
    await asyncio.sleep(0.7)
    await hears(caller, GREETING)


async def test_another_key_neither_rings_the_duty_phone_nor_ends_the_call(
    place: Place, caller: Caller
) -> None:
    await asyncio.to_thread(caller.dial, "95777")
    await asyncio.sleep(0.5)
    await asyncio.to_thread(caller.press_rfc4733, "7")
    assert not await asyncio.to_thread(place.duty.rings, 1.0)
    await hears(caller, MUSIC)


async def test_an_engine_that_comes_takes_the_waiting_caller_with_the_true_time_of_arrival(
    place: Place, caller: Caller
) -> None:
    arrived = time.time()
    await asyncio.to_thread(caller.dial, "95777")
    await asyncio.sleep(1.0)
    async with engine_of(place) as socket:
        engine = Engine(socket)
        start = await engine.event("StasisStart", 14)
        assert start["args"][0] == "inbound"
        told = datetime.fromisoformat(start["args"][1]).replace(tzinfo=UTC)
        assert told.timestamp() == pytest.approx(arrived, abs=0.3)
        channel = start["channel"]["id"]
        again = "continue?context=hotline-fallback&extension=s&priority=1"
        assert await engine.ask("POST", f"channels/{channel}/{again}") == 204
    await asyncio.sleep(1.0)
    await hears(caller, GREETING)


@pytest.mark.parametrize("name", ["13900001111", "fixed-device", "trunk-line"])
async def test_a_call_from_an_address_nobody_listed_is_refused_whatever_its_name(
    place: Place, name: str
) -> None:
    stranger = Caller(place.sip, host=STRANGER, name=name)
    answer = await asyncio.to_thread(stranger.dial, "95777")
    stranger.close()
    assert answer.status == 401


async def test_a_stranger_cannot_tell_known_names_from_unknown_ones(place: Place) -> None:
    statuses = []
    async with engine_of(place) as socket:
        await push_device(Engine(socket), "device-1001", "secret")
        for name in ("device-1001", "device-9999", "fixed-device", "trunk-line"):
            peer = SipPeer(place.sip, host=STRANGER)
            answer = await asyncio.to_thread(peer.register, name, "wrong")
            peer.close()
            assert answer is not None
            statuses.append((answer.status, answer.header("WWW-Authenticate").partition(",")[0]))
    assert len(set(statuses)) == 1
    assert statuses[0][0] == 401


async def push_device(engine: Engine, name: str, secret: str) -> None:
    digest = hashlib.md5(f"{name}:hotline:{secret}".encode()).hexdigest()
    await engine.push(
        "auth", name, auth_type="digest", username=name, password_digest=f"MD5:{digest}", realm="hotline"
    )
    await engine.push("aor", name, max_contacts="1", remove_existing="yes")
    await engine.push("endpoint", name, auth=name, aors=name, context="nobody", disallow="all", allow="alaw")


async def test_a_phone_registers_with_what_the_engine_pushed_and_with_nothing_else(place: Place) -> None:
    async with engine_of(place) as socket:
        engine = Engine(socket)
        await push_device(engine, "device-1001", "secret")
        statuses = []
        for password in ("secret", "wrong"):
            phone = SipPeer(place.sip, host=STRANGER)
            answer = await asyncio.to_thread(phone.register, "device-1001", password)
            phone.close()
            assert answer is not None
            statuses.append(answer.status)
        assert statuses == [200, 401]
        assert await engine.ask("GET", "endpoints/PJSIP/device-1001") == 200
        # What the file says is still there beside what was pushed.
        assert await engine.ask("GET", "endpoints/PJSIP/trunk-line") == 200


@pytest.mark.parametrize(
    "number",
    ["9", "+8653195777", "*11#", "alice", "9" * 200, "95777,evil", "9%24%7bEPOCH%7d", "%22;x=1", "hotline"],
)
async def test_a_strange_number_is_answered_all_the_same(place: Place, caller: Caller, number: str) -> None:
    assert (await asyncio.to_thread(caller.dial, number)).status == 200


@pytest.mark.parametrize("number", ["h", "%e4%bd%a0"])
async def test_a_number_that_cannot_be_one_is_refused(place: Place, caller: Caller, number: str) -> None:
    assert (await asyncio.to_thread(caller.dial, number)).status in (404, 484)


@pytest.mark.parametrize(
    ("name", "display"),
    [
        ("", ""),
        ("anonymous", "Anonymous"),
        ("9" * 200, ""),
        ("1", 'Zh\\"ang'),
        ("1", "张三"),
        ("1", "${EPOCH}$[1+1]"),
    ],
)
async def test_a_strange_caller_is_answered_all_the_same(place: Place, name: str, display: str) -> None:
    caller = Caller(place.sip, name=name, display=display)
    answer = await asyncio.to_thread(caller.dial, "95777")
    caller.close()
    assert answer.status == 200


async def test_a_call_without_an_offer_of_audio_is_answered_with_one(place: Place, caller: Caller) -> None:
    assert (await asyncio.to_thread(caller.dial, "95777", sdp=False)).status == 200
    await asyncio.sleep(0.5)
    await hears(caller, GREETING)


async def test_the_end_of_a_call_does_not_start_it_anew(place: Place, caller: Caller) -> None:
    await asyncio.to_thread(caller.dial, "95777")
    await asyncio.to_thread(caller.hang_up)
    await asyncio.sleep(0.5)
    log = (place.pbx.folders.log / "messages.log").read_text()
    assert len(re.findall("Stasis app 'hotline' (?:doesn't exist|not active)", log)) == 1


async def test_true_times_and_who_hung_up_are_on_disk_without_an_engine(place: Place, caller: Caller) -> None:
    began = time.time()
    await asyncio.to_thread(caller.dial, "95777")
    await asyncio.sleep(0.7)
    ended = time.time()
    await asyncio.to_thread(caller.hang_up)
    await asyncio.sleep(0.5)
    rows = list(csv.reader(place.pbx.folders.channel_events.read_text().splitlines()))
    assert [row[0] for row in rows] == ["CHAN_START", "ANSWER", "HANGUP", "CHAN_END"]
    assert len({row[2] for row in rows}) == 1
    assert rows[0][2].startswith(f"{place.pbx.settings.pbx.node}-")
    assert float(rows[0][1]) == pytest.approx(began, abs=0.2)
    assert float(rows[2][1]) == pytest.approx(ended, abs=0.2)
    assert json.loads(rows[2][5])["hangupsource"] == rows[2][4]
