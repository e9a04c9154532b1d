"""What comes of an attempt changes task, person and case, and is itself never changed (R-16.5, R-16.6)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.dial_attempt import DialEnd, DialResult, LaterWish
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import DialStatus
from ivr.standard.questionnaire import Answered, Measures
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.task_kind import TASK_PRIORITY, TaskKind, TaskStatus
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import DialAttempt, DialTask, Recording, RevisitAnswer, Task
from storage.queries import dial_results, do_not_call, revisit_report
from storage.queries.dial_planning import plan
from storage.queries.dial_taking import Taken, anything
from tests.standard.clockwork import ZONE
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
    step,
)
from tests.storage.queries.dial_rows import add_task, run, settled, taken, task
from tests.storage.rows import add_call

SCORE = Answered("satisfaction", Measures.SATISFACTION, "satisfied", 4)
BAD = Answered("satisfaction", Measures.SATISFACTION, "dissatisfied", 2)
SOLVED = Answered("solved", Measures.SOLVED, "solved", 1)
NOT_SOLVED = Answered("solved", Measures.SOLVED, "not_solved", 0)
AFTERNOON = datetime(2026, 11, 18, 14, 30, tzinfo=ZONE)


def owed(database: Database, rules: DialRules, kind: CallKind = CallKind.REPAIR) -> tuple[Team, int, Taken]:
    """A case whose customer is being called."""
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team, kind, at=NOW - HOUR)
        if kind is CallKind.REPAIR:
            finish_repair(connection, case.case_id, team, NOW - HOUR)
        else:
            conclude_complaint(connection, case.case_id, team, NOW - HOUR)
        plan(connection, NOW, rules)
    run(database)
    (one,) = taken(database, rules)
    assert one.case_id == case.case_id
    return team, case.case_id, one


def answered(database: Database, one: Taken, *answers: Answered) -> None:
    with database.write() as connection:
        dial_results.note(connection, one.attempt_id, answered_at=NOW, consent_at=NOW)
        for given in answers:
            dial_results.answer(connection, one.attempt_id, given, NOW)


def test_a_satisfied_customer_keeps_the_revisit(database: Database, rules: DialRules) -> None:
    """R-15.4, R-16.5."""
    _, case_id, one = owed(database, rules)
    answered(database, one, SOLVED, SCORE)
    found = settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    assert (found.end, found.next_at, found.dissatisfied) == (DialEnd.REACHED, None, False)
    whole = look(database, case_id)
    assert whole.line.state is CaseState.REVISITED
    assert whole.entries[-1].said == "自动回访：满意度4分，问题已解决"
    row = task(database, one.task_id)
    assert (row.status, row.satisfaction, row.solved, row.dissatisfied) == (
        DialStatus.ENDED,
        4,
        True,
        False,
    )


@pytest.mark.parametrize("answers", [(SOLVED, BAD), (NOT_SOLVED, SCORE), (NOT_SOLVED,)])
@pytest.mark.parametrize("kind", [CallKind.REPAIR, CallKind.COMPLAINT])
def test_a_dissatisfied_customer_reopens_the_case_and_is_called_by_the_first_responder_first(
    database: Database, rules: DialRules, kind: CallKind, answers: tuple[Answered, ...]
) -> None:
    """R-14.4, R-16.5: the case is opened again, the unit pressed, the first responder's call is on top."""
    team, case_id, one = owed(database, rules, kind)
    with database.write() as connection:
        add_task(connection, DialReason.CALL_BACK, "+8613900000005", way=DialWay.AGENT)
    answered(database, one, *answers)
    found = settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    assert found.dissatisfied and found.follow_up is not None
    whole = look(database, case_id)
    assert whole.line.state is CaseState.PASSED
    assert [entry.step for entry in whole.entries[-3:]] == [
        CaseStep.REVISIT,
        CaseStep.REOPEN,
        CaseStep.PASS_ON,
    ]
    follow_up = task(database, found.follow_up)
    assert (follow_up.reason, follow_up.way, follow_up.agent_id, follow_up.case_id) == (
        DialReason.FOLLOW_UP,
        DialWay.AGENT,
        team.agent.agent_id,
        case_id,
    )
    # Also on the same day, and before the call-backs that were promised.
    assert [two.reason for two in taken(database, rules, NOW + HOUR)] == [
        DialReason.FOLLOW_UP,
        DialReason.CALL_BACK,
    ]


def test_who_hangs_up_in_the_middle_has_answered_all_the_same(database: Database, rules: DialRules) -> None:
    _, case_id, one = owed(database, rules)
    answered(database, one, NOT_SOLVED)
    found = settled(database, rules, one.attempt_id, DialResult.PART, NOW)
    assert found.end is DialEnd.REACHED and found.dissatisfied
    entries = look(database, case_id).entries
    assert "自动回访：问题未解决，中途挂机" in [entry.said for entry in entries]


