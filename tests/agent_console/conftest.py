"""The console under test: with Flask's client, or as the real server with a real browser in front."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from agent_console import list_work
from agent_console.app import create_app
from agent_console.auth.throttle import limiter
from ivr.config import Settings
from storage.database import Database
from tests.agent_console.scene import PASSWORD, Scene
from tests.conftest import KINDS, PROJECT
from tests.nursery import Born, Nursery
from tests.patience import Patience
from tests.ports import free_port

HERE = Path(__file__).parent
CSRF = re.compile(r'name="csrf" content="([^"]+)"')


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of pages run on one kind of database each, in turn, and on the other with the long ones.

    Pages have no SQL: what storage.queries asks is tested on both kinds always.
    """
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec") and item.path.is_relative_to(HERE):
            kind = item.callspec.params.get("database_address")
            turn = KINDS[crc32(item.nodeid.replace(str(kind), "").encode()) % len(KINDS)]
            if kind is not None and kind != turn:
                item.add_marker(pytest.mark.long)


@pytest.fixture
def scene(database: Database) -> Scene:
    """Writes into the test's database as the engine would."""
    return Scene(database)


class TemplatesOfAllTests(BytecodeCache):
    """Compiled templates, kept for the consoles of the tests to come: compiling is most of a page's work."""

    def __init__(self) -> None:
        """Know none yet."""
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the template of the bucket if it is known."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the template of the bucket."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session")
def templates() -> TemplatesOfAllTests:
    """The compiled templates of the run."""
    return TemplatesOfAllTests()


@pytest.fixture(autouse=True, scope="session")
def addresses_built_once() -> Iterator[None]:
    """A console compiles what builds its pages' addresses; that depends on the address and nothing else."""
    compile_anew = Rule._compile_builder
    built: dict[tuple[str, bool], Callable[..., tuple[str, str]]] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults or rule.subdomain or rule.host:
            return compile_anew(rule, append_unknown)
        key = rule.rule, append_unknown
        if key not in built:
            built[key] = compile_anew(rule, append_unknown)
        return built[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture
def app(settings: Settings, database: Database, templates: TemplatesOfAllTests) -> Flask:
    """The console; tries of signing in are counted from nothing."""
    app = create_app(settings, database)
    app.jinja_env.bytecode_cache = templates
    limiter.reset()
    return app


@pytest.fixture(autouse=True)
def lists_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request answers with what came of a list, however slow the machine is just then."""
    monkeypatch.setattr(list_work, "ANSWERED_WITHIN", 60.0)


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, app: Flask, address: str = "192.0.2.7") -> None:
        """Come from ``address``."""
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address
        self._tokens: dict[str, str] = {}

    def get(self, path: str, **more: object) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True, **more)  # type: ignore[arg-type]

    def token(self) -> str:
        """The proof against forgery, the same on all pages: looked up on a short one, once a cookie."""
        cookie = self._cookie()
        if cookie not in self._tokens:
            found = CSRF.search(self.get("/no-such-page").get_data(as_text=True))
            assert found is not None
            cookie = self._cookie()
            self._tokens[cookie] = found.group(1)
        return self._tokens[cookie]

    def _cookie(self) -> str:
        cookie = self.client.get_cookie(self.client.application.config["SESSION_COOKIE_NAME"])
        return cookie.value if cookie else ""

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form as the page would."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields})

    def fetch(self, path: str, **fields: str) -> TestResponse:
        """Send a form as a page's script would."""
        headers = {"X-CSRFToken": self.token(), "X-Requested-With": "fetch"}
        return self.client.post(path, data=fields, headers=headers)

    def sign_in(self, work_number: str, password: str = PASSWORD) -> TestResponse:
        """Sign in."""
        return self.post("/sign-in", work_number=work_number, password=password)


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    """Makes visitors, each with cookies of their own."""
    return lambda address="192.0.2.7": Visitor(app, address)


class Served:
    """The console as a process of its own."""

    def __init__(self, home: Path, address: str, nursery: Nursery) -> None:
        """Start it on a free port and wait until it says that it is ready."""
        self.port = free_port()
        self.home = home
        self.address = address
        self.errors = home / "console.log"
        self._nursery = nursery
        self.process = self.start()

    def start(self) -> Born:
        """Start it, again after :meth:`stop`."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOTLINE_HOME": str(self.home),
            "HOTLINE__CONSOLE__PORT": str(self.port),
            "HOTLINE__CONSOLE__SIGN_IN_TRIES_PER_MINUTE": "1000",
            "HOTLINE__STORAGE__URL_FROM": "HOTLINE_TEST_DATABASE",
            "HOTLINE_TEST_DATABASE": self.address,
        }
        patience = Patience(3)
        while True:
            self.process = self._nursery.start(
                "console", [str(PROJECT / "config.yaml")], environment, stderr=self.errors
            )
            line = self.process.stdout.readline()
            if line.startswith("console ready"):
                return self.process
            said = self.errors.read_text()
            # One that was stopped a moment ago may have a worker that has not quite gone.
            if "Address already in use" not in said or patience.is_over:
                raise AssertionError(f"the console did not start: {line}{said}")
            self.process.wait()
            self.process.stdout.close()
            self.errors.write_text("")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> float:
        """Ask it to end; gives the seconds it took."""
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()
        return time.monotonic() - began


@pytest.fixture
def served(database: Database, database_address: str, tmp_path: Path, nursery: Nursery) -> Iterator[Served]:
    """The console serving the test's database."""
    server = Served(tmp_path, database_address, nursery)
    yield server
    if server.process.poll() is None:
        server.stop()
