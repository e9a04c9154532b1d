"""The checks of `hotline check` about the PBX: its program, its ports, its room for audio."""

import errno
import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ivr.asterisk.embedded import running_asterisk
from ivr.asterisk.fetch import cache_folder, fetched_asterisk
from ivr.asterisk.folders import AsteriskFolders
from ivr.asterisk.install import (
    AsteriskInstall,
    installed_asterisk,
    parse_version,
    refuse_older,
    unpacked_asterisk,
)
from ivr.config import Settings
from ivr.config.sections import PbxMode
from ivr.operation import home_lock
from ivr.operation.doctor import Examined, Finding, error, fine, warning
from ivr.operation.web_probe import reachable

PORTS_A_CALL = 4
"""RTP and RTCP for the caller's leg and the agent's."""


def ports(examined: Examined) -> Iterator[Finding]:
    """Whether the ports are free, or taken by this home's own running programs."""
    settings = examined.settings
    pbx, console = settings.pbx, settings.console
    wanted = []
    if pbx.mode is not PbxMode.REMOTE and not pbx_runs(settings):
        wanted += [
            (socket.SOCK_DGRAM, pbx.sip.host, pbx.sip.port, "pbx.sip.port"),
            (socket.SOCK_STREAM, pbx.sip.host, pbx.sip.port, "pbx.sip.port"),
            (socket.SOCK_STREAM, pbx.ari.host, pbx.ari.port, "pbx.ari.port"),
        ]
        if pbx.browser.certificate is not None:
            wanted.append((socket.SOCK_STREAM, pbx.browser.host, pbx.browser.port, "pbx.browser.port"))
    if home_lock.holder(settings.home, home_lock.CONSOLE) is None:
        wanted.append((socket.SOCK_STREAM, console.host, console.port, "console.port"))
    for kind, host, port, setting in wanted:
        if found := _port_fault(kind, host, port, setting):
            yield error(found)
    yield fine(f"SIP {pbx.sip.port}, ARI {pbx.ari.port}, console {console.port}")


def _port_fault(kind: socket.SocketKind, host: str, port: int, setting: str) -> str | None:
    """Try to take the port as the program itself will."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as raised:
            if raised.errno == errno.EADDRINUSE:
                which = "u" if kind is socket.SOCK_DGRAM else "t"
                return (
                    f"{setting}: {host}:{port} is taken by another program "
                    f"(`ss -l{which}np sport = :{port}` shows by which); end that one or choose another port"
                )
            return f"{setting}: {host}:{port} cannot be used ({raised.strerror}); choose another"
    return None


def audio_ports(examined: Examined) -> Iterator[Finding]:
    """Whether the range for audio has room, and nothing of ours lies in it."""
    settings = examined.settings
    rtp, pbx = settings.pbx.rtp, settings.pbx
    where = f"pbx.rtp: {rtp.first}-{rtp.last}"
    for port, setting in ((pbx.sip.port, "pbx.sip.port"), (pbx.ari.port, "pbx.ari.port")):
        if rtp.first <= port <= rtp.last:
            yield error(f"{where} holds {setting} ({port}); move one of them")
    room = (rtp.last - rtp.first + 1) // PORTS_A_CALL
    needed = 2 * sum(1 for person in settings.people if person.skills)
    if room < needed:
        yield warning(
            f"{where} has room for {room} calls, and {needed} may be up when one waits for each that is "
            f"answered; give {needed * PORTS_A_CALL} ports"
        )
    yield fine(f"room for {room} calls")


def pbx(examined: Examined) -> Iterator[Finding]:
    """Whether there is an Asterisk that works."""
    settings, environment = examined.settings, examined.environment
    found: AsteriskInstall | None
    if settings.pbx.mode is PbxMode.REMOTE:
        yield from _remote_pbx(examined)
        return
    if settings.pbx.mode is PbxMode.SYSTEM:
        found = installed_asterisk(environment)
    elif root := environment.get("HOTLINE_ASTERISK_ROOT"):
        found = unpacked_asterisk(Path(root).absolute())
    else:
        cache = cache_folder(environment, settings.home)
        found = fetched_asterisk(cache)
        if found is None:
            yield warning(
                f"no Asterisk in {cache} yet; the first start fetches one (82 MB), or `hotline pbx install`"
            )
            return
    yield fine(f"Asterisk {'.'.join(map(str, found.version))} ({settings.pbx.mode})")


def _remote_pbx(examined: Examined) -> Iterator[Finding]:
    settings = examined.settings
    ari = settings.pbx.ari
    who = b64encode(f"{ari.user}:{settings.ari_password}".encode()).decode()
    asked = HTTPConnection(reachable(ari.host), ari.port, timeout=3)
    try:
        asked.request("GET", "/ari/asterisk/info?only=system", headers={"Authorization": f"Basic {who}"})
        answer = asked.getresponse()
        told = answer.read(100_000).decode("utf-8", "replace")
    except (OSError, HTTPException) as raised:
        yield error(
            f"pbx.ari: {ari.host}:{ari.port} does not answer ({raised}); "
            "start that PBX, or correct host and port"
        )
        return
    finally:
        asked.close()
    if answer.status == HTTPStatus.UNAUTHORIZED:
        yield error(
            f"pbx.ari: {ari.host}:{ari.port} refuses user {ari.user} with the password of "
            "pbx.ari.password_from; correct one of them"
        )
    elif answer.status != HTTPStatus.OK:
        yield error(f"pbx.ari: {ari.host}:{ari.port} is no ARI (it answers {answer.status}); enable res_ari")
    else:
        version = parse_version(str(json.loads(told)["system"]["version"]))
        refuse_older(version, ari.host)
        yield fine(f"Asterisk {'.'.join(map(str, version))} at {ari.host}:{ari.port}")


def pbx_runs(settings: Settings) -> bool:
    """Whether this home's own Asterisk runs now."""
    return running_asterisk(AsteriskFolders.of_home(settings.home)) is not None