def test_who_agrees_and_answers_nothing_was_not_asked(database: Database, rules: DialRules) -> None:
    _, case_id, one = owed(database, rules)
    answered(database, one)
    settled(database, rules, one.attempt_id, DialResult.PART, NOW)
    assert look(database, case_id).entries[-1].step is CaseStep.GIVE_UP_REVISIT


def test_a_busy_customer_is_tried_three_times_at_different_hours_then_given_up(
    database: Database, rules: DialRules
) -> None:
    """R-16.6; the case is told."""
    _, case_id, one = owed(database, rules)
    hours = [NOW.hour]
    for attempt in (2, 3):
        found = settled(database, rules, one.attempt_id, DialResult.BUSY, NOW, cause=17, sip=486)
        assert found.next_at is not None and found.end is None
        assert taken(database, rules, found.next_at - timedelta(minutes=1)) == []
        (one,) = taken(database, rules, found.next_at)
        assert one.attempt == attempt
        hours.append(found.next_at.astimezone(ZONE).hour)
    found = settled(database, rules, one.attempt_id, DialResult.BUSY, AFTERNOON)
    assert found.end is DialEnd.UNREACHABLE
    assert len(set(hours)) == 3
    whole = look(database, case_id)
    assert whole.line.state is CaseState.REVISITED
    assert whole.entries[-1].said == "未回访：多次拨打未能接通"


def test_never_again_is_never_again(database: Database, rules: DialRules) -> None:
    """R-16.3, R-16.6."""
    _, case_id, one = owed(database, rules)
    found = settled(database, rules, one.attempt_id, DialResult.NEVER, NOW)
    assert found.end is DialEnd.NOT_WANTED
    with database.read() as connection:
        (entry,) = do_not_call.listed(connection)
    assert (entry.number, entry.source) == ("+8613912341111", "key")
    assert look(database, case_id).entries[-1].said == "未回访：用户要求不再回访"
    with database.write() as connection:
        add_task(connection, DialReason.CAMPAIGN)
    assert taken(database, rules, NOW + 40 * DAY) == []


@pytest.mark.parametrize(
    ("wish", "again"),
    [
        (LaterWish.EVENING, datetime(2026, 11, 18, 18, tzinfo=ZONE)),
        (LaterWish.TOMORROW, datetime(2026, 11, 19, 9, tzinfo=ZONE)),
    ],
)
def test_whom_it_does_not_suit_is_called_when_they_said(
    database: Database, rules: DialRules, wish: LaterWish, again: datetime
) -> None:
    """R-16.3."""
    _, _, one = owed(database, rules)
    assert settled(database, rules, one.attempt_id, DialResult.LATER, NOW, later=wish).next_at == again
    assert [two.task_id for two in taken(database, rules, again)] == [one.task_id]


def test_who_was_asked_is_not_asked_again_within_thirty_days(database: Database, rules: DialRules) -> None:
    _, _, one = owed(database, rules)
    answered(database, one, SCORE)
    settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    with database.write() as connection:
        soon = add_task(connection, DialReason.REVISIT)
    assert taken(database, rules, NOW + 29 * DAY) == []
    assert task(database, soon).refusal == "asked_recently"
    with database.write() as connection:
        later = add_task(connection, DialReason.REVISIT)
    assert [two.task_id for two in taken(database, rules, NOW + 30 * DAY)] == [later]


def test_an_agent_who_spoke_enters_the_revisit_themselves(database: Database, rules: DialRules) -> None:
    team, case_id, one = owed(database, rules)
    assert settled(database, rules, one.attempt_id, DialResult.AGENT, NOW).end is DialEnd.REACHED
    assert look(database, case_id).line.state is CaseState.REVISIT_OWED
    with database.write() as connection:
        step(connection, case_id, CaseStep.REVISIT, team.agent, said="满意")


def test_a_case_that_moved_on_meanwhile_stays_as_it_is(database: Database, rules: DialRules) -> None:
    team, case_id, one = owed(database, rules)
    answered(database, one, NOT_SOLVED)
    with database.write() as connection:
        step(connection, case_id, CaseStep.REVISIT, team.agent, said="满意")
        step(connection, case_id, CaseStep.CLOSE, team.agent, said="修好，用户满意，办结")
    before = look(database, case_id)
    found = settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    assert found.dissatisfied and found.follow_up is None
    assert look(database, case_id) == before


