"""Walls between people: another's ids, tricks with paths and headers, guessing, and the live feed's session.

tests/agent_console/test_rights.py holds each route against each role; here it is about whose things they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy import insert

from agent_console.app import create_app
from agent_console.auth.throttle import NUMBERS_AN_ADDRESS_MAY_TRY, limiter
from ivr.config import Settings, load
from ivr.config.sections import Role
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.photo_rules import PhotoKind
from storage.database import Database
from storage.models import CasePhoto
from storage.queries import notices, record_drafts
from storage.queries.notices import NewNotice
from tests.agent_console.cases.case_scene import CaseScene, Made
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago, write_sound
from tests.agent_console.test_rights import routes
from tests.conftest import PROJECT

Visitors = Callable[..., Visitor]
OWNER = "1001"
MARKS = ("王小燕的电磁阀", "草稿里的话", "通知里的话", "RIFF", "JFIF")
"""What stands in the owner's things and must not be seen by strangers."""
READS_CASES = {Role.AGENT, Role.SUPERVISOR, Role.QUALITY_READER, Role.ADMINISTRATOR}
LISTENS = {Role.SUPERVISOR, Role.QUALITY_READER}


@pytest.fixture
def database(sqlite_address: str) -> Iterator[Database]:
    """One kind is enough: what is asked of the database here is asked of both kinds elsewhere."""
    database = Database(sqlite_address)
    yield database
    database.close()


@dataclass(frozen=True)
class Things:
    """What belongs to 1001: a call with a recording and a draft, a case with a photo, a notice."""

    owner: int
    case: Made
    call: int
    recording: int
    photo: int
    notice: int


