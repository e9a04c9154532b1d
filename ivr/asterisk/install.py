"""Which Asterisk program is used: an unpacked one, or the one installed on this machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import PbxUnusable

Version = tuple[int, int, int]

OLDEST: Version = (22, 10, 1)
"""22.10.1 closes two holes in ARI; REST over the event WebSocket exists since 22.4."""

WHAT_ELSE = (
    "install Asterisk 22.10.1 or newer yourself and set pbx.mode: system in config.yaml, "
    "or point HOTLINE_ASTERISK_ROOT at a folder into which one is unpacked"
)


@dataclass(frozen=True)
class AsteriskInstall:
    """A program that can be run.

    ``command`` starts it (arguments follow); ``modules`` holds its loadable modules, ``data`` its
    ``documentation`` folder, without which modules refuse to load.
    """

    command: tuple[str, ...]
    modules: Path
    data: Path
    version: Version


def parse_version(said: str) -> Version:
    """Find the version in what ``asterisk -V`` or ARI says, e.g. ``Asterisk 22.10.1~dfsg+~cs6``.

    :raises PbxUnusable: there is none in it.
    """
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", said)
    if not found:
        raise PbxUnusable(f'"{said.strip()[:80]}" names no Asterisk version; expected one such as 22.10.1')
    return int(found[1]), int(found[2]), int(found[3] or 0)


def refuse_older(version: Version, where: str) -> None:
    """Refuse a version this program does not work with.

    :param where: the program's path or host, for the message.
    :raises PbxUnusable: older than :data:`OLDEST`.
    """
    if version < OLDEST:
        have, need = (".".join(map(str, each)) for each in (version, OLDEST))
        raise PbxUnusable(
            f"{where}: Asterisk {have} is too old; {need} is needed, which closes two holes in ARI "
            "and takes requests over the event WebSocket"
        )


def unpacked_asterisk(root: Path) -> AsteriskInstall:
    """The Asterisk in a folder into which Debian packages were unpacked.

    It runs through its own loader with its own libraries, since it may be newer than the machine's.

    :raises PbxUnusable: something of it is missing, it does not start here, or it is too old.
    """
    program = root / "usr" / "sbin" / "asterisk"
    loaders = sorted((root / "usr").glob("lib*/ld-linux*.so.*")) or sorted(
        root.glob("usr/lib/*/ld-linux*.so.*")
    )
    modules = sorted(root.glob("usr/lib/*/asterisk/modules"))
    if not (program.is_file() and loaders and modules):
        raise PbxUnusable(f"{root}: no complete Asterisk is unpacked there; {WHAT_ELSE}")
    libraries = modules[0].parent.parent
    # The speech codecs reach a library that its package keeps one folder deeper.
    path = ":".join(str(folder) for folder in (libraries, libraries / "pulseaudio") if folder.is_dir())
    command = (str(loaders[0]), "--library-path", path, str(program))
    return AsteriskInstall(command, modules[0], root / "usr" / "share" / "asterisk", _version_of(command))


def installed_asterisk(environment: Mapping[str, str]) -> AsteriskInstall:
    """The Asterisk in the PATH (``pbx.mode: system``).

    :param environment: usually ``os.environ``; its PATH is looked through.
    :raises PbxUnusable: there is none, its modules are not found, or it is too old.
    """
    program = shutil.which("asterisk", path=_path_with_sbin(environment))
    if program is None:
        raise PbxUnusable(
            "pbx.mode is system, but there is no asterisk in the PATH; install 22.10.1 or newer, "
            "or set pbx.mode: embedded and one is fetched"
        )
    version = _version_of((program,))
    modules = next((folder for folder in _module_folders() if (folder / "res_pjsip.so").exists()), None)
    data = next((folder for folder in _data_folders() if (folder / "documentation").is_dir()), None)
    if modules is None or data is None:
        raise PbxUnusable(
            f"{program}: its {'modules' if modules is None else 'documentation folder'} were not found where "
            "packages and source builds put them; set astmoddir and astdatadir in /etc/asterisk/asterisk.conf"
        )
    return AsteriskInstall((program,), modules, data, version)


def _path_with_sbin(environment: Mapping[str, str]) -> str:
    return os.pathsep.join([environment.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])


def _module_folders() -> Iterator[Path]:
    yield from _configured("astmoddir")
    for top in (Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/local/lib")):
        yield top / "asterisk" / "modules"
        yield from sorted(top.glob("*/asterisk/modules"))


def _data_folders() -> Iterator[Path]:
    yield from _configured("astdatadir")
    yield from map(Path, ("/usr/share/asterisk", "/var/lib/asterisk", "/usr/local/share/asterisk"))


def _configured(name: str) -> Iterator[Path]:
    """A folder as the administrator's own asterisk.conf names it, where this user may read that."""
    try:
        text = Path("/etc/asterisk/asterisk.conf").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if found := re.search(rf"^\s*{name}\s*=>?\s*([^;\s]+)", text, re.MULTILINE):
        yield Path(found[1])


def _version_of(command: tuple[str, ...]) -> Version:
    """Ask the program for its version, which also shows that it starts on this machine."""
    try:
        said = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=True).stdout  # noqa: S603
    except subprocess.CalledProcessError as error:
        why = (error.stderr or error.stdout).strip().splitlines() or [f"exit code {error.returncode}"]
        raise PbxUnusable(f"{command[-1]}: does not start ({why[-1]}); {WHAT_ELSE}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PbxUnusable(f"{command[-1]}: does not start ({error}); {WHAT_ELSE}") from None
    version = parse_version(said)
    refuse_older(version, command[-1])
    return version
