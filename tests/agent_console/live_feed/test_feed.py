"""The live feed: what changed reaches each page once, sessions end on the page, nothing stops the thread."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from agent_console.live_feed.feed import LiveFeed
from agent_console.live_feed.stream import Reader, Stream
from ivr.config import Settings
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.case_life import CaseStep
from storage.changes import announce
from storage.database import Database
from storage.models import Agent, SignIn
from storage.queries import presence
from storage.queries.case_access import Who
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago
from tests.storage.queries.case_rows import Team, add_unit, make, step


@pytest.fixture
def feed(database: Database, settings: Settings) -> Iterator[LiveFeed]:
    feed = LiveFeed(database, settings)
    feed.start()
    yield feed
    feed.stop()
    feed.join()


@pytest.fixture
def reader(visitor: Callable[..., Visitor], scene: Scene) -> Reader:
    """A page of agent 1001, who has signed in."""
    me = scene.person("1001")
    visitor().sign_in("1001")
    with scene.database.read() as connection:
        session = connection.execute(SignIn.__table__.select()).one()
    return Reader(sign_in_id=session.id, agent_id=me, language="zh", me=True, floor=False)


def wait_for(stream: Stream, name: str, seconds: float = 5) -> Any:
    """The next news called ``name``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        news = stream.take(0.1)
        if name in news:
            return news[name]
    raise AssertionError(f"{name} did not come within {seconds} s")


