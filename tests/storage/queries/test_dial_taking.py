"""Taken by one engine, in order, only who may be called now (R-16.6), and nobody for two reasons a day."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_pacing import Allowed
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import DialStatus, DoNotCallSource
from ivr.standard.dialing_hours import OwnDays
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import AgentPresence, DialAttempt, DialedNumber, DialTask
from storage.queries import dialer_state, do_not_call
from storage.queries.dial_planning import plan
from storage.queries.dial_taking import take
from storage.queries.upsert import insert_or
from tests.standard.clockwork import ZONE
from tests.storage.queries.case_rows import DAY, HOUR, NOW, add_team, finish_repair, look, make
from tests.storage.queries.dial_rows import MANY, add_task, run, settled, taken, task
from tests.storage.rows import add_agent, add_call

REASONS = list(DialReason)


def test_what_is_taken_has_its_attempt_with_both_numbers(database: Database, rules: DialRules) -> None:
    """R-16.6: both numbers and the time are kept."""
    with database.write() as connection:
        task_id = add_task(connection)
    run(database)
    (one,) = taken(database, rules)
    assert (one.task_id, one.attempt, one.number) == (task_id, 1, "+8613912341111")
    with database.read() as connection:
        attempt = connection.execute(select(*DialAttempt.__table__.c)).one()
    assert (attempt.number, attempt.shown_number, attempt.at) == ("+8613912341111", "053195777", NOW)
    assert (attempt.engine, attempt.result) == ("pbx1", None)
    assert task(database, task_id).status is DialStatus.TAKEN
    assert taken(database, rules) == []


def test_the_order_is_alarms_promises_revisits_campaigns(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        for place, reason in enumerate(reversed(REASONS)):
            for late in (2, 1):
                add_task(
                    connection,
                    reason,
                    f"+86139000{place:02}{late:03}",
                    due_at=NOW - timedelta(hours=9) + late * HOUR,
                )
    run(database)
    alarms = taken(database, rules)
    assert {one.reason for one in alarms} == {DialReason.ALARM_CALL_BACK}, "nobody else beside them"
    order = [(one.reason, one.due_at) for one in (*alarms, *taken(database, rules))]
    assert order == [
        (reason, NOW - timedelta(hours=9) + late * HOUR) for reason in REASONS for late in (1, 2)
    ]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 18, 8, 59, tzinfo=ZONE),
        datetime(2026, 11, 18, 11, 29, 30, tzinfo=ZONE),
        datetime(2026, 11, 18, 12, 0, tzinfo=ZONE),
        datetime(2026, 11, 18, 19, 30, tzinfo=ZONE),
        datetime(2027, 2, 5, 10, 0, tzinfo=ZONE),  # the eve of Spring Festival
        datetime(2026, 10, 1, 10, 0, tzinfo=ZONE),
    ],
)
def test_outside_of_the_windows_nobody_is_taken_but_alarms(
    database: Database, rules: DialRules, moment: datetime
) -> None:
    with database.write() as connection:
        add_task(connection, next_at=moment - DAY)
        alarm = add_task(
            connection, DialReason.ALARM_CALL_BACK, "+8613900000001", next_at=moment - DAY, way=DialWay.AGENT
        )
    run(database)
    assert [one.task_id for one in taken(database, rules, moment)] == [alarm]


def test_without_any_window_nobody_is_ever_taken(database: Database, rules: DialRules) -> None:
    closed = replace(rules, hours=replace(rules.hours, working_day=(), weekend=(), holiday=()))
    with database.write() as connection:
        add_task(connection)
    run(database)
    assert all(taken(database, closed, NOW + hours * HOUR) == [] for hours in range(0, 200, 3))


def test_a_day_on_which_nobody_is_called_is_kept(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        add_task(connection)
    run(database)
    assert taken(database, replace(rules, own_days=OwnDays(never=[NOW.date()]))) == []


def test_before_anybody_lets_it_run_and_after_it_was_paused_nothing_is_called(
    database: Database, rules: DialRules
) -> None:
    with database.write() as connection:
        add_task(connection)
    assert taken(database, rules) == []
    run(database)
    with database.write() as connection:
        assert dialer_state.switch(connection, False, NOW)
        assert not dialer_state.switch(connection, False, NOW)
    assert taken(database, rules) == []


def test_never_more_than_allowed_and_agents_are_no_lines(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        for place in range(6):
            add_task(connection, number=f"+861390000000{place}")
            add_task(connection, DialReason.CALL_BACK, f"+861391000000{place}", way=DialWay.AGENT)
    run(database)
    some = taken(database, rules, allowed=Allowed(urgent=9, lines=5, with_agent=2))
    assert Counter(one.way for one in some) == {DialWay.AGENT: 2, DialWay.AUTOMATIC: 3}
    assert taken(database, rules, allowed=Allowed(urgent=9, lines=0, with_agent=0)) == []


def test_nobody_is_called_for_two_reasons_on_one_day(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        first = add_task(connection, DialReason.REVISIT)
        second = add_task(connection, DialReason.CAMPAIGN)
    run(database)
    (one,) = taken(database, rules)
    assert one.task_id == first
    settled(database, rules, one.attempt_id, DialResult.NO_ANSWER, NOW)
    assert taken(database, rules, NOW + HOUR) == []
    moved = task(database, second)
    assert moved.refusal is DialRefusal.OTHER_REASON_TODAY
    assert moved.next_at == datetime(2026, 11, 19, tzinfo=ZONE)
    # The next attempt of the first is the same reason.
    again = taken(database, rules, datetime(2026, 11, 18, 14, 30, tzinfo=ZONE))
    assert [one.task_id for one in again] == [first]


def test_who_asked_for_a_call_gets_it_also_on_the_same_day(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        add_task(connection, DialReason.REVISIT)
    run(database)
    (first,) = taken(database, rules)
    settled(database, rules, first.attempt_id, DialResult.NO_ANSWER, NOW)
    with database.write() as connection:
        asked = add_task(connection, DialReason.CALL_BACK, way=DialWay.AGENT)
    assert [one.task_id for one in taken(database, rules, NOW + HOUR)] == [asked]


@pytest.mark.parametrize(
    ("known", "refusal"),
    [
        ({"asked_at": NOW - 29 * DAY}, DialRefusal.ASKED_RECENTLY),
        ({"empty_at": NOW - 3 * DAY}, DialRefusal.EMPTY_NUMBER),
    ],
)
def test_a_protected_person_is_not_called_and_the_case_says_so(
    database: Database, rules: DialRules, known: dict[str, datetime], refusal: DialRefusal
) -> None:
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team, at=NOW - HOUR)
        finish_repair(connection, case.case_id, team)
        plan(connection, NOW, rules)
        connection.execute(insert_or(connection, DialedNumber).values(number="+8613912341111", **known))
        task_id = connection.execute(select(DialTask.id)).scalar_one()
    run(database)
    assert taken(database, rules) == []
    ended = task(database, task_id)
    assert (ended.end, ended.refusal, ended.next_at) == (DialEnd.REFUSED, refusal, None)
    entry = look(database, case.case_id).entries[-1]
    assert entry.step == "give_up_revisit" and (entry.said or "").startswith("未回访：")


def test_a_number_that_asked_not_to_be_called_is_not_and_is_when_it_was_lifted(
    database: Database, rules: DialRules
) -> None:
    with database.write() as connection:
        blocked = add_task(connection)
        assert do_not_call.add(connection, "+8613912341111", NOW, DoNotCallSource.OPERATOR)
        assert not do_not_call.add(connection, "+8613912341111", NOW, DoNotCallSource.KEY)
    run(database)
    assert taken(database, rules) == []
    assert task(database, blocked).refusal is DialRefusal.DO_NOT_CALL
    with database.write() as connection:
        assert [one.number for one in do_not_call.listed(connection)] == ["+8613912341111"]
        assert do_not_call.lift(connection, "+8613912341111", NOW)
        assert not do_not_call.lift(connection, "+8613912341111", NOW)
        add_task(connection)
    assert len(taken(database, rules)) == 1


def test_engines_that_take_at_once_never_take_the_same(database: Database, rules: DialRules) -> None:
    """Several engines need PostgreSQL; on SQLite the threads take turns."""
    with database.write() as connection:
        for place in range(60):
            add_task(connection, number=f"+8613900000{place % 30:03}", due_at=NOW + place * HOUR)
    run(database)

    def engine(name: str) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for _ in range(30):
            with database.write() as connection:
                some = take(connection, name, NOW, rules, Allowed(0, 3, 0))
            found += [(one.task_id, one.number) for one in some]
        return found

    with ThreadPoolExecutor(4) as pool:
        all_taken = [one for found in pool.map(engine, "abcd") for one in found]
    assert len({task_id for task_id, _ in all_taken}) == len(all_taken)
    assert len({number for _, number in all_taken}) == len(all_taken) == 30


def test_many_that_are_refused_do_not_hide_those_behind_them(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        for place in range(450):
            number = f"+8613900{place:06}"
            add_task(connection, number=number)
            do_not_call.add(connection, number, NOW, DoNotCallSource.OPERATOR)
        last = add_task(connection, due_at=NOW + DAY)
    run(database)
    looks = [taken(database, rules, allowed=Allowed(0, 4, 0)) for _ in range(4)]
    assert [one.task_id for some in looks for one in some] == [last]


def test_the_floor_counts_lines_and_agents_of_both_sides(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        for _ in range(3):
            add_agent(connection)
        busy = add_agent(connection)
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == busy).values(state=AgentState.TALKING)
        )
        add_call(connection, stage=CallStage.WAITING, queue="repair", queued_at=NOW - timedelta(seconds=25))
        add_call(connection, stage=CallStage.MENU)
        add_task(connection, DialReason.CALL_BACK, way=DialWay.AGENT)
        add_task(connection, number="+8613900000001")
    run(database)
    taken(database, rules)

    def floor(at: datetime = NOW) -> object:
        with database.read() as connection:
            return dialer_state.floor(connection, at, lines=10, alarm_queue="alarm")

    found = dialer_state.Floor(
        lines=10,
        lines_used=4,
        dialing=2,
        free_agents=3,
        promised_agents=1,
        alarm_waiting=False,
        longest_wait_seconds=25.0,
    )
    assert floor() == found
    with database.write() as connection:
        add_call(connection, stage=CallStage.WAITING, queue="alarm", queued_at=NOW)
    assert floor() == replace(found, lines_used=5, alarm_waiting=True)


@pytest.mark.parametrize(
    ("stage", "waits"),
    [
        (None, True),  # taken, and not dialed yet
        (CallStage.ASKING, True),
        (CallStage.WAITING, True),
        (CallStage.TALKING, False),
        (CallStage.SURVEY, False),
    ],
)
def test_who_is_called_back_for_an_alarm_waits_until_somebody_talks_to_them(
    database: Database, rules: DialRules, stage: CallStage | None, waits: bool
) -> None:
    with database.write() as connection:
        add_task(connection, DialReason.ALARM_CALL_BACK, queue="alarm")
    (alarm,) = taken(database, rules)
    with database.write() as connection:
        if stage is not None:
            call_id = add_call(connection, stage=stage, queue="alarm", queued_at=NOW)
            connection.execute(update(DialAttempt).values(call_id=call_id))
        found = dialer_state.floor(connection, NOW, lines=10, alarm_queue="alarm")
    assert alarm.reason is DialReason.ALARM_CALL_BACK
    assert found.alarm_waiting is waits
    assert found.urgent_out == waits


def test_all_that_may_be_taken_is_taken_at_once(database: Database, rules: DialRules) -> None:
    with database.write() as connection:
        for place in range(300):
            add_task(connection, number=f"+8613900{place:06}")
    run(database)
    assert len(taken(database, rules, allowed=MANY)) == 300
    with database.read() as connection:
        assert connection.execute(select(DialTask.id).where(DialTask.status == DialStatus.OPEN)).all() == []
