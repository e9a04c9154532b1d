import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ivr.config.sections import PbxMode
from ivr.errors import PbxUnusable
from ivr.operation import home_lock, pbx_checks
from ivr.operation.doctor import Examined, Severity
from tests.operation.test_checks import examined, found, warned


@contextmanager
def taken_port(kind: socket.SocketKind) -> Iterator[int]:
    """A port that another program uses."""
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        yield int(taken.getsockname()[1])


@pytest.mark.socket
@pytest.mark.parametrize(
    ("setting", "kind", "letter"),
    [
        ("pbx.sip.port", socket.SOCK_DGRAM, "u"),
        ("pbx.sip.port", socket.SOCK_STREAM, "t"),
        ("pbx.ari.port", socket.SOCK_STREAM, "t"),
        ("console.port", socket.SOCK_STREAM, "t"),
    ],
)
def test_a_port_that_another_program_uses_is_named(
    setting: str, kind: socket.SocketKind, letter: str, tmp_path: Path
) -> None:
    with taken_port(kind) as port:
        overrides: dict[str, Any] = {setting.replace(".", "__"): port}
        faults = found(pbx_checks.ports, examined(tmp_path, **overrides))
    (fault,) = [fault for fault in faults if fault.startswith(setting)]
    assert f"127.0.0.1:{port} is taken by another program (`ss -l{letter}np sport = :{port}` shows" in fault


@pytest.mark.socket
def test_a_port_that_our_own_console_uses_is_fine(tmp_path: Path) -> None:
    lock = home_lock.hold(tmp_path, home_lock.CONSOLE)
    with taken_port(socket.SOCK_STREAM) as port:
        faults = found(pbx_checks.ports, examined(tmp_path, console__port=port))
    os.close(lock)
    assert not [fault for fault in faults if fault.startswith("console")]


@pytest.mark.socket
def test_an_address_of_another_machine_cannot_be_listened_on(tmp_path: Path) -> None:
    faults = found(pbx_checks.ports, examined(tmp_path, pbx__sip__host="192.0.2.77"))
    assert "pbx.sip.port: 192.0.2.77:5060 cannot be used (Cannot assign requested address)" in faults[0]


def test_audio_ports_that_hold_another_port_are_named(tmp_path: Path) -> None:
    (fault,) = found(pbx_checks.audio_ports, examined(tmp_path, pbx__sip__port=20500))
    assert fault == "pbx.rtp: 20000-20999 holds pbx.sip.port (20500); move one of them"


def test_too_few_audio_ports_are_told_with_how_many_are_needed(tmp_path: Path) -> None:
    (fault,) = warned(pbx_checks.audio_ports, examined(tmp_path, pbx__rtp={"first": 20000, "last": 20019}))
    assert fault.startswith("pbx.rtp: 20000-20019 has room for 5 calls, and 6 may be up")
    assert fault.endswith("give 24 ports")


# -- the program -----------------------------------------------------------------------------------


def unpacked(root: Path, version: str) -> Path:
    """Something that looks like an unpacked Asterisk and says that it is of ``version``."""
    loader = root / "usr" / "lib64" / "ld-linux-x86-64.so.2"
    for file in (loader, root / "usr" / "sbin" / "asterisk", root / "usr/lib/any/asterisk/modules/x.so"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    loader.write_text(f"#!/bin/sh\necho Asterisk {version}\n")
    loader.chmod(loader.stat().st_mode | stat.S_IXUSR)
    return root


def with_root(at: Examined, root: Path) -> Examined:
    return replace(at, environment={"HOTLINE_ASTERISK_ROOT": str(root)})


def test_a_new_enough_asterisk_is_fine(tmp_path: Path) -> None:
    at = with_root(examined(tmp_path), unpacked(tmp_path / "root", "22.10.1"))
    (finding,) = pbx_checks.pbx(at)
    assert (finding.severity, finding.what) == (Severity.FINE, "Asterisk 22.10.1 (embedded)")


def test_one_that_is_too_old_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PbxUnusable, match=r"Asterisk 20\.6\.0 is too old; 22\.10\.1 is needed"):
        list(pbx_checks.pbx(with_root(examined(tmp_path), unpacked(tmp_path / "root", "20.6.0"))))


def test_one_that_is_not_fetched_yet_is_a_warning(tmp_path: Path) -> None:
    at = replace(examined(tmp_path), environment={"HOTLINE_CACHE": str(tmp_path / "cache")})
    (finding,) = pbx_checks.pbx(at)
    assert finding.severity is Severity.WARNING
    assert str(tmp_path / "cache") in finding.what


# -- one on another machine ------------------------------------------------------------------------


class _Ari(BaseHTTPRequestHandler):
    """What an ARI answers, as far as the check asks it."""

    version = "22.10.1"

    def do_GET(self) -> None:
        if self.headers["Authorization"] != "Basic aG90bGluZTpyaWdodA==":  # hotline:right
            self.send_error(HTTPStatus.UNAUTHORIZED)
            return
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.wfile.write(f'{{"system": {{"version": "{self.version}"}}}}'.encode())

    def log_message(self, *what: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def ari() -> Iterator[int]:
    """The port of something that answers like an ARI."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Ari) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def remote(home: Path, port: int, password: str) -> Examined:
    at = examined(home, pbx__ari__port=port)
    pbx = at.settings.pbx.model_copy(update={"mode": PbxMode.REMOTE})
    return replace(at, settings=at.settings.model_copy(update={"pbx": pbx, "ari_password": password}))


@pytest.mark.socket
def test_a_pbx_elsewhere_that_answers_is_fine(tmp_path: Path, ari: int) -> None:
    (finding,) = pbx_checks.pbx(remote(tmp_path, ari, "right"))
    assert (finding.severity, finding.what) == (Severity.FINE, f"Asterisk 22.10.1 at 127.0.0.1:{ari}")


@pytest.mark.socket
def test_a_pbx_elsewhere_that_refuses_the_password_is_told(tmp_path: Path, ari: int) -> None:
    (fault,) = found(pbx_checks.pbx, remote(tmp_path, ari, "wrong"))
    assert "refuses user hotline with the password of pbx.ari.password_from" in fault
    assert "wrong" not in fault


@pytest.mark.socket
def test_a_pbx_elsewhere_that_is_too_old_is_refused(
    tmp_path: Path, ari: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Ari, "version", "20.1.0")
    with pytest.raises(PbxUnusable, match="too old"):
        list(pbx_checks.pbx(remote(tmp_path, ari, "right")))


@pytest.mark.socket
def test_a_pbx_elsewhere_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with taken_port(socket.SOCK_DGRAM) as port:
        (fault,) = found(pbx_checks.pbx, remote(tmp_path, port, "right"))
    assert f"pbx.ari: 127.0.0.1:{port} does not answer" in fault
