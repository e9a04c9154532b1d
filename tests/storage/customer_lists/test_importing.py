"""A list is checked row by row and imported whole or not at all, on both databases."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ivr.errors import ListUnreadable
from ivr.standard.import_state import DuplicateChoice, ImportState
from storage.customer_lists import checking, importing
from storage.customer_lists.checking import CheckedList, Limits
from storage.customer_lists.importing import Imported, Wish
from storage.database import Database
from storage.models import Customer, CustomerChange, CustomerImport, CustomerNumber
from storage.queries import customer_imports, customers, demo
from storage.queries.customer_history import history
from storage.queries.customer_matches import matches
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, csv_file, workbook
from tests.storage.customer_rows import LI, NOW, add, somebody

LIMITS = Limits(area_code="0531", this_year=2026, most_rows=1000)
UPDATE, SKIP = Wish(DuplicateChoice.UPDATE), Wish(DuplicateChoice.SKIP)


def check(database: Database, file: Path, limits: Limits = LIMITS) -> CheckedList:
    how, _ = checking.how_recognised(file)
    with database.read() as connection:
        return checking.check_list(
            file, how, limits, lambda rows: matches(connection, rows), lambda rows_done: None
        )


def begun(database: Database, file: Path) -> int:
    how, _ = checking.how_recognised(file)
    with database.write() as connection:
        made = customer_imports.add(
            connection,
            NOW,
            file_name=file.name,
            size_bytes=1,
            sha256="0" * 64,
            by=None,
            how=importing.how_as_data(how),
        )
        assert customer_imports.begin(
            connection, made, NOW, before=ImportState.UPLOADED, at_work=ImportState.IMPORTING
        )
    return made


def bring_in(database: Database, file: Path, wish: Wish = UPDATE) -> Imported:
    checked = check(database, file)
    import_id = begun(database, file)
    prepared = importing.make_ready(checked, lambda rows_done: None)
    with database.write() as connection:
        return importing.write(connection, import_id, checked, prepared, wish, None, NOW)


def everybody(database: Database) -> list[Any]:
    with database.read() as connection:
        return [found.values for found in customers.search(connection, "", 500)]


@pytest.mark.parametrize("make", [csv_file, lambda folder, rows: workbook(folder, rows)])
def test_a_list_is_in_the_archive_with_history_and_counts(
    database: Database, tmp_path: Path, make: Any
) -> None:
    file = make(tmp_path, [HEADINGS, *ROWS])
    assert bring_in(database, file) == Imported(created=2, updated=0, skipped=0, cleared=0)
    wang, li = everybody(database)
    assert (li.name, li.account_number, li.address) == ("李志强", "QZ1", "泉中小区 3号楼 2单元 501")
    assert (wang.numbers, wang.note) == (("+8613900000001", "+8653188880001"), "含,逗号和\n换行")
    with database.read() as connection:
        (found,) = customers.by_number(connection, "13900000000")
        (line,) = history(connection, found.id)
        (run,) = customer_imports.newest(connection, 1)
    assert (line.field, line.file_name) == ("created", file.name)
    assert (run.state, run.created, run.rows, run.rows_done) == (ImportState.DONE, 2, 2, 2)


def test_known_customers_are_brought_up_to_date_and_keep_what_the_list_leaves_empty(
    database: Database, tmp_path: Path
) -> None:
    known, other = add(database, LI, somebody(name="王敏", compound="柳岸花园", building="1", door="101"))
    file = csv_file(tmp_path, [HEADINGS, ["QZ1", "李志刚", "13900000009", "", "", ""], ROWS[1]])
    assert bring_in(database, file) == Imported(created=0, updated=2, skipped=0, cleared=0)
    with database.read() as connection:
        li = customers.one(connection, known)
        wang = customers.one(connection, other)
        fields = {line.field for line in history(connection, known)}
    assert li is not None and wang is not None
    assert li.values == replace(LI, name="李志刚", numbers=("+8613900000000", "+8613900000009"))
    assert fields == {"created", "name", "numbers"}
    assert (wang.account_number, wang.version) == ("QZ2", 2)
    assert bring_in(database, file) == Imported(created=0, updated=0, skipped=2, cleared=0)


def test_known_customers_are_left_alone_where_that_is_wanted(database: Database, tmp_path: Path) -> None:
    add(database, LI)
    file = csv_file(tmp_path, [HEADINGS, ["QZ1", "李志刚", "", "", "", ""], ROWS[1]])
    assert bring_in(database, file, SKIP) == Imported(created=1, updated=0, skipped=1, cleared=0)
    assert LI in everybody(database)


def test_a_firm_with_two_meters_at_one_address_is_two_customers(database: Database, tmp_path: Path) -> None:
    place = "柳岸花园1栋101"
    rows = [["QZ8", "荷风大酒店", "", place, "", ""], ["QZ9", "荷风大酒店", "", place, "", ""]]
    assert bring_in(database, csv_file(tmp_path, [HEADINGS, *rows])).created == 2


def test_every_mistake_is_told_by_row_and_column(database: Database, tmp_path: Path) -> None:
    rows = [
        ROWS[0],
        ["QZ3", "", "12345", "", "皇帝", ""],
        ["QZ4", "张三", "1.39E+10", "", "", "\0"],
        ROWS[0],
        ["", "李志强", "", "泉中小区3号楼2单元501", "", ""],
    ]
    checked = check(database, csv_file(tmp_path, [HEADINGS, *rows]))
    told = [
        (one.row, checking.column_letter(one.column), one.mistake.fault.value) for one in checked.mistakes
    ]
    assert told == [
        (3, "B", "missing"),
        (3, "E", "unknown_choice"),
        (3, "C", "not_in_use"),
        (4, "F", "unprintable"),
        (4, "C", "rounded"),
        (5, "A", "repeated"),
        (6, "B", "repeated"),
    ]
    assert (checked.rows, checked.rows_wrong, len(checked.good)) == (5, 4, 1)
    assert checked.mistakes[-1].mistake.right == "2"


def test_two_rows_about_one_known_customer_are_told(database: Database, tmp_path: Path) -> None:
    add(database, replace(LI, account_number=None))
    rows = [["QZ1", "李志强", "", "泉中小区3-2-501", "", ""], ["", "李志强", "", "泉中小区3-2-501", "", ""]]
    checked = check(database, csv_file(tmp_path, [HEADINGS, *rows]))
    assert [(one.row, one.mistake.fault.value) for one in checked.mistakes] == [(3, "repeated")]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["天气", "备注"], ["晴", "x"]], "no_columns"),
        ([HEADINGS], "empty"),
        ([HEADINGS, *[ROWS[0]] * 11], "too_many_rows"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(
    database: Database, tmp_path: Path, rows: list[list[str]], reason: str
) -> None:
    with pytest.raises(ListUnreadable) as refused:
        check(database, csv_file(tmp_path, rows), replace(LIMITS, most_rows=10))
    assert refused.value.reason == reason


def test_an_import_that_fails_leaves_nothing(database: Database, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [HEADINGS, *ROWS])
    checked, import_id = check(database, file), begun(database, file)
    prepared = importing.make_ready(checked, lambda rows_done: None)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        importing.write(connection, import_id, checked, prepared, UPDATE, None, NOW)
        raise ZeroDivisionError
    with database.read() as connection:
        for table in (Customer, CustomerNumber, CustomerChange):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
        run = customer_imports.one(connection, import_id)
    assert run is not None and run.state is ImportState.IMPORTING


def test_an_import_that_was_taken_for_dead_cannot_end_well(database: Database, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [HEADINGS, *ROWS])
    checked, import_id = check(database, file), begun(database, file)
    prepared = importing.make_ready(checked, lambda rows_done: None)
    with database.write() as connection:
        customer_imports.settle_dead(connection, NOW + 2 * customer_imports.SILENT_AFTER)
    with pytest.raises(ListUnreadable), database.write() as connection:
        importing.write(connection, import_id, checked, prepared, UPDATE, None, NOW)
    assert everybody(database) == []


def test_nobody_sees_a_part_of_an_import(database: Database, tmp_path: Path) -> None:
    rows = [
        [f"A{serial}", f"王{serial}", "", f"泉中小区{serial}号楼1单元101", "", ""] for serial in range(700)
    ]
    file = csv_file(tmp_path, [HEADINGS, *rows])
    seen: set[int] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with database.read() as connection:
                seen.add(connection.execute(select(func.count()).select_from(Customer)).scalar_one())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        bring_in(database, file)
    finally:
        stop.set()
        looking.join()
    assert seen <= {0, 700}
    assert len(everybody(database)) == 500


def test_made_up_customers_go_out_in_the_same_transaction(database: Database, tmp_path: Path) -> None:
    add(database, LI, somebody(name="张三"), demo=True)
    file = csv_file(tmp_path, [HEADINGS, ROWS[0]])
    done = bring_in(database, file, replace(UPDATE, clear_demo=True))
    assert done == Imported(created=1, updated=0, skipped=0, cleared=2)
    with database.read() as connection:
        assert demo.count(connection) == 0
        (found,) = customers.by_number(connection, "13900000000")
    assert not found.demo


def test_a_made_up_customer_whom_a_list_names_is_a_real_one_then(database: Database, tmp_path: Path) -> None:
    (made,) = add(database, LI, demo=True)
    bring_in(database, csv_file(tmp_path, [HEADINGS, ["QZ1", "李志刚", "", "", "", ""]]))
    with database.read() as connection:
        found = customers.one(connection, made)
    assert found is not None and not found.demo


def test_how_a_list_is_read_survives_the_database(database: Database, tmp_path: Path) -> None:
    for file in (csv_file(tmp_path, [HEADINGS], encoding="gbk"), workbook(tmp_path, [HEADINGS])):
        how, _ = checking.how_recognised(file)
        import_id = begun(database, file)
        with database.write() as connection:
            run = customer_imports.one(connection, import_id)
            assert run is not None and run.how is not None
            assert importing.how_of_data(run.how) == how
            customer_imports.settle(connection, import_id, ImportState.FAILED, NOW, failure="x" * 999)
        with database.read() as connection:
            kept = connection.execute(
                select(CustomerImport.failure).where(CustomerImport.id == import_id)
            ).scalar_one()
        assert kept is not None and len(kept) == customer_imports.LONGEST_FAILURE


@pytest.mark.parametrize(("column", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_the_letters_of_a_spreadsheet(column: int, letter: str) -> None:
    assert checking.column_letter(column) == letter
