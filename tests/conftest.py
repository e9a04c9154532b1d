"""What all tests share: no network but where a test says so, and fresh databases of both kinds."""

import gc
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import pytest_socket
import structlog
from argon2 import PasswordHasher
from sqlalchemy import create_engine

from ivr.config import Settings, load
from storage.database import Database
from storage.models import Base
from tests.nursery import Nursery
from tests.patience import BROWSER_MS
from tests.postgres import PostgresCluster

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

# Examples are judged by what they show, never by how long this machine took.
hypothesis.settings.register_profile(
    "hotline", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("hotline")

PROJECT = Path(__file__).parent.parent
KINDS = ("sqlite", "postgres")
"""Of databases."""
USES_LOOPBACK = ("socket", "e2e", "browser")


def pytest_configure() -> None:
    """Looking through a growing pile of modules and tests again and again takes a third of their loading."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What has been loaded stays, and need not be looked through any more."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Unit tests open no socket; those marked so reach this machine and nothing else."""
    if any(item.get_closest_marker(name) for name in USES_LOOPBACK):
        pytest_socket.socket_allow_hosts(["127.0.0.0/8", "::1", "localhost"], allow_unix_socket=True)
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def quick_password_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least work: tests make many people, and guess no passwords."""
    monkeypatch.setattr(
        "storage.passwords._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )


class StatementsOfAllTests:
    """SQL that was made once, for the databases of all tests: making it anew takes a sixth of their time."""

    def __init__(self) -> None:
        """Know none yet."""
        self._kept: dict[Any, Any] = {}

    def get(self, key: tuple[Any, ...]) -> Any:
        """What was made of a statement: SQLAlchemy's key begins with the engine's own dialect."""
        return self._kept.get((type(key[0]), *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], made: Any) -> None:
        """Keep it."""
        self._kept[type(key[0]), *key[1:]] = made


@pytest.fixture(autouse=True, scope="session")
def statements_made_once() -> Iterator[None]:
    """Each test has databases of its own, but the statements are the same."""
    options = {"compiled_cache": StatementsOfAllTests()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.database.create_engine", partial(create_engine, execution_options=options))
        yield


@pytest.fixture(autouse=True)
def logs_to_nowhere_in_particular() -> Iterator[None]:
    """A test that sends logs to a file of its own leaves nothing of that to the tests after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    """What drives browsers; there can be one in a process only."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=BROWSER_MS)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What engines and consoles are born of."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL server for the whole run."""
    cluster = PostgresCluster()
    try:
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresCluster) -> Iterator[str]:
    """Name of a database with the schema, which every test finds empty."""
    with postgres.database() as name:
        database = Database(postgres.address(name))
        database.upgrade()
        database.close()
        yield name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing else, to be copied by every test."""
    file = tmp_path_factory.mktemp("template") / "hotline.sqlite3"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    database.close()
    return file


@pytest.fixture
def sqlite_address(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Address of a fresh SQLite database with the schema."""
    file = tmp_path / "hotline.sqlite3"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_address(postgres: PostgresCluster, migrated_postgres: str) -> str:
    """Address of an empty PostgreSQL database with the schema, the same one for test after test.

    Emptying it takes a tenth of the time of a fresh copy, and there are a thousand tests.
    """
    postgres.empty(migrated_postgres, [table.name for table in reversed(Base.metadata.sorted_tables)])
    return postgres.address(migrated_postgres)


@pytest.fixture(params=KINDS)
def database_address(request: pytest.FixtureRequest) -> str:
    """Address of a fresh database with the schema: each test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """A fresh database with the schema: each test runs once on each kind."""
    database = Database(database_address)
    yield database
    database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The project's own config.yaml, with a home of its own."""
    return load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path)})
