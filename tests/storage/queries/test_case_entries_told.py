"""New entries of cases are read once, whatever engines run and in whatever order writers commit."""

import threading

import pytest
from sqlalchemy import select, update

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from storage.database import Database
from storage.models import ReadingPosition
from storage.queries.case_entries_told import EntryToTell, anything_new, read_next
from tests.storage.queries.case_rows import HOUR, NOW, Team, add_team, make, step


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def read(database: Database, most: int = 50) -> list[EntryToTell]:
    with database.write() as connection:
        return read_next(connection, NOW, most) or []


def new(database: Database) -> bool:
    with database.read() as connection:
        return anything_new(connection)


def test_an_entry_comes_with_all_that_is_told_of_it(database: Database, team: Team) -> None:
    with database.write() as connection:
        case = make(connection, team, CallKind.ALARM)
    assert new(database)
    opened, passed = read(database)
    assert (opened.step, opened.number, opened.kind) == (CaseStep.OPEN, case.number, CallKind.ALARM)
    assert (opened.owner, opened.contact_number, opened.to_unit_id) == ("王敏", "13912341111", None)
    assert (passed.step, passed.to_unit_id, passed.unit) == (CaseStep.PASS_ON, team.unit, "城南管理站")
    assert (passed.address, passed.agent_id) == ("泉中小区 3号楼 2单元 501", team.agent.agent_id)
    assert not new(database)
    assert read(database) == []


def test_they_are_read_in_pieces_and_in_order(database: Database, team: Team) -> None:
    with database.write() as connection:
        case_id = make(connection, team).case_id
        step(connection, case_id, CaseStep.ACCEPT, team.fitter)
        step(connection, case_id, CaseStep.NOTE, team.agent, said="用户催促")
    steps = [entry.step for _ in range(5) for entry in read(database, most=1)]
    assert steps == [CaseStep.OPEN, CaseStep.PASS_ON, CaseStep.ACCEPT, CaseStep.NOTE]


def test_what_is_read_and_not_committed_is_read_by_the_next(database: Database, team: Team) -> None:
    with database.write() as connection:
        make(connection, team)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        assert len(read_next(connection, NOW, 50) or []) == 2
        raise ZeroDivisionError
    assert len(read(database)) == 2


def test_an_entry_that_is_committed_after_a_later_one_is_read_too(database: Database, team: Team) -> None:
    """PostgreSQL gives ids before the commit; SQLite has one writer at a time."""
    with database.write() as connection:
        one, two = make(connection, team).case_id, make(connection, team).case_id
    read(database)
    if database.is_sqlite:
        pytest.skip("one writer at a time")
    begun, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with database.write() as connection:
            step(connection, one, CaseStep.NOTE, team.agent, said="先写后交")
            begun.set()
            finish.wait(10)

    writer = threading.Thread(target=slow)
    writer.start()
    begun.wait(10)
    with database.write() as connection:
        step(connection, two, CaseStep.NOTE, team.agent, said="后写先交")
    assert [entry.case_id for entry in read(database)] == [two]
    assert not new(database)
    finish.set()
    writer.join()
    assert new(database)
    assert [entry.case_id for entry in read(database)] == [one]
    assert read(database) == []
    assert not new(database)


def test_a_gap_that_nothing_fills_is_passed_over_in_time(database: Database, team: Team) -> None:
    """A transaction that was given an id and then failed leaves a gap for ever."""
    with database.write() as connection:
        case_id = make(connection, team).case_id
    last = read(database)[-1].id
    with database.write() as connection:
        # As if the position stood three ids lower, and only the last two of those had come.
        ahead = {"ids": [last - 1, last]}
        connection.execute(update(ReadingPosition).values(position=last - 3, ahead=ahead))
        step(connection, case_id, CaseStep.NOTE, team.agent, said="刚才")
    steps = [[entry.step for entry in read(database)]]
    kept = []
    for later in (0, 1):
        with database.write() as connection:
            step(connection, case_id, CaseStep.NOTE, team.agent, NOW + later * HOUR, said="又一条")
        with database.write() as connection:
            entries = read_next(connection, NOW + later * HOUR, 50) or []
            steps.append([entry.step for entry in entries])
            kept.append(len(connection.execute(select(ReadingPosition.ahead)).scalar_one()["ids"]))
    assert steps == [[CaseStep.NOTE]] * 3, "what was read ahead is not read again"
    assert kept == [4, 0], "an hour later nothing can fill the gap: the position has moved over it"


def test_many_engines_read_each_entry_once(database: Database, team: Team) -> None:
    cases, engines = 20, 4
    with database.write() as connection:
        for _ in range(cases):
            make(connection, team)
    found: list[int] = []
    ready, lock = threading.Barrier(engines), threading.Lock()

    def engine() -> None:
        ready.wait()
        while new(database):
            entries = read(database, most=3)
            with lock:
                found.extend(entry.id for entry in entries)

    threads = [threading.Thread(target=engine) for _ in range(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 2 * cases
