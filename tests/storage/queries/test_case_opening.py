"""A case begins its life in the transaction that saves it: passed on, with clocks, owned by who took it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from ivr.config.sections import CallKind
from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.objection import LinkKind
from ivr.standard.obligations import ObligationKind
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import CallRecord, Case, CaseLife, Obligation, Unit
from storage.queries import case_view, records
from storage.queries.case_opening import adopt_correction, object_to, open_life
from storage.queries.unit_removal import remove
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import (
    DAY,
    HOUR,
    NOW,
    TEXT,
    Team,
    add_team,
    conclude_complaint,
    make,
    step,
)
from tests.storage.rows import add_call


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def owed(database: Database, case_id: int) -> dict[ObligationKind, timedelta]:
    """What a case still owes, and how long after :data:`NOW`."""
    with database.read() as connection:
        whole = case_view.whole(connection, case_id, NOW, CLOCKWORK)
    assert whole is not None
    return {one.kind: one.due_at - NOW for one in whole.obligations if one.outcome is None}


@pytest.mark.parametrize("kind", [CallKind.REPAIR, CallKind.ALARM, CallKind.COMPLAINT])
def test_it_is_at_its_unit_at_once_and_owned_by_who_took_it(
    database: Database, team: Team, kind: CallKind
) -> None:
    """R-14.1, R-15.1, R-FR."""
    with database.write() as connection:
        opened = make(connection, team, kind)
    with database.read() as connection:
        whole = case_view.whole(connection, opened.case_id, NOW, CLOCKWORK)
    assert whole is not None
    assert (whole.line.state, whole.line.unit, whole.line.owner_id) == (
        CaseState.PASSED,
        "城南管理站",
        team.agent.agent_id,
    )
    assert [(entry.step, entry.to_state) for entry in whole.entries] == [
        (CaseStep.OPEN, CaseState.OPENED),
        (CaseStep.PASS_ON, CaseState.PASSED),
    ]
    assert whole.line.due_at is not None and whole.line.due_at == opened.due_at


def test_a_repair_owes_6_and_24_hours(database: Database, team: Team) -> None:
    """R-15.1."""
    with database.write() as connection:
        case_id = make(connection, team).case_id
    assert owed(database, case_id) == {ObligationKind.HANDLE: 6 * HOUR, ObligationKind.FINISH: 24 * HOUR}


def test_a_consultation_owes_its_answer_unless_it_was_given(database: Database, team: Team) -> None:
    """R-13.3."""
    with database.write() as connection:
        owing = make(connection, team, CallKind.CONSULTATION)
        given = make(connection, team, CallKind.CONSULTATION, answered=True)
    assert owed(database, owing.case_id) == {ObligationKind.ANSWER: 24 * HOUR}
    assert (given.state, owed(database, given.case_id)) == (CaseState.ANSWERED, {})


def test_what_fails_in_the_transaction_leaves_no_case_at_all(database: Database, team: Team) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        make(connection, team)
        raise ZeroDivisionError
    with database.read() as connection:
        for table in (Case, CaseLife, Obligation, CallRecord):
            assert connection.execute(select(table.__table__)).all() == []


def test_a_second_opening_changes_nothing(database: Database, team: Team) -> None:
    with database.write() as connection:
        first = make(connection, team)
    with database.write() as connection:
        again = open_life(connection, first.case_id, NOW + HOUR, CLOCKWORK, answered=False)
    assert again == first
    assert len(owed(database, first.case_id)) == 2


def test_a_unit_that_was_removed_meanwhile_takes_nothing_and_nothing_is_saved(
    database: Database, team: Team
) -> None:
    with database.write() as connection:
        remove(connection, team.unit)
    said = "none that work is passed on to"
    with pytest.raises(CaseRefused, match=said) as refused, database.write() as connection:
        make(connection, team)
    assert refused.value.reason == CaseRefusal.NO_SUCH_UNIT
    with database.read() as connection:
        assert connection.execute(select(Case.id)).all() == []


def test_a_severe_complaint_reaches_the_manager_at_once(database: Database, team: Team) -> None:
    """R-CL."""
    with database.write() as connection:
        severe = make(connection, team, CallKind.COMPLAINT, urgency=Urgency.CRITICAL)
        light = make(connection, team, CallKind.COMPLAINT, complaint_class=ComplaintClass.GRUMBLE)
    assert (severe.tell_manager, light.tell_manager) == (True, False)


def correct(database: Database, team: Team, case_id: int, **changes: object) -> None:
    """Save another record of the call of a case, and take it up."""
    with database.write() as connection:
        call_id = connection.execute(select(Case.call_id).where(Case.id == case_id)).scalar_one()
        call = records.call_facts(connection, call_id)
        assert call is not None and team.agent.agent_id is not None
        text = replace(TEXT, **{"unit_id": team.unit, **changes})
        records.save(
            connection, call, text, NOW + HOUR, agent_id=team.agent.agent_id, series="2026-11", digits=4
        )
        adopt_correction(connection, case_id, team.agent, NOW + HOUR, CLOCKWORK)


def test_a_corrected_kind_owes_what_the_other_kind_owes_from_the_making_on(
    database: Database, team: Team
) -> None:
    """R-12.7, R-AR: the change is an entry, and the first clocks are kept as dropped."""
    with database.write() as connection:
        case_id = make(connection, team).case_id
    correct(database, team, case_id, kind=CallKind.ALARM)
    assert owed(database, case_id) == {
        ObligationKind.ACKNOWLEDGE: timedelta(minutes=2),
        ObligationKind.HANDLE: 6 * HOUR,
        ObligationKind.FINISH: 24 * HOUR,
    }
    with database.read() as connection:
        whole = case_view.whole(connection, case_id, NOW, CLOCKWORK)
    assert whole is not None
    assert whole.entries[-1].changes == {"kind": ["repair", "alarm"]}
    assert [one.outcome for one in whole.obligations[:2]] == ["dropped", "dropped"]


def test_a_corrected_unit_gets_the_case(database: Database, team: Team) -> None:
    with database.write() as connection:
        case_id = make(connection, team).case_id
    correct(database, team, case_id, unit_id=team.other_unit)
    with database.read() as connection:
        whole = case_view.whole(connection, case_id, NOW, CLOCKWORK)
    assert whole is not None and whole.line.unit == "城北管理站"
    assert whole.line.owner_id == team.agent.agent_id


def test_a_correction_of_words_only_changes_nothing_in_its_life(database: Database, team: Team) -> None:
    with database.write() as connection:
        case_id = make(connection, team).case_id
    correct(database, team, case_id, content="是热水器")
    with database.read() as connection:
        assert len(case_view.entries(connection, case_id)) == 2


def test_a_complaint_that_becomes_a_repair_goes_on_where_it_can(database: Database, team: Team) -> None:
    with database.write() as connection:
        case_id = make(connection, team, CallKind.COMPLAINT).case_id
        step(connection, case_id, CaseStep.ACCEPT, team.fitter)
        step(connection, case_id, CaseStep.FIND, team.fitter, said="灶具坏了")
    correct(database, team, case_id, kind=CallKind.REPAIR)
    with database.read() as connection:
        whole = case_view.whole(connection, case_id, NOW, CLOCKWORK)
    assert whole is not None and whole.line.state is CaseState.PASSED


def test_an_answer_that_is_not_accepted_makes_a_linked_new_form(database: Database, team: Team) -> None:
    """R-CA, R-14.4: both numbers are linked, and the unit is pressed again."""
    with database.write() as connection:
        old = make(connection, team, CallKind.COMPLAINT)
        conclude_complaint(connection, old.case_id, team)
    with database.write() as connection:
        new = object_to(
            connection,
            old.case_id,
            "没有人上门道歉",
            team.other,
            NOW + DAY,
            CLOCKWORK,
            series="TS2026-11",
            digits=4,
        )
    assert (new.number, new.state) == ("TS2026-11-0002", CaseState.PASSED)
    with database.read() as connection:
        was = case_view.whole(connection, old.case_id, NOW, CLOCKWORK)
        now = case_view.whole(connection, new.case_id, NOW, CLOCKWORK)
    assert was is not None and now is not None
    assert was.line.state is CaseState.OBJECTED and was.linked[0].number == new.number
    assert (now.linked[0].number, now.linked[0].kind) == (old.number, LinkKind.OBJECTION)
    assert (now.line.owner_id, now.line.surname, now.line.content) == (
        team.other.agent_id,
        "李",
        "没有人上门道歉",
    )
    answer = next(one for one in now.obligations if one.kind is ObligationKind.ANSWER)
    assert (answer.rule, answer.due_at.date().isoformat()) == ("R-CA", "2026-12-04")
    assert all(one.outcome is not None for one in was.obligations)


def test_an_objection_after_the_time_is_a_new_complaint(database: Database, team: Team) -> None:
    """R-CA."""
    with database.write() as connection:
        old = make(connection, team, CallKind.COMPLAINT)
        conclude_complaint(connection, old.case_id, team)
        new = object_to(
            connection,
            old.case_id,
            "又来了",
            team.agent,
            NOW + 11 * DAY,
            CLOCKWORK,
            series="TS2026-11",
            digits=4,
        )
        assert case_view.linked(connection, new.case_id)[0].kind is LinkKind.NOT_ACCEPTED


def test_an_objection_is_taken_also_when_the_unit_is_gone(database: Database, team: Team) -> None:
    """R-CA: then the first responder has it."""
    with database.write() as connection:
        old = make(connection, team, CallKind.COMPLAINT)
        conclude_complaint(connection, old.case_id, team)
        step(connection, old.case_id, CaseStep.ACCEPT_ANSWER, team.agent)
        step(connection, old.case_id, CaseStep.REVISIT, team.agent, said="满意")
        step(connection, old.case_id, CaseStep.CLOSE, team.agent, said="已办结")
        remove(connection, team.unit)
    with database.write() as connection:
        new = object_to(
            connection, old.case_id, "又来了", team.agent, NOW + DAY, CLOCKWORK, series="TS2026-11", digits=4
        )
        whole = case_view.whole(connection, old.case_id, NOW, CLOCKWORK)
    assert new.state is CaseState.OPENED
    assert whole is not None and whole.line.state is CaseState.CLOSED


def test_a_complaint_that_was_not_answered_cannot_be_objected_to(database: Database, team: Team) -> None:
    with database.write() as connection:
        old = make(connection, team, CallKind.COMPLAINT)
    with pytest.raises(CaseRefused, match="object is no step") as refused, database.write() as connection:
        object_to(connection, old.case_id, "不服", team.agent, NOW, CLOCKWORK, series="TS2026-11", digits=4)
    assert refused.value.reason == CaseRefusal.NOT_POSSIBLE_NOW


def test_a_case_that_is_not_there_has_no_life(database: Database, team: Team) -> None:
    with pytest.raises(CaseRefused, match="no case 4711"), database.write() as connection:
        open_life(connection, 4711, NOW, CLOCKWORK, answered=False)


def test_a_call_makes_one_case_whoever_saves(database: Database, team: Team) -> None:
    with database.write() as connection:
        call = records.call_facts(connection, add_call(connection))
        assert call is not None and team.agent.agent_id is not None and team.other.agent_id is not None
        unit = connection.execute(
            insert(Unit).values(name="客服科", active=True).returning(Unit.id)
        ).scalar_one()
        text = replace(TEXT, unit_id=unit)
        first = records.save(
            connection, call, text, NOW, agent_id=team.agent.agent_id, series="2026-11", digits=4
        )
        records.save(connection, call, text, NOW, agent_id=team.other.agent_id, series="2026-11", digits=4)
        open_life(connection, first.id, NOW, CLOCKWORK, answered=False)
        whole = case_view.whole(connection, first.id, NOW, CLOCKWORK)
    assert whole is not None and whole.line.owner_id == team.agent.agent_id
