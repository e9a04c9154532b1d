"""The fitter's page: one case by its link, nothing else, and a clear refusal of everything that is wrong."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from agent_console.units.fitter import POSTS_PER_MINUTE
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from storage.queries import case_photos, case_steps
from storage.queries.case_steps import Asked
from tests.agent_console.conftest import CSRF, Visitor
from tests.agent_console.scene import Scene
from tests.agent_console.units.crew import Crew, now
from tests.standard.clockwork import CLOCKWORK

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"EXIF GPS 36.65 117.12" + bytes(3000)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
PROGRAM = b"MZ\x90\x00" + bytes(500)
MB = 1024 * 1024


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


class Fitter:
    """Somebody with a link and no session."""

    def __init__(self, visitor: Visitor, number: str, token: str) -> None:
        self.visitor = visitor
        self.path = f"/f/{number}/{token}"

    def open(self) -> TestResponse:
        return self.visitor.get(self.path)

    def proof(self) -> str:
        """Against forgery: from the page, or of any page where the link opens none."""
        found = CSRF.search(text(self.open())) or CSRF.search(text(self.visitor.get("/sign-in")))
        assert found is not None
        return found.group(1)

    def step(self, step: str, said: str = "", **more: str) -> TestResponse:
        fields = {"csrf_token": self.proof(), "step": step, "said": said, **more}
        return self.visitor.client.post(f"{self.path}/step", data=fields)

    def photo(self, content: bytes, name: str = "DCIM_001.jpg") -> TestResponse:
        # Made by hand: the client's own forms of this size leave a file open.
        body = (
            f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.proof()}\r\n'
            f'--x\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n\r\n'
        ).encode() + content
        return self.visitor.client.post(
            f"{self.path}/photos",
            data=body + b"\r\n--x--\r\n",
            content_type="multipart/form-data; boundary=x",
        )


@pytest.fixture
def come(crew: Crew, visitor: Callable[..., Visitor]) -> Callable[..., Fitter]:
    """A fitter with a link to a case."""

    def with_link(number: str, token: str, address: str = "192.0.2.7") -> Fitter:
        return Fitter(visitor(address), number, token)

    return with_link


Come = Callable[..., Fitter]


def test_a_link_opens_its_case_without_signing_in(crew: Crew, come: Come, scene: Scene) -> None:
    """R-15.1: address, number to call, content, what to do; and nothing tells the address of the page."""
    case = crew.case(CallKind.ALARM, content="厨房有很浓的燃气味")
    fitter = come(case.number, crew.link(case.case_id))
    answer = fitter.open()
    page = text(answer)
    assert answer.status_code == 200
    for shown in ("泉中小区 3号楼 2单元 501", 'href="tel:13912341111"', "厨房有很浓的燃气味", "周师傅"):
        assert shown in page
    assert "家里闻到燃气味" in page  # guidance of the knowledge base
    assert 'capture="environment"' in page
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    [line] = scene.events("console.case_by_link")
    assert (line.data["case"], line.data["opened"]) == (case.number, True)


def test_the_fitter_accepts_arrives_and_finishes_by_the_link(crew: Crew, come: Come) -> None:
    """R-3.1: acknowledged, arrived, found, each entered with the fitter's name."""
    case = crew.case(CallKind.ALARM)
    fitter = come(case.number, crew.link(case.case_id))
    for step, said in (
        ("accept", ""),
        ("arrive", ""),
        ("handle", "关阀通风"),
        ("finish", "接头老化"),
    ):
        assert fitter.step(step, said).status_code == 303, step
    assert crew.line(case.number).state is CaseState.FINISHED
    done = [(entry.step, entry.name) for entry in crew.entries(case.case_id)][-4:]
    assert done == [
        (CaseStep.ACCEPT, "周师傅"),
        (CaseStep.ARRIVE, "周师傅"),
        (CaseStep.HANDLE, "周师傅"),
        (CaseStep.FINISH, "周师傅"),
    ]


def test_what_is_refused_keeps_the_text_and_what_is_not_a_units_is_refused(crew: Crew, come: Come) -> None:
    case = crew.case()
    fitter = come(case.number, crew.link(case.case_id))
    seen = str(crew.line(case.number).entries)
    crew.step(case.case_id, CaseStep.ACCEPT, crew.team.fitter)
    stale = fitter.step("send_back", "已经在路上了", seen=seen)
    assert stale.status_code == 409
    assert "已经在路上了</textarea>" in text(stale)
    assert stale.headers["Referrer-Policy"] == "strict-origin"
    assert fitter.step("hand_over", "x").status_code == 409
    assert fitter.step("note", "用户不在家，下午再来", seen=seen).status_code == 303
    assert crew.entries(case.case_id)[-1].said == "用户不在家，下午再来"


