"""Asks Debian's next release for a package as an ordinary user, beside the machine's own packages.

A private apt state uses the mirror this machine already has in its settings; packages are signed by
Debian's keyring as always. Nothing of the machine is changed.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ivr.asterisk.install import WHAT_ELSE
from ivr.errors import PbxUnusable

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
NEEDED_PROGRAMS = ("apt-get", "dpkg", "dpkg-deb")

Say = Callable[[str], None]
"""Takes one line of progress."""


class PrivateApt:
    """An apt state of its own for one Debian release.

    :param state: the folder it lives in; what it downloaded before is found there again.
    :param release: the release's name, e.g. ``forky``.
    :param environment: usually ``os.environ``; the programs run in it.
    """

    def __init__(self, state: Path, release: str, environment: Mapping[str, str]) -> None:
        self.state = state
        self.release = release
        self.environment = {**environment, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        self.config = state / "apt.conf"

    def prepare(self) -> None:
        """Lay out the state, with the machine's own mirror as its only source.

        :raises PbxUnusable: this is no Debian, its keyring is missing, or apt knows no mirror.
        """
        path = self.environment.get("PATH", os.defpath)
        missing = [program for program in NEEDED_PROGRAMS if shutil.which(program, path=path) is None]
        if missing:
            raise PbxUnusable(
                f"this is no Debian ({', '.join(missing)} missing), Asterisk cannot be fetched; {WHAT_ELSE}"
            )
        keyring = next((file for file in KEYRINGS if Path(file).is_file()), None)
        if keyring is None:
            raise PbxUnusable(
                f"{KEYRINGS[0]} is missing, packages cannot be checked; "
                f"install debian-archive-keyring, or {WHAT_ELSE}"
            )
        for folder in ("lists/partial", "cache/archives/partial"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        (self.state / "status").touch()
        architecture = run(["dpkg", "--print-architecture"], self.environment).strip()
        (self.state / "own.list").touch()
        self._write_config("own.list", architecture)
        mirror = self._mirror()
        (self.state / "own.list").write_text(f"deb [signed-by={keyring}] {mirror} {self.release} main\n")

    def _write_config(self, sources: str, architecture: str) -> None:
        """Point apt at the state. The machine's proxies and sign-ins to mirrors stay in force."""
        options = {
            "Dir::State": self.state,
            "Dir::State::status": self.state / "status",
            "Dir::State::lists": self.state / "lists",
            "Dir::Cache": self.state / "cache",
            "Dir::Etc::sourcelist": self.state / sources,
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::Log": self.state,
            "APT::Architecture": architecture,
            "APT::Install-Recommends": "false",
            "APT::Get::AllowUnauthenticated": "false",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
        }
        cleared = (
            "APT::Architectures",
            "APT::Update::Post-Invoke",
            "APT::Update::Post-Invoke-Success",
            "DPkg::Post-Invoke",
        )
        lines = [f"#clear {name};" for name in cleared]
        lines += [f'{name} "{value}";' for name, value in options.items()]
        lines.append(f'APT::Architectures {{ "{architecture}"; }};')
        self.config.write_text("\n".join(lines) + "\n")

    def _mirror(self) -> str:
        """The address this machine has Debian's main archive from, by apt's own account."""
        lists = f"Dir::State::lists={self.state / 'lists'}"
        asked = run(["apt-get", "-o", lists, "update", "--print-uris"], self.environment)
        releases = re.findall(r"^'(\S+?)/dists/([^/']+)/(?:In)?Release'", asked, re.MULTILINE)
        codename = _codename()
        for address, release in releases:
            if release in (codename, "stable", "testing"):
                return str(address) + "/"
        raise PbxUnusable(
            f"apt has no source for Debian {codename or 'itself'} (it knows: "
            f"{', '.join(sorted({release for _, release in releases})) or 'none'}), so there is no mirror to "
            f"fetch Asterisk from; add Debian's archive to apt's sources, or {WHAT_ELSE}"
        )

    def update(self) -> None:
        """Fetch the release's list of packages.

        :raises PbxUnusable: the mirror is not reached, its signature is wrong, or it lacks the release.
        """
        self._apt("update", "-o", "APT::Update::Error-Mode=any")

    def download(self, package: str, say: Say) -> list[Path]:
        """Download a package and all it needs, what is there already excepted.

        :raises PbxUnusable: there is no such package, or the download broke off.
        """
        reading, writing = os.pipe()
        command = self._command(
            "-y", "--download-only", "-o", f"APT::Status-Fd={writing}", "install", "asterisk"
        )
        with subprocess.Popen(  # noqa: S603
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[writing],
        ) as apt:
            os.close(writing)
            with ThreadPoolExecutor(1) as listener, os.fdopen(reading) as status:
                said = listener.submit(apt.stdout.read if apt.stdout else str)
                before = ""
                for line in status:
                    # dlstatus:12:7.5:Retrieving file 12 of 160 (20s remaining)
                    found = re.match(r"dlstatus:\d+:[\d.]+:\D*(\d+ of \d+)", line)
                    if found and found[1] != before:
                        before = found[1]
                        say(f"downloading {before}")
                words = said.result()
        if apt.returncode:
            raise fetch_failed(command, words)
        return sorted((self.state / "cache" / "archives").glob("*.deb"))

    def _apt(self, *arguments: str) -> str:
        return run(self._command(*arguments), self.environment)

    def _command(self, *arguments: str) -> list[str]:
        return ["apt-get", "-c", str(self.config), "-q", *arguments]


def _codename() -> str:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r'^VERSION_CODENAME="?([a-z]+)"?$', text, re.MULTILINE)
    return found[1] if found else ""


def run(command: list[str], environment: Mapping[str, str] | None) -> str:
    """Run a program and return what it says.

    :raises PbxUnusable: it failed; the message holds its errors.
    """
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise fetch_failed(command, done.stdout + done.stderr)
    return done.stdout


def fetch_failed(command: list[str], said: str) -> PbxUnusable:
    """What apt or dpkg said, shortened to its errors, with the usual cause."""
    errors = [
        line.strip() for line in said.splitlines() if line.startswith(("E:", "Err:", "dpkg", "W: Failed"))
    ]
    words = " ".join(errors[:3]) or said.strip()[-300:]
    return PbxUnusable(
        f"Asterisk could not be fetched, `{command[0]}` says: {words} "
        f"-- see whether `apt-get update` works on this machine (network, proxy), or {WHAT_ELSE}"
    )
