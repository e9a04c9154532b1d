"""`hotline db restore`: a backup put onto an empty home and database, after everything in it was checked."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.config import Settings
from ivr.errors import AlreadyRunning, BackupError, HomeUnusable
from ivr.operation import home_lock
from ivr.operation.backup import PHOTOS, POSTGRES, RECORDINGS, SQLITE, SQLITE_FILE
from ivr.operation.backup_file import Manifest, check, explained, read_manifest, unpack
from storage import migration
from storage.backups import postgres_dump, sqlite_copy
from storage.database import Database


def restore(settings: Settings, file: Path) -> Manifest:
    """Put a backup back. Nothing is touched before all of it was found whole and in its place empty.

    :raises BackupError: the backup is not whole, not of this program, or what is to be filled is not empty.
    :raises AlreadyRunning: the hotline runs at this home.
    :raises StorageError: the database does not answer.
    """
    manifest = read_manifest(file)
    _refuse_other(settings, file, manifest)
    with _nobody_runs(settings.home):
        database = Database(settings.database_address)
        try:
            _refuse_filled(settings, database, manifest)
            _refuse_no_room(settings.home, file, manifest)
            check(file, manifest)
            with _staged(settings.home) as staged:
                unpack(file, manifest, staged)
                _fill(settings, database, staged, manifest)
            database.upgrade()
        finally:
            database.close()
    return manifest


def _refuse_other(settings: Settings, file: Path, manifest: Manifest) -> None:
    wanted = SQLITE if settings.database_address.startswith("sqlite") else POSTGRES
    if manifest.database != wanted:
        raise BackupError(
            f"{file}: is of a {manifest.database} database, and storage.url names a {wanted} one; "
            "put it back where it is from"
        )
    if not migration.knows(manifest.schema):
        raise BackupError(
            f"{file}: its schema is version {manifest.schema}, which this program does not know; "
            f"it was made by hotline {manifest.program}: use that one, or a newer one"
        )


@contextmanager
def _nobody_runs(home: Path) -> Iterator[None]:
    held = home_lock.hold(home, home_lock.SUPERVISOR)
    try:
        for program in (home_lock.ENGINE, home_lock.CONSOLE):
            if (pid := home_lock.holder(home, program)) is not None:
                raise AlreadyRunning(home, program, pid)
        yield
    finally:
        os.close(held)


def _refuse_filled(settings: Settings, database: Database, manifest: Manifest) -> None:
    if database.is_sqlite:
        if not sqlite_copy.is_empty(database):
            raise BackupError(
                f"{database.where}: is there already; a backup is put onto an empty home only: "
                "set HOTLINE_HOME to a new folder, or move this file away"
            )
    elif not postgres_dump.is_empty(database):
        raise BackupError(
            f"{database.where}: has tables already; a backup is put into an empty database only: "
            "make one (createdb) and name it in storage.url"
        )
    for name in manifest.folders:
        folder = _folder(settings, name)
        if folder.is_dir() and any(folder.iterdir()):
            raise BackupError(f"{folder}: is not empty; move what is in it away")


def _refuse_no_room(home: Path, file: Path, manifest: Manifest) -> None:
    needed = sum(kept.size for kept in manifest.files)
    free = shutil.disk_usage(home).free
    if needed > free:
        raise BackupError(
            f"{home}: its disk has {free / 1e9:.1f} GB left, and {file} needs {needed / 1e9:.1f} GB"
        )


@contextmanager
def _staged(home: Path) -> Iterator[Path]:
    """A folder in the home, on the disk where everything is to lie; what is left in it at the end goes."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home))
    except OSError as error:
        raise HomeUnusable(f"{home}: {error.strerror}; let this user write it") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(settings: Settings, database: Database, staged: Path, manifest: Manifest) -> None:
    """Put everything in its place, the database last: without it nothing else counts."""
    try:
        if not database.is_sqlite:
            postgres_dump.put_back(staged, database)
        for name in manifest.folders:
            if (staged / name).is_dir():
                folder = _folder(settings, name)
                if folder.is_dir():
                    folder.rmdir()
                (staged / name).replace(folder)
        if database.is_sqlite:
            sqlite_copy.put_back(staged / SQLITE_FILE, database)
    except OSError as error:
        raise explained(error, settings.home) from error


def _folder(settings: Settings, name: str) -> Path:
    return {RECORDINGS: settings.recordings_folder, PHOTOS: settings.home / PHOTOS}[name]
