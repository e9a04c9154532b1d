"""Recognises what kind of list a file is, and reads its rows as plain text; nothing in it is executed."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ivr.errors import ListUnreadable
from storage.customer_lists import spreadsheet

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 30
"""Lines that tell the delimiter."""
MOST_COLUMNS = 100
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class ListFormat(StrEnum):
    """How a list is kept in a file."""

    CSV = "csv"  # text with a sign between the columns
    XLSX = "xlsx"  # a workbook of Excel 2007 and later


@dataclass(frozen=True, slots=True)
class ListShape:
    """How a file is to be read."""

    format: ListFormat
    encoding: str = ""
    """Of a CSV: utf-8, utf-8-sig, gb18030, utf-16, utf-16-le or utf-16-be."""
    delimiter: str = ","
    sheet: str = ""
    """Of a workbook."""


Row = tuple[int, list[str]]
"""Its number, as a spreadsheet counts, and its cells."""


def recognise(file: Path) -> ListShape:
    """Find out how to read a file.

    :raises ListUnreadable: it is empty, no list, or in no known encoding.
    """
    head = _bytes(file)[:8]
    if not head:
        raise ListUnreadable("empty", f"{file.name}: is empty")
    if head.startswith(_ZIP):
        return ListShape(ListFormat.XLSX, sheet=spreadsheet.first_sheet(file))
    if head.startswith(_OLD_OFFICE):
        raise ListUnreadable(
            "old_excel",
            f"{file.name}: is a workbook of Excel 97-2003 or has a password; save it as XLSX or CSV",
        )
    encoding = _encoding(file)
    return ListShape(ListFormat.CSV, encoding, _delimiter(_text(file, encoding)))


def rows(file: Path, shape: ListShape) -> Iterator[Row]:
    """The rows of a list, without those in which nothing stands.

    :raises ListUnreadable: the file is not what it seemed.
    """
    found = spreadsheet.rows(file, shape.sheet) if shape.format is ListFormat.XLSX else _csv(file, shape)
    for number, cells in found:
        if any(cells):
            yield number, cells[:MOST_COLUMNS]


def _csv(file: Path, shape: ListShape) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(_text(file, shape.encoding), newline=""), delimiter=shape.delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ListUnreadable(
            "broken", f"{file.name}: row {number + 1} cannot be read: {error}", str(number + 1)
        ) from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ListUnreadable("gone", f"{file}: {error.strerror}") from error


def _encoding(file: Path) -> str:
    """By mark, else by zero bytes, else the first that fits: UTF-8 hardly ever fits by chance."""
    data = _bytes(file)
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4096]
    if sample.count(0) > len(sample) // 8:
        return "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"
    if any(byte < 9 for byte in sample.replace(b"\0", b"")):
        raise ListUnreadable("no_list", f"{file.name}: is no list; give CSV or XLSX")
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise ListUnreadable(
        "encoding", f"{file.name}: is neither UTF-8 nor GBK nor UTF-16; save it as “CSV UTF-8” or XLSX"
    )


def _text(file: Path, encoding: str) -> str:
    try:
        return _bytes(file).decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise ListUnreadable("encoding", f"{file.name}: is not in {encoding}") from None


def _delimiter(text: str) -> str:
    """The sign that parts most lines into the same number of columns."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:LOOKED_AT]

    def columns_alike(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0, 0
        (width, count), *_ = widths.most_common(1) or [(1, 0)]
        return (count, width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=columns_alike)
