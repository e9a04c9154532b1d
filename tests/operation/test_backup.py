"""Backups: made while a writer writes, put back onto an empty home, refused when anything is not right."""

import hashlib
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, make_url, select, text

from ivr.config import Settings
from ivr.errors import BackupError, HotlineError
from ivr.operation.backup_file import read_manifest
from ivr.operation.restore import restore
from storage.backups import postgres_dump
from storage.database import Database
from storage.models import Agent, AuditLink, Call
from storage.queries import audit, audit_chain
from storage.queries.audit import ConsoleFact
from storage.queries.audit_chain import Head
from tests.operation.backups import DIGEST, NOW, at, backed_up, empty_beside, fill
from tests.postgres import PostgresCluster
from tests.storage.rows import add_agent, add_call


@pytest.fixture
def settings(database_address: str, tmp_path: Path) -> Settings:
    settings = at(tmp_path / "home", database_address)
    for name in ("recordings/2026/11/22/1-talk.wav", "case_photos/1-00ff.jpeg", "case_photos/coming-1"):
        file = settings.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode() * 5000)
    (settings.home / "console_secret").write_text("the console's own")
    (settings.home / "ari_password").write_text("the engine's own")
    return settings


@pytest.fixture
def empty(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A home and a database of the same kind with nothing in them."""
    with empty_beside(database, tmp_path / "other", request) as other:
        yield other


def test_what_was_backed_up_is_there_again_on_an_empty_machine(
    database: Database, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    fill(database)
    file = tmp_path / "hotline.backup"
    made = backed_up(settings, file)
    assert restore(empty, file) == made == read_manifest(file)
    again = Database(empty.database_address)
    again.check()
    with again.write() as connection:
        [agent] = connection.execute(select(Agent.name, Agent.device_digest)).all()
        assert agent == ("王敏", None)
        assert connection.execute(select(func.count()).select_from(Call)).scalar_one() == 1
        new = add_agent(connection)  # ids go on where they were, and what is refused is still refused
        audit.note(connection, ConsoleFact.LOG_READ, NOW, agent_id=new, data={})
    with pytest.raises(HotlineError, match="never changed"), again.write() as connection:
        connection.execute(text("UPDATE audit_chain SET hash = 'x'"))
    with again.read() as connection:
        verdict = audit_chain.verify(connection, Head(1, made.audit_head.partition(":")[2]))
    again.close()
    assert (verdict.head.position, verdict.fault) == (2, None)
    for name in ("recordings/2026/11/22/1-talk.wav", "case_photos/1-00ff.jpeg"):
        assert (empty.home / name).read_bytes() == name.encode() * 5000
        [kept] = [kept for kept in made.files if kept.name == name]
        assert kept.sha256 == hashlib.sha256(name.encode() * 5000).hexdigest()
    assert sorted(entry.name for entry in empty.home.iterdir() if entry.name.startswith(".")) == []


def test_a_backup_taken_while_a_writer_writes_is_of_one_moment(
    database: Database, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    fill(database)
    stop, failures = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            try:
                with database.write() as connection:  # always both, or neither
                    call = add_call(connection)
                    audit.note(connection, ConsoleFact.VIEWED, NOW, agent_id=None, call_id=call, data={})
            except HotlineError as error:
                failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        backed_up(settings, tmp_path / "hotline.backup", recordings=False, photos=False)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failures == []
    restore(empty, tmp_path / "hotline.backup")
    again = Database(empty.database_address)
    with again.read() as connection:
        calls = connection.execute(select(func.count()).select_from(Call)).scalar_one()
        lines = connection.execute(select(func.count()).select_from(AuditLink)).scalar_one()
        verdict = audit_chain.verify(connection)
    again.close()
    assert calls == lines == verdict.head.position
    assert verdict.fault is None


def test_no_secret_is_in_a_backup_and_each_is_named(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    fill(database)
    with database.write() as connection:
        connection.execute(
            text("INSERT INTO visitor_phones (name, digest, caller_number, made_at, expires_at)"
                 " VALUES ('try-1', :digest, '+86', :now, :now)"),
            {"digest": DIGEST[::-1], "now": "2026-11-21 08:00:00"},
        )  # fmt: skip
    file = tmp_path / "hotline.backup"
    made = backed_up(settings, file)
    with tarfile.open(file) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            inside = content.read()
            if entry.name == postgres_dump.DUMP:  # compressed: told in words by PostgreSQL's own program
                raw = tmp_path / "raw.dump"
                raw.write_bytes(inside)
                said = subprocess.run(
                    [postgres_dump._program("pg_restore"), "--file=-", raw], capture_output=True, check=True
                )
                inside = said.stdout
            for secret in (DIGEST, DIGEST[::-1], "the console's own", "the engine's own"):
                assert secret.encode() not in inside, (entry.name, secret)
    assert made.left_out == [
        "the PBX's password (ari_password)",
        "the console's key (console_secret)",
        "agents.device_digest",
        "browser_phones",
        "visitor_phones",
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [kept.name for kept in made.files if "coming" in kept.name] == []


def test_the_password_of_the_database_is_in_no_argument_of_a_program(
    postgres: PostgresCluster, postgres_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program is started with can be listed by everybody on the machine."""
    address = postgres.tcp_address(str(make_url(postgres_address).database))
    seen: list[list[str]] = []
    real = subprocess.run

    def watched(command: list[Any], **more: Any) -> Any:
        seen.append([str(word) for word in command])
        return real(["true"], **more)

    monkeypatch.setattr("storage.backups.postgres_dump.subprocess.run", watched)
    postgres_dump._run(Path("/usr/bin/true"), Database(address), "--format=custom")
    assert postgres.password not in " ".join(seen[0])
    assert f"port={postgres.port}" in seen[0][-1]


def test_a_home_or_a_database_that_is_not_empty_is_left_alone(
    database: Database, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "hotline.backup"
    backed_up(settings, file)
    with pytest.raises(BackupError, match=r"there already|has tables already"):
        restore(settings, file)
    (empty.home / "recordings").mkdir()
    (empty.home / "recordings" / "old.wav").write_bytes(b"old")
    with pytest.raises(BackupError, match=r"recordings: is not empty; move"):
        restore(empty, file)
    assert (empty.home / "recordings" / "old.wav").read_bytes() == b"old"
    with pytest.raises(BackupError, match=r"hotline\.backup: is there already; give another name"):
        backed_up(settings, file)
