"""Lists as people send them, written for tests."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADINGS = ["户号", "用户名称", "联系电话", "用气地址", "用户类型", "备注"]
ROWS = [
    ["QZ1", "李志强", "13900000000", "泉中小区3号楼2单元501", "居民", ""],
    ["QZ2", "王敏", "0531-88880001；13900000001", "柳岸花园1栋101", "老板", "含,逗号和\n换行"],
]


def csv_file(
    folder: Path,
    rows: Sequence[Sequence[str]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    name: str = "list.csv",
) -> Path:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    file = folder / name
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def workbook(folder: Path, *sheets: Sequence[Sequence[Any]], name: str = "list.xlsx") -> Path:
    """An XLSX file with these sheets."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for place, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{place}")
        for row in rows:
            sheet.append(list(row))
    file = folder / name
    book.save(file)
    return file