def test_every_wrong_link_is_refused_in_words(crew: Crew, come: Come, scene: Scene) -> None:
    case, other = crew.case(), crew.case()
    token = crew.link(case.case_id)
    ended = crew.link(case.case_id, hours=-1)
    refusals = {
        (case.number, "nobody-gave-this"): (404, "没有发出过"),
        (other.number, token): (404, "另一张工单"),
        ("2026-11-9999", token): (404, "另一张工单"),
        ("../../etc", token): (404, ""),
        (case.number, ended): (410, ""),
    }
    for (number, wrong), (status, _) in refusals.items():
        answer = come(number, wrong).open()
        assert answer.status_code == status, (number, wrong)
        assert "泉中小区" not in text(answer) and "13912341111" not in text(answer)
    for path in ("/step", "/photos"):
        fitter = come(other.number, token)
        posted = fitter.visitor.client.post(
            fitter.path + path, data={"csrf_token": fitter.proof(), "step": "accept"}
        )
        assert posted.status_code == 404
    assert crew.line(other.number).state is CaseState.PASSED
    assert {
        line.data["refused"] for line in scene.events("console.case_by_link") if "refused" in line.data
    } == {
        "link_of_other_case",
        "link_ended",
    }


def test_a_link_ends_with_the_case_and_with_the_unit(crew: Crew, come: Come) -> None:
    case, moved = crew.case(), crew.case()
    token, moved_token = crew.link(case.case_id), crew.link(moved.case_id)
    crew.step(moved.case_id, CaseStep.PASS_ON, crew.team.agent, unit_id=crew.team.other_unit)
    assert come(moved.number, moved_token).open().status_code == 410
    for step, who, said in (
        (CaseStep.ACCEPT, crew.team.fitter, ""),
        (CaseStep.FINISH, crew.team.fitter, "修好"),
        (CaseStep.ANSWER, crew.team.agent, "已告知"),
        (CaseStep.REVISIT, crew.team.agent, "满意"),
    ):
        crew.step(case.case_id, step, who, said)
    with crew.database.write() as connection:
        asked = Asked(CaseStep.CLOSE, "已上报")
        case_steps.do(connection, case.case_id, asked, crew.team.agent, now(), CLOCKWORK)
    fitter = come(case.number, token)
    refused = fitter.step("note", "迟到的备注")
    assert refused.status_code == 410
    assert "办结" in text(refused)
    assert "迟到的备注" not in [entry.said for entry in crew.entries(case.case_id)]


def test_a_form_without_the_pages_proof_is_forged(crew: Crew, come: Come) -> None:
    case = crew.case()
    fitter = come(case.number, crew.link(case.case_id))
    assert fitter.visitor.client.post(f"{fitter.path}/step", data={"step": "accept"}).status_code == 400
    assert crew.line(case.number).state is CaseState.PASSED


def test_guesses_are_counted_and_a_right_link_still_opens(crew: Crew, come: Come, settings: Settings) -> None:
    case = crew.case()
    token = crew.link(case.case_id)
    guesser = come(case.number, "guess")
    tried = [guesser.open().status_code for _ in range(settings.case_links.tries_per_minute + 1)]
    assert tried == [404] * settings.case_links.tries_per_minute + [429]
    assert come(case.number, token).open().status_code == 200
    assert come(case.number, "guess", address="192.0.2.8").open().status_code == 404


def test_a_right_link_posts_only_so_often(crew: Crew, come: Come) -> None:
    case = crew.case()
    fitter = come(case.number, crew.link(case.case_id))
    headers = {"X-CSRFToken": fitter.proof(), "X-Requested-With": "fetch"}
    note = {"step": "note", "said": "x"}
    client = fitter.visitor.client
    told = [
        client.post(f"{fitter.path}/step", data=note, headers=headers).status_code
        for _ in range(POSTS_PER_MINUTE + 1)
    ]
    assert told == [200] * POSTS_PER_MINUTE + [429]
    assert fitter.open().status_code == 200


