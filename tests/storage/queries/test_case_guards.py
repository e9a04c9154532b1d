"""What is refused about cases, and why: who, when, two at once, and the guard of the end."""

import threading

import pytest

from ivr.config.sections import CallKind
from ivr.errors import CaseRefused, Conflict
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.obligations import ObligationKind
from storage.database import Database
from storage.queries.case_access import Who
from tests.storage.queries.case_rows import (
    DAY,
    HOUR,
    NOW,
    Team,
    add_team,
    conclude_complaint,
    finish_repair,
    look,
    make,
    owed,
    refused,
    step,
)

_D, _K, _R = CaseStep, ObligationKind, CaseRefusal


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


@pytest.fixture
def repair(database: Database, team: Team) -> int:
    with database.write() as connection:
        return make(connection, team).case_id


@pytest.fixture
def complaint(database: Database, team: Team) -> int:
    with database.write() as connection:
        return make(connection, team, CallKind.COMPLAINT, complaint_class=ComplaintClass.QUALITY).case_id


def test_a_supervisor_hands_over_with_a_reason_and_both_names_stay(
    database: Database, team: Team, repair: int
) -> None:
    """R-FR."""
    to = team.other.agent_id
    for who in (team.agent, team.other, team.fitter):
        error = refused(database, repair, _D.HAND_OVER, who, "休假", to_agent_id=to)
        assert error.reason == _R.NOT_YOURS_TO_DO
    assert refused(database, repair, _D.HAND_OVER, team.boss, to_agent_id=to).reason == _R.TEXT_MISSING
    assert (
        refused(database, repair, _D.HAND_OVER, team.boss, "休假", to_agent_id=99).reason == _R.NO_SUCH_PERSON
    )
    with database.write() as connection:
        step(connection, repair, _D.HAND_OVER, team.boss, NOW, "休产假", to_agent_id=to)
    whole = look(database, repair)
    assert whole.line.owner_id == to
    assert (whole.handovers[0].from_agent, whole.handovers[0].by_agent, whole.handovers[0].reason) == (
        "王敏",
        "赵琳",
        "休产假",
    )
    assert whole.answerable == ["王敏", "李强", "城南管理站"]


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (_D.FINISH, _R.NOT_POSSIBLE_NOW),
        (_D.CLOSE, _R.NOT_POSSIBLE_NOW),
        (_D.REVISIT, _R.NOT_POSSIBLE_NOW),
        (_D.OPINE, _R.NOT_POSSIBLE_NOW),
        (_D.PASS_ON, _R.NO_UNIT),
        (_D.TAKE_BACK, _R.TEXT_MISSING),
        (_D.ACCEPT, _R.NOT_YOURS_TO_DO),
    ],
)
def test_a_step_that_is_not_possible_is_refused_and_writes_nothing(
    database: Database, team: Team, repair: int, what: CaseStep, reason: CaseRefusal
) -> None:
    assert refused(database, repair, what, team.agent).reason == reason


def test_another_units_fitter_has_no_business_with_it(database: Database, team: Team, repair: int) -> None:
    stranger = Who(unit_id=team.other_unit)
    assert refused(database, repair, _D.ACCEPT, stranger).reason == _R.NOT_YOURS_TO_DO


def test_a_unit_that_has_it_is_not_given_it_again(database: Database, team: Team, repair: int) -> None:
    assert refused(database, repair, _D.PASS_ON, team.agent, unit_id=team.unit).reason == _R.SAME_UNIT
    assert refused(database, repair, _D.PASS_ON, team.agent, unit_id=10**9).reason == _R.NO_SUCH_UNIT


def test_a_case_cannot_be_closed_while_one_of_the_five_is_missing(database: Database, team: Team) -> None:
    """R-5C: which one is named; and the report is part of it."""
    with database.write() as connection:
        case_id = make(connection, team, CallKind.COMPLAINT, surname=None).case_id
        conclude_complaint(connection, case_id, team)
        step(connection, case_id, _D.ACCEPT_ANSWER, team.agent)
        step(connection, case_id, _D.REVISIT, team.agent)
    error = refused(database, case_id, _D.CLOSE, team.agent)
    assert (error.reason, error.details) == (_R.CLEARS_MISSING, ("asked", "reported"))
    assert "asked, reported missing (R-5C)" in str(error)


