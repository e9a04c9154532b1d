"""Links to one case: they open that case, for its unit, for a time, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseStep
from ivr.standard.case_refusal import CaseRefusal
from storage.database import Database
from storage.models import CaseToken
from storage.queries import case_tokens
from tests.storage.queries.case_rows import HOUR, NOW, Team, add_team, finish_repair, make, step


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


@pytest.fixture
def case_id(database: Database, team: Team) -> int:
    with database.write() as connection:
        return make(connection, team).case_id


@pytest.fixture
def token(database: Database, team: Team, case_id: int) -> str:
    with database.write() as connection:
        return case_tokens.give(connection, case_id, NOW, hours=72, person_id=team.fitter.person_id)


def why_not(database: Database, token: str, case_id: int, after: timedelta = HOUR) -> str:
    with pytest.raises(CaseRefused) as refused, database.read() as connection:
        case_tokens.opened_by(connection, token, case_id, NOW + after)
    return refused.value.reason


def test_who_comes_by_a_link_is_of_the_unit_and_may_do_its_steps(
    database: Database, team: Team, case_id: int, token: str
) -> None:
    with database.write() as connection:
        who = case_tokens.opened_by(connection, token, case_id, NOW + HOUR)
        assert who == team.fitter
        step(connection, case_id, CaseStep.ACCEPT, who, NOW + HOUR)


def test_the_token_itself_is_kept_nowhere(database: Database, token: str) -> None:
    with database.read() as connection:
        row = connection.execute(select(*CaseToken.__table__.c)).one()
    assert token not in str(row) and len(token) >= 32


def test_a_link_opens_no_other_case(database: Database, team: Team, token: str) -> None:
    with database.write() as connection:
        other = make(connection, team).case_id
    assert why_not(database, token, other) == CaseRefusal.LINK_OF_OTHER_CASE
    assert why_not(database, token, 4711) == CaseRefusal.LINK_OF_OTHER_CASE


@pytest.mark.parametrize("made_up", ["", "x", "a" * 32, "'; DROP TABLE cases; --"])
def test_a_link_that_was_never_given_opens_nothing(database: Database, case_id: int, made_up: str) -> None:
    assert why_not(database, made_up, case_id) == CaseRefusal.NO_SUCH_LINK


def test_a_link_ends_with_its_time(database: Database, case_id: int, token: str) -> None:
    assert why_not(database, token, case_id, timedelta(hours=72)) == CaseRefusal.LINK_ENDED


def test_a_link_ends_when_another_unit_gets_the_case(
    database: Database, team: Team, case_id: int, token: str
) -> None:
    with database.write() as connection:
        step(connection, case_id, CaseStep.PASS_ON, team.agent, unit_id=team.other_unit)
    assert why_not(database, token, case_id) == CaseRefusal.LINK_ENDED


def test_a_link_ends_when_the_case_is_closed(
    database: Database, team: Team, case_id: int, token: str
) -> None:
    with database.write() as connection:
        finish_repair(connection, case_id, team)
        step(connection, case_id, CaseStep.REVISIT, team.agent)
        step(connection, case_id, CaseStep.CLOSE, team.agent, said="办结")
    assert why_not(database, token, case_id) == CaseRefusal.CASE_CLOSED
    with pytest.raises(CaseRefused, match="is closed; no link"), database.write() as connection:
        case_tokens.give(connection, case_id, NOW, hours=1)


def test_a_link_is_given_to_the_people_of_the_unit_only(database: Database, team: Team, case_id: int) -> None:
    with database.write() as connection:
        step(connection, case_id, CaseStep.PASS_ON, team.agent, unit_id=team.other_unit)
    with pytest.raises(CaseRefused) as refused, database.write() as connection:
        case_tokens.give(connection, case_id, NOW, hours=1, person_id=team.fitter.person_id)
    assert refused.value.reason == CaseRefusal.NO_SUCH_PERSON
