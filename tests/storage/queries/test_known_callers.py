"""What is known by the caller's number: the blacklist, open cases, and which case somebody keyed in."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState
from storage.database import Database
from storage.models import Call, Case
from storage.queries import blacklist
from storage.queries.known_callers import CaseNow, KnownCaller, by_keys, known_caller
from tests.storage.queries.case_rows import DAY, NOW, Team, add_team, make

PREFIXES = ("ZX", "", "BJ", "TS")


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def known(database: Database, number: str) -> KnownCaller:
    with database.read() as connection:
        return known_caller(connection, number, "0531", NOW)


def keyed(database: Database, keys: str, own: tuple[CaseNow, ...] = ()) -> list[str]:
    with database.read() as connection:
        return [case.number for case in by_keys(connection, keys, own, prefixes=PREFIXES, digits=4)]


def test_open_cases_are_found_in_every_spelling_of_the_number_the_newest_first(
    database: Database, team: Team
) -> None:
    with database.write() as connection:
        make(connection, team, contact_number="053188880001")
        newer = make(connection, team, CallKind.ALARM, contact_number="+8653188880001")
        closed = make(connection, team, contact_number="053188880001").case_id
        connection.execute(update(Case).where(Case.id == closed).values(closed_at=NOW))
        make(connection, team, contact_number="13700000000")
    for number in ("053188880001", "88880001", "+8653188880001"):
        found = known(database, number).cases
        assert [case.number for case in found] == [newer.number, "2026-11-0001"]
    assert found[0].owner_id == team.agent.agent_id
    assert found[0].state is CaseState.PASSED
    assert known(database, "053188880009") == KnownCaller(False, ())


def test_a_case_belongs_to_the_telephone_it_was_reported_from_too(database: Database, team: Team) -> None:
    with database.write() as connection:
        case = make(connection, team, contact_number=None)
        connection.execute(update(Call).values(caller_number="13800000001", arrived_at=NOW - DAY))
    assert [one.number for one in known(database, "13800000001").cases] == [case.number]
    with database.write() as connection:
        connection.execute(update(Call).values(arrived_at=NOW - timedelta(days=200)))
    assert known(database, "13800000001").cases == ()


def test_a_number_of_the_blacklist_is_turned_away(database: Database, team: Team) -> None:
    """R-BL; the menu's gas-leak key works all the same, see tests/e2e."""
    assert team.agent.agent_id is not None and team.boss.agent_id is not None
    with database.write() as connection:
        blacklist.add(
            connection,
            "+8613700000001",
            "多次恶意骚扰",
            NOW,
            proposed_by=team.agent.agent_id,
            approved_by=team.boss.agent_id,
            until=NOW + DAY,
            longest_days=365,
        )
    assert known(database, "013700000001").turned_away
    assert not known(database, "13700000002").turned_away


def test_last_figures_find_ones_own_case_only_and_a_whole_number_any(database: Database, team: Team) -> None:
    with database.write() as connection:
        make(connection, team, contact_number="13700000000")
        own = make(connection, team)
        alarm = make(connection, team, CallKind.ALARM, contact_number="13700000000")
    mine = known(database, "13912341111").cases
    assert [case.number for case in mine] == [own.number] == ["2026-11-0002"]
    assert keyed(database, "0002", mine) == [own.number]
    assert keyed(database, "0001", mine) == [], "another's"
    assert keyed(database, "2026110001", mine) == ["2026-11-0001", alarm.number], "of whatever kind"
    assert keyed(database, "2026110002") == [own.number]
    assert keyed(database, "02", mine) == [], "too few figures"
    assert keyed(database, "2026139999") == keyed(database, "2026119999") == []
    with database.write() as connection:
        twin = make(connection, team, CallKind.ALARM).number
    mine = known(database, "13912341111").cases
    assert keyed(database, "2026110002", mine) == [own.number, twin], "both are the caller's own"
