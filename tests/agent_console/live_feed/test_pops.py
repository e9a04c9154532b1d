"""The screen pop comes with the first ring, in the same message, and every look is written down."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from agent_console.live_feed.feed import LiveFeed
from agent_console.live_feed.stream import Reader, Stream
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.case_life import CaseStep
from ivr.standard.transfer import TargetKind, TransferState
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import Case, Customer, CustomerNumber, SignIn, Transfer
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago


@pytest.fixture
def feed(database: Database, settings: Settings) -> LiveFeed:
    """A feed whose thread does not run: the test says when a board is read."""
    return LiveFeed(database, settings)


@pytest.fixture
def reader(visitor: Callable[..., Visitor], scene: Scene) -> Reader:
    me = scene.person("1001")
    visitor().sign_in("1001")
    with scene.database.read() as connection:
        session = connection.execute(SignIn.__table__.select()).one()
    return Reader(sign_in_id=session.id, agent_id=me, language="zh", me=True, floor=False)


@pytest.fixture
def stream(feed: LiveFeed, reader: Reader) -> Iterator[Stream]:
    with feed.open(reader) as stream:
        stream.take(0)
        yield stream


def add_customer(scene: Scene, name: str, number: str = "+8613912341111", **values: Any) -> int:
    with scene.database.write() as connection:
        row = {"name": name, "surname": name[0], "form_of_address": "先生", "created_at": ago(0), **values}
        made = connection.execute(insert(Customer).values(row).returning(Customer.id)).scalar_one()
        connection.execute(insert(CustomerNumber).values(customer_id=made, number=number))
    return int(made)


def told(feed: LiveFeed, stream: Stream) -> dict[str, Any]:
    feed.refresh()
    return stream.take(0)


def test_the_first_ring_brings_call_and_customer_in_one_message(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    """R-12.6."""
    known = add_customer(scene, "李建国", compound="泉中小区", building="3", entrance="2", door="501")
    scene.ended_call(None, 600, caller_number="+8613912341111")
    scene.ring(reader.agent_id, scene.call(caller_number="13912341111"))
    news = told(feed, stream)
    assert news["me"]["state"] == "offered"
    pop = news["pop"]
    assert pop["call"] == news["me"]["call"]["id"]
    assert [(one["id"], one["called"], one["surname"]) for one in pop["customers"]] == [
        (known, "李先生", "李")
    ]
    assert "501" in pop["customers"][0]["address"]
    assert [call["outcome"] for call in pop["calls"]] == ["abandoned_waiting"]


def test_several_customers_of_a_number_are_all_told_and_a_stranger_is_nobody(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    add_customer(scene, "周丽")
    add_customer(scene, "周建军")
    scene.ring(reader.agent_id, scene.call(caller_number="13912341111"))
    assert len(told(feed, stream)["pop"]["customers"]) == 2
    scene.presence(reader.agent_id, AgentState.TALKING, call_id=scene.call(caller_number=None))
    assert told(feed, stream)["pop"]["customers"] == []
    scene.presence(reader.agent_id, AgentState.READY)
    assert told(feed, stream)["pop"] is None


def test_open_cases_of_number_and_customer_are_told(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    known = add_customer(scene, "李建国")
    row = {
        "kind": CallKind.REPAIR,
        "urgency": Urgency.URGENT,
        "first_responder_id": reader.agent_id,
        "content": "长" * 500,
        "created_at": ago(3600),
    }
    with scene.database.write() as connection:
        for number, more in [
            ("2026-11-0001", {"customer_id": known}),
            ("2026-11-0002", {"contact_number": "13912341111", "created_at": ago(60)}),
            ("2026-11-0003", {"contact_number": "13912341111", "closed_at": ago(1)}),
            ("2026-11-0004", {"contact_number": "13800000000"}),
        ]:
            connection.execute(insert(Case).values({"number": number, **row, **more}))
    scene.ring(reader.agent_id, scene.call(caller_number="13912341111"))
    cases = told(feed, stream)["pop"]["cases"]
    assert [case["number"] for case in cases] == ["2026-11-0002", "2026-11-0001"]
    assert max(len(case["content"]) for case in cases) <= 140


def test_an_open_case_is_told_with_its_state_and_when_something_is_due(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene, settings: Settings
) -> None:
    """R-OV, R-FR."""
    cases = CaseScene(scene, settings)
    made = cases.case(reader.agent_id, hours_ago=5)
    cases.step(made, CaseStep.ACCEPT, cases.fitter)
    scene.ring(reader.agent_id, scene.call(caller_number="13912341111"))
    (case,) = told(feed, stream)["pop"]["cases"]
    assert (case["number"], case["state"], case["who"]) == (made.number, "accepted", "1001")
    assert 0 < case["due_at"] - ago(0).timestamp() * 1000 < 3_600_000


def test_the_numbers_of_a_customer_are_not_told(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    """R-18: the number that calls is there; the customer's others are not needed."""
    known = add_customer(scene, "李建国")
    with scene.database.write() as connection:
        connection.execute(insert(CustomerNumber).values(customer_id=known, number="+8613700005678"))
    scene.ring(reader.agent_id, scene.call(caller_number="13912341111"))
    assert "5678" not in str(told(feed, stream)["pop"])