def test_an_attempt_that_is_over_is_settled_once_and_never_changed(
    database: Database, rules: DialRules
) -> None:
    _, _, one = owed(database, rules)
    settled(database, rules, one.attempt_id, DialResult.NO_ANSWER, NOW)
    with database.write() as connection:
        again = dial_results.settle(connection, one.attempt_id, DialResult.DONE, NOW, rules)
        dial_results.note(connection, one.attempt_id, consent_at=NOW)
    assert again is None
    with pytest.raises(Conflict, match=r"never changed \(R-16\.6\)"), database.write() as connection:
        connection.execute(update(DialAttempt).values(consent_at=NOW))
    with database.read() as connection:
        attempt = connection.execute(select(*DialAttempt.__table__.c)).one()
    assert (attempt.result, attempt.consent_at) == (DialResult.NO_ANSWER, None)


def test_what_was_answered_is_never_changed(database: Database, rules: DialRules) -> None:
    _, _, one = owed(database, rules)
    answered(database, one, SCORE)
    answered(database, one, BAD)  # the same question once more: the first answer stands
    with pytest.raises(Conflict, match=r"R-16\.5"), database.write() as connection:
        connection.execute(update(RevisitAnswer).values(value=5))
    with database.read() as connection:
        assert connection.execute(select(RevisitAnswer.value)).scalar_one() == 4


def _promise(connection: Any, kind: TaskKind) -> int:
    made = connection.execute(
        insert(Task)
        .values(
            kind=kind,
            status=TaskStatus.OPEN,
            priority=TASK_PRIORITY[kind],
            call_id=add_call(connection),
            number="+8613900000007",
            language="zh",
            queue="repair",
            queued_at=NOW,
            created_at=NOW,
        )
        .returning(Task.id)
    )
    return int(made.scalar_one())


@pytest.mark.parametrize(
    ("result", "status"),
    [(DialResult.AGENT, TaskStatus.DONE), (DialResult.EMPTY, TaskStatus.CANCELLED)],
)
def test_a_promise_is_kept_when_somebody_spoke(
    database: Database, rules: DialRules, result: DialResult, status: TaskStatus
) -> None:
    with database.write() as connection:
        promised = _promise(connection, TaskKind.CALL_BACK)
        plan(connection, NOW, rules)
    run(database)
    (one,) = taken(database, rules)
    settled(database, rules, one.attempt_id, result, NOW)
    with database.read() as connection:
        row = connection.execute(select(Task.status, Task.done_at).where(Task.id == promised)).one()
    assert (row.status, row.done_at) == (status, NOW)


def test_an_alarm_caller_is_tried_again_two_minutes_later(database: Database, rules: DialRules) -> None:
    night = NOW.replace(hour=2)
    with database.write() as connection:
        _promise(connection, TaskKind.ALARM_CALL_BACK)
        plan(connection, night, rules)
    (one,) = taken(database, rules, night)
    found = settled(database, rules, one.attempt_id, DialResult.NO_ANSWER, night)
    assert found.next_at == night + timedelta(minutes=2)
    assert len(taken(database, rules, night + timedelta(minutes=2))) == 1


def test_what_an_engine_left_behind_is_tried_once_more_and_who_answered_is_not(
    database: Database, rules: DialRules
) -> None:
    with database.write() as connection:
        ids = [add_task(connection, number=f"+861390000001{place}") for place in range(4)]
    run(database)
    by_task = {one.task_id: one for one in taken(database, rules)}
    with database.write() as connection:
        dial_results.note(connection, by_task[ids[1]].attempt_id, answered_at=NOW, consent_at=NOW)
        dial_results.note(connection, by_task[ids[2]].attempt_id, answered_at=NOW)
        alive = add_call(connection)
        dial_results.note(connection, by_task[ids[3]].attempt_id, call_id=alive)
        assert dial_results.settle_left_behind(connection, NOW, rules, ["other"]) == 0
        assert dial_results.settle_left_behind(connection, NOW, rules, ["pbx1"]) == 3
        assert dial_results.settle_left_behind(connection, NOW, rules) == 0
    rows = [task(database, task_id) for task_id in ids]
    assert [row.result for row in rows] == [
        DialResult.BROKEN,
        DialResult.PART,
        DialResult.HUNG_UP,
        None,  # its call is up: whoever takes that up goes on
    ]
    assert [row.status for row in rows] == [
        DialStatus.OPEN,
        DialStatus.ENDED,
        DialStatus.OPEN,
        DialStatus.TAKEN,
    ]
    # Broken off, and once more: that is enough.
    at = rows[0].next_at
    (again,) = [one for one in taken(database, rules, at) if one.task_id == ids[0]]
    assert settled(database, rules, again.attempt_id, DialResult.BROKEN, at).end is DialEnd.UNREACHABLE


