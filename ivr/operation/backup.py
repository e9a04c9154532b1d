"""`hotline db backup`: database and files as one file, while calls run and are written down."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import metadata
from pathlib import Path

from ivr.config import Settings
from ivr.operation.backup_file import FORMAT, Manifest, explained, writing
from storage.backups import postgres_dump, sqlite_copy
from storage.backups.copied import LEFT_OUT, Copied
from storage.database import Database

SQLITE, POSTGRES = "sqlite", "postgresql"
SQLITE_FILE = "database.sqlite3"
RECORDINGS, PHOTOS = "recordings", "case_photos"


def back_up(
    settings: Settings,
    file: Path,
    now: datetime,
    *,
    recordings: bool,
    photos: bool,
    tell: Callable[[str], None],
) -> Manifest:
    """Make a backup. The database comes first, then the files: so each file the database names is in it.

    :param file: to be made; nothing is there under this name until it is whole.
    :param recordings: whether finished recordings and messages are to be in it; ``photos``: those of cases.
    :param tell: is given a line for each file that has gone meanwhile.
    :raises BackupError: it cannot be made.
    :raises StorageError: the database cannot be read.
    """
    database = Database(settings.database_address)
    try:
        database.check()
        with writing(file) as archive, _scratch(file) as scratch:
            copied = _copy(database, scratch)
            for part in sorted(scratch.iterdir()):
                archive.add(part.name, part)
            folders = [name for name, wanted in ((RECORDINGS, recordings), (PHOTOS, photos)) if wanted]
            for name, found in _files(settings, folders):
                if not archive.add(name, found):
                    tell(f"{name}: has gone meanwhile (retention); it is not in the backup")
            manifest = Manifest(
                format=FORMAT,
                program=metadata.version("gas-hotline"),
                database=SQLITE if database.is_sqlite else POSTGRES,
                schema=copied.schema,
                audit_head=copied.audit_head,
                made_at=now.isoformat(timespec="seconds"),
                folders=folders,
                left_out=list(LEFT_OUT),
                files=archive.files,
            )
            archive.end(manifest)
    finally:
        database.close()
    return manifest


@contextmanager
def _scratch(file: Path) -> Iterator[Path]:
    """A folder beside the backup, for the copy of the database; gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".hotline-backup-", dir=file.parent))
    except OSError as error:
        raise explained(error, file) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(database: Database, scratch: Path) -> Copied:
    if database.is_sqlite:
        return sqlite_copy.copy(database, scratch / SQLITE_FILE)
    return postgres_dump.dump(database, scratch)


def _files(settings: Settings, folders: list[str]) -> Iterator[tuple[str, Path]]:
    """Finished files of the home, by their names in the backup."""
    roots = {RECORDINGS: (settings.recordings_folder, "*.wav"), PHOTOS: (settings.home / PHOTOS, "[0-9]*")}
    for folder in folders:
        root, finished = roots[folder]
        for found in sorted(root.rglob(finished)):
            if found.is_file() and not found.is_symlink():
                yield f"{folder}/{found.relative_to(root)}", found