def test_each_look_is_written_to_the_audit_log_once(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    """R-18."""
    known = add_customer(scene, "李建国")
    call = scene.call(caller_number="13912341111")
    scene.ring(reader.agent_id, call)
    for _ in range(3):
        told(feed, stream)
    scene.presence(reader.agent_id, AgentState.TALKING, call_id=call)
    told(feed, stream)
    looks = scene.events("console.customer_shown")
    assert [(look.agent_id, look.call_id, look.data["customers"]) for look in looks] == [
        (reader.agent_id, call, [known])
    ]


def test_a_page_that_is_opened_in_a_call_has_the_pop_at_once(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    add_customer(scene, "李建国")
    other = Reader(sign_in_id=99, agent_id=scene.person("1002"), language="zh", me=True, floor=False)
    scene.presence(reader.agent_id, AgentState.TALKING, call_id=scene.call(caller_number="13912341111"))
    with feed.open(other), feed.open(reader) as late:
        assert late.take(0)["pop"]["customers"][0]["name"] == "李建国"


def test_a_customer_made_during_the_call_is_looked_for_again(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    scene.ring(reader.agent_id, scene.call(caller_number="13912341111"))
    assert told(feed, stream)["pop"]["customers"] == []
    add_customer(scene, "李建国")
    assert "pop" not in told(feed, stream)
    feed.look_again(reader.agent_id)
    assert len(stream.take(0)["pop"]["customers"]) == 1


def test_what_goes_on_inside_the_conversation_is_told(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    """R-12.9."""
    call = scene.call(CallStage.TALKING, held_since=ago(5), hold_count=2, muted=True)
    scene.presence(reader.agent_id, AgentState.TALKING, call_id=call)
    mine = told(feed, stream)["me"]["call"]
    assert (mine["hold_count"], mine["muted"], mine["three_way"], mine["direction"]) == (
        2,
        True,
        False,
        "inbound",
    )
    assert mine["held_since"] is not None
    assert mine["hold_limit"] == 60
    assert mine["consult"] is None


def test_the_one_who_asks_sees_whom_and_the_one_asked_sees_the_note(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    """R-14.2: handed over with the whole context."""
    other = scene.person("1002", "李强")
    call = scene.call(CallStage.TALKING)
    with scene.database.write() as connection:
        connection.execute(
            insert(Transfer).values(
                call_id=call,
                from_agent_id=reader.agent_id,
                to_kind=TargetKind.AGENT,
                to_value="1002",
                to_agent_id=other,
                note="客户很急",
                attended=True,
                state=TransferState.RINGING,
                asked_at=ago(3),
            )
        )
    scene.presence(reader.agent_id, AgentState.TALKING, call_id=call)
    mine = told(feed, stream)["me"]["call"]
    assert (mine["consult"]["to"], mine["consult"]["state"], mine["note"]) == ("1002 李强", "ringing", None)
    scene.presence(other, AgentState.OFFERED, call_id=call)
    asked = Reader(sign_in_id=99, agent_id=other, language="zh", me=True, floor=False)
    with feed.open(asked) as theirs:
        told(feed, theirs)
        view = feed._cut.parts(asked)["me"]["call"] if feed._cut is not None else {}
    assert (view["consult"], view["note"]) == (None, {"from": "1001", "text": "客户很急"})


def test_an_old_transfer_shows_its_note_and_no_consultation(
    feed: LiveFeed, stream: Stream, reader: Reader, scene: Scene
) -> None:
    call, before = scene.call(CallStage.TALKING), scene.person("1003")
    with scene.database.write() as connection:
        connection.execute(
            insert(Transfer).values(
                call_id=call,
                from_agent_id=before,
                to_kind=TargetKind.QUEUE,
                to_value="complaint",
                note="已道歉",
                attended=False,
                state=TransferState.RINGING,
                asked_at=ago(60),
                ended_at=ago(0) - timedelta(seconds=30),
            )
        )
    scene.presence(reader.agent_id, AgentState.TALKING, call_id=call)
    mine = told(feed, stream)["me"]["call"]
    assert (mine["note"], mine["consult"]) == ({"from": "1003", "text": "已道歉"}, None)
