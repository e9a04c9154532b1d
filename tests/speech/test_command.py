"""`hotline prompts list|check|render` as the operator sees it."""

import argparse
from pathlib import Path

import pytest

from ivr.speech.command import add_prompts_commands, main, run_prompts_command


def run(folder: Path, *words: str, company: str = "泉城燃气") -> int:
    parser = argparse.ArgumentParser()
    add_prompts_commands(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["prompts", *words])
    return run_prompts_command(arguments, folder, {"company": {"zh": company, "en": "Spring City Gas"}})


def test_list_shows_every_wording_with_its_values(
    small_prompts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(small_prompts, "list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "welcome",
        "  zh: 您好，泉城燃气。",
        "  en: This is Spring City Gas.",
        "place",
        "  zh: 第{place:ordinal}位。",
        "  en: Number{place:ordinal}of all.",
    ]


def test_check_is_content_when_all_audio_is_right(
    small_prompts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(small_prompts, "check") == 0
    assert capsys.readouterr().out == "all 8 sounds are there and say what the catalogue says\n"


def test_check_names_stale_audio_and_fails(small_prompts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small_prompts, "check", company="海滨燃气") == 1
    assert capsys.readouterr().out.startswith("prompt zh/welcome: has audio of another wording")


def test_check_names_a_recording_that_nobody_plays(
    small_prompts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_prompts / "recorded" / "zh"
    folder.mkdir(parents=True)
    (folder / ".gitkeep").touch()
    (folder / "welcome.wav").touch()
    (folder / "welcom.wav").touch()
    assert run(small_prompts, "check") == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"recording {folder / 'welcom.wav'}: is played by no prompt")


def test_render_has_nothing_to_do_when_all_audio_is_right(
    small_prompts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(small_prompts, "render") == 0
    assert capsys.readouterr().out == "nothing to render: all audio says what the catalogue says\n"


def test_an_unknown_engine_is_refused_by_the_command_line(
    small_prompts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(small_prompts, "render", "--engine", "parrot")
    assert "parrot" in capsys.readouterr().err


def test_a_mistake_is_one_message_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--prompts", str(tmp_path / "nowhere"), "check"]) == 1
    assert "nowhere: is missing" in capsys.readouterr().err


def test_install_writes_sounds_and_music_for_a_pbx_elsewhere(
    small_prompts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "elsewhere"
    assert run(small_prompts, "install", "--to", str(target)) == 0
    assert list((target / "sounds" / "hotline" / "zh").glob("welcome*.alaw"))
    assert str(target) in capsys.readouterr().out
