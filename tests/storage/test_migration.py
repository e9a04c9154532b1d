"""The revisions make exactly the tables of the models, on both databases, and know their version."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

from ivr.errors import Conflict, DatabaseOutdated
from storage.database import Database
from storage.models import Base
from tests.conftest import PROJECT
from tests.postgres import PostgresCluster
from tests.storage.rows import add_agent

HEAD = max(file.name[1:5] for file in (PROJECT / "storage" / "migrations" / "versions").glob("r*.py"))
"""The newest revision; they are numbered."""
LATER = f"{int(HEAD) + 1:04}"


@pytest.fixture
def postgres_address(postgres: PostgresCluster, postgres_address: str) -> Iterator[str]:
    """A copy of its own: these tests change the tables themselves."""
    with postgres.database(template=str(make_url(postgres_address).database)) as name:
        yield postgres.address(name)


@pytest.fixture
def empty_address(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A second database, of the same kind as ``database``, without tables."""
    if database.is_sqlite:
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
    else:
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        with cluster.database() as name:
            yield cluster.address(name)


@pytest.fixture
def empty(empty_address: str) -> Iterator[Database]:
    """A database without tables."""
    database = Database(empty_address)
    yield database
    database.close()


def _schema(connection: Connection) -> dict[str, Any]:
    """All that the database itself says about tables, columns, indexes and constraints, but the version."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL")
        )
        return {name: _clauses(sql) for name, sql in rows if name != "alembic_version"}
    questions = {
        "columns": "SELECT table_name, ordinal_position, column_name, data_type, character_maximum_length, "
        "is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public'",
        "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    }
    return {
        what: sorted(tuple(row) for row in connection.execute(text(question)) if row[0] != "alembic_version")
        for what, question in questions.items()
    }


def _clauses(sql: str) -> list[str]:
    """The parts of a CREATE statement, whatever their order and blanks.

    SQLite adds columns at its end, and what an added column points at stands in the column itself.
    """
    head, _, body = re.sub(r"\s+", " ", sql).partition("(")
    body = re.sub(r"(\w+) (\w+) (CONSTRAINT \w+) (REFERENCES)", r"\1 \2, \3 FOREIGN KEY(\1) \4", body)
    return [head, *sorted(part.strip(" )") for part in re.split(r",(?![^(]*\))", body))]


def test_the_revisions_make_the_tables_of_the_models(empty: Database, database: Database) -> None:
    with empty.write() as connection:
        Base.metadata.create_all(connection)
    with empty.read() as modelled, database.read() as migrated:
        assert _schema(migrated) == _schema(modelled)


def test_an_upgrade_says_what_it_does_and_does_it_once(empty: Database) -> None:
    said: list[str] = []
    assert empty.upgrade(said.append) is True
    assert len(said) == 1 and empty.where in said[0] and f"schema none -> {HEAD}" in said[0]
    empty.check()
    assert empty.upgrade(said.append) is False
    assert len(said) == 1


def test_an_upgrade_keeps_what_is_there(database: Database) -> None:
    with database.write() as connection:
        add_agent(connection)
    database.upgrade()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM agents")).scalar_one() == 1


_OF_0018 = """
INSERT INTO agents (id, work_number, name, role, password_hash, active, device_kind, created_at)
    VALUES (7, '1007', '王敏', 'agent', '', true, 'phone', '2026-10-01');
INSERT INTO calls (id, pbx_node, channel, dialled, language, stage, menu_path, priority, direction,
    arrived_at, open_offers, returned, agent_left_first)
    VALUES (8, 'pbx1', 'c', '95777', 'zh', 'ended', '', 20, 'inbound', '2026-10-01', 0, false, false);
INSERT INTO recordings (id, call_id, agent_id, pbx_node, kind, status, name, started_at)
    VALUES (9, 8, 7, 'pbx1', 'conversation', 'finished', 'r', '2026-10-01');
INSERT INTO quality_draws (id, month, seed, per_agent, made_at, made_by)
    VALUES (1, '2026-10', 's', 1, '2026-11-01', 7);
INSERT INTO quality_populations (draw_id, agent_id, size, ids, sha256) VALUES (1, 7, 1, '9', 'x');
INSERT INTO quality_samples (id, draw_id, agent_id, recording_id, reason, place)
    VALUES (1, 1, 7, 9, 'random', 1)
