import json
import os
from pathlib import Path

import pytest

from ivr.operation import log_following
from ivr.operation.log_following import LogFollower, keep_small, last_words


def entry(event: str, level: str = "warning") -> bytes:
    return json.dumps({"level": level, "event": event}).encode() + b"\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "engine.log"


def append(log: Path, *what: bytes) -> None:
    with log.open("ab") as file:
        file.write(b"".join(what))


def test_the_operator_is_told_of_warnings_and_of_nothing_else(log: Path) -> None:
    said: list[str] = []
    follower = LogFollower(log, said.append)
    append(log, entry("call.arrived", "info"), entry("disk.full", "error"), entry("ari.lost"))
    follower.look()
    assert said == ["engine: error: disk full", "engine: warning: ari lost"]


def test_what_was_there_before_is_not_told_again(log: Path) -> None:
    append(log, entry("ari.lost"))
    said: list[str] = []
    LogFollower(log, said.append).look()
    assert said == []


def test_a_line_that_comes_in_two_pieces_is_read_whole(log: Path) -> None:
    said: list[str] = []
    follower = LogFollower(log, said.append)
    line = entry("ari.lost")
    append(log, line[:10])
    follower.look()
    assert said == []
    append(log, line[10:])
    follower.look()
    assert said == ["engine: warning: ari lost"]


def test_the_same_warning_is_told_once_a_minute(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    follower = LogFollower(log, said.append)
    append(log, entry("ari.lost"), entry("ari.lost"))
    follower.look()
    assert said == ["engine: warning: ari lost"]
    monkeypatch.setattr(log_following, "SAID_AGAIN_AFTER", 0.0)
    append(log, entry("ari.lost"))
    follower.look()
    assert len(said) == 2


def test_while_everything_is_ended_only_errors_are_told(log: Path) -> None:
    said: list[str] = []
    follower = LogFollower(log, said.append)
    follower.only_errors = True
    append(log, entry("ari.lost"), entry("facts.not_written", "error"))
    follower.look()
    assert said == ["engine: error: facts not written"]


def test_a_large_file_is_begun_anew_under_the_writer(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_following, "LARGEST_BYTES", 1000)
    follower = LogFollower(log, lambda words: None)
    writer = os.open(log, os.O_WRONLY | os.O_APPEND)
    for generation in range(log_following.KEPT + 2):
        os.write(writer, f"generation {generation}\n".encode() + b"x" * 1000 + b"\n")
        follower.look()
        assert log.stat().st_size == 0
    os.write(writer, b"after\n")
    os.close(writer)
    assert log.read_bytes() == b"after\n"
    names = sorted(file.name for file in log.parent.iterdir())
    assert names == ["engine.log", *(f"engine.log.{number}" for number in range(1, log_following.KEPT + 1))]
    newest = log.with_name("engine.log.1").read_text().splitlines()[0]
    assert newest == f"generation {log_following.KEPT + 1}"


def test_the_last_words_are_those_of_this_start(log: Path) -> None:
    append(log, entry("older", "error"))
    since = log.stat().st_size
    assert last_words(log, since) == "it wrote nothing"
    append(log, b"Traceback\n", b"ImportError: no module named x\n")
    assert last_words(log, since) == "ImportError: no module named x"
    append(log, entry("pbx.too_old", "error"))
    assert last_words(log, since) == "error: pbx too old"


def test_a_log_nobody_follows_is_begun_anew_once_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_following, "LARGEST_BYTES", 10)
    file = tmp_path / "messages.log"
    keep_small(file)
    assert not file.exists()
    with file.open("ab") as written:
        for words in (b"12345678901", b"abcdefghijk"):
            written.write(words)
            written.flush()
            keep_small(file)
        written.write(b"short")
        written.flush()
        keep_small(file)
    assert file.read_bytes() == b"short"
    assert (tmp_path / "messages.log.1").read_bytes() == b"abcdefghijk"
    assert (tmp_path / "messages.log.2").read_bytes() == b"12345678901"