def test_a_repair_that_no_unit_has_done_is_not_closed_by_words(
    database: Database, team: Team, repair: int
) -> None:
    """R-5C, R-3.2: after it was opened again it has to be done again."""
    with database.write() as connection:
        finish_repair(connection, repair, team)
        step(connection, repair, _D.REVISIT, team.agent)
        reopened = step(connection, repair, _D.REOPEN, team.agent, NOW + DAY, "用户说又打不着火")
    assert reopened.state is CaseState.PASSED
    whole = look(database, repair)
    assert [entry.step for entry in whole.entries[-2:]] == [_D.REOPEN, _D.PASS_ON]
    assert owed(whole, _K.HANDLE).due_at == NOW + DAY + 6 * HOUR
    with database.write() as connection:
        step(connection, repair, _D.TAKE_BACK, team.agent, NOW + DAY, "电话指导后正常")
        step(connection, repair, _D.ANSWER, team.agent, NOW + DAY, "用户自行更换电池")
        step(connection, repair, _D.REVISIT, team.agent, NOW + DAY)
        step(connection, repair, _D.CLOSE, team.agent, NOW + DAY, "电池没电")
    assert look(database, repair).line.state is CaseState.CLOSED


def test_two_who_close_at_once_the_second_is_told_of_the_first(
    database: Database, team: Team, repair: int
) -> None:
    with database.write() as connection:
        finish_repair(connection, repair, team)
        step(connection, repair, _D.REVISIT, team.agent)
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def close(who: Who) -> None:
        ready.wait()
        try:
            with database.write() as connection:
                step(connection, repair, _D.CLOSE, who, NOW, "已办结")
            outcomes.append("closed")
        except CaseRefused as error:
            outcomes.append(f"{error.reason}: {error}")

    threads = [threading.Thread(target=close, args=(who,)) for who in (team.agent, team.boss)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refusal, done = sorted(outcomes)
    assert done == "closed"
    assert refusal.startswith("already_closed: case 2026-11-0001 was closed at")
    assert [entry.step for entry in look(database, repair).entries].count(_D.CLOSE) == 1


def test_who_acts_on_what_has_changed_since_is_told(database: Database, team: Team, repair: int) -> None:
    seen = look(database, repair).line.entries
    with database.write() as connection:
        step(connection, repair, _D.NOTE, team.other, NOW, "用户催问")
    error = refused(database, repair, _D.TAKE_BACK, team.agent, "已解决", seen=seen)
    assert error.reason == _R.CHANGED_MEANWHILE and "note was done at" in str(error)
    with database.write() as connection:
        step(connection, repair, _D.TAKE_BACK, team.agent, NOW, "已解决", seen=seen + 1)


def test_what_was_done_is_never_changed_nor_deleted(database: Database, team: Team, repair: int) -> None:
    """R-AR."""
    with database.write() as connection:
        step(connection, repair, _D.HAND_OVER, team.boss, NOW, "休假", to_agent_id=team.other.agent_id)
        finish_repair(connection, repair, team)
    for change in (
        "UPDATE case_entries SET said = 'x'",
        "DELETE FROM case_entries",
        "DELETE FROM case_lives",
        "UPDATE case_handovers SET reason = 'x'",
        "DELETE FROM obligations",
        "UPDATE obligations SET due_at = started_at WHERE outcome IS NOT NULL",
    ):
        with pytest.raises(Conflict, match="R-AR"), database.write() as connection:
            connection.exec_driver_sql(change)


def test_a_case_without_a_life_has_no_steps(database: Database, team: Team) -> None:
    with pytest.raises(CaseRefused, match="no case 4711") as error, database.write() as connection:
        step(connection, 4711, _D.NOTE, team.agent, said="x")
    assert error.value.reason == _R.NO_SUCH_CASE