"""
_STRAY = """
INSERT INTO agents (id, work_number, name, role, password_hash, active, device_kind, created_at)
    VALUES (17, '1017', '李强', 'agent', '', true, 'phone', '2026-10-01');
INSERT INTO recordings (id, call_id, agent_id, pbx_node, kind, status, name, started_at)
    VALUES (19, 8, 17, 'pbx1', 'conversation', 'finished', 'r2', '2026-10-01');
INSERT INTO quality_samples (id, draw_id, agent_id, recording_id, reason, place)
    VALUES (11, 1, 17, 19, 'alarm', 1)
"""
"""An alarm's recording that ended while the draw was made: among the samples, and in no population."""


@pytest.mark.parametrize("stray", [False, True])
def test_samples_of_before_stay_unchangeable_and_belong_to_their_population(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stray: bool
) -> None:
    older = tmp_path / "migrations"
    newer = [
        file.name for file in (PROJECT / "storage/migrations/versions").glob("r*") if file.name > "r0019"
    ]
    left_out = shutil.ignore_patterns("__pycache__", *newer)
    shutil.copytree(PROJECT / "storage" / "migrations", older, ignore=left_out)
    with monkeypatch.context() as patched:
        patched.setattr("storage.migration._FOLDER", older)
        empty.upgrade()
    with empty.write() as connection:
        for statement in (_OF_0018 + (";" + _STRAY if stray else "")).split(";"):
            connection.execute(text(statement))
    empty.upgrade()
    kept = [(1, 1, 7, 9, "random", 1), (11, 1, 17, 19, "alarm", 1)]
    with empty.read() as connection:
        rows = connection.execute(text("SELECT * FROM quality_samples ORDER BY id")).all()
    assert rows == kept[: 1 + stray]
    row = "INSERT INTO quality_samples (id, draw_id, agent_id, recording_id, reason, place) VALUES "
    for refused in (
        row + "(2, 2, 7, 9, 'random', 1)",
        row + "(2, 1, 7, 9, 'random', 1)",
        "UPDATE quality_samples SET place = 2",
        "DELETE FROM quality_samples",
    ):
        with pytest.raises(Conflict), empty.write() as connection:
            connection.execute(text(refused))


def test_programs_that_start_at_once_upgrade_once(empty_address: str) -> None:
    done: list[bool | Exception] = []

    def start() -> None:
        database = Database(empty_address)
        try:
            done.append(database.upgrade())
        except Exception as error:
            done.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [False, False, False, True]


def test_a_schema_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for use in (database.check, database.upgrade):
        with pytest.raises(DatabaseOutdated, match=r"9999, which this program does not know.*newer hotline"):
            use()
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_a_schema_of_an_older_program_is_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "migrations"
    shutil.copytree(PROJECT / "storage" / "migrations", newer, ignore=shutil.ignore_patterns("__pycache__"))
    (newer / "versions" / f"r{LATER}_later.py").write_text(
        f'revision = "{LATER}"\ndown_revision = "{HEAD}"\ndef upgrade():\n    pass\n'
    )
    monkeypatch.setattr("storage.migration._FOLDER", newer)
    with pytest.raises(
        DatabaseOutdated, match=f"version {HEAD}, this program needs {LATER}; run `hotline db upgrade`"
    ):
        database.check()
    database.upgrade()
    database.check()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "migrations"
    shutil.copytree(PROJECT / "storage" / "migrations", broken, ignore=shutil.ignore_patterns("__pycache__"))
    (broken / "versions" / f"r{LATER}_broken.py").write_text(
        f'from alembic import op\nrevision = "{LATER}"\ndown_revision = "{HEAD}"\n'
        'def upgrade():\n    op.execute("DROP TABLE survey_answers")\n    raise ZeroDivisionError\n'
    )
    with monkeypatch.context() as patched:
        patched.setattr("storage.migration._FOLDER", broken)
        with pytest.raises(ZeroDivisionError):
            database.upgrade()
    database.check()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM survey_answers")).scalar_one() == 0


def test_the_revisions_are_found_from_any_working_directory(tmp_path: Path) -> None:
    program = "import sys; from storage.database import Database; Database(sys.argv[1]).upgrade(print)"
    said = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{tmp_path}/hotline.sqlite3"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert f"schema none -> {HEAD}" in said.stdout
