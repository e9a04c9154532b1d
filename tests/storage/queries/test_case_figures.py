"""Figures about cases: complaints of a month, proposed incidents, and who answers for what was late."""

from datetime import datetime, timedelta

import pytest

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.complaint_summary import summary
from ivr.standard.objection import LinkKind
from ivr.standard.obligations import ObligationKind
from storage.database import Database
from storage.queries import case_figures
from storage.queries.case_opening import link
from tests.standard.clockwork import ZONE
from tests.storage.queries.case_rows import (
    DAY,
    HOUR,
    NOW,
    Team,
    add_team,
    conclude_complaint,
    make,
    step,
)

NOVEMBER = datetime(2026, 11, 1, tzinfo=ZONE), datetime(2026, 12, 1, tzinfo=ZONE)


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def test_the_months_closed_complaints_with_unit_and_responsibility(database: Database, team: Team) -> None:
    """R-CS."""
    with database.write() as connection:
        for responsibility, at in (
            (Responsibility.UNIT, NOW + 3 * DAY),
            (Responsibility.CUSTOMER, NOW + 9 * DAY),
        ):
            case_id = make(connection, team, CallKind.COMPLAINT, complaint_class=ComplaintClass.FEES).case_id
            conclude_complaint(connection, case_id, team, at, responsibility=responsibility)
            step(connection, case_id, CaseStep.REVISIT, team.agent, at)
            step(connection, case_id, CaseStep.CLOSE, team.agent, at, "办结")
        make(connection, team, CallKind.COMPLAINT)
    with database.read() as connection:
        found = case_figures.closed_complaints(connection, *NOVEMBER)
        assert case_figures.closed_complaints(connection, NOVEMBER[1], NOVEMBER[1] + 31 * DAY) == []
    (row,) = summary(found)
    assert (row.unit, row.closed, row.share, row.responsible, row.late) == ("城南管理站", 2, 100.0, 1, 1)
    assert row.by_class == {ComplaintClass.FEES: 2}


def test_alarms_of_one_neighbourhood_within_an_hour_are_proposed_once(database: Database, team: Team) -> None:
    """R-3.1."""
    with database.write() as connection:
        ids = [
            make(
                connection,
                team,
                CallKind.ALARM,
                at=NOW + timedelta(minutes=20 * place),
                address=f"泉中小区 {place}号楼",
            ).case_id
            for place in range(3)
        ]
        make(connection, team, CallKind.ALARM, address="历山名郡 1号楼")
        make(connection, team, CallKind.CONSULTATION, address="泉中小区 9号楼")

        def proposed() -> list[tuple[str, tuple[int, ...]]]:
            found = case_figures.proposed_incidents(connection, NOW + HOUR, HOUR, 3)
            return [(one.neighbourhood, one.case_ids) for one in found]

        assert proposed() == [("泉中小区", tuple(ids))]
        for later in ids[1:]:
            link(connection, later, ids[0], LinkKind.SAME_INCIDENT, team.boss.agent_id, NOW)
        assert proposed() == []


def test_a_late_figure_names_every_first_responder_and_the_unit(database: Database, team: Team) -> None:
    """R-FR: both names stay."""
    with database.write() as connection:
        case_id = make(connection, team).case_id
        step(connection, case_id, CaseStep.HAND_OVER, team.boss, said="休假", to_agent_id=team.other.agent_id)
        step(connection, case_id, CaseStep.ACCEPT, team.fitter, NOW + HOUR)
        step(connection, case_id, CaseStep.HANDLE, team.fitter, NOW + 7 * HOUR)
        step(connection, case_id, CaseStep.FINISH, team.fitter, NOW + 8 * HOUR, "修好")
    with database.read() as connection:
        (late,) = case_figures.late(connection, *NOVEMBER, limit=10)
    assert (late.kind, late.rule, late.settled_at) == (ObligationKind.HANDLE, "R-15.1", NOW + 7 * HOUR)
    assert late.answerable == ("王敏", "李强", "城南管理站")
