"""The console under test: with Flask's client, or as the real server with a real browser in front."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from agent_console.app import create_app
from agent_console.auth.throttle import limiter
from ivr.config import Settings
from storage.database import Database
from storage.models import Base
from tests.agent_console.scene import PASSWORD, Scene
from tests.conftest import PROJECT
from tests.ports import free_port
from tests.postgres import PostgresCluster

CSRF = re.compile(r'name="csrf" content="([^"]+)"')


@pytest.fixture(scope="session")
def emptied_postgres(postgres: PostgresCluster, migrated_postgres: str) -> Iterator[str]:
    """Address of one database that the console's many small tests share, each finding it empty."""
    with postgres.database(template=migrated_postgres) as name:
        yield postgres.address(name)


@pytest.fixture
def postgres_address(emptied_postgres: str) -> str:
    """Address of an empty PostgreSQL database with the schema; quicker than a fresh copy."""
    database = Database(emptied_postgres)
    tables = reversed(Base.metadata.sorted_tables)
    with database.write() as connection:
        # Rows that must never go are kept by triggers, which a replica does not run.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table.name}")
    database.close()
    return emptied_postgres


@pytest.fixture
def scene(database: Database) -> Scene:
    """Writes into the test's database as the engine would."""
    return Scene(database)


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    """The console; tries of signing in are counted from nothing."""
    app = create_app(settings, database)
    limiter.reset()
    return app


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, app: Flask, address: str = "192.0.2.7") -> None:
        """Come from ``address``."""
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address

    def get(self, path: str, **more: object) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True, **more)  # type: ignore[arg-type]

    def token(self) -> str:
        """The page's proof against forgery."""
        found = CSRF.search(self.get("/sign-in", follow_redirects=True).get_data(as_text=True))
        assert found is not None
        return found.group(1)

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

    def __init__(self, home: Path, address: str) -> None:
        """Start it on a free port and wait until it says that it is ready."""
        self.port = free_port()
        self.home = home
        self.address = address
        self.process = self.start()

    def start(self) -> "subprocess.Popen[str]":
        """Start it, again after :meth:`stop`."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agent_console", str(PROJECT / "config.yaml")],
            cwd=PROJECT,
            env={
                "PATH": "/usr/bin:/bin",
                "HOTLINE_HOME": str(self.home),
                "HOTLINE__CONSOLE__PORT": str(self.port),
                "HOTLINE__CONSOLE__SIGN_IN_TRIES_PER_MINUTE": "1000",
                "HOTLINE__STORAGE__URL_FROM": "HOTLINE_TEST_DATABASE",
                "HOTLINE_TEST_DATABASE": self.address,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("console ready"):
            _, errors = self.process.communicate(timeout=10)
            raise AssertionError(f"the console did not start: {line}{errors}")
        return self.process

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> float:
        """Ask it to end; gives the seconds it took."""
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return time.monotonic() - began


@pytest.fixture
def served(database: Database, database_address: str, tmp_path: Path) -> Iterator[Served]:
    """The console serving the test's database."""
    server = Served(tmp_path, database_address)
    yield server
    if server.process.poll() is None:
        server.stop()
