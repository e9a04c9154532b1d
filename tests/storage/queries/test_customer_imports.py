"""The state of imports: one at work at a time, progress, and what becomes of one whose program died."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from ivr.errors import Conflict
from ivr.standard.import_state import ImportState
from storage.database import Database
from storage.models import CustomerImport
from storage.queries import customer_imports
from storage.queries.customer_imports import SILENT_AFTER, ImportRun
from tests.storage.customer_rows import NOW


def uploaded(database: Database) -> int:
    with database.write() as connection:
        return customer_imports.add(
            connection, NOW, file_name="名单.csv", size_bytes=9, sha256="0" * 64, by=None, how={"header": 1}
        )


def run(database: Database, import_id: int) -> ImportRun:
    with database.read() as connection:
        found = customer_imports.one(connection, import_id)
    assert found is not None
    return found


def begin(database: Database, import_id: int) -> bool:
    with database.write() as connection:
        return customer_imports.begin(
            connection, import_id, NOW, before=ImportState.UPLOADED, at_work=ImportState.CHECKING
        )


def test_one_import_is_at_work_at_a_time(database: Database) -> None:
    first, second = uploaded(database), uploaded(database)
    assert begin(database, first)
    assert not begin(database, second)
    with pytest.raises(Conflict), database.write() as connection:
        connection.execute(update(CustomerImport).values(at_work=True))
    with database.write() as connection:
        assert customer_imports.settle(connection, first, ImportState.CHECKED, NOW, rows=3, rows_wrong=1)
    assert begin(database, second)
    assert (run(database, first).state, run(database, first).rows) == (ImportState.CHECKED, 3)


def test_progress_is_seen_by_everybody(database: Database) -> None:
    made = uploaded(database)
    begin(database, made)
    with database.write() as connection:
        assert customer_imports.progress(connection, made, 500, NOW + timedelta(seconds=1))
    assert run(database, made).rows_done == 500


def test_a_program_that_gives_no_sign_of_life_is_taken_for_dead(database: Database) -> None:
    made = uploaded(database)
    begin(database, made)
    for seconds, dead in ((1, 0), (SILENT_AFTER.total_seconds() + 1, 1)):
        with database.write() as connection:
            assert customer_imports.any_dead(connection, NOW + timedelta(seconds=seconds)) is bool(dead)
            assert customer_imports.settle_dead(connection, NOW + timedelta(seconds=seconds)) == dead
    assert run(database, made).state is ImportState.INTERRUPTED
    with database.write() as connection:
        assert not customer_imports.progress(connection, made, 900, NOW)
        assert not customer_imports.settle(connection, made, ImportState.DONE, NOW)
    assert run(database, made).state is ImportState.INTERRUPTED
    assert begin(database, uploaded(database))


def test_an_import_is_given_up_only_before_it_begins(database: Database) -> None:
    made = uploaded(database)
    begin(database, made)
    with database.write() as connection:
        assert not customer_imports.cancel(connection, made, NOW)
        assert not customer_imports.change_how(connection, made, {})
        customer_imports.settle(connection, made, ImportState.CHECKED, NOW)
        assert customer_imports.change_how(connection, made, {"header": 2})
        assert customer_imports.cancel(connection, made, NOW)
        assert not customer_imports.cancel(connection, made, NOW)
    ended = run(database, made)
    assert (ended.state, ended.ended_at, ended.how) == (ImportState.CANCELLED, NOW, {"header": 2})


def test_the_newest_imports_come_first(database: Database) -> None:
    ids = [uploaded(database) for _ in range(3)]
    with database.read() as connection:
        assert [found.id for found in customer_imports.newest(connection, 2)] == [ids[2], ids[1]]
