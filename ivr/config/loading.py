"""Reads config.yaml and the environment into :class:`Settings`, or names every mistake with its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ivr.config.contradictions import contradictions
from ivr.config.explanation import explain
from ivr.config.sections import Person
from ivr.config.settings import NOT_IN_FILE, Settings
from ivr.config.twilio_section import TWILIO
from ivr.config.value_types import DATABASES, SQLITE
from ivr.config.yaml_lines import Path_, YamlMistake, dotted, line_of, yaml_with_lines
from ivr.errors import ConfigError

PREFIX = "HOTLINE__"
SQLITE_FILE = "hotline.sqlite3"


def load(source: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    :param source: path of config.yaml.
    :param environment: usually ``os.environ``. ``HOTLINE_HOME`` is the folder of all runtime files
        (default ``var`` beside the file); ``HOTLINE__CONSOLE__PORT=8100`` overrides ``console.port``.
    :raises ConfigError: with one line for each mistake: file, line, path, what is wrong, what is right.
    """
    tree, lines = _read_yaml(source)
    overridden = _override(tree, environment)
    tree |= _from_environment(tree, source, environment)
    where = _Whereabouts(source, lines, overridden)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(
            [where.say(tuple(found["loc"]), explain(found)) for found in error.errors()]
        ) from None
    problems = [where.say(_split(path), message) for path, message in contradictions(settings)]
    if problems:
        raise ConfigError(problems)
    return settings


def read_person(values: Mapping[str, Any]) -> Person:
    """Somebody as in config.yaml ``people``, from elsewhere (the command line).

    :param values: work_number, name, role, skills, device.
    :raises ConfigError: with one line for each mistake.
    """
    try:
        return Person.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(
            [f"{dotted(tuple(found['loc']))}: {explain(found, Person)}" for found in error.errors()]
        ) from None


