"""`hotline revisits` and `hotline campaigns` as they are typed."""

import argparse
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.campaigns_command import add_campaigns_commands
from ivr.config import Settings, load
from ivr.errors import ConfigError, HotlineError, Refused
from ivr.revisits_command import add_revisits_commands
from storage.database import Database
from storage.queries import dialer_state
from tests.conftest import PROJECT
from tests.storage.queries.case_rows import add_team, finish_repair, make

OUTBOUND = '[{"name": "out", "match": ["127.0.0.1/32"], "outbound": {"host": "127.0.0.1", "port": 5999}}]'


def read_settings(address: str, home: Path, **more: str) -> Settings:
    return load(
        PROJECT / "config.yaml",
        {
            "HOTLINE_HOME": str(home),
            "ADDRESS": address,
            "HOTLINE__STORAGE__URL_FROM": "ADDRESS",
            "HOTLINE__TRUNKS": OUTBOUND,
            **more,
        },
    )


@pytest.fixture
def settings(sqlite_address: str, tmp_path: Path) -> Settings:
    return read_settings(sqlite_address, tmp_path)


@pytest.fixture
def database(sqlite_address: str) -> Database:
    return Database(sqlite_address)


def _type(settings: Settings, *words: str) -> None:
    parser = argparse.ArgumentParser(prog="hotline")
    commands = parser.add_subparsers(required=True)
    add_revisits_commands(commands)
    add_campaigns_commands(commands)
    arguments = parser.parse_args(words)
    arguments.run(settings, arguments)


def test_what_is_owed_is_planned_and_shown(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.write() as connection:
        team = add_team(connection)
        finish_repair(connection, make(connection, team).case_id, team)
        finish_repair(connection, make(connection, team, contact_number=None).case_id, team)
    _type(settings, "revisits", "plan")
    said = capsys.readouterr().out
    assert "planned: 1 revisits, 0 promised calls; 1 without a number" in said
    assert re.search(r"^  revisit +open +1$", said, re.MULTILINE)
    assert re.search(r"^  revisit +ended \(refused\) +1$", said, re.MULTILINE)
    _type(settings, "revisits", "plan")
    assert "planned: 0 revisits" in capsys.readouterr().out


def test_the_dialer_runs_and_is_paused(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for action, said, running in (
        ("pause", "is paused already", False),
        ("run", "the dialer runs\n", True),
        ("run", "the dialer runs already", True),
        ("pause", "is paused; calls that are up go on", False),
    ):
        _type(settings, "revisits", action)
        assert said in capsys.readouterr().out
        with database.read() as connection:
            assert dialer_state.state(connection).running is running


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HOTLINE__TRUNKS": '[{"name": "in", "match": ["127.0.0.1/32"]}]'}, "none has outbound"),
        (
            {"HOTLINE__DIALER__WINDOWS": "{working_day: [], weekend: [], holiday: []}"},
            "nobody may be called within two months",
        ),
        ({"HOTLINE__DIALER__MOST_LINES": "0"}, "most_lines: is 0"),
    ],
)
def test_a_dialer_that_could_call_nobody_is_not_begun(
    sqlite_address: str, tmp_path: Path, database: Database, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        _type(read_settings(sqlite_address, tmp_path, **variables), "revisits", "run")
    with database.read() as connection:
        assert not dialer_state.state(connection).running


def test_a_wrong_window_begins_nothing_at_all(sqlite_address: str, tmp_path: Path) -> None:
    """Refused with the setting and the reason, before anything is read or called."""
    with pytest.raises(ConfigError, match=r"dialer\.windows.*25:00 is no time of day"):
        read_settings(
            sqlite_address,
            tmp_path,
            HOTLINE__DIALER__WINDOWS='{working_day: ["25:00-19:00"]}',
        )


def test_the_report_names_queue_calls_and_satisfaction(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    from ivr.standard.dial_attempt import DialResult
    from ivr.standard.questionnaire import Answered, Measures
    from storage.dial_rules import dial_rules
    from storage.queries import dial_results
    from tests.storage.queries.case_rows import NOW
    from tests.storage.queries.dial_rows import run, taken

    rules = dial_rules(settings)
    with database.write() as connection:
        team = add_team(connection)
        finish_repair(connection, make(connection, team).case_id, team)
    _type(settings, "revisits", "report")
    assert "nobody is to be called" in capsys.readouterr().out
    _type(settings, "revisits", "plan")
    run(database)
    moment = datetime(2027, 3, 3, 10, 0, tzinfo=rules.zone)
    (one,) = taken(database, rules, moment)
    with database.write() as connection:
        score = Answered("satisfaction", Measures.SATISFACTION, "dissatisfied", 2)
        dial_results.answer(connection, one.attempt_id, score, moment)
        dial_results.settle(connection, one.attempt_id, DialResult.DONE, datetime.now(UTC), rules)
    capsys.readouterr()
    _type(settings, "revisits", "report", "--days", "3660")
    said = capsys.readouterr().out
    assert "the dialer runs" in said
    assert re.search(r"城南管理站 +1  2\.00 \(1\) +0 \(0\) +1$", said, re.MULTILINE)
    assert re.search(r"^  follow_up +open +1$", said, re.MULTILINE)
    assert moment > NOW


def test_a_campaign_of_a_file_is_made_begun_and_stopped(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("姓名,电话\n张三,13900000001\n李四,1390000\n王五,13900000001\n", encoding="utf-8")
    _type(settings, "campaigns", "add", "满意度调查", "--file", str(file), "--questionnaire", "repair")
    said = capsys.readouterr().out
    assert 'row 3: "1390000": not_in_use' in said
    assert 'row 4: "13900000001": repeated (as row 2)' in said
    number = re.search(r"campaign (\d+): 1 people", said)
    assert number is not None
    for action, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("start", "running"),
        ("stop", "stopped"),
    ):
        _type(settings, "campaigns", action, number[1])
        assert f"campaign {number[1]} is {state}" in capsys.readouterr().out
    with pytest.raises(Refused, match="is stopped; it cannot become running from there"):
        _type(settings, "campaigns", "start", number[1])
    with pytest.raises(Refused, match="there is no campaign 99"):
        _type(settings, "campaigns", "start", "99")
    _type(settings, "campaigns", "list")
    assert "满意度调查: stopped; 0 to call, 0 being called, cancelled 1" in capsys.readouterr().out
    _type(settings, "campaigns", "refused", number[1])
    assert capsys.readouterr().out.count("row ") == 3  # "(as row 2)" among them


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--everybody", "--questionnaire", "other"], "write one of: complaint, consultation, repair"),
        (["--everybody", "--questionnaire", "repair", "--until", "tomorrow"], "is no moment"),
        (["--everybody", "--questionnaire", "repair", "--until", "2020-01-01"], "has passed"),
        (["--place", "泉中小区/3", "--questionnaire", "repair"], "nobody is left to call"),
        (["--file", "/nowhere.csv", "--questionnaire", "repair"], "No such file"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(settings: Settings, words: list[str], said: str) -> None:
    with pytest.raises(HotlineError, match=said):
        _type(settings, "campaigns", "add", "调查", *words)