def test_of_a_result_that_was_only_written_down_everything_follows_once(
    database: Database, rules: DialRules
) -> None:
    """By an engine that died while the database was away: its journal was written by the next one."""
    team, case_id, one = owed(database, rules)
    answered(database, one, NOT_SOLVED)
    later = NOW + 2 * HOUR
    with database.write() as connection:
        call_id = add_call(connection, ended_at=NOW)
        dial_results.note(connection, one.attempt_id, consent_at=NOW, call_id=call_id)
        assert dial_results.write_result(connection, one.attempt_id, DialResult.DONE, NOW)
        assert not dial_results.write_result(connection, one.attempt_id, DialResult.PART, later)
    assert task(database, one.task_id).status is DialStatus.TAKEN
    with database.write() as connection:
        assert anything(connection, later, rules)
        assert dial_results.settle_left_behind(connection, later, rules, ["other"]) == 0
        assert dial_results.settle_left_behind(connection, later, rules, ["pbx1"]) == 1
        assert dial_results.settle_left_behind(connection, later, rules) == 0
        assert dial_results.carry_out(connection, one.attempt_id, rules) is None
    over = task(database, one.task_id)
    assert (over.status, over.result, over.end, over.dissatisfied) == (
        DialStatus.ENDED,
        DialResult.DONE,
        DialEnd.REACHED,
        True,
    )
    assert over.ended_at == NOW, "when the person was spoken to, not when it was found"
    assert look(database, case_id).line.state is CaseState.PASSED, "the unit is pressed again"
    with database.read() as connection:
        follow_ups = connection.execute(
            select(DialTask.agent_id).where(DialTask.reason == DialReason.FOLLOW_UP)
        )
        assert follow_ups.scalars().all() == [team.agent.agent_id]


def test_the_evidence_names_consent_numbers_time_and_recordings(database: Database, rules: DialRules) -> None:
    """R-16.6."""
    _, case_id, one = owed(database, rules)
    with database.write() as connection:
        call = add_call(connection)
        dial_results.note(connection, one.attempt_id, call_id=call)
        for name in ("2026-11-18/1-call", "2026-11-18/1-remark"):
            connection.execute(
                insert(Recording).values(
                    call_id=call,
                    pbx_node="pbx1",
                    kind=RecordingKind.MESSAGE,
                    status=RecordingStatus.FINISHED,
                    name=name,
                    started_at=NOW,
                )
            )
        remark = Answered("remark", Measures.OTHER, None)
        dial_results.answer(connection, one.attempt_id, remark, NOW, recording_name="2026-11-18/1-remark")
    answered(database, one, SCORE)
    settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    with database.read() as connection:
        (found,) = revisit_report.evidence(connection, "+8613912341111")
        (heard,) = revisit_report.remarks(connection, NOW - DAY, NOW + DAY, 10)
        assert revisit_report.evidence(connection, "+8613999999999") == []
    assert (found.number, found.shown_number, found.at, found.consent_at) == (
        "+8613912341111",
        "053195777",
        NOW,
        NOW,
    )
    assert found.recordings == ("2026-11-18/1-call", "2026-11-18/1-remark")
    assert (found.result, found.case_id, heard.question) == (DialResult.DONE, case_id, "remark")
    assert "有留言录音" in (look(database, case_id).entries[-1].said or "")


def test_satisfaction_is_counted_per_agent_unit_kind_and_week(database: Database, rules: DialRules) -> None:
    """R-3.6."""
    _, _, one = owed(database, rules)
    answered(database, one, NOT_SOLVED, BAD)
    settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    with database.write() as connection:
        connection.execute(update(DialTask).where(DialTask.id == one.task_id).values(ended_at=NOW))
    with database.read() as connection:
        found = revisit_report.satisfaction(connection, NOW - DAY, NOW + DAY, rules.zone)
        counts = revisit_report.queue_counts(connection)
        results = revisit_report.results(connection, NOW - DAY, NOW + DAY)
    for groups, name in (
        (found.by_unit, "城南管理站"),
        (found.by_kind, "repair"),
        (found.by_week, "2026-11-16"),
    ):
        (group,) = groups
        assert (group.group, group.asked, group.mean, group.judged, group.solved) == (name, 1, 2.0, 1, 0)
        assert group.dissatisfied == 1
    assert found.by_agent[0].group.endswith("王敏")
    assert results == {DialResult.DONE: 1}
    assert [(count.reason, count.status, count.tasks) for count in counts] == [
        (DialReason.FOLLOW_UP, DialStatus.OPEN, 1),
        (DialReason.REVISIT, DialStatus.ENDED, 1),
    ]
