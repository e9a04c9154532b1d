"""Reads workbooks (XLSX, ECMA-376): the first sheet's cells as text, formulas as the text they are.

What others send may be built to hurt: how much a workbook unpacks to is looked at before it is opened, and
rows and columns are counted while it is read.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ivr.errors import ListUnreadable

LARGEST_UNPACKED = 100 * 1024 * 1024
"""Bytes; 50 000 rows of 13 columns are about 40 million."""
MOST_PARTS = 2000
MOST_COLUMNS = 100
LAST_ROW = 1_048_576
"""Of a sheet (Excel's own limit)."""


def first_sheet(file: Path) -> str:
    """The name of the first sheet in which something stands.

    :raises ListUnreadable: it is no workbook, unpacks to too much, or is empty.
    """
    with _opened(file) as book:
        for sheet in book.worksheets:
            if any(cells for _, cells in _rows(sheet)):
                return str(sheet.title)
    raise ListUnreadable("empty", f"{file.name}: no sheet holds anything")


def rows(file: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet, with their numbers.

    :raises ListUnreadable: the workbook is broken, or the sheet is not there.
    """
    with _opened(file) as book:
        yield from _rows(book[sheet])


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """The workbook of a file; whatever a broken part of it happens to cause is one error."""
    _refuse_bomb(file)
    from openpyxl import load_workbook  # takes 0.3 s, which only those pay who read a workbook

    with file.open("rb") as opened:  # by ourselves: a workbook that cannot be loaded closes nothing
        book = None
        try:
            book = load_workbook(opened, read_only=True, data_only=False, keep_links=False)
            yield book
        except ListUnreadable:
            raise
        except Exception as error:
            raise _broken(file, error) from error
        finally:
            if book is not None:
                book.close()


def _refuse_bomb(file: Path) -> None:
    """A part that unpacks to more than its own entry says is cut there by zipfile, so the entries count."""
    try:
        with zipfile.ZipFile(file) as parts:
            entries = parts.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _broken(file, error) from error
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED or len(entries) > MOST_PARTS:
        raise ListUnreadable(
            "too_big_unpacked",
            f"{file.name}: unpacks to {unpacked // 1024 // 1024} MB, more than"
            f" {LARGEST_UNPACKED // 1024 // 1024} MB; split it, or save it as CSV",
            str(unpacked // 1024 // 1024),
        )
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise ListUnreadable("no_list", f"{file.name}: is no workbook; give CSV or XLSX")


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if number > LAST_ROW:
            raise ListUnreadable("broken", f"the sheet has more than {LAST_ROW} rows", str(number))
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        yield number, texts


def _text(cell: Any) -> str:
    """A cell as it is written: whole numbers without a fraction, days without a time, formulas as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    formula = getattr(cell, "text", None)  # of an array formula
    return str(formula if formula is not None else cell).strip()


def _broken(file: Path, error: Exception) -> ListUnreadable:
    return ListUnreadable(
        "broken", f"{file.name}: is a broken workbook ({type(error).__name__}); save it again, or as CSV"
    )
