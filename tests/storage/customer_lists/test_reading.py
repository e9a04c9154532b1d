"""What kind of list a file is: encoding, delimiter, format; and its rows as text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import ListUnreadable
from storage.customer_lists.reading import ListFormat, recognise, rows
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, csv_file

WHOLE = [(1, HEADINGS), (2, ROWS[0]), (3, ROWS[1])]


@pytest.mark.parametrize(
    ("encoding", "recognised"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_every_usual_encoding_is_recognised(tmp_path: Path, encoding: str, recognised: str) -> None:
    many = [HEADINGS, *ROWS, *[["A1", "plain", "", "plain text in Latin letters", "", ""]] * 40]
    file = csv_file(tmp_path, many, encoding=encoding)
    shape = recognise(file)
    assert (shape.format, shape.encoding) == (ListFormat.CSV, recognised)
    assert list(rows(file, shape))[:3] == WHOLE


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_usual_delimiter_is_recognised(tmp_path: Path, delimiter: str) -> None:
    file = csv_file(tmp_path, [HEADINGS, *ROWS], delimiter=delimiter)
    shape = recognise(file)
    assert shape.delimiter == delimiter
    assert list(rows(file, shape)) == WHOLE


def test_rare_characters_of_gb18030_are_kept(tmp_path: Path) -> None:
    file = csv_file(tmp_path, [["姓名"], ["王𠮷"], ["李㐂"]], encoding="gb18030")
    assert [cells for _, cells in rows(file, recognise(file))] == [["姓名"], ["王𠮷"], ["李㐂"]]


def test_empty_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    file = csv_file(tmp_path, [[], HEADINGS, ["", "  "], ROWS[0]])
    assert [number for number, _ in rows(file, recognise(file))] == [2, 4]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old_excel"),
        (b"%PDF-1.7\n\x01\x02\x03" + bytes(range(256)), "no_list"),
        (b"\x89PNG\r\n\x1a\n\x01\x02", "no_list"),
        ("姓名\n李".encode("gbk") + b"\xff\xff\n", "encoding"),
        (b"PK\x03\x04 broken", "broken"),
        (b'a,b\n"' + b"x" * 200_000 + b'",c', "broken"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    with pytest.raises(ListUnreadable) as refused:
        list(rows(file, recognise(file)))
    assert refused.value.reason == reason
    assert str(refused.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ListUnreadable) as refused:
        recognise(tmp_path / "gone.csv")
    assert refused.value.reason == "gone"


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "list.csv"
    file.write_bytes(data)
    try:
        found = list(rows(file, recognise(file)))
    except ListUnreadable:
        return
    assert all(isinstance(cell, str) for _, cells in found for cell in cells)
