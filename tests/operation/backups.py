"""What tests of backups share: a home with its database, something in it, and a backup of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.config import Settings, load
from ivr.config.sections import DeviceKind
from ivr.operation.backup import back_up
from ivr.operation.backup_file import Manifest
from storage.database import Database
from storage.queries import audit
from storage.queries.audit import ConsoleFact
from tests.conftest import PROJECT
from tests.postgres import PostgresCluster
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DIGEST = "0123456789abcdef0123456789abcdef"


def at(home: Path, address: str) -> Settings:
    """The settings of a home that is made where it is missing."""
    home.mkdir(exist_ok=True)
    environment = {"HOTLINE_HOME": str(home), "HOTLINE__STORAGE__URL_FROM": "ADDRESS", "ADDRESS": address}
    return load(PROJECT / "config.yaml", environment)


@contextmanager
def empty_beside(database: Database, home: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A machine with nothing on it, and a database of the same kind as this one."""
    if database.is_sqlite:
        yield at(home, f"sqlite:///{home}/hotline.sqlite3")
    else:
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        with cluster.database() as name:
            yield at(home, cluster.address(name))


def fill(database: Database) -> None:
    """Somebody with a phone, a call, and a line of the audit log."""
    with database.write() as connection:
        agent = add_agent(connection, device_kind=DeviceKind.PHONE, device_digest=DIGEST, name="王敏")
        add_call(connection, agent_id=agent)
        audit.note(connection, ConsoleFact.SIGN_IN, NOW, agent_id=agent, data={"address": "192.0.2.7"})


def backed_up(settings: Settings, file: Path, **wanted: bool) -> Manifest:
    """Make a backup, with all files unless it is said otherwise."""
    wanted = {"recordings": True, "photos": True, **wanted}
    return back_up(settings, file, NOW, tell=print, **wanted)
