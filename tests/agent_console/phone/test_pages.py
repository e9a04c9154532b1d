"""The browser phone's routes: keys for pages, counts of calls, and whatever else is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.config.sections import DeviceKind, Role
from ivr.standard.three_rings import OfferOutcome
from storage.passwords import device_digest
from storage.queries import phones
from storage.queries.phones import KnownPhone
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

COUNTS = {
    "leg": "0f0e0d0c-0b0a-4908-8706-050403020100",
    "seconds": "12.5",
    "over": "false",
    "sent": "625",
    "received": "600",
    "lost": "25",
    "lost_there": "1",
    "jitter_ms": "4.2",
    "round_trip_ms": "31",
    "codec": "PCMA",
}


def known(scene: Scene) -> list[KnownPhone]:
    with scene.database.read() as connection:
        return phones.known(connection, ago(0))


@pytest.fixture
def me(scene: Scene) -> int:
    """An agent with a browser phone."""
    return scene.person("1001", device_kind=DeviceKind.BROWSER)


@pytest.fixture
def agent(me: int, visitor: Callable[..., Visitor]) -> Visitor:
    """The agent, signed in."""
    somebody = visitor()
    somebody.sign_in("1001")
    return somebody


def test_a_page_gets_a_key_of_its_own_once(agent: Visitor, scene: Scene) -> None:
    answer = agent.fetch("/phone/key")
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert told["user"] == "agent-1001"
    assert told["url"] == "ws://127.0.0.1:8088/ws"
    assert told["realm"] == "hotline"
    assert [phone.digest for phone in known(scene)] == [device_digest("agent-1001", told["secret"])]
    again = agent.fetch("/phone/key").get_json()
    assert again["secret"] != told["secret"]
    asked = agent.get("/phone/key")
    assert asked.get_json() == {"mark": again["mark"]}
    for path in ("/phone/key", "/phone/test", "/desk"):
        assert again["secret"] not in agent.get(path).get_data(as_text=True), path


def test_whose_phone_is_another_one_gets_no_key(visitor: Callable[..., Visitor], scene: Scene) -> None:
    scene.person("1002", device_kind=DeviceKind.PHONE)
    somebody = visitor()
    somebody.sign_in("1002")
    refused = somebody.fetch("/phone/key")
    assert refused.status_code == 409
    assert refused.get_json() == {"error": "您使用的不是浏览器话机。"}
    assert known(scene) == []
    assert "您使用的不是浏览器话机" in somebody.get("/phone/test").get_data(as_text=True)


def test_who_takes_no_calls_has_no_phone(visitor: Callable[..., Visitor], scene: Scene) -> None:
    scene.person("4001", role=Role.AUDITOR, device_kind=DeviceKind.BROWSER)
    somebody = visitor()
    somebody.sign_in("4001")
    assert somebody.fetch("/phone/key").status_code == 403


def test_signing_out_and_being_taken_over_end_the_key(
    agent: Visitor, visitor: Callable[..., Visitor], scene: Scene
) -> None:
    """R-20."""
    agent.fetch("/phone/key")
    assert len(known(scene)) == 1
    second = visitor("192.0.2.8")
    second.sign_in("1001")
    second.post("/take-over")
    assert known(scene) == []
    assert agent.get("/phone/key", headers={"X-Requested-With": "fetch"}).status_code == 401
    second.fetch("/phone/key")
    assert len(known(scene)) == 1
    second.post("/sign-out")
    assert known(scene) == []


def test_counts_of_a_call_are_kept_and_shown_on_its_page(agent: Visitor, scene: Scene, me: int) -> None:
    call = scene.ended_call(me, minutes_ago=1, talk_started_at=ago(12.5))
    scene.offer(call, me, answered_at=ago(12.5), ended_at=ago(12.5), outcome=OfferOutcome.ANSWERED)
    answer = agent.fetch("/phone/quality", **COUNTS)
    assert (answer.status_code, answer.get_json()) == (200, {"call": call})
    page = agent.get(f"/calls/{call}").get_data(as_text=True)
    for shown in ("通话质量", "4.0 %", "0.2 %", "4.2 ms", "31 ms", "PCMA", "中途断开"):
        assert shown in page
    assert agent.fetch("/phone/quality", **{**COUNTS, "over": "true"}).status_code == 200
    assert "中途断开" not in agent.get(f"/calls/{call}").get_data(as_text=True)


def test_counts_of_no_call_are_refused(agent: Visitor, scene: Scene, me: int) -> None:
    scene.ended_call(me, minutes_ago=30, talk_started_at=ago(timedelta(minutes=29).total_seconds()))
    refused = agent.fetch("/phone/quality", **COUNTS)
    assert refused.status_code == 409
    assert refused.get_json() == {"error": "那一时刻您没有接听任何通话。"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("leg", ""),
        ("leg", "1 OR 1=1"),
        ("leg", "0F0E0D0C-0B0A-4908-8706-050403020100"),
        ("seconds", "-1"),
        ("seconds", "nan"),
        ("seconds", "1e5"),
        ("seconds", "86401"),
        ("over", "maybe"),
        ("sent", "1.5"),
        ("sent", "99999999999"),
        ("received", "２５"),
        ("lost", ""),
        ("lost_there", "\x00"),
        ("jitter_ms", "inf"),
        ("jitter_ms", "600001"),
        ("round_trip_ms", "<b>"),
        ("codec", "<script>"),
        ("codec", "😀"),
        ("codec", "x" * 21),
    ],
)
def test_counts_that_cannot_be_true_are_refused_by_name(agent: Visitor, name: str, value: str) -> None:
    refused = agent.fetch("/phone/quality", **{**COUNTS, name: value})
    assert refused.status_code == 400
    assert refused.get_json()["error"].startswith(f"{name}: must be")


def test_only_the_phones_socket_may_be_spoken_to_besides_the_console(agent: Visitor) -> None:
    policy = agent.get("/phone/test").headers["Content-Security-Policy"]
    assert "connect-src 'self' ws://127.0.0.1:8088" in policy
    assert policy.startswith("default-src 'self'")
