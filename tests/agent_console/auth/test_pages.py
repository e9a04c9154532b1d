"""Signing in, taking over and signing out (R-20, R-12.10)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.command_kind import CommandKind
from storage.models import Agent, SignIn
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

Visitors = Callable[..., Visitor]


def kinds(scene: Scene, agent_id: int) -> list[CommandKind]:
    return [command.kind for command in scene.commands(agent_id)]


def test_an_agent_signs_in_and_comes_to_the_desk(visitor: Visitors, scene: Scene) -> None:
    me = scene.person("1001")
    somebody = visitor()
    answer = somebody.sign_in("1001")
    assert (answer.status_code, answer.location) == (303, "/")
    assert somebody.get("/").location == "/desk"
    assert somebody.get("/desk").status_code == 200
    assert kinds(scene, me) == [CommandKind.SIGN_IN]
    [event] = scene.events("console.sign_in")
    assert event.agent_id == me
    assert event.data["address"] == "192.0.2.7"


def test_wide_digits_of_a_chinese_keyboard_are_digits(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    assert visitor().sign_in(" １００１ ").status_code == 303


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.SUPERVISOR, "/desk"),
        (Role.ADMINISTRATOR, "/floor"),
        (Role.QUALITY_READER, "/calls"),
        (Role.AUDITOR, "/calls"),
        (Role.UNIT, "/unit"),
    ],
)
def test_each_role_begins_at_its_own_page(visitor: Visitors, scene: Scene, role: Role, first: str) -> None:
    scene.person("2001", role=role)
    somebody = visitor()
    somebody.sign_in("2001")
    assert somebody.get("/").location == first


def test_people_without_a_desk_are_no_agents_to_the_engine(visitor: Visitors, scene: Scene) -> None:
    reader = scene.person("3001", role=Role.QUALITY_READER)
    somebody = visitor()
    somebody.sign_in("3001")
    somebody.post("/sign-out")
    assert kinds(scene, reader) == []


def test_unknown_number_wrong_password_and_closed_account_get_the_same_answer(
    visitor: Visitors, scene: Scene
) -> None:
    scene.person("1001")
    scene.person("1002", active=False)
    tries = [("1001", "wrong"), ("7777", "wrong"), ("1002", "天然气-2026"), ("' or 1=1", "x"), ("1001", "\0")]
    pages = set()
    for number, password in tries:
        answer = visitor().sign_in(number, password)
        assert answer.status_code == 401
        text = answer.get_data(as_text=True)
        pages.add(text[text.index('id="mistake"') : text.index("<form")])
    assert len(pages) == 1
    refused = scene.events("console.sign_in_refused")
    assert [event.data["why"] for event in refused] == ["wrong", "wrong", "inactive", "wrong", "wrong"]
    assert refused[3].data["work_number"] is None


def test_a_second_sign_in_is_refused_with_since_when_and_from_where(visitor: Visitors, scene: Scene) -> None:
    me = scene.person("1001")
    first, second = visitor("192.0.2.1"), visitor("192.0.2.2")
    first.sign_in("1001")
    answer = second.sign_in("1001")
    assert answer.status_code == 409
    assert "192.0.2.1" in answer.get_data(as_text=True)
    assert first.get("/desk").status_code == 200
    assert second.get("/desk").status_code == 303
    [event] = scene.events("console.sign_in_refused")
    assert (event.agent_id, event.data["why"]) == (me, "signed_in_elsewhere")


def test_a_confirmed_take_over_ends_the_other_session_and_both_are_audited(
    visitor: Visitors, scene: Scene
) -> None:
    me = scene.person("1001")
    first, second = visitor("192.0.2.1"), visitor("192.0.2.2")
    first.sign_in("1001")
    second.sign_in("1001")
    assert second.post("/take-over").status_code == 303
    assert second.get("/desk").status_code == 200
    ended = first.get("/sign-in")
    assert "192.0.2.2" in ended.get_data(as_text=True)
    [event] = scene.events("console.taken_over")
    assert event.data["by"]["address"] == "192.0.2.2"
    assert len(scene.events("console.sign_in")) == 2
    # The person stays at work: the engine hears of a new session, not of leaving.
    assert kinds(scene, me) == [CommandKind.SIGN_IN, CommandKind.SIGN_IN]


def test_nobody_takes_over_without_the_password(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    first, second = visitor(), visitor()
    first.sign_in("1001")
    assert second.post("/take-over").status_code == 400
    assert first.get("/desk").status_code == 200


def test_a_take_over_confirms_the_session_that_was_shown_and_no_later_one(
    visitor: Visitors, scene: Scene
) -> None:
    scene.person("1001")
    first, second, third = visitor("192.0.2.1"), visitor("192.0.2.2"), visitor("192.0.2.3")
    first.sign_in("1001")
    second.sign_in("1001")
    third.sign_in("1001")
    third.post("/take-over")
    answer = second.post("/take-over")
    assert answer.status_code == 409
    assert "192.0.2.3" in answer.get_data(as_text=True)
    assert third.get("/desk").status_code == 200


def test_a_session_ends_when_its_hours_are_over(visitor: Visitors, scene: Scene) -> None:
    me = scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    with scene.database.write() as connection:
        connection.execute(update(SignIn).values(started_at=ago(12 * 3600 + 1)))
    assert somebody.get("/desk").status_code == 303
    assert kinds(scene, me) == [CommandKind.SIGN_IN, CommandKind.SIGN_OUT]
    [event] = scene.events("console.sign_out")
    assert event.data["reason"] == "expired"
    assert visitor().sign_in("1001").status_code == 303


def test_an_overdue_session_hinders_no_new_one(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    visitor().sign_in("1001")
    with scene.database.write() as connection:
        connection.execute(update(SignIn).values(started_at=ago(13 * 3600)))
    assert visitor().sign_in("1001").status_code == 303


def test_a_closed_account_loses_its_session_at_the_next_request(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    with scene.database.write() as connection:
        connection.execute(update(Agent).values(active=False))
    assert somebody.get("/desk").status_code == 303


def test_signing_out_ends_the_session_and_tells_the_engine(visitor: Visitors, scene: Scene) -> None:
    me = scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    scene.presence(me, AgentState.BREAK)
    assert somebody.post("/sign-out").location == "/sign-in"
    assert "您已签出" in somebody.get("/sign-in").get_data(as_text=True)
    assert somebody.get("/desk").status_code == 303
    assert kinds(scene, me) == [CommandKind.SIGN_IN, CommandKind.SIGN_OUT]


@pytest.mark.parametrize("state", [AgentState.OFFERED, AgentState.TALKING])
def test_nobody_signs_out_during_a_call(visitor: Visitors, scene: Scene, state: AgentState) -> None:
    """R-12.10: refused, said, and remembered by the engine for after the call."""
    me = scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    scene.presence(me, state, call_id=scene.call())
    assert somebody.post("/sign-out").location == "/desk"
    assert "通话后会自动签出" in somebody.get("/desk").get_data(as_text=True)
    assert kinds(scene, me)[-1] is CommandKind.SIGN_OUT
    assert scene.events("console.sign_out") == []


def test_the_cookie_holds_a_token_that_the_database_does_not(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    answer = somebody.sign_in("1001")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with somebody.client.session_transaction() as session:
        token = session["_user_id"]
    with scene.database.read() as connection:
        kept = connection.execute(SignIn.__table__.select()).one()
    assert len(token) >= 43
    assert token not in str(tuple(kept))
    assert len(kept.token_hash) == 64


def test_guessing_is_slowed_down_and_keeps_nobody_else_out(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    guesser = visitor("192.0.2.66")
    answers = [guesser.sign_in("1001", "wrong").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    assert guesser.sign_in("1002", "wrong").status_code == 401
    assert visitor("192.0.2.1").sign_in("1001").status_code == 303


def test_language_and_colours_are_remembered_and_lead_back(visitor: Visitors, scene: Scene) -> None:
    somebody = visitor()
    assert 'lang="zh-CN"' in somebody.get("/sign-in").get_data(as_text=True)
    assert somebody.post("/preferences", language="en", back="/sign-in?x=1").location == "/sign-in?x=1"
    somebody.post("/preferences", colours="dark", back="/sign-in")
    page = somebody.get("/sign-in").get_data(as_text=True)
    assert '<html lang="en" data-colours="dark">' in page
    assert "Work number" in page
    scene.person("1001")
    somebody.sign_in("1001")
    assert '<html lang="en" data-colours="dark">' in somebody.get("/desk").get_data(as_text=True)


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example", "/\\evil.example", "", "\\x", "/a\r\nb"]
)
def test_no_form_leads_to_another_site(visitor: Visitors, back: str) -> None:
    assert visitor().post("/preferences", language="en", back=back).location == "/"


def test_a_session_in_use_is_marked_as_seen(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    with scene.database.write() as connection:
        connection.execute(update(SignIn).values(seen_at=ago(3600)))
    somebody.get("/desk")
    with scene.database.read() as connection:
        seen = connection.execute(SignIn.__table__.select()).one().seen_at
    assert seen > ago(timedelta(minutes=1).total_seconds())
