"""People of units and above them: taken on, ended, and never lost from what they did."""

import pytest

from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.overdue import LADDER
from storage.database import Database
from storage.models import Duty
from storage.queries import responsible_people
from storage.queries.case_access import Who
from tests.storage.queries.case_rows import NOW, Team, add_team, look, make, step
from tests.storage.rows import add_agent


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def test_the_people_of_a_unit_are_listed_by_duty(database: Database, team: Team) -> None:
    with database.read() as connection:
        fitters = responsible_people.of_unit(connection, team.unit, Duty.FITTER)
        everybody = responsible_people.of_unit(connection, team.unit)
        assert responsible_people.of_unit(connection, team.other_unit) == []
    assert [person.name for person in fitters] == ["周师傅"]
    assert {person.name for person in everybody} == {"周师傅", "孙站长"}


def test_who_is_not_responsible_any_more_is_told_nothing(database: Database, team: Team) -> None:
    """R-OV."""
    assert team.agent.agent_id is not None
    with database.write() as connection:
        assert responsible_people.end(connection, team.head, NOW)
        assert not responsible_people.end(connection, team.head, NOW)
        told = responsible_people.told(connection, team.agent.agent_id, team.unit, LADDER)
    assert [one.name for one in told] == ["王敏", "钱经理"]


def test_somebody_with_a_work_number_may_be_of_a_unit(database: Database, team: Team) -> None:
    with database.write() as connection:
        clerk = add_agent(connection, name="站内文员")
        case_id = make(connection, team).case_id
    with pytest.raises(CaseRefused, match="for others to do"), database.write() as connection:
        step(connection, case_id, CaseStep.ACCEPT, Who(clerk))
    with database.write() as connection:
        responsible_people.add(
            connection, NOW, duty=Duty.FITTER, name="站内文员", unit_id=team.unit, agent_id=clerk
        )
        assert responsible_people.units_of(connection, clerk) == [team.unit]
        step(connection, case_id, CaseStep.ACCEPT, Who(clerk))
    assert look(database, case_id).entries[-1].name == "站内文员"


@pytest.mark.parametrize(
    ("duty", "with_unit"), [(Duty.MANAGER, True), (Duty.HEAD, False), (Duty.FITTER, False)]
)
def test_a_manager_is_of_no_unit_and_all_others_are(
    database: Database, team: Team, duty: Duty, with_unit: bool
) -> None:
    unit_id = team.unit if with_unit else None
    with pytest.raises(CaseRefused) as refused, database.write() as connection:
        responsible_people.add(connection, NOW, duty=duty, name="某人", unit_id=unit_id)
    assert refused.value.reason == CaseRefusal.NO_UNIT
