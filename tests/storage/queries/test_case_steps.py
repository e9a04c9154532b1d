"""Steps of cases: what they bring about, who may do them, two at once, and the guard of the end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.obligations import ObligationKind, ObligationOutcome
from storage.database import Database
from storage.models import Case, CaseLife
from storage.queries import case_view
from tests.standard.clockwork import CLOCKWORK
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


def test_a_repair_from_the_unit_to_the_revisit_and_its_end(
    database: Database, team: Team, repair: int
) -> None:
    """R-15.1, R-15.4, R-3.2."""
    with database.write() as connection:
        step(connection, repair, _D.ACCEPT, team.fitter, NOW + HOUR)
        step(connection, repair, _D.HANDLE, team.fitter, NOW + 2 * HOUR)
        step(connection, repair, _D.FINISH, team.fitter, NOW + 25 * HOUR, "更换电磁阀")
    whole = look(database, repair)
    assert owed(whole, _K.HANDLE).outcome is ObligationOutcome.KEPT
    assert owed(whole, _K.FINISH).outcome is ObligationOutcome.LATE
    assert whole.line.due_at is None
    with database.write() as connection:
        told = step(connection, repair, _D.ANSWER, team.other, NOW + 26 * HOUR, "已告知修好")
    assert (told.state, told.due_at) == (CaseState.REVISIT_OWED, NOW + (26 + 48) * HOUR)
    with database.write() as connection:
        step(connection, repair, _D.REVISIT, team.agent, NOW + 30 * HOUR, "满意")
        step(connection, repair, _D.CLOSE, team.agent, NOW + 31 * HOUR, "已办结并上报")
        closed_at = connection.execute(select(Case.closed_at).where(Case.id == repair)).scalar_one()
    whole = look(database, repair)
    assert (whole.line.state, whole.line.closed_at, closed_at) == (
        CaseState.CLOSED,
        NOW + 31 * HOUR,
        NOW + 31 * HOUR,
    )
    assert all(one.outcome is not None for one in whole.obligations)
    assert [entry.entry for entry in whole.entries] == list(range(1, 9))
    assert whole.entries[2].name == "周师傅"


def test_an_alarm_is_acknowledged_on_the_spot_and_found_out(database: Database, team: Team) -> None:
    """R-3.1, R-15.1."""
    with database.write() as connection:
        case_id = make(connection, team, CallKind.ALARM).case_id
        step(connection, case_id, _D.ACCEPT, team.fitter, NOW + timedelta(minutes=1))
        step(connection, case_id, _D.ARRIVE, team.fitter, NOW + timedelta(minutes=20))
        step(connection, case_id, _D.FINISH, team.fitter, NOW + HOUR, "表前阀漏气，已关闭更换")
        done = step(connection, case_id, _D.ANSWER, team.agent, NOW + HOUR, "已告知安全")
        assert done.state is CaseState.ANSWERED
        step(connection, case_id, _D.CLOSE, team.agent, NOW + HOUR, "已上报")
    assert {one.outcome for one in look(database, case_id).obligations} == {ObligationOutcome.KEPT}


def test_a_complaint_runs_from_finding_to_opinion_to_answer(
    database: Database, team: Team, complaint: int
) -> None:
    """R-CT, R-CS: the opinion says who answers for it."""
    with database.write() as connection:
        conclude_complaint(connection, complaint, team, NOW + DAY, responsibility=Responsibility.UNIT)
        said = connection.execute(select(CaseLife.responsibility)).scalar_one()
    whole = look(database, complaint)
    assert said is Responsibility.UNIT
    assert {one.kind: one.outcome for one in whole.obligations} == {
        _K.FINDING: ObligationOutcome.KEPT,
        _K.OPINION: ObligationOutcome.KEPT,
        _K.ANSWER: ObligationOutcome.KEPT,
        _K.CLOSE: None,
        _K.REVISIT: None,
    }


def test_a_complaint_about_quality_is_revisited_on_the_second_day_after_delivery(
    database: Database, team: Team, complaint: int
) -> None:
    """R-CR: not before, and not later without being late."""
    with database.write() as connection:
        conclude_complaint(connection, complaint, team)
        step(connection, complaint, _D.DELIVER, team.agent, NOW + HOUR)
    error = refused(database, complaint, _D.REVISIT, team.agent, at=NOW + DAY)
    assert error.reason == _R.TOO_EARLY
    with database.write() as connection:
        step(connection, complaint, _D.REVISIT, team.agent, NOW + 2 * DAY)
    outcomes = [one.outcome for one in look(database, complaint).obligations if one.kind is _K.REVISIT]
    assert outcomes == [ObligationOutcome.DROPPED, ObligationOutcome.KEPT]


def test_an_outside_party_gives_17_working_days_from_acceptance(
    database: Database, team: Team, complaint: int
) -> None:
    """R-CT."""
    with database.write() as connection:
        step(connection, complaint, _D.INVOLVE_OUTSIDE, team.agent, NOW + 5 * DAY, "灶具厂家参与")
    close = owed(look(database, complaint), _K.CLOSE)
    assert close.due_at.astimezone(NOW.tzinfo).isoformat() == "2026-12-12T00:00:00+08:00"


def test_another_time_may_be_agreed_with_the_customer(database: Database, team: Team, complaint: int) -> None:
    """R-CT: 5 working days unless agreed otherwise."""
    later = NOW + 30 * DAY
    with database.write() as connection:
        step(connection, complaint, _D.AGREE_TIME, team.agent, NOW, "用户出差", due_at=later)
    whole = look(database, complaint)
    assert owed(whole, _K.ANSWER).due_at == later
    assert whole.entries[-1].changes == {
        "answer_due_at": ["2026-11-25T16:00:00+00:00", "2026-12-18T09:00:00+08:00"]
    }
    assert refused(database, complaint, _D.AGREE_TIME, team.agent, "x", due_at=NOW).reason == _R.TIME_PASSED


def test_clocks_stand_still_for_a_stated_reason(database: Database, team: Team, repair: int) -> None:
    """R-OV: a pause makes it later by exactly the pause, and stays to be seen."""
    assert refused(database, repair, _D.PAUSE, team.agent).reason == _R.TEXT_MISSING
    assert refused(database, repair, _D.RESUME, team.agent).reason == _R.NOT_PAUSED
    with database.write() as connection:
        stopped = step(connection, repair, _D.PAUSE, team.fitter, NOW + HOUR, "用户不在家，改约明天")
        still = look_line_due(connection, repair)
    assert stopped.state is CaseState.PASSED and still is None
    assert refused(database, repair, _D.PAUSE, team.agent, "再停").reason == _R.ALREADY_PAUSED
    with database.write() as connection:
        step(connection, repair, _D.RESUME, team.fitter, NOW + 21 * HOUR)
    handle = owed(look(database, repair), _K.HANDLE)
    assert handle.due_at == NOW + 26 * HOUR
    (pause,) = handle.pauses
    assert (pause.began_at, pause.ended_at, pause.reason) == (
        NOW + HOUR,
        NOW + 21 * HOUR,
        "用户不在家，改约明天",
    )


def look_line_due(connection: object, case_id: int) -> datetime | None:
    whole = case_view.whole(connection, case_id, NOW, CLOCKWORK)  # type: ignore[arg-type]
    assert whole is not None
    return whole.line.due_at


def test_the_next_step_lets_the_clocks_run_again(database: Database, team: Team, repair: int) -> None:
    with database.write() as connection:
        step(connection, repair, _D.PAUSE, team.agent, NOW, "等用户回电")
        step(connection, repair, _D.ACCEPT, team.fitter, NOW + 3 * HOUR)
    whole = look(database, repair)
    assert whole.line.paused_at is None
    assert owed(whole, _K.HANDLE).due_at == NOW + 9 * HOUR


def test_what_is_late_is_not_stopped(database: Database, team: Team, repair: int) -> None:
    error = refused(database, repair, _D.PAUSE, team.agent, "再等等", at=NOW + 25 * HOUR)
    assert error.reason == _R.NOTHING_RUNS


def test_passing_on_never_passes_the_ownership(database: Database, team: Team, repair: int) -> None:
    """R-FR."""
    with database.write() as connection:
        step(connection, repair, _D.PASS_ON, team.other, NOW, unit_id=team.other_unit)
        first = connection.execute(select(Case.first_responder_id)).scalar_one()
    line = look(database, repair).line
    assert (line.unit, line.owner_id, first) == ("城北管理站", team.agent.agent_id, team.agent.agent_id)


def test_a_closed_case_is_opened_again_and_its_end_is_gone(
    database: Database, team: Team, repair: int
) -> None:
    """R-16.5."""
    with database.write() as connection:
        finish_repair(connection, repair, team)
        step(connection, repair, _D.REVISIT, team.agent)
        step(connection, repair, _D.CLOSE, team.agent, said="已办结")
    with database.write() as connection:
        step(connection, repair, _D.REOPEN, team.other, NOW + DAY, "又坏了")
        closed = connection.execute(select(Case.closed_at).where(Case.id == repair)).scalar_one()
    assert closed is None and look(database, repair).line.closed_at is None
