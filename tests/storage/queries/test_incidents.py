"""Incidents keep their cases; later calls of the place are offered to them; the closing is final (R-3.1)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.case_life import CaseStep
from ivr.standard.objection import LinkKind
from storage.database import Database
from storage.models import Incident, IncidentCase
from storage.queries import alarms, case_figures, case_view, incidents
from tests.storage.queries.case_rows import HOUR, NOW, Team, add_team, make, step

WINDOW = timedelta(hours=1)


def three_calls(database: Database) -> tuple[Team, list[int]]:
    with database.write() as connection:
        team = add_team(connection)
        made = [
            make(connection, team, CallKind.ALARM, at=NOW + place * HOUR / 3, address=f"荷风苑 {place}号楼")
            for place in range(3)
        ]
    return team, [one.case_id for one in made]


def test_a_proposal_becomes_an_incident_once_and_is_proposed_no_more(database: Database) -> None:
    team, ids = three_calls(database)
    assert team.boss.agent_id is not None
    with database.write() as connection:
        [proposal] = case_figures.proposed_incidents(connection, NOW + HOUR, WINDOW, 3)
        made = incidents.begin(connection, proposal.neighbourhood, proposal.case_ids, team.boss.agent_id, NOW)
    assert made is not None
    with database.write() as connection:
        assert incidents.begin(connection, "荷风苑", ids, team.boss.agent_id, NOW) is None
        assert case_figures.proposed_incidents(connection, NOW + HOUR, WINDOW, 2) == []
        [view] = incidents.newest(connection, limit=9)
        assert (view.neighbourhood, view.cases, view.opened_by) == ("荷风苑", 3, "赵琳")
        assert [line.id for line in incidents.cases_of(connection, made)] == ids
        assert incidents.of_cases(connection, [*ids, 999]) == dict.fromkeys(ids, made)
        linked = case_view.linked(connection, ids[0])
    assert [(one.case_id, one.kind) for one in linked] == [
        (ids[1], LinkKind.SAME_INCIDENT),
        (ids[2], LinkKind.SAME_INCIDENT),
    ]


def test_a_later_call_of_the_place_is_offered_to_the_open_incident(database: Database) -> None:
    team, ids = three_calls(database)
    assert team.boss.agent_id is not None
    with database.write() as connection:
        made = incidents.begin(connection, "荷风苑", ids, team.boss.agent_id, NOW)
        assert made is not None
        near = make(connection, team, CallKind.REPAIR, at=NOW + 1.5 * HOUR, address="荷风苑 9号楼")
        make(connection, team, CallKind.REPAIR, at=NOW + 1.5 * HOUR, address="柳岸花园 1号楼")
        make(connection, team, CallKind.REPAIR, at=NOW + 4 * HOUR, address="荷风苑 8号楼")
        offered = incidents.joining(connection, NOW + 2 * HOUR, WINDOW)
        assert [(one.incident_id, one.number) for one in offered] == [(made, near.number)]
        assert incidents.join(connection, made, [near.case_id, 12345], team.boss.agent_id, NOW) == [
            near.case_id
        ]
        assert incidents.close(connection, made, "阀井渗漏", team.boss.agent_id, NOW + 3 * HOUR)
        assert not incidents.close(connection, made, "again", team.boss.agent_id, NOW + 3 * HOUR)
        assert incidents.join(connection, made, [near.case_id], team.boss.agent_id, NOW) == []
        assert incidents.joining(connection, NOW + 2 * HOUR, WINDOW) == []


@pytest.mark.parametrize(
    "statement", [update(IncidentCase).values(case_id=1), delete(IncidentCase), delete(Incident)]
)
def test_what_an_incident_is_made_of_is_never_changed(database: Database, statement: object) -> None:
    """R-AR."""
    team, ids = three_calls(database)
    assert team.boss.agent_id is not None
    with database.write() as connection:
        made = incidents.begin(connection, "荷风苑", ids, team.boss.agent_id, NOW)
        assert made is not None
        incidents.close(connection, made, "阀井渗漏", team.boss.agent_id, NOW)
    with pytest.raises(Conflict, match="R-AR"), database.write() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    with pytest.raises(Conflict, match="after its closing"), database.write() as connection:
        connection.execute(update(Incident).values(summary="other"))


def test_the_course_of_an_alarm_begins_anew_with_another_unit(database: Database) -> None:
    """R-3.1: who accepted, arrived, made safe and found; of the unit that has it now."""
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team, CallKind.ALARM)
        step(connection, case.case_id, CaseStep.ACCEPT, team.fitter, NOW + HOUR)
        step(connection, case.case_id, CaseStep.ARRIVE, team.fitter, NOW + 2 * HOUR)
        course = alarms.courses(connection, [case.case_id])[case.case_id]
        assert course.accepted is not None and course.arrived is not None
        assert (course.accepted.at, course.arrived.by) == (NOW + HOUR, "周师傅")
        step(connection, case.case_id, CaseStep.PASS_ON, team.agent, unit_id=team.other_unit)
        course = alarms.courses(connection, [case.case_id])[case.case_id]
        assert (course.accepted, course.arrived, course.found) == (None, None, None)
        assert [line.id for line in alarms.going_on(connection, limit=9)] == [case.case_id]
        assert alarms.closed_since(connection, NOW, limit=9) == []
