"""Cases in reports: by kind and class, late by person and unit (R-FR), ratings by unit (R-3.6)."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from ivr.config.sections import CallKind
from ivr.standard.complaint_class import ComplaintClass
from storage.database import Database
from storage.models import Case, SurveyAnswer
from storage.queries import report_cases
from tests.storage.queries.case_rows import DAY, HOUR, NOW, Team, add_team, finish_repair, make

BEGIN, END = NOW - 12 * HOUR, NOW + 12 * HOUR


@pytest.fixture
def team(database: Database) -> Team:
    """People and units."""
    with database.write() as connection:
        return add_team(connection)


def test_cases_are_counted_by_kind_and_class_in_the_time_they_were_made(
    database: Database, team: Team
) -> None:
    with database.write() as connection:
        for _ in range(2):
            make(connection, team)
        make(connection, team, CallKind.COMPLAINT, complaint_class=ComplaintClass.FEES)
        make(connection, team, CallKind.COMPLAINT, complaint_class=ComplaintClass.SERVICE)
    with database.read() as connection:
        found = report_cases.by_kind(connection, BEGIN, END)
        assert report_cases.by_kind(connection, END, END + DAY) == []
    assert [(each.kind, each.complaint_class, each.made, each.closed) for each in found] == [
        (CallKind.COMPLAINT, ComplaintClass.FEES, 1, 0),
        (CallKind.COMPLAINT, ComplaintClass.SERVICE, 1, 0),
        (CallKind.REPAIR, None, 2, 0),
    ]


def test_what_became_late_stays_in_the_report_of_its_time(database: Database, team: Team) -> None:
    """Handled after 6 h: due within the time; done too late on the next day or never (R-15.1, R-FR)."""
    with database.write() as connection:
        late = make(connection, team).case_id
        make(connection, team)
        finish_repair(connection, make(connection, team).case_id, team, NOW + HOUR)
    with database.read() as connection:
        (before,) = report_cases.late(connection, BEGIN, END, END + DAY)
        assert report_cases.late(connection, BEGIN, END, NOW + HOUR) == []  # not late yet
    with database.write() as connection:
        finish_repair(connection, late, team, END + HOUR)
    with database.read() as connection:
        (after,) = report_cases.late(connection, BEGIN, END, END + DAY)
        span = (BEGIN, END, END + DAY)
        owner, unit = after.work_number, "城南管理站"
        number, behind = report_cases.behind(
            connection, *span, late=True, owner=owner, unit=unit, offset=0, limit=9
        )
        others = report_cases.behind(connection, *span, late=True, unit="", offset=0, limit=9)
        made = report_cases.behind(connection, *span, late=False, kind=CallKind.REPAIR, offset=0, limit=2)
        owed = report_cases.behind(connection, *span, late=True, only="owed", offset=0, limit=9)
        at_once = report_cases.behind(connection, BEGIN, END, NOW, late=True, only="owed", offset=0, limit=9)
        (of_kind,) = report_cases.by_kind(connection, BEGIN, END)
        closed = report_cases.behind(connection, *span, late=False, only="closed", offset=0, limit=9)
    assert (before.late, before.still_owed, before.unit) == (2, 2, "城南管理站")
    assert after == before
    # What is behind the figures are those cases, a page at a time.
    assert number == len(behind) == 2 and all(case.late_since is not None for case in behind)
    assert owed[0] == before.still_owed and at_once[0] == 0
    assert closed[0] == of_kind.closed
    assert others == (0, []) and (made[0], len(made[1])) == (3, 2)


def test_a_unit_has_its_cases_and_the_ratings_of_their_calls(database: Database, team: Team) -> None:
    with database.write() as connection:
        made = [make(connection, team) for _ in range(3)]
        calls = dict(
            connection.execute(Case.__table__.select().with_only_columns(Case.id, Case.call_id)).all()
        )
        for each, score in zip(made, (5, 2, None), strict=True):
            row = {"call_id": calls[each.case_id], "agent_id": None, "asked_at": NOW, "score": score}
            connection.execute(insert(SurveyAnswer).values(row))
    with database.read() as connection:
        (found,) = report_cases.by_unit(connection, BEGIN, END)
        assert report_cases.by_unit(connection, END, END + timedelta(days=9)) == []
        number, rated = report_cases.behind(
            connection, BEGIN, END, END, late=False, only="rated", unit=found.unit, offset=0, limit=9
        )
    assert number == found.rated and sorted(case.score or 0 for case in rated) == [2, 5]
    assert (found.cases, found.rated, found.mean_score) == (3, 2, 3.5)
