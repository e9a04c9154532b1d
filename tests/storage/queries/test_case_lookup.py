"""R-N: a case is found by its number however it is typed; for a mistyped one, near ones are suggested."""

from datetime import date

import pytest

from storage.database import Database
from storage.queries.case_lookup import Looked, look_up
from tests.storage.queries.case_rows import add_team, make

TODAY = date(2026, 11, 18)
PREFIXES = ("ZX", "", "BJ", "TS")


@pytest.fixture
def numbers(database: Database) -> dict[str, int]:
    with database.write() as connection:
        team = add_team(connection)
        opened = [make(connection, team) for _ in range(21)]
    return {one.number: one.case_id for one in opened}


def looked(database: Database, typed: str) -> Looked:
    with database.read() as connection:
        return look_up(connection, typed, TODAY, prefixes=PREFIXES, digits=4)


@pytest.mark.parametrize("typed", ["2026-11-0012", " 2026110012", "2026/11/12", "２０２６-11-0012"])
def test_a_number_is_found_however_it_is_typed(
    database: Database, numbers: dict[str, int], typed: str
) -> None:
    assert looked(database, typed) == Looked(numbers["2026-11-0012"], "2026-11-0012")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("TS2026-11-0012", "2026-11-0012"), ("2026-11-0201", "2026-11-0021"), ("2025-11-0003", "2026-11-0003")],
)
def test_of_a_mistyped_one_what_exists_is_suggested(
    database: Database, numbers: dict[str, int], typed: str, meant: str
) -> None:
    found = looked(database, typed)
    assert found.case_id is None and meant in found.suggestions and len(found.suggestions) <= 5


def test_what_is_no_number_suggests_nothing(database: Database, numbers: dict[str, int]) -> None:
    assert looked(database, "泉中小区") == Looked(None, None)
