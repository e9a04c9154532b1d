"""Texts as lines of a file: whole, in order, and none twice after an engine died."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.carriers.text_file import TextFile
from ivr.carriers.texts import OutgoingText
from ivr.errors import CarrierAway

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def text(number: int, *, unclear: bool = False) -> OutgoingText:
    return OutgoingText(number, "+8613900000001", "【泉城燃气】您好\n第二行", False, NOW, unclear)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_text_is_a_line(tmp_path: Path) -> None:
    file = tmp_path / "texts" / "outgoing.jsonl"
    for number in (1, 2):
        TextFile(file).carry(text(number))
    assert [line["id"] for line in lines(file)] == [1, 2]
    assert file.stat().st_mode & 0o077 == 0, "for nobody else to read (R-18)"
    assert lines(file)[0] == {
        "id": 1,
        "at": "2026-11-21T08:00:00+00:00",
        "to": "+8613900000001",
        "text": "【泉城燃气】您好\n第二行",
        "urgent": False,
    }


def test_one_that_was_written_before_an_engine_died_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "outgoing.jsonl"
    carrier = TextFile(file)
    carrier.carry(text(12))
    carrier.carry(text(12, unclear=True))
    carrier.carry(text(1, unclear=True))
    assert [line["id"] for line in lines(file)] == [12, 1]


def test_half_a_line_of_an_engine_that_died_spoils_nothing(tmp_path: Path) -> None:
    file = tmp_path / "outgoing.jsonl"
    file.write_text('{"id": 3, "at": "2026')
    TextFile(file).carry(text(3, unclear=True))
    broken, whole = file.read_text().splitlines()
    assert broken == '{"id": 3, "at": "2026'
    assert json.loads(whole)["id"] == 3


def test_a_file_that_cannot_be_written_is_a_carrier_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "texts").write_text("a file where the folder should be")
    with pytest.raises(CarrierAway, match="cannot be written"):
        TextFile(tmp_path / "texts" / "outgoing.jsonl").carry(text(1))
