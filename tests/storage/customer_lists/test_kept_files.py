"""Lists are readable by us only, no larger than allowed, and gone when their import is over."""

import io
import os
import time
from pathlib import Path

import pytest

from ivr.errors import HomeUnusable, ListUnreadable
from storage.customer_lists.checking import CheckedList, RowMistake
from storage.customer_lists.kept_files import KeptFiles
from storage.customer_values import Fault, Mistake

MEGABYTE = 1024 * 1024


def test_a_list_is_kept_for_this_user_only(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path)
    received = files.receive(io.BytesIO("姓名\n李".encode()), 1)
    files.keep(received, 7)
    assert files.list_of(7).read_text(encoding="utf-8") == "姓名\n李"
    assert files.list_of(7).stat().st_mode & 0o077 == 0
    assert files.list_of(7).parent.stat().st_mode & 0o077 == 0
    assert (received.size_bytes, len(received.sha256)) == (10, 64)
    files.forget_list(7)
    files.forget_list(7)
    assert not files.list_of(7).exists()


def test_a_list_that_is_too_large_is_named_with_its_size_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ListUnreadable) as refused:
        KeptFiles(tmp_path).receive(io.BytesIO(b"x" * (3 * MEGABYTE)), 2)
    assert (refused.value.reason, refused.value.detail) == ("too_large", "3")
    assert list((tmp_path / "imports").iterdir()) == []


def test_mistakes_are_kept_as_they_are(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path)
    files.receive(io.BytesIO(b"x"), 1)
    found = RowMistake(3, 1, Mistake("name", Fault.TOO_LONG, "<b>\ud800", "80"))
    files.keep_mistakes(7, CheckedList(mistakes=[found]))
    (kept,) = files.mistakes(7)
    assert (kept.row, kept.column, kept.field, kept.fault, kept.right) == (3, 1, "name", "too_long", "80")
    assert kept.given.startswith("<b>")
    assert files.mistakes(8) == []


def test_what_lies_there_for_too_long_is_swept(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path)
    files.sweep(1)
    for import_id in (1, 2):
        files.keep(files.receive(io.BytesIO(b"x"), 1), import_id)
    old = time.time() - 7200
    os.utime(files.list_of(1), (old, old))
    files.sweep(1)
    assert [files.list_of(1).exists(), files.list_of(2).exists()] == [False, True]


def test_a_list_that_goes_away_while_others_are_swept_is_no_mistake(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path)
    files.keep(files.receive(io.BytesIO(b"x"), 1), 1)
    (tmp_path / "imports" / "2.list").symlink_to("taken away")  # listed, and not there
    files.sweep(1)
    assert files.list_of(1).exists()


def test_a_home_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "imports").write_text("in the way")
    with pytest.raises(HomeUnusable, match="imports"):
        KeptFiles(tmp_path).receive(io.BytesIO(b"x"), 1)