def test_a_page_is_told_everything_at_once_and_then_only_what_changes(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    with feed.open(reader) as stream:
        assert set(stream.take(0)) == {"database", "engine", "waiting", "notices", "me", "asked", "pop"}
        scene.presence(reader.agent_id, AgentState.READY)
        news = stream.take(5)
        assert set(news) == {"me"}
        assert news["me"]["state"] == "ready"


def test_a_change_reaches_a_page_that_is_open(feed: LiveFeed, reader: Reader, scene: Scene) -> None:
    """How soon is measured by tests/bench/desk_pop.py."""
    with feed.open(reader) as stream:
        stream.take(0)
        scene.presence(reader.agent_id, AgentState.READY)
        assert wait_for(stream, "me")["state"] == "ready"


def test_many_changes_in_a_row_are_few_messages_that_end_with_the_last(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    with feed.open(reader) as stream:
        stream.take(0)
        for number in range(30):
            scene.presence(reader.agent_id, AgentState.BREAK, reason=str(number))
        told = []
        end = time.monotonic() + 5
        while (not told or told[-1] != "29") and time.monotonic() < end:
            told += [news["me"]["reason"] for news in [stream.take(0.2)] if "me" in news]
        assert told[-1] == "29"
        assert len(told) < 30


def test_an_agent_is_told_nothing_of_others(feed: LiveFeed, reader: Reader, scene: Scene) -> None:
    other = scene.person("1002")
    with feed.open(reader) as stream:
        stream.take(0)
        scene.presence(other, AgentState.TALKING, call_id=scene.call(caller_number="13800001234"))
        assert "1234" not in json.dumps(wait_for(stream, "waiting"))
        assert "me" not in stream.take(0.3)


def test_a_session_that_is_taken_over_ends_its_page_and_says_from_where(
    feed: LiveFeed, reader: Reader, visitor: Callable[..., Visitor]
) -> None:
    with feed.open(reader) as stream:
        stream.take(0)
        other = visitor("192.0.2.99")
        other.sign_in("1001")
        other.post("/take-over")
        began = time.monotonic()
        told = wait_for(stream, "signed_out")
        print(f"take-over to page's thread: {(time.monotonic() - began) * 1000:.0f} ms")
        assert (told["reason"], told["address"]) == ("taken_over", "192.0.2.99")
        assert stream.over


def test_a_session_whose_hours_are_over_is_ended_by_the_feed(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    with feed.open(reader) as stream:
        stream.take(0)
        with scene.database.write() as connection:
            connection.execute(update(SignIn).values(started_at=ago(13 * 3600)))
        assert wait_for(stream, "signed_out")["reason"] == "expired"
    assert [event.data["reason"] for event in scene.events("console.sign_out")] == ["expired"]
    assert scene.commands(reader.agent_id)[-1].kind == "sign_out"


def test_a_supervisor_who_is_one_no_more_sees_the_floor_no_more(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    with scene.database.write() as connection:
        connection.execute(update(Agent).values(role="supervisor"))
    with feed.open(replace(reader, floor=True)) as stream:
        assert "agents" in stream.take(0)
        with scene.database.write() as connection:
            connection.execute(update(Agent).values(role="agent"))
        other = scene.person("1002")
        scene.presence(other, AgentState.BREAK)
        scene.call()
        wait_for(stream, "waiting")
        assert "agents" not in stream.take(0.3)


def test_a_closed_account_ends_its_page(feed: LiveFeed, reader: Reader, scene: Scene) -> None:
    with feed.open(reader) as stream:
        stream.take(0)
        with scene.database.write() as connection:
            connection.execute(update(Agent).values(active=False))
        assert wait_for(stream, "signed_out")["reason"] == "deactivated"


def test_a_wish_to_leave_after_the_call_ends_the_session_once_the_engine_has_done_it(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    """R-12.10: refused in the call, done after it."""
    scene.settle(scene.commands(reader.agent_id)[-1].id)
    scene.presence(reader.agent_id, AgentState.WRAP_UP, after_call="sign_out")
    with feed.open(reader) as stream:
        stream.take(0)
        scene.presence(reader.agent_id, AgentState.SIGNED_OUT)
        assert wait_for(stream, "signed_out")["reason"] == "after_call"
    commands = [command.kind.value for command in scene.commands(reader.agent_id)]
    assert commands == ["sign_in"]


def test_a_sign_in_the_engine_has_not_heard_of_is_no_leaving(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    scene.presence(reader.agent_id, AgentState.SIGNED_OUT)  # of the session before, written late
    with feed.open(reader) as stream:
        assert stream.take(0)["me"]["state"] == "signed_out"
        scene.engine()
        assert not stream.over


def test_an_engine_that_falls_silent_is_said_though_nothing_is_written(
    feed: LiveFeed, reader: Reader, scene: Scene
) -> None:
    scene.engine(silent_for=2)
    with feed.open(reader) as stream:
        assert stream.take(0)["engine"] == "ok"
        assert wait_for(stream, "engine", seconds=10) == "no_engine"


def test_pages_are_told_when_the_database_is_gone_and_when_it_is_back(
    feed: LiveFeed, reader: Reader, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with feed.open(reader) as stream:
        stream.take(0)
        with scene.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE engines RENAME TO engines_away")
        assert wait_for(stream, "database") is False
        with scene.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE engines_away RENAME TO engines")
        assert wait_for(stream, "database") is True


def test_stopping_ends_every_page_at_once(feed: LiveFeed, reader: Reader) -> None:
    with feed.open(reader) as stream:
        stream.take(0)
        feed.stop()
        assert stream.over
    with feed.open(reader) as late:
        assert late.over


def test_the_route_speaks_server_sent_events(visitor: Callable[..., Visitor], scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    answer = somebody.client.get("/live?page=floor")
    assert answer.mimetype == "text/event-stream"
    chunks = iter(answer.response)
    assert next(chunks) == b"retry: 1000\n\n"
    event = next(chunks)
    assert isinstance(event, bytes)
    kind, data, *rest = event.decode().split("\n")
    assert (kind, rest) == ("event: state", ["", ""])
    told = json.loads(data.removeprefix("data: "))
    assert abs(told["now"] / 1000 - time.time()) < 5
    assert "agents" not in told  # the floor is not for agents, whatever the address says
    answer.close()


def test_pages_of_cases_are_told_that_something_is_new_and_others_are_not(
    feed: LiveFeed, reader: Reader, database: Database
) -> None:
    """A new case, and each step of it, gives another mark; also to a page that opens after others."""
    with feed.open(reader) as other, feed.open(replace(reader, cases=True)) as page:
        assert "cases" not in other.take(0)
        empty = wait_for(page, "cases")
        with database.write() as connection:
            me, unit = Who(reader.agent_id), add_unit(connection, "城南管理站")
            team = Team(me, me, me, unit, unit, Who(unit_id=unit), head=0)
            case = make(connection, team)
            announce(connection)
        opened = wait_for(page, "cases")
        with database.write() as connection:
            step(connection, case.case_id, CaseStep.NOTE, team.fitter, said="到了")
        assert len({empty, opened, wait_for(page, "cases")}) == 3
        assert "cases" not in other.take(0)


def test_who_is_signed_out_by_a_supervisor_is_told_why(feed: LiveFeed, reader: Reader, scene: Scene) -> None:
    scene.presence(reader.agent_id, AgentState.READY)
    with feed.open(reader) as stream:
        stream.take(0)
        for command in scene.commands(reader.agent_id):
            scene.settle(command.id)
        with scene.database.write() as connection:
            presence.apply(connection, reader.agent_id, AgentEvent.SIGN_OUT, ago(0), reason="身体不适")
            announce(connection)
        told = wait_for(stream, "signed_out")
        assert (told["reason"], told["why"]) == ("by_supervisor", "身体不适")


def test_a_screen_without_a_session_is_told_of_the_board_and_of_whom_it_is_that_changed(
    feed: LiveFeed, scene: Scene
) -> None:
    first, second = scene.person("1001"), scene.person("1002")
    scene.call(caller_number="13800001234")
    screen = Reader(sign_in_id=None, agent_id=0, language="zh", me=False, floor=False, board=True)
    with feed.open(screen) as stream:
        all_of_it = stream.take(0)
        assert {"queues", "totals", "order", f"agent.{first}", f"agent.{second}"} <= set(all_of_it)
        assert all_of_it["totals"]["waiting"] == 1
        assert "1234" not in json.dumps(all_of_it), "no telephone number on the wall (R-18)"
        scene.presence(second, AgentState.READY)
        assert wait_for(stream, f"agent.{second}")["state"] == "ready"
        assert f"agent.{first}" not in stream.take(0.3)
        assert not stream.over
