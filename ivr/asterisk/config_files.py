"""Writes the configuration files of the hotline's Asterisk from ``templates/``.

Everything that goes into a template is a checked setting or a path of ours. What callers send never
comes near these files: the dialplan matches it and hands the call to the engine.
"""

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ivr.asterisk.ari_password import ari_password, hashed
from ivr.asterisk.folders import AsteriskFolders
from ivr.asterisk.install import AsteriskInstall
from ivr.asterisk.modules import OPTIONAL, module_names
from ivr.config import Settings
from ivr.config.sections import SipAddress, Trunk
from ivr.errors import ConfigError, PbxError

FILES = (
    "acl.conf",
    "ari.conf",
    "ccss.conf",
    "cdr.conf",
    "cel.conf",
    "cel_custom.conf",
    "extensions.conf",
    "features.conf",
    "http.conf",
    "indications.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "musiconhold.conf",
    "pjproject.conf",
    "pjsip.conf",
    "rtp.conf",
    "sorcery.conf",
    "stasis.conf",
    "udptl.conf",
    "websocket_client.conf",
)
"""What every hotline PBX is given; ``asterisk.conf`` besides where the hotline starts it itself."""

# An Asterisk file ends a value at ";" and a line at its end; "," and "#" and "$" mean something too.
SAFE_PATH = re.compile(r"[\w./ +@=:~-]+")


@dataclass(frozen=True)
class ConfigValues:
    """What the templates are filled with. Durations are seconds unless the name says otherwise."""

    node: str
    application: str
    ari_user: str
    ari_password_hash: str
    ari_host: str
    ari_port: int
    sip_host: str
    sip_port: int
    rtp_first: int
    rtp_last: int
    recording: bool
    codecs: str
    language: str
    trunks: tuple[Trunk, ...]
    duty_phones: tuple[SipAddress, ...]
    alarm_key: str
    certificate: str = ""
    key: str = ""
    tls_host: str = ""
    tls_port: int = 0
    realm: str = "hotline"
    rtp_timeout: int = 600
    device_rtp_timeout: int = 120
    rtp_timeout_hold: int = 3600
    try_again_seconds: int = 10
    engine_silent_seconds: int = 5
    callers_refused_above: int = 300
    tries_per_sentence: int = 3
    duty_ring_seconds: int = 30
    alarm_pause_seconds: int = 3
    http_sessions: int = 1000
    websocket_write_timeout_ms: int = 10000
    open_files: int = 16384
    test_number: str = "echo"
    test_seconds: int = 60

    @property
    def sip_bind(self) -> str:
        """Where SIP is listened for."""
        return _address_and_port(self.sip_host, self.sip_port)

    @staticmethod
    def contact_of(trunk: Trunk) -> str:
        """Where a trunk that takes calls out is asked whether it is there."""
        out = trunk.outbound
        assert out is not None
        over = ";transport=tcp" if out.transport == "tcp" else ""
        # Asterisk takes what follows a bare semicolon for a comment.
        return f"sip:{_address_and_port(out.host, out.port)}{over}".replace(";", "\\;")

    @property
    def ari_bind(self) -> str:
        """Where HTTP, ARI and the browser phones' WebSocket are listened for."""
        return _address_and_port(self.ari_host, self.ari_port)

    @property
    def tls_bind(self) -> str:
        """Where the WebSocket is listened for over TLS."""
        return _address_and_port(self.tls_host, self.tls_port)

    @property
    def duty_dial(self) -> str:
        """All duty phones in the form that rings them together, empty without any."""
        return "&".join(f"PJSIP/fixed-device/{phone}" for phone in self.duty_phones)


def config_values(settings: Settings, ari_password_hash: str) -> ConfigValues:
    """Take from the settings what the PBX must know.

    :raises ConfigError: an address to listen on is not one.
    """
    return ConfigValues(
        node=settings.pbx.node,
        application=settings.pbx.ari.application,
        ari_user=settings.pbx.ari.user,
        ari_password_hash=ari_password_hash,
        ari_host=_ip(settings.pbx.ari.host, "pbx.ari.host"),
        ari_port=settings.pbx.ari.port,
        sip_host=_ip(settings.pbx.sip.host, "pbx.sip.host"),
        sip_port=settings.pbx.sip.port,
        rtp_first=settings.pbx.rtp.first,
        rtp_last=settings.pbx.rtp.last,
        rtp_timeout=settings.pbx.rtp.silent_line_seconds,
        recording=settings.recording.enabled,
        codecs=",".join(settings.pbx.codecs),
        language=settings.default_language,
        trunks=tuple(settings.all_trunks),
        duty_phones=tuple(settings.alarm.duty_phones),
        alarm_key=settings.alarm.key,
        callers_refused_above=settings.crowd.refused_above,
        **_tls(settings),
    )


