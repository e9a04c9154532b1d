"""Finds the Asterisk to run: an unpacked one, one that was fetched before, or one fetched now from Debian.

Debian 12 and 13 have none; the release after them does. Its packages are unpacked into a folder of the
user's cache instead of being installed.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ivr.asterisk.debian import PrivateApt, Say, run
from ivr.asterisk.install import (
    OLDEST,
    WHAT_ELSE,
    AsteriskInstall,
    installed_asterisk,
    parse_version,
    unpacked_asterisk,
)
from ivr.config import Settings
from ivr.config.sections import PbxMode
from ivr.errors import PbxUnusable

RELEASE = "forky"  # the first Debian release with an Asterisk that is new enough
ROOM_NEEDED = 500 * 1024 * 1024  # bytes: packages and what they unpack to


def find_asterisk(settings: Settings, environment: Mapping[str, str], say: Say) -> AsteriskInstall | None:
    """The Asterisk that ``pbx.mode`` asks for, fetched if it must be; None for ``remote``.

    Finding one that was fetched before takes some hundredths of a second.

    :param environment: usually ``os.environ``. ``HOTLINE_ASTERISK_ROOT`` names a folder into which an
        Asterisk is unpacked; ``HOTLINE_CACHE`` where fetched ones are kept.
    :param say: is told how far a fetch is, a line at a time and an empty one at the end.
    :raises PbxUnusable: there is none that works, with what to do about it.
    """
    if settings.pbx.mode is PbxMode.REMOTE:
        return None
    if settings.pbx.mode is PbxMode.SYSTEM:
        return installed_asterisk(environment)
    if root := environment.get("HOTLINE_ASTERISK_ROOT"):
        return unpacked_asterisk(Path(root).absolute())
    return fetch_asterisk(cache_folder(environment, settings.home), environment, say)


def cache_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Where fetched Asterisks lie, shared by all homes of a user.

    ``$HOTLINE_CACHE``, else ``$XDG_CACHE_HOME/hotline``, else ``~/.cache/hotline``; without a HOME that
    can be written, the hotline's own home.
    """
    if chosen := environment.get("HOTLINE_CACHE"):
        return Path(chosen).absolute()
    if cache := environment.get("XDG_CACHE_HOME"):
        return Path(cache).absolute() / "hotline"
    user = environment.get("HOME", "")
    if user and os.access(user, os.W_OK):
        return Path(user).absolute() / ".cache" / "hotline"
    return home / "cache"


def fetched_asterisk(cache: Path) -> AsteriskInstall | None:
    """The newest Asterisk that was fetched before and works, None without one."""
    for folder in sorted(_versions(cache), key=lambda folder: parse_version(folder.name), reverse=True):
        try:
            return unpacked_asterisk(folder)
        except PbxUnusable:
            continue
    return None


def _versions(cache: Path) -> Iterator[Path]:
    for folder in (cache / "asterisk").glob("*.*"):
        if re.match(r"\d+\.\d+", folder.name):
            yield folder


def fetch_asterisk(cache: Path, environment: Mapping[str, str], say: Say) -> AsteriskInstall:
    """Fetch and unpack Asterisk below ``cache``; what is there already is taken as it is.

    An interrupted fetch leaves packages that the next one does not download again, and never a folder
    that looks complete.

    :param environment: usually ``os.environ``; the programs run in it.
    :param say: is told how far it is, a line at a time.
    :raises PbxUnusable: not Debian, no network, no keyring, no room; the message says what to do.
    """
    if found := fetched_asterisk(cache):
        return found
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / "fetch.lock", say):
            return fetched_asterisk(cache) or _fetch_now(cache, environment, say)
    except OSError as error:
        raise PbxUnusable(
            f"{error.filename or cache}: {error.strerror}; make it writable or set HOTLINE_CACHE"
        ) from None


@contextmanager
def _alone(lock: Path, say: Say) -> Iterator[None]:
    """Let one fetch at a time into a cache; the lock goes with the process that holds it."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another hotline that is fetching Asterisk")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch_now(cache: Path, environment: Mapping[str, str], say: Say) -> AsteriskInstall:
    for unfinished in (cache / "asterisk").glob(".*"):
        shutil.rmtree(unfinished)
    if shutil.disk_usage(cache).free < ROOM_NEEDED:
        raise PbxUnusable(f"{cache}: less than {ROOM_NEEDED >> 20} MB free; make room or set HOTLINE_CACHE")
    apt = PrivateApt(cache / "apt", RELEASE, environment)
    apt.prepare()
    say(f"asking Debian {RELEASE} for Asterisk")
    apt.update()
    packages = apt.download("asterisk", say)
    version = next(_version_of(file) for file in packages if file.name.startswith("asterisk_"))
    root = cache / "asterisk" / version
    unfinished = root.with_name(f".{version}")
    _unpack(packages, unfinished, say)
    unpacked_asterisk(unfinished)
    shutil.rmtree(root, ignore_errors=True)
    unfinished.rename(root)
    shutil.rmtree(apt.state, ignore_errors=True)
    say("")
    return unpacked_asterisk(root)


def _version_of(package: Path) -> str:
    """``22.10.1`` of ``asterisk_1%3a22.10.1~dfsg+…_amd64.deb``."""
    written = package.name.split("_")[1].rpartition("%3a")[2]
    version = parse_version(written)
    if version < OLDEST:
        raise PbxUnusable(f"Debian {RELEASE} has Asterisk {written} only; {WHAT_ELSE}")
    return ".".join(map(str, version))


def _unpack(packages: list[Path], root: Path, say: Say) -> None:
    """Unpack every package into ``root``; later ones may share folders, never files."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        done = workers.map(lambda package: run(["dpkg-deb", "-x", str(package), str(root)], None), packages)
        for number, _ in enumerate(done, start=1):
            say(f"unpacking {number} of {len(packages)}")
