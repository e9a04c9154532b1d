"""What keeps strangers out: forgery, headers, the key of the cookies, and answers in words."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from agent_console.app import create_app
from agent_console.security import secret_key
from ivr.config import Settings, load
from ivr.errors import ConsoleUnusable
from storage.database import Database
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene
from tests.conftest import PROJECT

Visitors = Callable[..., Visitor]


def test_no_write_without_the_pages_proof(app: Flask, visitor: Visitors, scene: Scene) -> None:
    me = scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    before = len(scene.commands(me))
    for path in ("/desk/commands/ready", "/sign-out", "/preferences", "/take-over", "/sign-in"):
        answer = somebody.client.post(path)
        assert answer.status_code == 400
        assert "请返回" in answer.get_data(as_text=True)
    assert len(scene.commands(me)) == before
    assert somebody.get("/desk").status_code == 200


def test_every_answer_has_the_headers_that_protect_it(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    for path in ("/sign-in", "/desk", "/calls", "/nothing", "/static/js/desk.js", "/floor"):
        headers = somebody.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        if not path.startswith("/static"):
            assert headers["Cache-Control"] == "no-store"


def test_no_page_has_inline_script_or_style(visitor: Visitors, scene: Scene) -> None:
    scene.person("2001", role="supervisor")
    somebody = visitor()
    somebody.sign_in("2001")
    for path in ("/sign-in", "/desk", "/calls", "/floor", "/knowledge/gas_leak_home", "/phrases"):
        page = somebody.get(path).get_data(as_text=True)
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        scripts = page.split("<script ")[1:]
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_no_template_has_script_style_or_handlers_in_it() -> None:
    """Also of pages that no test opens; data for scripts is no script."""
    templates = sorted((PROJECT / "agent_console" / "templates").rglob("*.html"))
    assert len(templates) > 50
    for file in templates:
        text = re.sub(
            r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        for tag in re.findall(r"<[a-zA-Z][^>]*>", text):
            assert not re.search(r"\s(on[a-z]+|style)\s*=", tag), (file.name, tag)
            assert not tag.lower().startswith("<style"), file.name
            assert "javascript:" not in tag.lower(), (file.name, tag)
            if tag.lower().startswith("<script"):
                assert "src=" in tag or 'type="application/json"' in tag, (file.name, tag)


def test_the_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    first = secret_key(tmp_path / "home")
    assert secret_key(tmp_path / "home") == first
    file = tmp_path / "home" / "console_secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first) == 64
    assert [entry.name for entry in file.parent.iterdir()] == ["console_secret"]


@pytest.mark.parametrize(
    ("content", "mode", "said"), [(b"x", 0o600, "cut short"), (b"x" * 64, 0o644, "chmod 600")]
)
def test_a_key_that_is_no_secret_is_refused(tmp_path: Path, content: bytes, mode: int, said: str) -> None:
    (tmp_path / "console_secret").write_bytes(content)
    (tmp_path / "console_secret").chmod(mode)
    with pytest.raises(ConsoleUnusable, match=said):
        secret_key(tmp_path)


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(ConsoleUnusable, match="home"):
        secret_key(tmp_path / "home")


def test_behind_tls_the_cookie_is_sent_over_tls_only(tmp_path: Path, scene: Scene) -> None:
    environment = {"HOTLINE_HOME": str(tmp_path), "HOTLINE__CONSOLE__HTTPS": "true"}
    app = create_app(load(PROJECT / "config.yaml", environment), scene.database)
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(("proxies", "believed"), [(0, "192.0.2.7"), (1, "203.0.113.9")])
def test_a_proxys_header_is_believed_only_when_it_is_configured(
    tmp_path: Path, scene: Scene, proxies: int, believed: str
) -> None:
    environment = {"HOTLINE_HOME": str(tmp_path), "HOTLINE__CONSOLE__PROXIES": str(proxies)}
    app = create_app(load(PROJECT / "config.yaml", environment), scene.database)
    somebody = Visitor(app)
    scene.person("1001")
    somebody.client.environ_base["HTTP_X_FORWARDED_FOR"] = "10.0.0.1, 203.0.113.9"
    somebody.sign_in("1001")
    [event] = scene.events("console.sign_in")
    assert event.data["address"] == believed


def test_what_is_not_there_is_said_in_words(visitor: Visitors, scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    for path in ("/nothing", "/calls/4711", "/calls/99999999999999999999", "/recordings/4711"):
        answer = somebody.get(path)
        assert answer.status_code == 404
        assert "不存在" in answer.get_data(as_text=True)
    assert somebody.get("/nothing", headers={"X-Requested-With": "fetch"}).json == {
        "error": "没有这个页面或这个来电。"
    }


def test_a_form_that_is_too_large_is_refused(visitor: Visitors) -> None:
    somebody = visitor()
    answer = somebody.post("/sign-in", work_number="1001", password="x" * 300_000)
    assert answer.status_code == 413


def test_without_a_database_a_page_says_so_and_tries_again(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings, Database(f"sqlite:///{tmp_path}/missing/hotline.sqlite3"))
    somebody = Visitor(app)
    answer = somebody.post("/sign-in", work_number="1001", password="x")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    with somebody.client.session_transaction() as session:
        session["_user_id"] = "somebody's"
    page = somebody.get("/desk")
    assert page.status_code == 503
    assert '<meta http-equiv="refresh" content="5">' in page.get_data(as_text=True)
    assert "数据库没有应答" in page.get_data(as_text=True)