def _tls(settings: Settings) -> dict[str, Any]:
    """The files for TLS; none unless both are configured."""
    browser = settings.pbx.browser
    if browser.certificate is None or browser.key is None:
        return {}
    for path, setting in ((browser.certificate, "certificate"), (browser.key, "key")):
        _refuse_unsafe_path(Path(path), f"pbx.browser.{setting}")
    return {
        "certificate": str(Path(browser.certificate).absolute()),
        "key": str(Path(browser.key).absolute()),
        "tls_host": _ip(browser.host, "pbx.browser.host"),
        "tls_port": browser.port,
    }


def refuse_unsafe_paths(settings: Settings, folders: AsteriskFolders, program: Path) -> None:
    """Refuse paths that cannot stand in an Asterisk file; nothing is written.

    :param program: where the PBX's own files lie.
    :raises ConfigError: names the path and what may be in it.
    """
    for path, what in (
        (folders.home, "HOTLINE_HOME"),
        (folders.run, "TMPDIR"),
        (program, "the PBX's folder"),
    ):
        _refuse_unsafe_path(path, what)
    _tls(settings)


def write_own_config(settings: Settings, folders: AsteriskFolders, install: AsteriskInstall) -> set[str]:
    """Write all files of an Asterisk that this program starts, and make its folders.

    :returns: the names of the files whose text changed.
    :raises ConfigError: a setting or the home's path cannot stand in an Asterisk file.
    :raises PbxError: a folder or file cannot be written, or the password cannot be kept.
    """
    refuse_unsafe_paths(settings, folders, install.modules)
    folders.make()
    password = settings.ari_password or ari_password(settings.home)
    values = config_values(settings, hashed(password, random=settings.ari_password is None))
    modules = [
        name for name in module_names() if name not in OPTIONAL or (install.modules / f"{name}.so").exists()
    ]
    _link_data(folders, install)
    return _write(folders.etc, ("asterisk.conf", *FILES), values, folders, install, modules)


def write_config_files(
    settings: Settings, folder: Path, data: Path = Path("/usr/share/asterisk")
) -> list[Path]:
    """Write the files for a PBX that somebody else runs (``pbx.mode: remote``).

    ``asterisk.conf`` is not among them: its folders are that machine's own.

    :param folder: where to; made if missing.
    :param data: the other machine's folder with ``sounds`` and ``moh`` (its astdatadir).
    :returns: the files written.
    :raises ConfigError: a setting cannot stand in an Asterisk file.
    :raises PbxError: a file cannot be written, or the password cannot be kept.
    """
    _refuse_unsafe_path(data, "the other machine's data folder")
    password = settings.ari_password or ari_password(settings.home)
    folders = _RemoteFolders(settings.home, settings.home, data)
    values = config_values(settings, hashed(password, random=settings.ari_password is None))
    _write(folder, FILES, values, folders, None, module_names())
    return [folder / name for name in FILES]


@dataclass(frozen=True)
class _RemoteFolders(AsteriskFolders):
    """Folders on another machine, of which only the sounds' place matters."""

    other_data: Path = Path("/usr/share/asterisk")

    @property
    def data(self) -> Path:
        return self.other_data


def _write(
    folder: Path,
    names: tuple[str, ...],
    values: ConfigValues,
    folders: AsteriskFolders,
    install: AsteriskInstall | None,
    modules: list[str],
) -> set[str]:
    templates = Environment(
        loader=PackageLoader("ivr.asterisk"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - these are Asterisk's files, not HTML
    )
    changed = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            text = templates.get_template(f"{name}.j2").render(
                values=values, folders=folders, install=install, modules=modules
            )
            if _replace_file(folder / name, text):
                changed.add(name)
    except OSError as error:
        raise PbxError(f"{folder}: the PBX's configuration cannot be written ({error.strerror})") from None
    return changed


def _replace_file(file: Path, text: str) -> bool:
    """Put the file there whole, so that a reload never reads half of it; only its owner may read it."""
    if file.is_file() and file.read_text(encoding="utf-8", errors="replace") == text:
        return False
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
    return True


def _link_data(folders: AsteriskFolders, install: AsteriskInstall) -> None:
    """Let the home's data folder show the installed documentation; modules refuse to load without it."""
    links = {name: install.data / name for name in ("documentation", "rest-api")}
    for name, target in links.items():
        link = folders.data / name
        if link.is_symlink():
            if link.readlink() == target:
                continue
            link.unlink()
        if target.exists() and not link.exists():
            link.symlink_to(target)


def _refuse_unsafe_path(path: Path, what: str) -> None:
    if not SAFE_PATH.fullmatch(str(path)):
        raise ConfigError([f'{what}: "{path}" cannot stand in an Asterisk file; use letters, digits, ./_-'])


def _ip(text: str, setting: str) -> str:
    try:
        return str(ip_address("127.0.0.1" if text == "localhost" else text))
    except ValueError:
        raise ConfigError([f'{setting}: "{text}" is no IP address; write one such as 127.0.0.1']) from None


def _address_and_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
