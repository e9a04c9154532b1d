"""`hotline simulate` as the operator types it."""

from pathlib import Path

import pytest

from ivr.cli import main
from tests.conftest import PROJECT


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    monkeypatch.setenv("HOTLINE_CONFIG", str(PROJECT / "config.yaml"))


def test_a_day_of_files_is_replayed_and_its_figures_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls, roster = tmp_path / "calls.csv", tmp_path / "roster.csv"
    calls.write_text(
        "arrival,kind,service,patience\n09:00:00,repair,100,\n09:00:10,repair,200,\n09:00:20,repair,50,5\n"
    )
    roster.write_text("work_number,skills,from,until\n1001,repair=1,08:00,12:00\n1002,repair=1,08:00,12:00\n")
    options = ["--day", "2026-11-21", "--answer-after", "3"]
    assert main(["simulate", "--calls", str(calls), "--roster", str(roster), *options]) == 0
    printed = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.strip()}
    assert (
        rows["offered"] == ["3", "3"] and rows["answered"] == ["2", "2"] and rows["abandoned"] == ["1", "1"]
    )
    assert rows["mean_wait"][:2] == ["3.0", "s"] and rows["within_goal"][:2] == ["50.0", "%"]
    assert "longest stretch without a call: 11-21 09:00:10 to 11-21 09:00:20" in printed


def test_a_made_day_needs_no_files_and_is_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "simulate",
        "--rate",
        "repair=60",
        "--agents",
        "5",
        "--hours",
        "3",
        "--seed",
        "7",
        "--patience",
        "90",
    ]
    printed = []
    for _ in range(2):
        assert main(asked) == 0
        printed.append(capsys.readouterr().out.rsplit(", simulated in", 1)[0])
    assert printed[0] == printed[1] and "occupancy" in printed[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--rate", "gossip=5", "--agents", "3"], "--rate gossip=5: write QUEUE=CALLS"),
        (["--calls", "nowhere.csv", "--agents", "3"], "nowhere.csv: cannot be read"),
        (["--rate", "repair=5", "--agents", "3", "--day", "x"], "--day x: is no day"),
        (["--rate", "repair=5", "--agents", "3", "--hours", "2000"], "at most 744"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    wrong: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", *wrong]) == 1
    assert said in capsys.readouterr().err
