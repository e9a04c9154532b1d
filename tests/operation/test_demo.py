"""Demo mode: an empty database is filled in once; a database in use never is."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from ivr.config import Settings, load
from ivr.config.sections import Role
from ivr.operation import demo
from ivr.standard.case_life import CaseState
from ivr.standard.complaint_summary import month_before, summary
from storage.database import Database
from storage.people import all_people, seed_people
from storage.queries import (
    case_entries_told,
    case_figures,
    case_lists,
    case_view,
    complaint_lists,
    customers,
    incidents,
    units,
)
from storage.queries import demo as demo_rows
from tests.conftest import PROJECT
from tests.storage.customer_rows import LI, add

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path)})


def test_an_empty_database_is_filled_with_customers_units_and_people(
    database: Database, settings: Settings
) -> None:
    assert demo.is_wanted(database, settings)
    seed_people(database, settings, NOW)
    filled = demo.fill(database, settings, NOW)
    with database.read() as connection:
        assert demo_rows.count(connection) == filled.customers >= 300
        assert len(units.active(connection)) == filled.units >= 5
        (li,) = customers.by_number(connection, "13900000000")
        roles = {person.role for person in all_people(connection)}
    assert (li.called, li.address, li.demo) == ("李先生", "泉中小区 3号楼 2单元 501", True)
    assert roles == set(Role)
    with database.read() as connection:
        states = {line.state for line in case_lists.newest(connection, limit=100)}
        loads = case_lists.loads(connection, NOW)
        proposed = case_figures.proposed_incidents(connection, NOW, timedelta(hours=1), 3)
        [closed] = incidents.newest(connection, limit=9)
        told = case_entries_told.anything_new(connection)
        late = complaint_lists.open_ones(connection, limit=9)
    assert filled.cases >= 20
    assert states >= {CaseState.PASSED, CaseState.ACCEPTED, CaseState.WORKING, CaseState.CLOSED}
    assert sum(load.late for load in loads) >= 2 and len(loads) >= 6
    assert len(proposed) == 1 and closed.closed_at is not None and len(late) >= 3
    assert not told  # nobody gets a text about what was made up
    assert all(person.password for person in filled.people)
    assert not demo.is_wanted(database, settings)


def test_made_up_cases_are_closed_when_the_made_up_customers_are_taken_out(
    database: Database, settings: Settings
) -> None:
    seed_people(database, settings, NOW)
    demo.fill(database, settings, NOW)
    with database.write() as connection:
        demo_rows.clear(connection, None, NOW + timedelta(hours=1))
        assert case_lists.loads(connection, NOW) == []
        assert demo_rows.any_left(connection) is False
        lines = case_lists.newest(connection, limit=100)
        assert {line.state for line in lines} == {CaseState.CLOSED}
        assert case_view.entries(connection, lines[0].id)[-1].said == demo_rows.CLOSED_WITH_DEMO


def test_last_months_complaints_are_there_to_be_summed_up(database: Database, settings: Settings) -> None:
    """R-CS."""
    seed_people(database, settings, NOW)
    demo.fill(database, settings, NOW)
    first, end = month_before(NOW.date())
    begin, until = (datetime.combine(day, time(), settings.zone) for day in (first, end))
    with database.read() as connection:
        rows = summary(case_figures.closed_complaints(connection, begin, until))
    assert sum(row.closed for row in rows) == 5
    assert sum(row.responsible for row in rows) == 3


def test_a_database_in_use_is_never_filled(database: Database, settings: Settings) -> None:
    add(database, LI)
    assert not demo.is_wanted(database, settings)


def test_demo_is_switched_off_by_a_setting(database: Database, tmp_path: Path) -> None:
    off = load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path), "HOTLINE__DEMO": "false"})
    assert not demo.is_wanted(database, off)


def test_made_up_customers_are_always_the_same_and_clearly_made_up() -> None:
    made = list(demo.made_up_customers(2026))
    assert made == list(demo.made_up_customers(2026))
    assert len({customer.account_number for customer in made}) == len(made) == demo.CUSTOMERS
    numbers = [number for customer in made for number in customer.numbers]
    assert all(number.startswith("+861390000") for number in numbers)
    assert len(set(numbers)) < len(numbers)  # several customers on one number
    assert all(customer.compound and customer.name for customer in made)
