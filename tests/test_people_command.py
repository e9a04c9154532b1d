"""`hotline agents` as it is typed."""

import argparse
import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from ivr.config import Settings, load
from ivr.errors import ConfigError, DatabaseOutdated, HotlineError, Refused
from ivr.people_command import add_agents_commands
from storage.database import Database
from storage.models import Agent
from storage.passwords import device_digest
from tests.conftest import PROJECT


@pytest.fixture
def settings(sqlite_address: str, tmp_path: Path) -> Settings:
    return load(
        PROJECT / "config.yaml",
        {"HOTLINE_HOME": str(tmp_path), "ADDRESS": sqlite_address, "HOTLINE__STORAGE__URL_FROM": "ADDRESS"},
    )


def _type(settings: Settings, *words: str) -> None:
    parser = argparse.ArgumentParser(prog="hotline")
    add_agents_commands(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["agents", *words])
    arguments.run(settings, arguments)


def test_an_empty_list_says_how_to_begin(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _type(settings, "list")
    assert "nobody yet; begin with: hotline agents add 1001" in capsys.readouterr().out


def test_somebody_is_added_and_told_the_passwords_once(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _type(settings, "add", "1001", "--name", "王敏", "--skill", "consultation=1", "--skill", "alarm=2")
    said = capsys.readouterr().out
    password = re.search(r"console: work number 1001, password (\w{12})\n", said)
    device_password = re.search(r"phone:   user agent-1001, password (\w{12})\n", said)
    assert password is not None and device_password is not None
    assert "not shown again" in said
    database = Database(settings.database_address)
    with database.read() as connection:
        agent = connection.execute(select(Agent.password_hash, Agent.device_digest)).one()
    database.close()
    assert PasswordHasher().verify(agent.password_hash, password[1])
    assert agent.device_digest == device_digest("agent-1001", device_password[1])


def test_the_list_has_its_columns_in_line_also_with_chinese_names(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _type(settings, "add", "1001", "--name", "王敏", "--skill", "alarm=2", "--skill", "repair=1")
    _type(settings, "add", "1002", "--name", "Li Qiang", "--device", "sip:1002@192.0.2.7:5060")
    _type(settings, "remove", "1002", "--reason", "退休")
    capsys.readouterr()
    _type(settings, "list")
    assert capsys.readouterr().out.splitlines() == [
        "work number  name      role   active  state       device                   skills",
        "1001         王敏      agent  yes     signed_out  phone                    alarm=2, repair=1",
        "1002         Li Qiang  agent  no      signed_out  sip:1002@192.0.2.7:5060",
    ]


def test_what_is_given_is_changed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _type(settings, "add", "1001", "--name", "王敏", "--skill", "alarm=2", "--device", "browser")
    _type(settings, "remove", "1001", "--reason", "调岗")
    capsys.readouterr()
    _type(
        settings, "set", "1001", "--role", "supervisor", "--skill", "repair=3", "--back", "--reason", "回来"
    )
    _type(settings, "list")
    said = capsys.readouterr().out
    assert "1001 is changed\n" in said and "password" not in said
    assert re.search(r"1001 +王敏 +supervisor +yes +signed_out +browser +repair=3$", said, re.MULTILINE)


def test_a_browser_that_becomes_a_phone_is_told_its_password(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _type(settings, "add", "1001", "--name", "王敏", "--device", "browser")
    assert "phone:" not in capsys.readouterr().out
    _type(settings, "set", "1001", "--device", "phone")
    assert re.search(r"phone:   user agent-1001, password \w{12}\n", capsys.readouterr().out)


@pytest.mark.parametrize(("option", "line"), [([], "console: work number"), (["--device"], "phone:   user")])
def test_a_new_password_is_shown_once(
    settings: Settings, capsys: pytest.CaptureFixture[str], option: list[str], line: str
) -> None:
    _type(settings, "add", "1001", "--name", "王敏")
    capsys.readouterr()
    _type(settings, "password", "1001", *option)
    said = capsys.readouterr().out
    assert said.count(", password ") == 1 and line in said


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (["add", "12", "--name", "x"], ConfigError, "work_number: .*3 to 8 digits"),
        (["add", "1001", "--name", ""], ConfigError, "name: string should have at least 1 character"),
        (["add", "1001", "--name", "a\nb"], ConfigError, "name: .*one line without control characters"),
        (["add", "1001", "--name", "x", "--role", "boss"], ConfigError, "role: .*'agent', 'supervisor'"),
        (["add", "1001", "--name", "x", "--skill", "gas=1"], ConfigError, 'no queue needs the skill "gas"'),
        (["add", "1001", "--name", "x", "--skill", "alarm"], ConfigError, "write the level too: alarm=1"),
        (["add", "1001", "--name", "x", "--skill", "alarm=0"], ConfigError, "skills.alarm: .*greater than"),
        (["add", "1001", "--name", "x", "--skill", "alarm=best"], ConfigError, "skills.alarm: .*integer"),
        (["add", "1001", "--name", "x", "--device", "fax"], ConfigError, '--device fax: write "phone"'),
        (["add", "1001", "--name", "x", "--device", "sip:x"], ConfigError, "device.address: .*a SIP address"),
        (["set", "1001"], Refused, "nothing to change"),
        (["set", "1001", "--name", "x"], Refused, "nobody with work number 1001"),
        (["password", "1001"], Refused, "nobody with work number 1001"),
        (["remove", "1001", "--reason", "退休"], Refused, "nobody with work number 1001"),
    ],
)
def test_a_mistake_is_named(
    settings: Settings, words: list[str], kind: type[HotlineError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        _type(settings, *words)


def test_without_a_database_the_way_to_one_is_told(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"database_address": f"sqlite:///{tmp_path}/none.sqlite3"})
    with pytest.raises(DatabaseOutdated, match="hotline db upgrade"):
        _type(nowhere, "list")
