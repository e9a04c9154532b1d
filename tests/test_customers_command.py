"""`hotline customers` and `hotline demo` as they are typed."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.config import Settings, load
from ivr.customers_command import add_customers_commands
from ivr.errors import DatabaseOutdated, ListUnreadable, Refused
from ivr.standard.import_state import ImportState
from storage.database import Database
from storage.queries import customer_imports, customers
from tests.conftest import PROJECT
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, csv_file, workbook
from tests.storage.customer_rows import LI, NOW, add, somebody

WRONG = ["QZ3", "", "12345", "", "", ""]


@pytest.fixture
def settings(database_address: str, tmp_path: Path) -> Settings:
    return load(
        PROJECT / "config.yaml",
        {"HOTLINE_HOME": str(tmp_path), "ADDRESS": database_address, "HOTLINE__STORAGE__URL_FROM": "ADDRESS"},
    )


@pytest.fixture
def archive(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_address)
    yield database
    database.close()


def _type(settings: Settings, *words: str) -> int:
    parser = argparse.ArgumentParser(prog="hotline")
    add_customers_commands(parser.add_subparsers(required=True))
    arguments = parser.parse_args([*words])
    return int(arguments.run(settings, arguments) or 0)


def _names(archive: Database) -> list[str]:
    with archive.read() as connection:
        return [customer.name for customer in customers.search(connection, "", 50)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_imported_and_said_what_was_done(
    settings: Settings, archive: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    rows = [HEADINGS, *ROWS]
    file = csv_file(tmp_path, rows, encoding="gbk") if kind == "csv" else workbook(tmp_path, rows)
    assert _type(settings, "customers", "import", str(file)) == 0
    said = capsys.readouterr().out
    assert "C 联系电话 -> numbers" in said and ("gb18030" in said or "表1" in said)
    assert "2 rows: 2 new, 0 known, 0 with mistakes" in said
    assert "imported: 2 new, 0 changed, 0 left as they were" in said
    assert _names(archive) == ["王敏", "李志强"]
    with archive.read() as connection:
        (run,) = customer_imports.newest(connection, 1)
    assert (run.state, run.file_name, run.work_number) == (ImportState.DONE, file.name, None)


def test_a_list_with_mistakes_is_imported_only_without_them_and_only_if_that_is_said(
    settings: Settings, archive: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(tmp_path, [HEADINGS, ROWS[0], WRONG])
    assert _type(settings, "customers", "import", str(file)) == 1
    said = capsys.readouterr().out
    assert "row 3, column B 用户名称: '': missing" in said
    assert "row 3, column C 联系电话: '12345': not in use" in said
    assert _names(archive) == []
    assert _type(settings, "customers", "import", str(file), "--skip-wrong") == 0
    assert _names(archive) == ["李志强"]


def test_a_dry_run_writes_nothing(
    settings: Settings, archive: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        _type(settings, "customers", "import", str(csv_file(tmp_path, [HEADINGS, *ROWS])), "--dry-run") == 0
    )
    assert "nothing was imported (--dry-run)" in capsys.readouterr().out
    assert _names(archive) == []


def test_columns_are_named_by_letter_or_heading(
    settings: Settings, archive: Database, tmp_path: Path
) -> None:
    file = csv_file(tmp_path, [["甲", "乙", "备注"], ["13900000000", "李志强", "x"]], delimiter=";")
    said = ["--header", "1", "--map", "A=numbers", "--map", "乙=name", "--map", "C="]
    assert _type(settings, "customers", "import", str(file), *said) == 0
    with archive.read() as connection:
        (found,) = customers.by_number(connection, "13900000000")
    assert found.values == somebody(name="李志强", numbers=("+8613900000000",))


@pytest.mark.parametrize("wrong", ["Z=name", "A", "A=nonsense", "=name"])
def test_a_column_that_cannot_be_meant_is_refused_with_what_there_is(
    settings: Settings, tmp_path: Path, wrong: str
) -> None:
    file = csv_file(tmp_path, [HEADINGS, *ROWS])
    with pytest.raises(Refused, match=r"columns: A 户号.*fields: name"):
        _type(settings, "customers", "import", str(file), "--map", wrong)


def test_made_up_customers_are_kept_or_taken_out_as_it_is_said(
    settings: Settings, archive: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(archive, LI, demo=True)
    file = str(csv_file(tmp_path, [HEADINGS, ROWS[1]]))
    with pytest.raises(Refused, match=r"1 made-up customers; say --clear-demo or --keep-demo"):
        _type(settings, "customers", "import", file)
    assert _type(settings, "customers", "import", file, "--keep-demo") == 0
    assert sorted(_names(archive)) == ["李志强", "王敏"]
    assert _type(settings, "demo", "clear") is not None
    assert "1 made-up customers were taken out" in capsys.readouterr().out
    assert _names(archive) == ["王敏"]
    _type(settings, "demo", "clear")
    assert "there are no made-up customers" in capsys.readouterr().out


def test_known_customers_are_left_alone_where_that_is_said(
    settings: Settings, archive: Database, tmp_path: Path
) -> None:
    add(archive, LI)
    file = str(csv_file(tmp_path, [HEADINGS, ["QZ1", "李志刚", "", "", "", ""]]))
    _type(settings, "customers", "import", file, "--duplicates", "skip")
    assert _names(archive) == ["李志强"]
    _type(settings, "customers", "import", file)
    assert _names(archive) == ["李志刚"]


def test_an_import_that_is_at_work_is_waited_for(
    settings: Settings, archive: Database, tmp_path: Path
) -> None:

    moment = datetime.now(UTC)
    with archive.write() as connection:
        other = customer_imports.add(
            connection, NOW, file_name="x", size_bytes=1, sha256="0" * 64, by=None, how={}
        )
        customer_imports.begin(
            connection, other, moment, before=ImportState.UPLOADED, at_work=ImportState.IMPORTING
        )
    with pytest.raises(Refused, match="another import is at work"):
        _type(settings, "customers", "import", str(csv_file(tmp_path, [HEADINGS, *ROWS])))
    assert _names(archive) == []


def test_a_file_that_is_none_or_too_large_is_said_so(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ListUnreadable, match="No such file"):
        _type(settings, "customers", "import", str(tmp_path / "gone.csv"))
    with pytest.raises(ListUnreadable, match="directory"):
        _type(settings, "customers", "import", str(tmp_path))
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (11 * 1024 * 1024))
    with pytest.raises(ListUnreadable, match=r"more than 10 MB \(imports.largest_megabytes\)"):
        _type(settings, "customers", "import", str(large))


def test_a_database_without_tables_is_said_so(tmp_path: Path) -> None:
    settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path)})
    with pytest.raises(DatabaseOutdated, match="hotline db upgrade"):
        _type(settings, "demo", "clear")
