import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ivr import cli
from ivr.operation import home_lock

PROJECT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and no settings of whoever runs the tests."""
    for name in os.environ:
        if name.startswith("HOTLINE"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return home


def write_config(file: Path, *, queue: str = "consultation", extra: str = "") -> Path:
    """A small config.yaml."""
    file.write_text(
        f"""languages: {{zh: {{name: 中文}}}}
menu: {{main: {{prompts: [menu_main], keys: {{"1": {{queue: {queue}}}}}}}}}
queues:
  consultation: {{name: {{zh: 咨询, en: C}}, kind: consultation, skill: consultation}}
  alarm: {{name: {{zh: 报警, en: A}}, kind: alarm, skill: alarm}}
{extra}"""
    )
    return file


def said_wrong(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said about arguments that are wrong."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_without_a_command_every_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    said = said_wrong(capsys)
    for command in ("run", "check", "agents", "prompts", "pbx", "db", "engine", "version"):
        assert re.search(rf"^    {command} ", said, re.MULTILINE), command


@pytest.mark.parametrize("arguments", ["rnu", "db", "pbx config", "run --fast", "agents add", "run --config"])
def test_wrong_arguments_are_answered_with_the_right_ones(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = said_wrong(capsys, *arguments.split())
    assert said.startswith("hotline")
    assert "usage: hotline" in said


def test_the_version_needs_no_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", str(tmp_path / "none.yaml"), "version"]) == 0
    assert re.fullmatch(r"hotline \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+\)\n", capsys.readouterr().out)


@pytest.mark.parametrize("command", [["run"], ["check"], ["engine"], ["db", "upgrade"], ["agents", "list"]])
def test_every_mistake_in_the_settings_is_named_and_nothing_is_begun(
    command: list[str], own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path / "own.yaml", queue="nowhere", extra="console: {port: 0}\ncolour: red\n")
    assert cli.main([*command, "--config", str(config)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all(line.startswith(f"{config}: line ") for line in said)
    assert not own_home.exists()


def test_the_settings_named_on_the_command_line_go_first_then_the_environment_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def used(*arguments: str) -> str:
        cli.main([*arguments, "db", "upgrade"])
        return capsys.readouterr().err

    write_config(tmp_path / "config.yaml", extra="here: 1\n")
    assert "config.yaml: line 6: here: " in used()
    monkeypatch.setenv("HOTLINE_CONFIG", str(write_config(tmp_path / "b.yaml", extra="environment: 1\n")))
    assert "b.yaml: line 6: environment: " in used()
    assert "c.yaml: line 6: line: " in used(
        "--config", str(write_config(tmp_path / "c.yaml", extra="line: 1\n"))
    )


def test_without_settings_in_the_folder_those_beside_the_program_are_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["prompts", "list"]) == 0
    assert "泉城燃气" in capsys.readouterr().out


def test_prompts_beside_the_settings_go_before_those_of_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path / "config.yaml")
    (tmp_path / "prompts").mkdir()
    assert cli.main(["--config", str(config), "prompts", "list"]) == 1
    assert str(tmp_path / "prompts" / "catalogue.yaml") in capsys.readouterr().err


def test_the_database_is_made_once(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["db", "upgrade"]) == 0
    assert "schema none -> " in capsys.readouterr().out
    assert (own_home / "hotline.sqlite3").exists()
    assert cli.main(["db", "upgrade"]) == 0
    assert capsys.readouterr().out == f"{own_home / 'hotline.sqlite3'}: is up to date\n"


def test_a_second_hotline_at_the_same_home_is_refused_with_the_process_of_the_first(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = home_lock.hold(own_home, home_lock.SUPERVISOR)
    home_lock.sign(lock, 4711)
    assert cli.main(["run"]) == 1
    os.close(lock)
    assert "hotline already runs here (process 4711)" in capsys.readouterr().err


def test_an_engine_beside_a_running_one_is_refused(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = home_lock.hold(own_home, home_lock.ENGINE)
    home_lock.sign(lock, 1)
    assert cli.main(["engine"]) == 1
    os.close(lock)
    assert "engine already runs here (process 1)" in capsys.readouterr().err


def test_the_files_for_a_pbx_elsewhere_are_written_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE__PBX__MODE", "remote")
    monkeypatch.setenv("HOTLINE__PBX__ARI__PASSWORD_FROM", "PBX_PASSWORD")
    monkeypatch.setenv("PBX_PASSWORD", "nobody-may-read-this-one-in-a-file")
    assert cli.main(["pbx", "config", "--to", str(tmp_path / "etc")]) == 0
    assert str(tmp_path / "etc" / "pjsip.conf") in capsys.readouterr().out
    written = [file.read_text() for file in (tmp_path / "etc").iterdir()]
    assert len(written) > 10
    assert not any("nobody-may-read" in text for text in written)
    assert cli.main(["pbx", "install"]) == 1
    assert "pbx.mode is remote" in capsys.readouterr().err


def test_an_unexpected_error_is_one_line_and_its_trace_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        raise KeyError("key")
    except KeyError as error:
        cli.say_unexpected(error, tmp_path)
    said = capsys.readouterr().err
    assert said == f"unexpected error: KeyError: 'key'; the whole trace is in {tmp_path}/log/unexpected.log\n"
    assert "Traceback" in (tmp_path / "log" / "unexpected.log").read_text()


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands that a parser knows."""
    found: dict[str, argparse.ArgumentParser] = next(
        action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    return found


def test_a_command_is_found_without_loading_the_others() -> None:
    everything = commands_of(cli.parser())

    assert list(everything) == list(cli.ADDED_BY)
    for name, whole in everything.items():
        assert commands_of(cli.parser(name))[name].format_help() == whole.format_help()


def test_an_engine_loads_nothing_that_only_other_commands_need() -> None:
    told = "import sys; from ivr import cli; cli.parser('engine'); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", told], cwd=PROJECT, capture_output=True, check=True, text=True
    )

    assert "ivr.config" in loaded.stdout.split()
    assert {"storage.database", "ivr.customers_command", "numpy"}.isdisjoint(loaded.stdout.split())
