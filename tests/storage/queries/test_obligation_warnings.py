"""R-OV: each level is found in time, told once whatever engines run, and goes up the ladder."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.case_life import CaseStep
from ivr.standard.obligations import ObligationKind
from ivr.standard.overdue import LADDER, Rung
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import ObligationWarning
from storage.queries import responsible_people
from storage.queries.obligation_warnings import DueWarning, next_at, take_due
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import HOUR, NOW, Team, add_team, look, make, step


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def taken(database: Database, at: datetime, most: int = 200) -> list[DueWarning]:
    with database.write() as connection:
        return take_due(connection, at, CLOCKWORK, most)


def test_levels_go_up_the_ladder_one_by_one(database: Database, team: Team) -> None:
    """At 50, 80 and 100 percent of 6 and of 24 hours."""
    with database.write() as connection:
        case_id = make(connection, team).case_id
    assert taken(database, NOW + 3 * HOUR - timedelta(seconds=1)) == []
    told = [
        (warning.kind, warning.percent, warning.rungs)
        for hours in (3, 4.8, 6, 12, 19.2, 24, 99)
        for warning in taken(database, NOW + hours * HOUR)
    ]
    up = [LADDER[:1], LADDER[:2], LADDER]
    assert told == [
        (kind, percent, rungs)
        for kind in (ObligationKind.HANDLE, ObligationKind.FINISH)
        for percent, rungs in zip((50, 80, 100), up, strict=True)
    ]
    assert [one.warned for one in look(database, case_id).obligations] == [(50, 80, 100), (50, 80, 100)]


def test_an_engine_sleeps_until_the_next_one(database: Database, team: Team) -> None:
    with database.write() as connection:
        assert next_at(connection) is None
        make(connection, team)
        assert next_at(connection) == NOW + 3 * HOUR
        take_due(connection, NOW + 3 * HOUR, CLOCKWORK)
        assert next_at(connection) == NOW + 4.8 * HOUR


def test_what_passed_while_nothing_ran_is_told_once_at_its_highest(database: Database, team: Team) -> None:
    with database.write() as connection:
        case_id = make(connection, team).case_id
    told = taken(database, NOW + 7 * HOUR)
    assert [(warning.kind, warning.percent) for warning in told] == [(ObligationKind.HANDLE, 100)]
    assert look(database, case_id).obligations[0].warned == (50, 80, 100)
    assert taken(database, NOW + 7 * HOUR) == []


def test_what_is_kept_or_stopped_warns_nobody(database: Database, team: Team) -> None:
    with database.write() as connection:
        kept, stopped = make(connection, team).case_id, make(connection, team).case_id
        step(connection, kept, CaseStep.ACCEPT, team.fitter)
        step(connection, kept, CaseStep.FINISH, team.fitter, said="修好")
        step(connection, stopped, CaseStep.PAUSE, team.agent, said="等用户")
    assert taken(database, NOW + 99 * HOUR) == []
    with database.write() as connection:
        step(connection, stopped, CaseStep.RESUME, team.agent, NOW + 100 * HOUR)
    assert [warning.case_id for warning in taken(database, NOW + 103 * HOUR)] == [stopped]


def test_of_a_severe_complaint_the_manager_is_warned_from_the_first_level_on(
    database: Database, team: Team
) -> None:
    """R-CL."""
    with database.write() as connection:
        make(connection, team, CallKind.COMPLAINT, urgency=Urgency.CRITICAL)
    (warning, *_) = taken(database, NOW + 100 * HOUR)
    assert warning.rungs == LADDER


def test_whom_a_warning_goes_to_is_known_by_name(database: Database, team: Team) -> None:
    """R-FR, R-OV: first responder, then the head of the unit, then the manager."""
    with database.write() as connection:
        make(connection, team)
        (warning,) = take_due(connection, NOW + 6 * HOUR, CLOCKWORK)
        told = responsible_people.told(connection, warning.owner_id, warning.unit_id, warning.rungs)
        below = responsible_people.told(connection, warning.owner_id, warning.unit_id, LADDER[:1])
    assert [(one.rung, one.name) for one in told] == [
        (Rung.FIRST_RESPONDER, "王敏"),
        (Rung.UNIT_HEAD, "孙站长"),
        (Rung.MANAGER, "钱经理"),
    ]
    assert (told[1].number, told[2].mail) == ("+8613900000001", "qian@gas.example")
    assert [one.agent_id for one in below] == [team.agent.agent_id]


def test_many_engines_warn_of_each_level_once(database: Database, team: Team) -> None:
    cases, engines = 40, 6
    with database.write() as connection:
        for _ in range(cases):
            make(connection, team)
    told: list[tuple[int, int]] = []
    ready, lock = threading.Barrier(engines), threading.Lock()

    def engine() -> None:
        ready.wait()
        while some := taken(database, NOW + 3 * HOUR, most=7):
            with lock:
                told.extend((warning.obligation_id, warning.level) for warning in some)

    threads = [threading.Thread(target=engine) for _ in range(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told += [(warning.obligation_id, warning.level) for warning in taken(database, NOW + 3 * HOUR)]
    assert len(told) == len(set(told)) == cases
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(ObligationWarning)).scalar_one() == cases


def test_an_engine_leaves_to_another_what_that_one_is_at(database: Database, team: Team) -> None:
    """SKIP LOCKED: nobody waits for an engine that is slow, and nothing is lost with one that dies."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time; the second waits and then finds nothing to do")
    with database.write() as connection:
        make(connection, team)
        make(connection, team)
    with pytest.raises(ZeroDivisionError), database.write() as slow:
        assert len(take_due(slow, NOW + 3 * HOUR, CLOCKWORK, 1)) == 1
        assert len(taken(database, NOW + 3 * HOUR)) == 1
        raise ZeroDivisionError
    assert len(taken(database, NOW + 3 * HOUR)) == 1


def test_a_warning_is_never_changed_nor_deleted(database: Database, team: Team) -> None:
    """R-AR."""
    with database.write() as connection:
        make(connection, team)
        take_due(connection, NOW + 6 * HOUR, CLOCKWORK)
    for change in ("UPDATE obligation_warnings SET level = 9", "DELETE FROM obligation_warnings"):
        with pytest.raises(Conflict, match="R-AR"), database.write() as connection:
            connection.exec_driver_sql(change)
