"""`hotline outages` as it is typed (R-5.1)."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.config import Settings, load
from ivr.errors import ConfigError, Refused
from ivr.outages_command import add_outages_commands
from ivr.standard.dial_state import CampaignState
from storage.database import Database
from storage.queries import outages
from tests.conftest import PROJECT
from tests.storage.customer_rows import add, somebody


@pytest.fixture
def settings(sqlite_address: str, tmp_path: Path) -> Settings:
    return load(
        PROJECT / "config.yaml",
        {"HOTLINE_HOME": str(tmp_path), "ADDRESS": sqlite_address, "HOTLINE__STORAGE__URL_FROM": "ADDRESS"},
    )


@pytest.fixture
def database(sqlite_address: str) -> Database:
    return Database(sqlite_address)


def _type(settings: Settings, *words: str) -> None:
    parser = argparse.ArgumentParser(prog="hotline")
    add_outages_commands(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["outages", *words])
    arguments.run(settings, arguments)


def _in(days: float, settings: Settings) -> str:
    moment = datetime.now(UTC).astimezone(settings.zone) + timedelta(days=days)
    return moment.strftime("%Y-%m-%d %H:%M")


def _add(settings: Settings, *more: str, begins: float = 3, ends: float = 3.3) -> None:
    times = ("--from", _in(begins, settings), "--to", _in(ends, settings))
    _type(settings, "add", "检修", "--area", "泉中小区", "--work", "管道检修", *times, *more)


def test_an_outage_is_written_down_begun_and_ended(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    there = {"compound": "泉中小区", "building": "3"}
    add(database, somebody(**there, numbers=("+8613900000001",)), somebody(**there, name="张三"))
    _add(settings, "--place", "泉中小区/3")
    said = capsys.readouterr().out
    assert "outage 1: 1 people" in said and '"张三": no_number' in said and "late for a notice" not in said
    _type(settings, "list")
    assert "1 检修: ready" in capsys.readouterr().out
    _type(settings, "start", "1")
    _type(settings, "told", "1")
    said = capsys.readouterr().out
    assert "1 people: 0 told" in said and "everybody will have been called: 20" in said
    _type(settings, "end", "1", _in(3.5, settings))
    _type(settings, "pause", "1")
    _type(settings, "stop", "1")
    with pytest.raises(Refused, match="cannot become running"):
        _type(settings, "start", "1")
    with database.read() as connection:
        (found,) = outages.listed(connection, 5)
    assert found.state is CampaignState.STOPPED
    with pytest.raises(Refused, match="there is no outage 9"):
        _type(settings, "told", "9")


def test_what_is_late_is_said_and_what_is_wrong_is_refused(
    settings: Settings, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("姓名,电话\n甲,13900000001\n乙,123\n", encoding="utf-8")
    _add(settings, "--file", str(people), begins=0.5, ends=1)
    said = capsys.readouterr().out
    assert "less than 48 hours" in said and 'row 3: "123": wrong_length' in said
    for more, begins, ends, wrong in (
        (("--no-calls", "--no-texts", "--no-announcement"), 3, 4, "neither calls nor texts"),
        ((), 4, 3, "--to: is before --from"),
        ((), 3, 30, "more than 14 days"),
    ):
        with pytest.raises(ConfigError, match=wrong):
            _add(settings, "--file", str(people), *more, begins=begins, ends=ends)
    with pytest.raises(Refused, match="nobody lives there"):
        _add(settings, "--place", "没有这个小区")
    with pytest.raises(ConfigError, match="is no moment"):
        _type(settings, "end", "1", "25:00")
