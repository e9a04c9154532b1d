"""One queue of everything that is to be called: revisits that are owed, call-backs that were promised."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import DialStatus
from ivr.standard.task_kind import TASK_PRIORITY, TaskKind, TaskStatus
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import DialTask, Task
from storage.queries.dial_planning import Planned, plan
from tests.storage.queries.case_rows import (
    DAY,
    HOUR,
    NOW,
    add_team,
    conclude_complaint,
    finish_repair,
    make,
    step,
)
from tests.storage.rows import add_call


def planned(database: Database, rules: DialRules, at_once: int = 5000) -> Planned:
    with database.write() as connection:
        return plan(connection, NOW, rules, at_once)


def tasks(database: Database) -> list[DialTask]:
    with database.read() as connection:
        rows = connection.execute(
            select(*DialTask.__table__.c).order_by(DialTask.rank, DialTask.due_at, DialTask.id)
        )
        return list(rows)  # type: ignore[arg-type]


def test_a_case_that_owes_a_revisit_is_planned_once_with_all_it_needs(
    database: Database, rules: DialRules
) -> None:
    """R-15.4."""
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team)
        finish_repair(connection, case.case_id, team)
    assert planned(database, rules) == Planned(revisits=1)
    assert planned(database, rules) == Planned()
    (task,) = tasks(database)
    assert (task.reason, task.way, task.status) == (
        DialReason.REVISIT,
        DialWay.AUTOMATIC,
        DialStatus.OPEN,
    )
    assert (task.number, task.case_id, task.questionnaire) == ("+8613912341111", case.case_id, "repair")
    assert (task.agent_id, task.queue, task.language) == (team.agent.agent_id, "repair", "zh")
    assert task.next_at == NOW and task.due_at == NOW + timedelta(hours=48)


def test_what_nobody_owes_is_not_planned(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        team = add_team(connection)
        make(connection, team)  # not finished
        paused = make(connection, team)
        finish_repair(connection, paused.case_id, team)
        step(connection, paused.case_id, CaseStep.PAUSE, team.agent, said="用户出差")
    assert planned(database, rules) == Planned()


def test_a_revisit_of_the_second_day_is_not_called_on_the_first(database: Database, rules: DialRules) -> None:
    """R-CR."""
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team, CallKind.COMPLAINT, complaint_class=ComplaintClass.QUALITY)
        conclude_complaint(connection, case.case_id, team)
        step(connection, case.case_id, CaseStep.DELIVER, team.agent)
    assert planned(database, rules).revisits == 1
    (task,) = tasks(database)
    assert task.next_at is not None and task.next_at.date() > NOW.date()


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (None, DialRefusal.NO_NUMBER),
        ("110", DialRefusal.NOT_TO_BE_CALLED),
        ("+85221234567", DialRefusal.NOT_TO_BE_CALLED),
        ("95588", DialRefusal.NOT_TO_BE_CALLED),
        ("12", DialRefusal.NOT_TO_BE_CALLED),
    ],
)
def test_who_cannot_be_called_is_in_the_queue_with_the_reason(
    database: Database, rules: DialRules, number: str | None, refusal: DialRefusal
) -> None:
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team, contact_number=number)
        finish_repair(connection, case.case_id, team)
    assert planned(database, rules) == Planned(refused=1)
    (task,) = tasks(database)
    assert (task.status, task.end, task.refusal) == (DialStatus.ENDED, DialEnd.REFUSED, refusal)
    assert task.next_at is None


def test_promised_calls_keep_their_places_and_alarms_come_first(database: Database, rules: DialRules) -> None:
    """Alarm call-backs before everything, promised call-backs in their order, then revisits."""
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team)
        finish_repair(connection, case.case_id, team)
        for place, (kind, hours) in enumerate(
            [(TaskKind.CALL_BACK, 1), (TaskKind.CALL_BACK, 3), (TaskKind.ALARM_CALL_BACK, 0)]
        ):
            connection.execute(
                insert(Task).values(
                    kind=kind,
                    status=TaskStatus.OPEN,
                    priority=TASK_PRIORITY[kind],
                    call_id=add_call(connection),
                    number=f"+861390000000{place}",
                    language="zh",
                    queue="repair",
                    queued_at=NOW - hours * HOUR,
                    created_at=NOW,
                )
            )
    assert planned(database, rules) == Planned(revisits=1, call_backs=3)
    assert [(task.reason, task.number) for task in tasks(database)] == [
        (DialReason.ALARM_CALL_BACK, "+8613900000002"),
        (DialReason.CALL_BACK, "+8613900000001"),
        (DialReason.CALL_BACK, "+8613900000000"),
        (DialReason.REVISIT, "+8613912341111"),
    ]


def test_what_somebody_did_by_hand_is_taken_out(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team)
        finish_repair(connection, case.case_id, team)
    planned(database, rules)
    with database.write() as connection:
        step(connection, case.case_id, CaseStep.REVISIT, team.agent, NOW + HOUR, "电话回访，满意")
    assert planned(database, rules) == Planned(dropped=1)
    (task,) = tasks(database)
    assert (task.status, task.end) == (DialStatus.ENDED, DialEnd.CANCELLED)


def test_a_task_that_lost_its_sense_ends(database: Database, rules: DialRules) -> None:
    from tests.storage.queries.dial_rows import add_task

    with database.write() as connection:
        add_task(connection, DialReason.OUTAGE_NOTICE, until_at=NOW - HOUR)
        add_task(connection, DialReason.OUTAGE_NOTICE, "+8613900000009", until_at=NOW + DAY)
    assert planned(database, rules).dropped == 1
    assert [task.end for task in tasks(database)] == [DialEnd.NO_TIME_LEFT, None]


def test_much_is_planned_in_several_transactions(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        team = add_team(connection)
        for _ in range(5):
            case = make(connection, team)
            finish_repair(connection, case.case_id, team)
    whole = Planned(more=True)
    rounds = 0
    while whole.more:
        whole += planned(database, rules, at_once=2)
        rounds += 1
    assert whole.revisits == 5 and rounds == 3 and len(tasks(database)) == 5


def test_nothing_of_a_call_to_a_customer_is_deleted(database: Database, rules: DialRules) -> None:
    from sqlalchemy import delete

    from tests.storage.queries.dial_rows import add_task

    with database.write() as connection:
        add_task(connection)
    with pytest.raises(Conflict, match=r"never deleted \(R-16\.6\)"), database.write() as connection:
        connection.execute(delete(DialTask))
    with database.write() as connection:
        connection.execute(update(DialTask).values(due_at=NOW))
