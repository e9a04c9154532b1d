"""The file of a backup: a tar archive with the database, files of the home, and at its end the manifest.

The manifest comes last: an archive that was cut short has none, and says so by that.
"""

import errno
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ivr.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
"""In folders as deep as they may be: recordings lie in those of year, month and day."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the archive; ``size`` in bytes, ``sha256`` in hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is and holds.

    ``database``: "sqlite" or "postgresql"; ``schema``: its version; ``audit_head``: of the audit log's chain;
    ``folders``: of the home that are in it; ``left_out``: secrets that are in no backup.
    """

    format: int
    program: str
    database: str
    schema: str
    audit_head: str
    made_at: str
    folders: list[str]
    left_out: list[str]
    files: list[Kept]

    def as_json(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


class _Hashed:
    """Reads a file and hashes what was read."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As a file does."""
        block: bytes = self._file.read(size)
        self.digest.update(block)
        return block


class Writer:
    """Adds files to an archive that is being made; use :func:`writing`."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        """Begin with none."""
        self._archive = archive
        self.files: list[Kept] = []

    def add(self, name: str, file: Path) -> bool:
        """Add a file; False where it has gone meanwhile."""
        try:
            opened = file.open("rb")
        except FileNotFoundError:
            return False
        with opened:
            there = os.fstat(opened.fileno())
            about = tarfile.TarInfo(name)
            about.size, about.mode, about.mtime = there.st_size, 0o600, int(there.st_mtime)
            hashed = _Hashed(opened)
            self._archive.addfile(about, hashed)
        self.files.append(Kept(name, about.size, hashed.digest.hexdigest()))
        return True

    def end(self, manifest: Manifest) -> None:
        """Add the manifest; nothing comes after it."""
        told = manifest.as_json()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(told), 0o600
        self._archive.addfile(about, io.BytesIO(told))


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """Make an archive under another name, which gets its own when it is whole and on the disk.

    :raises BackupError: it is there already, or cannot be written.
    """
    if file.exists():
        raise BackupError(f"{file}: is there already; give another name")
    coming = file.with_name(f"{file.name}.coming")
    try:
        descriptor = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            with tarfile.open(fileobj=opened, mode="w", format=tarfile.PAX_FORMAT) as archive:
                yield Writer(archive)
            opened.flush()
            os.fsync(descriptor)
        coming.replace(file)
    except OSError as error:
        raise explained(error, file) from error
    finally:
        coming.unlink(missing_ok=True)


def explained(error: OSError, file: Path) -> BackupError:
    """The words for a file that cannot be written or read."""
    if error.errno in _FULL:
        return BackupError(f"{file}: the disk is full; make room, or write it to another one")
    return BackupError(f"{error.filename or file}: {error.strerror or error}")


def read_manifest(file: Path) -> Manifest:
    """The manifest of a backup.

    :raises BackupError: it is none, was cut short, or is of another program.
    """
    try:
        with tarfile.open(file, "r:") as archive:
            entries = archive.getmembers()
            if not entries or entries[-1].name != MANIFEST:
                raise BackupError(
                    f"{file}: is cut short: its manifest, the last thing in it, is not there; fetch it again"
                )
            told = archive.extractfile(entries[-1])
            tree = json.loads(told.read()) if told is not None else None
    except OSError as error:
        raise explained(error, file) from error
    except tarfile.TarError as error:
        raise BackupError(f"{file}: is no backup, or is cut short ({error})") from error
    except ValueError as error:
        raise BackupError(f"{file}: its manifest cannot be read: {error}") from error
    return _manifest(file, tree)


def _manifest(file: Path, tree: Any) -> Manifest:
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        of = tree.get("format") if isinstance(tree, dict) else "unknown"
        raise BackupError(
            f"{file}: is a backup of format {of}, this program reads {FORMAT}; use the program that made it"
        )
    try:
        manifest = Manifest(**{**tree, "files": [Kept(**kept) for kept in tree["files"]]})
    except (TypeError, KeyError) as error:
        raise BackupError(f"{file}: its manifest lacks something: {error}") from error
    for kept in manifest.files:
        if not _SAFE_NAME.fullmatch(kept.name):
            raise BackupError(f'{file}: "{kept.name}" is no name of a file of the hotline')
    return manifest


def check(file: Path, manifest: Manifest) -> None:
    """Compare everything in the archive with the manifest.

    :raises BackupError: names the first file that is missing, cut short, changed, or not listed.
    """
    for _ in _contents(file, manifest):
        pass


def unpack(file: Path, manifest: Manifest, folder: Path) -> None:
    """Write everything in the archive below a folder, under the names of the manifest.

    :raises BackupError: something is not as the manifest says, or cannot be written.
    """
    opened: Any = None
    now = ""
    try:
        for name, block in _contents(file, manifest):
            if name != now:
                if opened is not None:
                    opened.close()
                target = folder / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                opened = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
                now = name
            opened.write(block)
        if opened is not None:
            opened.close()
    except OSError as error:
        raise explained(error, folder) from error
    finally:
        if opened is not None:
            opened.close()


def _contents(file: Path, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file, block by block; one without bytes is one empty block."""
    wanted = {kept.name: kept for kept in manifest.files}
    try:
        with tarfile.open(file, "r:") as archive:
            for entry in archive:
                if entry.name == MANIFEST:
                    continue
                kept = wanted.pop(entry.name, None)
                source = archive.extractfile(entry) if entry.isreg() else None
                if kept is None or source is None:
                    raise BackupError(f"{file}: {entry.name} is in it and not in its manifest")
                yield entry.name, b""
                digest = hashlib.sha256()
                while block := source.read(CHUNK):
                    digest.update(block)
                    yield entry.name, block
                if (entry.size, digest.hexdigest()) != (kept.size, kept.sha256):
                    raise BackupError(f"{file}: {entry.name} was changed: its SHA-256 is not the manifest's")
    except tarfile.TarError as error:
        raise BackupError(f"{file}: is cut short or damaged ({error})") from error
    if wanted:
        raise BackupError(f"{file}: {next(iter(wanted))} is in its manifest and not in it")


__all__ = ["FORMAT", "Kept", "Manifest", "Writer", "check", "explained", "read_manifest", "unpack", "writing"]
