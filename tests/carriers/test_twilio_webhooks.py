"""What Twilio calls: signed or refused, kept once, and an alarm caller is helped though the PBX is down."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from ivr.carriers.twilio_webhooks import TwilioWebhooks
from ivr.config.twilio_section import Twilio
from ivr.config.twilio_section import TwilioWebhooks as Hooks
from ivr.errors import NotStarted
from storage.database import Database
from storage.models import CarrierStatus
from storage.queries import carrier_events
from tests.carriers.twilio_api import SID, TOKEN
from tests.ports import free_port

pytestmark = pytest.mark.socket

PUBLIC = "https://hotline.example/proxied"
WORDS = "请马上到室外。"
CALL = {"AccountSid": SID, "CallSid": "CA1", "From": "+8613900000001", "To": "+8653188880001"}
TEXT = {
    "AccountSid": SID,
    "MessageSid": "SM1",
    "From": "+8613900000001",
    "To": "+8653188880001",
    "Body": "家里有燃气味 & 头晕",
}


def settings(**values: object) -> Twilio:
    return Twilio.model_validate(
        {
            "enabled": True,
            "number": "+8653188880001",
            "public_url": PUBLIC,
            "pbx": "sip:95777@pbx.example",
            "duty_numbers": ["+8613900000008", "+8613900000009"],
            "webhooks": Hooks(port=free_port()),
            **values,
        }
    )


@pytest.fixture
def database(sqlite_address: str) -> Iterator[Database]:
    database = Database(sqlite_address)
    yield database
    database.close()


@pytest.fixture
def hooks(database: Database) -> Iterator[TwilioWebhooks]:
    hooks = TwilioWebhooks(settings(), SID, TOKEN, database, WORDS)
    hooks.start()
    yield hooks
    hooks.close()


def signed(path: str, form: dict[str, str], token: str = TOKEN, public: str = PUBLIC) -> str:
    """As Twilio signs: over the address that it knows, and the form."""
    return str(RequestValidator(token).compute_signature(public + path, form))


def post(
    hooks: TwilioWebhooks, path: str, form: dict[str, str], signature: str | None = None, **headers: str
) -> tuple[int, str]:
    """What is answered; signed as Twilio does unless a signature is given."""
    connection = http.client.HTTPConnection("127.0.0.1", hooks.port, timeout=5)
    given = signed(path, form) if signature is None else signature
    sent = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": given, **headers}
    connection.request("POST", path, urlencode(form), sent)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_a_caller_is_sent_into_the_pbx(hooks: TwilioWebhooks) -> None:
    status, twiml = post(hooks, "/twilio/voice", CALL)
    dial = ElementTree.fromstring(twiml).find("Dial")
    assert status == 200 and dial is not None
    assert dial.attrib["action"] == f"{PUBLIC}/twilio/voice/after"
    assert dial.attrib["timeout"] == "15" and dial.attrib["callerId"] == "+8613900000001"
    assert [sip.text for sip in dial.findall("Sip")] == ["sip:95777@pbx.example"]


def test_where_the_pbx_does_not_answer_the_instructions_are_said_and_the_duty_phones_rung(
    hooks: TwilioWebhooks,
) -> None:
    """Gas leaks come before everything, also while everything of ours is down; until somebody answers."""
    after = {**CALL, "DialCallStatus": "no-answer"}
    for path in ("/twilio/voice/after", "/twilio/voice/duty", "/twilio/voice/duty"):
        status, twiml = post(hooks, path, after)
        response = ElementTree.fromstring(twiml)
        said, dial = response.find("Say"), response.find("Dial")
        assert status == 200 and said is not None and dial is not None
        assert said.text == WORDS and said.attrib["language"] == "zh-CN"
        assert [number.text for number in dial] == ["+8613900000008", "+8613900000009"]
        assert dial.attrib["action"] == f"{PUBLIC}/twilio/voice/duty"


@pytest.mark.parametrize("path", ["/twilio/voice/after", "/twilio/voice/duty"])
def test_who_has_talked_is_not_rung_again(hooks: TwilioWebhooks, path: str) -> None:
    _, twiml = post(hooks, path, {**CALL, "DialCallStatus": "completed"})
    assert [part.tag for part in ElementTree.fromstring(twiml)] == ["Hangup"]


def test_without_duty_numbers_the_instructions_are_said_twice(database: Database) -> None:
    hooks = TwilioWebhooks(settings(duty_numbers=[]), SID, TOKEN, database, WORDS)
    form = {**CALL, "DialCallStatus": "failed"}
    status, twiml = hooks.answer(
        "/twilio/voice/after", urlencode(form).encode(), signed("/twilio/voice/after", form)
    )
    assert status == 200
    assert [part.tag for part in ElementTree.fromstring(twiml)] == ["Say", "Say", "Hangup"]


def test_a_text_is_kept_once_however_often_it_is_told(hooks: TwilioWebhooks, database: Database) -> None:
    """A replayed request has a right signature, and no second effect."""
    for _ in range(3):
        assert post(hooks, "/twilio/text", TEXT)[0] == 200
    with database.read() as connection:
        (kept,) = carrier_events.received(connection, 10)
    assert (kept.sid, kept.sender, kept.text) == ("SM1", "+8613900000001", "家里有燃气味 & 头晕")


def test_what_became_of_a_text_is_kept_each_status_once(hooks: TwilioWebhooks, database: Database) -> None:
    path = "/twilio/text/status?notice=7"
    for status, error in (("sent", ""), ("undelivered", "30003"), ("undelivered", "30003")):
        form = {"AccountSid": SID, "MessageSid": "SM1", "MessageStatus": status, "ErrorCode": error}
        assert post(hooks, path, form)[0] == 204
    assert post(hooks, "/twilio/voice/status", {**CALL, "CallStatus": "completed"})[0] == 204
    with database.read() as connection:
        rows = connection.execute(select(*CarrierStatus.__table__.c).order_by(CarrierStatus.at)).all()
    assert [(row.sid, row.status, row.error) for row in rows] == [
        ("SM1", "sent", None),
        ("SM1", "undelivered", "30003"),
        ("CA1", "completed", None),
    ]


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "bm90IGEgc2lnbmF0dXJl",
        signed("/twilio/text", TEXT, token="another-token"),
        signed("/twilio/text", {**TEXT, "Body": "something else"}),
        signed("/twilio/voice", TEXT),
        signed("/twilio/text", TEXT, public="http://127.0.0.1:8090"),
    ],
)
def test_what_is_not_signed_by_twilio_is_refused_and_changes_nothing(
    hooks: TwilioWebhooks, database: Database, signature: str
) -> None:
    assert post(hooks, "/twilio/text", TEXT, signature) == (403, "")
    with database.read() as connection:
        assert list(carrier_events.received(connection, 10)) == []


def test_behind_a_proxy_the_public_address_counts_and_no_header(hooks: TwilioWebhooks) -> None:
    forged = {"Host": "hotline.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    assert post(hooks, "/twilio/text", TEXT, **forged)[0] == 200
    other = signed("/twilio/text", TEXT, public="http://evil.example")
    assert post(hooks, "/twilio/text", TEXT, other, **forged)[0] == 403


def test_another_account_of_the_same_token_is_refused(hooks: TwilioWebhooks) -> None:
    assert post(hooks, "/twilio/voice", {**CALL, "AccountSid": "AC" + "f" * 32})[0] == 403


def test_what_is_no_request_of_twilio_is_turned_away(hooks: TwilioWebhooks) -> None:
    assert post(hooks, "/twilio/other", TEXT)[0] == 404
    big = {**TEXT, "Body": "x" * 70_000}
    assert post(hooks, "/twilio/text", big)[0] == 413
    connection = http.client.HTTPConnection("127.0.0.1", hooks.port, timeout=5)
    connection.request("GET", "/twilio/voice")
    assert connection.getresponse().status == 501
    connection.close()
    with socket.create_connection(("127.0.0.1", hooks.port), timeout=5) as raw:
        raw.sendall(b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 411 " in raw.recv(200)


def test_a_flood_is_turned_away_and_the_next_caller_is_served(database: Database) -> None:
    hooks = TwilioWebhooks(settings(webhooks=Hooks(port=free_port(), at_once=4)), SID, TOKEN, database, WORDS)
    hooks.start()
    try:
        idle = [socket.create_connection(("127.0.0.1", hooks.port), timeout=3) for _ in range(40)]
        threads = [threading.Thread(target=_until_closed, args=(one,)) for one in idle[8:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        for one in idle:
            one.close()
        for _ in range(50):
            try:
                status, _ = post(hooks, "/twilio/voice", CALL)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            assert status == 200
            break
        else:
            raise AssertionError("nobody was served after the flood")
    finally:
        hooks.close()


def _until_closed(one: socket.socket) -> None:
    """A place that is not there is closed at once."""
    try:
        one.recv(1)
    except OSError:
        return


def test_a_port_that_is_taken_is_said(hooks: TwilioWebhooks, database: Database) -> None:
    taken = settings(webhooks=Hooks(port=hooks.port))
    with pytest.raises(NotStarted, match=r"twilio\.webhooks"):
        TwilioWebhooks(taken, SID, TOKEN, database, WORDS).start()