def test_a_photo_is_kept_as_it_is_under_a_name_of_ours(
    crew: Crew, come: Come, settings: Settings, scene: Scene
) -> None:
    """Byte for byte with what the telephone wrote into it: evidence; and nothing in it can run."""
    case, other = crew.case(), crew.case()
    fitter = come(case.number, crew.link(case.case_id))
    assert fitter.photo(JPEG, "../../../evil.jpg").status_code == 303
    assert fitter.photo(PNG, "屏幕.png").status_code == 303
    with crew.database.read() as connection:
        first, second = case_photos.of_case(connection, case.case_id)
    folder = settings.home / "case_photos"
    assert sorted(file.name for file in folder.iterdir()) == sorted([first.file_name, second.file_name])
    assert first.file_name.endswith(".jpeg") and "evil" not in first.file_name
    assert (folder / first.file_name).read_bytes() == JPEG
    assert (folder / first.file_name).stat().st_mode & 0o077 == 0
    shown = fitter.visitor.get(f"{fitter.path}/photos/{first.id}")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/jpeg", JPEG)
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    [line] = scene.events("console.photo_shown")
    assert (line.data["photo"], line.data["person"]) == (first.id, crew.fitter)
    elsewhere = come(other.number, crew.link(other.case_id))
    assert elsewhere.visitor.get(f"{elsewhere.path}/photos/{first.id}").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (PROGRAM, "holiday.jpg", "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.png", "不是照片"),
        (b"", "empty.jpg", "不是照片"),
        (JPEG + bytes(10 * MB), "large.jpg", "过大"),
    ],
)
def test_what_is_no_photo_or_too_large_is_refused_and_not_kept(
    crew: Crew, come: Come, settings: Settings, content: bytes, name: str, says: str
) -> None:
    case = crew.case()
    fitter = come(case.number, crew.link(case.case_id))
    answer = fitter.photo(content, name)
    assert answer.status_code == 409
    assert says in text(answer)
    assert list((settings.home / "case_photos").iterdir()) == []
    assert len(crew.entries(case.case_id)) == crew.line(case.number).entries == 2


class Unread(io.RawIOBase):
    """An upload of 50 MB that counts how much of it was read."""

    def __init__(self) -> None:
        self.left = 50 * MB
        self.read_before_answer = 0
        self.answered = False

    def readable(self) -> bool:
        return True

    def readinto(self, place: Any) -> int:
        size = min(len(place), self.left)
        self.left -= size
        if not self.answered:
            self.read_before_answer += size
        return size


@pytest.mark.parametrize("right", [True, False])
def test_50_megabytes_are_refused_by_their_announced_size_before_they_are_read(
    app: Flask, crew: Crew, right: bool
) -> None:
    case = crew.case()
    token = crew.link(case.case_id) if right else "never-given"
    upload = Unread()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/f/{case.number}/{token}/photos",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.9",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(upload.left),
        "wsgi.input": io.BufferedReader(upload),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    said: list[str] = []
    answer = iter(app.wsgi_app(environ, lambda status, headers, error=None: said.append(status)))  # type: ignore[arg-type]
    page = next(answer).decode()
    upload.answered = True
    assert upload.read_before_answer == 0
    assert said[0][:3] == ("413" if right else "404")
    assert ("50 MB" in page and "10 MB" in page) or not right
    assert list(answer) == []  # then it is thrown away, so that a browser shows the page
    assert (upload.left == 0) is right


def test_a_case_has_no_more_photos_than_it_may(crew: Crew, come: Come, settings: Settings) -> None:
    case = crew.case()
    fitter = come(case.number, crew.link(case.case_id))
    statuses = [fitter.photo(PNG).status_code for _ in range(settings.photos.most + 1)]
    assert statuses == [303] * settings.photos.most + [409]


def test_nobody_but_the_unit_and_who_may_open_the_case_sees_a_photo(
    crew: Crew, come: Come, visitor: Callable[..., Visitor]
) -> None:
    case = crew.case()
    come(case.number, crew.link(case.case_id)).photo(JPEG)
    with crew.database.read() as connection:
        [kept] = case_photos.of_case(connection, case.case_id)
    unit, stranger = visitor(), visitor()
    unit.sign_in("5001")
    stranger.sign_in("5002")
    assert unit.get(f"/unit/{case.number}/photos/{kept.id}").data == JPEG
    assert stranger.get(f"/unit/{case.number}/photos/{kept.id}").status_code == 404
    assert visitor().get(f"/unit/{case.number}/photos/{kept.id}").status_code == 303