def _read_yaml(source: Path) -> tuple[dict[str, Any], dict[Path_, int]]:
    try:
        text = source.read_text(encoding="utf-8")
    except IsADirectoryError:
        raise ConfigError([f"{source}: is a folder; give the file, usually config.yaml"]) from None
    except FileNotFoundError:
        raise ConfigError(
            [f"{source}: there is no such file; copy config.yaml of the project there"]
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"{source}: is not UTF-8 text (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise ConfigError([f"{source}: cannot be read: {error.strerror}"]) from None
    try:
        tree, lines, doubles = yaml_with_lines(text)
    except YamlMistake as mistake:
        raise ConfigError([f"{source}: {mistake}"]) from None
    if tree is None:
        raise ConfigError([f"{source}: is empty; it needs at least languages, menu and queues"])
    if not isinstance(tree, dict):
        raise ConfigError(
            [f'{source}: line 1: must be "key: value" lines, with keys such as company and menu']
        )
    if doubles:
        raise ConfigError([f"{source}: {double}" for double in doubles])
    return tree, lines


def _override(tree: dict[str, Any], environment: Mapping[str, str]) -> dict[Path_, str]:
    """Lay ``HOTLINE__A__B=value`` over the file; returns the paths with the names of their variables.

    Lists and mappings are written as in YAML; anything else is taken as it stands, so that
    ``HOTLINE__COMPANY__HOTLINE=95777`` needs no quotes.
    """
    paths: dict[Path_, str] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        *parents, last = name[len(PREFIX) :].lower().split("__")
        branch: Any = tree
        path: Path_ = ()
        for parent in parents:
            key = int(parent) if isinstance(branch, list) and parent.isdigit() else parent
            path = (*path, key)
            try:
                branch = branch.setdefault(key, {}) if isinstance(branch, dict) else branch[key]
            except (IndexError, TypeError):
                raise ConfigError([f"environment: {name}: there is no {parent} to override"]) from None
        value = _value(text)
        if isinstance(branch, list) and last.isdigit() and int(last) < len(branch):
            branch[int(last)] = value
            paths[(*path, int(last))] = name
        elif isinstance(branch, dict):
            branch[last] = value
            paths[(*path, last)] = name
        else:
            raise ConfigError([f"environment: {name}: {'.'.join(parents)} has no {last} to override"])
    return paths


def _value(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return text
    return value if value is None or isinstance(value, dict | list) else text


def _from_environment(tree: dict[str, Any], source: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What is no key of the file: where files lie, and the secrets it names."""
    for name in NOT_IN_FILE & tree.keys():
        raise ConfigError([f"{source}: {name}: unknown key; this comes from the environment"])
    home = Path(environment.get("HOTLINE_HOME") or source.resolve().parent / "var").resolve()
    secrets: dict[str, Any] = {
        "home": home,
        "source": source,
        "database_address": _database_address(_section(tree, "storage"), home, environment),
    }
    ari = _section(_section(tree, "pbx"), "ari")
    if variable := ari.get("password_from"):
        secrets["ari_password"] = _secret(environment, "pbx.ari.password_from", str(variable))
    if variable := _section(tree, "mail").get("password_from"):
        secrets["mail_password"] = _secret(environment, "mail.password_from", str(variable))
    if variable := _section(tree, "console").get("metrics_token_from"):
        secrets["metrics_token"] = _secret(environment, "console.metrics_token_from", str(variable))
    twilio = _section(tree, "twilio")
    if str(twilio.get("enabled", "")).lower() == "true":
        for secret, key, usual in (
            ("twilio_account_sid", "account_sid_from", "TWILIO_ACCOUNT_SID"),
            ("twilio_auth_token", "auth_token_from", "TWILIO_AUTH_TOKEN"),
        ):
            secrets[secret] = _secret(environment, f"twilio.{key}", str(twilio.get(key) or usual))
    secrets["trunk_secrets"] = _trunk_secrets(tree, environment)
    return secrets


def _trunk_secrets(tree: dict[str, Any], environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """User and password of trunks that want them, by name; those of Twilio only while it is switched on."""
    found: dict[str, tuple[str, str]] = {}
    trunks = tree.get("trunks")
    for index, trunk in enumerate(trunks if isinstance(trunks, list) else []):
        outbound = _section(trunk, "outbound") if isinstance(trunk, dict) else {}
        if variable := outbound.get("password_from"):
            password = _secret(environment, f"trunks[{index}].outbound.password_from", str(variable))
            found[str(trunk.get("name"))] = (str(outbound.get("user")), password)
    twilio = _section(tree, "twilio")
    sip_trunk = _section(twilio, "sip_trunk")
    if sip_trunk and str(twilio.get("enabled", "")).lower() == "true":
        user, password = (
            _secret(environment, f"twilio.sip_trunk.{key}", str(sip_trunk.get(key) or usual))
            for key, usual in (("user_from", "TWILIO_SIP_USER"), ("password_from", "TWILIO_SIP_PASSWORD"))
        )
        found[TWILIO] = (user, password)
    return found


def _database_address(storage: dict[str, Any], home: Path, environment: Mapping[str, str]) -> str:
    """The whole SQLAlchemy address; a relative SQLite file lies in the hotline's home."""
    address = str(storage.get("url", "sqlite"))
    if variable := storage.get("url_from"):
        address = _secret(environment, "storage.url_from", str(variable))
        if not address.startswith(DATABASES):
            raise ConfigError(
                [f"environment: {variable}: is no database; write postgresql://user:password@host/name"]
            )
    if address == "sqlite":
        address = SQLITE + SQLITE_FILE
    if address.startswith(SQLITE):
        return f"{SQLITE}{home / address.removeprefix(SQLITE)}"
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


def _section(tree: dict[str, Any], name: str) -> dict[str, Any]:
    section = tree.get(name)
    return section if isinstance(section, dict) else {}


def _secret(environment: Mapping[str, str], path: str, variable: str) -> str:
    if not environment.get(variable):
        raise ConfigError([f"{path}: the environment variable {variable} is not set; set it before starting"])
    return environment[variable]


@dataclass(frozen=True)
class _Whereabouts:
    """Where each value came from: a line of the file, or a variable of the environment."""

    source: Path
    lines: dict[Path_, int]
    overridden: dict[Path_, str]

    def say(self, location: Path_, message: str) -> str:
        """One mistake as one line: file, line, path, message."""
        for length in range(len(location), 0, -1):
            if variable := self.overridden.get(location[:length]):
                return f"environment: {variable}: {dotted(location)}: {message}"
        return f"{self.source}: line {line_of(self.lines, location)}: {dotted(location)}: {message}"


def _split(dotted: str) -> Path_:
    parts: list[str | int] = []
    for part in dotted.split("."):
        name, _, index = part.partition("[")
        parts.append(name)
        if index:
            parts.append(int(index.rstrip("]")))
    return tuple(parts)
