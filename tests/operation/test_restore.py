"""What is no backup, no empty home or no room is refused with the reason; the commands as they are typed."""

import io
import json
import resource
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivr import cli
from ivr.config import Settings
from ivr.errors import AlreadyRunning, BackupError, HotlineError
from ivr.operation import home_lock
from ivr.operation.backup_file import MANIFEST
from ivr.operation.restore import restore
from storage.backups import postgres_dump
from storage.database import Database
from tests.conftest import PROJECT
from tests.operation.backups import at, backed_up, fill


@pytest.fixture
def small(sqlite_address: str, tmp_path: Path) -> Settings:
    settings = at(tmp_path / "small", sqlite_address)
    database = Database(sqlite_address)
    fill(database)
    database.close()
    return settings


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    return at(tmp_path / "bare", f"sqlite:///{tmp_path}/bare/hotline.sqlite3")


def rewritten(file: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """The same archive with something else in it."""
    with tarfile.open(file) as archive:
        parts = [(entry.name, archive.extractfile(entry).read()) for entry in archive]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as archive:
        for name, content in (change(*part) for part in parts):
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))


def manifest_with(**values: object) -> Callable[[str, bytes], tuple[str, bytes]]:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == MANIFEST:
            return name, json.dumps(json.loads(content) | values).encode()
        return name, content

    return change


def flipped(name: str, content: bytes) -> tuple[str, bytes]:
    return name, content[:-1] + b"!" if name != MANIFEST else content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flipped, r"database\.sqlite3 was changed: its SHA-256 is not the manifest's"),
        (lambda name, content: (name.replace("database", "other"), content), "is in it and not in"),
        (manifest_with(files=[]), r"database\.sqlite3 is in it and not in its manifest"),
        (
            manifest_with(files=[{"name": "../x", "size": 1, "sha256": ""}]),
            r'"\.\./x" is no name of a file of the hotline',
        ),
        (manifest_with(format=2), "is a backup of format 2, this program reads 1"),
        (manifest_with(schema="9999", program="9.0"), "version 9999, .* was made by hotline 9.0"),
        (manifest_with(database="postgresql"), "of a postgresql database, .* names a sqlite one"),
        (lambda name, content: (name, b"{" if name == MANIFEST else content), "manifest cannot be read"),
        (lambda name, content: (name.replace("manifest", "x"), content), "is cut short: its manifest"),
    ],
)  # fmt: skip
def test_a_backup_that_is_not_right_is_refused_with_the_reason(
    small: Settings, bare: Settings, tmp_path: Path, change: Any, said: str
) -> None:
    file = tmp_path / "hotline.backup"
    backed_up(small, file)
    rewritten(file, change)
    with pytest.raises(BackupError, match=said):
        restore(bare, file)
    assert not (bare.home / "hotline.sqlite3").exists()
    assert [entry.name for entry in bare.home.iterdir() if entry.name != "run"] == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
def test_a_backup_that_was_cut_short_says_so(
    small: Settings, bare: Settings, tmp_path: Path, share: float
) -> None:
    file = tmp_path / "hotline.backup"
    backed_up(small, file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content.rstrip(b"\0")) * share)])
    with pytest.raises(BackupError, match="cut short"):
        restore(bare, file)
    assert not (bare.home / "hotline.sqlite3").exists()


def test_a_hotline_that_runs_is_not_restored_under_its_feet(
    small: Settings, bare: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "hotline.backup"
    backed_up(small, file)
    held = home_lock.hold(bare.home, home_lock.ENGINE)
    home_lock.sign(held, 4711)
    with pytest.raises(AlreadyRunning, match="process 4711"):
        restore(bare, file)


def test_a_disk_without_room_is_said_before_anything_is_written(
    small: Settings, bare: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "hotline.backup"
    made = backed_up(small, file)
    files = [{"name": kept.name, "size": 10**18, "sha256": kept.sha256} for kept in made.files]
    rewritten(file, manifest_with(files=files))
    with pytest.raises(BackupError, match=r"has .* GB left, and .* needs 1000000000.0 GB"):
        restore(bare, file)


def test_a_disk_that_gets_full_leaves_no_half_backup(small: Settings, tmp_path: Path) -> None:
    """A limit on the size of files does what a full disk does, to a program of its own."""

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    file = tmp_path / "out" / "hotline.backup"
    file.parent.mkdir()
    environment = {
        "HOTLINE_HOME": str(small.home),
        "ADDRESS": small.database_address,
        "HOTLINE__STORAGE__URL_FROM": "ADDRESS",
        "HOTLINE_CONFIG": str(PROJECT / "config.yaml"),
        "PATH": "/usr/bin",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "db", "backup", str(file)],
        env=environment,
        cwd=PROJECT, capture_output=True, text=True, preexec_fn=little_room,
    )  # fmt: skip
    assert done.returncode == 1
    assert "full" in done.stderr or "disk I/O error" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(file.parent.iterdir()) == []


def test_a_damaged_database_makes_no_backup(small: Settings, tmp_path: Path) -> None:
    file = Path(small.database_address.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    content = bytearray(file.read_bytes())
    content[len(content) // 2 :] = b"\x55" * (len(content) - len(content) // 2)
    file.write_bytes(content)
    with pytest.raises(HotlineError):
        backed_up(small, tmp_path / "hotline.backup")
    assert not (tmp_path / "hotline.backup").exists()


def test_without_the_programs_of_postgresql_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("storage.backups.postgres_dump._INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"pg_dump is not installed; install .* postgresql-client"):
        postgres_dump._program("pg_dump")


def test_the_commands_say_what_is_in_it_and_what_is_left_to_do(
    small: Settings,
    bare: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def type_(settings: Settings, *words: str) -> int:
        monkeypatch.setenv("HOTLINE_HOME", str(settings.home))
        monkeypatch.setenv("HOTLINE__STORAGE__URL_FROM", "ADDRESS")
        monkeypatch.setenv("ADDRESS", settings.database_address)
        return cli.main(["--config", str(PROJECT / "config.yaml"), *words])

    file = str(tmp_path / "hotline.backup")
    assert type_(small, "db", "backup", file) == 0
    said = capsys.readouterr().out
    assert "left out, as they are secrets: the PBX's password (ari_password)" in said
    assert "not in it: recordings (--recordings)" in said
    head = said.rpartition("head of the audit log: ")[2].strip()
    assert type_(bare, "db", "restore", file) == 0
    said = capsys.readouterr().out
    assert "audit log: whole, as it was when the backup was made" in said
    assert "hotline agents password NUMBER --device" in said
    assert type_(bare, "audit", "head") == 0
    assert capsys.readouterr().out.strip() == head
    assert type_(bare, "audit", "verify", "--against", head) == 0
    assert f"audit log: 1 lines, whole; its head: {head}" in capsys.readouterr().out
    assert type_(bare, "audit", "verify", "--against", "nonsense") == 1
    assert '"nonsense" is no head' in capsys.readouterr().err
    with sqlite3.connect(bare.home / "hotline.sqlite3") as raw:
        raw.executescript("DROP TRIGGER refuse_update_events; UPDATE events SET agent_id = 7")
    raw.close()
    assert type_(bare, "audit", "verify") == 1
    assert "audit log: line 1 (event 1): the line was changed" in capsys.readouterr().out