@pytest.fixture
def things(scene: Scene, settings: Settings) -> Things:
    owner = scene.person(OWNER)
    case = CaseScene(scene, settings).case(owner, content="王小燕的电磁阀坏了")
    call = scene.ended_call(owner, 5)
    write_sound(settings.recordings_folder / "own.wav")
    recording = scene.recording(call, owner, "own")
    folder = settings.home / "case_photos"
    folder.mkdir()
    (folder / "own.jpeg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    with scene.database.write() as connection:
        photo = connection.execute(
            insert(CasePhoto)
            .values(
                case_id=case.id,
                at=ago(0),
                agent_id=owner,
                kind=PhotoKind.JPEG,
                given_name="x\r\nSet-Cookie: a=b.jpg",
                file_name="own.jpeg",
                size_bytes=10,
                sha256="00",
            )
            .returning(CasePhoto.id)
        ).scalar_one()
        new = NewNotice(NoticeWay.DESK, "通知里的话", NoticeReason.FINISHED, agent_id=owner)
        notices.add(connection, [new], ago(0))
        notice = notices.unread_of(connection, owner, 1)[0].id
        record_drafts.save(
            connection,
            call,
            datetime.now(UTC),
            agent_id=owner,
            editor="tab",
            seq=1,
            seen=0,
            fields={"content": "草稿里的话"},
        )
    return Things(owner, case, call, recording, photo, notice)


def addresses(app: Flask, things: Things) -> list[tuple[str, str, set[Role]]]:
    """Method, address, and whose role may see it though it is another's."""
    case = {"number": things.case.number}
    call = {"call_id": things.call}
    link = {**case, "token": "x" * 40}
    photo = {"photo_id": things.photo}
    readers = {Role.SUPERVISOR, Role.QUALITY_READER, Role.AUDITOR, Role.ADMINISTRATOR}
    with app.test_request_context():
        return [
            ("GET", url_for("calls.one", **call), readers),
            ("GET", url_for("calls.recording", recording_id=things.recording), LISTENS),
            ("GET", url_for("records.form", **call), set()),
            ("POST", url_for("records.keep_draft", **call), set()),
            ("POST", url_for("records.save", **call), set()),
            ("POST", url_for("records.tick", **call), set()),
            ("GET", url_for("cases.one", **case), READS_CASES),
            ("GET", url_for("cases.on_paper", **case), READS_CASES),
            ("GET", url_for("cases.photo", **case, **photo), READS_CASES),
            ("POST", url_for("notices.read", notice_id=things.notice), set()),
            ("GET", url_for("units.one", **case), set()),
            ("GET", url_for("units.photo", **case, **photo), set()),
            ("GET", url_for("fitter.case", **link), set()),
            ("GET", url_for("fitter.photo", **link, **photo), set()),
        ]


WHOSE = {
    "accounts. blacklist. board. campaigns. customer_imports. evidence. floor_acts. incidents. outages. "
    "quality. revisits. unit_keeping.": "everybody's who has the role (test_rights.py)",
    "new_outages.": "outages/test_pages.py",
    "quality_listening. own_quality.": "quality/test_pages.py, quality/test_listening.py",
    "desk_revisits.": "revisits/test_desk_pages.py",
    "desk.command": "desk/test_wishes.py",
    "customer_card. customers.": "everybody's who has the role; numbers masked, each look in the log",
    "cases.add_photo case_steps.": "those of whoever may see the case: cases/test_steps.py",
    "fitter.add_photo fitter.step units.add_photo units.step": "units/test_pages.py, units/test_fitter.py",
    "knowledge. static": "nobody's",
}
"""Routes with an id that are not in :func:`addresses`, and who looks at whose they are."""


def test_every_route_with_an_id_is_looked_at(app: Flask, things: Things) -> None:
    adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
    looked_at = {adapter.match(path, method)[0] for method, path, _ in addresses(app, things)}
    elsewhere = tuple(name for names in WHOSE for name in names.split())
    for rule in app.url_map.iter_rules():
        if rule.arguments and rule.endpoint not in looked_at:
            assert rule.endpoint.startswith(elsewhere), rule


@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_gets_at_what_is_anothers_by_its_id(
    app: Flask, visitor: Visitors, scene: Scene, things: Things, role: Role | None
) -> None:
    """R-18; None: without signing in."""
    somebody = visitor()
    if role is not None:
        scene.person("5001", role=role)
        somebody.sign_in("5001")
    token = somebody.token()
    for method, path, allowed in addresses(app, things):
        answer = somebody.client.open(
            path,
            method=method,
            headers={"X-CSRFToken": token},
            json={} if method == "POST" else None,
            buffered=True,
        )
        if role in allowed:
            assert answer.status_code == 200, (role, path, answer.status_code)
        else:
            assert answer.status_code in (303, 400, 401, 403, 404), (role, path, answer.status_code)
            assert not any(mark.encode() in answer.get_data() for mark in MARKS), (role, path)
    with scene.database.read() as connection:
        draft = record_drafts.read(connection, things.call)
        assert draft is not None and draft.fields == {"content": "草稿里的话"}
        assert [notice.id for notice in notices.unread_of(connection, things.owner, 5)] == [things.notice]


def test_every_route_that_writes_asks_for_the_pages_proof_first(
    app: Flask, visitor: Visitors, scene: Scene
) -> None:
    """With a session and without one, of pages of every role: no form of another site does anything."""
    scene.person("2001", role=Role.SUPERVISOR)
    signed_in, stranger = visitor(), visitor("192.0.2.8")
    signed_in.sign_in("2001")
    writes = [path for _, method, path in routes(app) if method == "POST"]
    assert len(writes) > 60
    for path in writes:
        # Whether a photo may be sent at all is asked before its form is read, and so before its proof.
        refused = (400, 401, 403, 404) if path.endswith("/photos") else (400,)
        for somebody in (signed_in, stranger):
            for proof in ({}, {"X-CSRFToken": "made-up"}):
                answer = somebody.client.post(path, headers=proof)
                assert answer.status_code in refused, (path, proof, answer.status_code)
                if answer.status_code == 400:
                    assert "请返回" in answer.get_data(as_text=True), path


TRICKS = [
    "/recordings/../../etc/passwd",
    "/recordings/..%2f..%2f..%2fetc%2fpasswd",
    "/recordings/1/../../../etc/passwd",
    "/recordings/own.wav",
    "/recordings/-1",
    "/recordings/1%00",
    "/static/../config.yaml",
    "/static/..%2f..%2fconfig.yaml",
    "/static/%2e%2e/%2e%2e/config.yaml",
    "/static//etc/passwd",
    "/static/....//config.yaml",
    "/static/js/..%5c..%5capp.py",
    "/knowledge/..%2f..%2fconfig",
    "/knowledge/../../../etc/passwd",
    "/prompts/catalogue.yaml",
    "/cases/2026-11-0001/photos/..%2fown.jpeg",
    "/cases/..%2f..%2fetc%2fpasswd",
    "/case_photos/own.jpeg",
    "/f/../../etc/passwd/x",
    "/console_secret",
    "/var/console_secret",
    "/.git/config",
]


def test_no_trick_with_a_path_leads_to_a_file(
    visitor: Visitors, scene: Scene, settings: Settings, things: Things
) -> None:
    scene.person("2001", role=Role.SUPERVISOR)
    secret = (settings.home / "console_secret").read_text()
    somebody = visitor()
    for signed_in in (False, True):
        if signed_in:
            somebody.sign_in("2001")
        for path in TRICKS:
            answer = somebody.get(path)
            said = answer.get_data()
            assert answer.status_code in (301, 303, 308, 400, 404, 405), (path, answer.status_code)
            for content in (b"root:", b"company:", secret.encode(), b"JFIF", b"[core]"):
                assert content not in said, path


NEW_LINES = ("%0d%0aSet-Cookie:%20forged=1", "%0aX-Forged:%201", "%E5%98%8D%E5%98%8ASet-Cookie:%20forged=1")


def test_no_header_is_made_of_what_somebody_sends(
    app: Flask, visitor: Visitors, scene: Scene, things: Things
) -> None:
    scene.person("2001", role=Role.SUPERVISOR)
    somebody = visitor()
    somebody.sign_in("2001")
    for forged in NEW_LINES:
        for path in (
            f"/calls?queue={forged}&number={forged}",
            f"/cases?q={forged}&after={forged}",
            f"/cases/{forged}",
            f"/search?q={forged}",
            f"/complaints/monthly?month={forged}",
            f"/customers?q={forged}",
            f"/sign-in?x={forged}",
            f"/{forged}",
        ):
            answer = somebody.get(path)
            assert answer.status_code < 500, path
            assert "forged" not in str(answer.headers).lower(), (path, answer.headers)
    photo = somebody.get(f"/cases/{things.case.number}/photos/{things.photo}")
    assert "a=b" not in str(photo.headers)
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    back = somebody.post("/preferences", language="en", back="/\r\nSet-Cookie: forged=1")
    assert "forged" not in str(back.headers)


def test_a_host_that_is_made_up_leads_nobody_elsewhere(visitor: Visitors) -> None:
    answer = visitor().client.get("/desk", headers={"Host": "evil.example"})
    assert answer.location == "/sign-in"


def test_who_guesses_everybodys_password_keeps_nobody_out(
    database: Database, scene: Scene, tmp_path: Path
) -> None:
    """Counting is by address: an attacker who tries every number is stopped, and only they are."""
    environment = {"HOTLINE_HOME": str(tmp_path), "HOTLINE__CONSOLE__SIGN_IN_TRIES_PER_MINUTE": "1"}
    app = create_app(load(PROJECT / "config.yaml", environment), database)
    limiter.reset()
    scene.person(OWNER)
    guesser = Visitor(app, "192.0.2.66")
    token = guesser.token()
    form = {"csrf_token": token, "password": "wrong"}
    numbers = range(1100, 1100 + NUMBERS_AN_ADDRESS_MAY_TRY + 1)
    answers = [guesser.client.post("/sign-in", data={**form, "work_number": str(each)}) for each in numbers]
    assert [answer.status_code for answer in answers] == [401] * NUMBERS_AN_ADDRESS_MAY_TRY + [429]
    assert guesser.sign_in(OWNER).status_code == 429
    assert Visitor(app, "192.0.2.1").sign_in(OWNER).status_code == 303


def test_a_made_up_address_in_a_header_does_not_escape_the_counting(visitor: Visitors, scene: Scene) -> None:
    scene.person(OWNER)
    guesser = visitor("192.0.2.66")
    codes = []
    for number in range(12):
        guesser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"10.0.0.{number}"
        codes.append(guesser.sign_in(OWNER, "wrong").status_code)
    assert codes[-1] == 429


def test_the_live_feed_is_for_a_session_that_lives(visitor: Visitors, scene: Scene) -> None:
    scene.person(OWNER)
    stranger = visitor()
    feed = {"Accept": "text/event-stream"}
    assert stranger.get("/live", headers=feed).status_code == 401
    assert stranger.get("/live?page=floor", headers=feed).status_code == 401
    somebody = visitor()
    somebody.sign_in(OWNER)
    with somebody.client.session_transaction() as session:
        stolen = dict(session)
    somebody.post("/sign-out")
    with stranger.client.session_transaction() as session:
        session.update(stolen)
    assert stranger.get("/live", headers=feed).status_code == 401


def test_a_cookie_that_was_changed_is_nobody(visitor: Visitors, scene: Scene) -> None:
    scene.person(OWNER)
    somebody = visitor()
    somebody.sign_in(OWNER)
    cookie = somebody.client.get_cookie("hotline_console")
    assert cookie is not None
    middle = len(cookie.value) // 2
    changed = (
        cookie.value[:middle] + ("A" if cookie.value[middle] != "A" else "B") + cookie.value[middle + 1 :]
    )
    thief = visitor()
    thief.client.set_cookie("hotline_console", changed)
    assert thief.get("/desk").status_code == 303
