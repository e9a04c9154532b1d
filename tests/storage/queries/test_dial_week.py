"""A week of the dialer, minute by minute on virtual time: no call outside of the windows (R-16.6).

Spring Festival lies in one of the weeks, and National Day in the other; people are busy, away, off, put us
off or hang up as chance has it, and alarm callers are among them.
"""

import random
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from ivr.standard.dial_attempt import NOT_COUNTED, DialResult, LaterWish
from ivr.standard.dial_pacing import Allowed
from ivr.standard.dial_reason import ASKED_FOR, AT_ANY_HOUR, DialReason, DialWay
from ivr.working_calendar import published_kind
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import DialAttempt, DialTask
from storage.queries import dial_results, dialer_state
from storage.queries.dial_taking import Taken, take
from tests.standard.clockwork import ZONE
from tests.storage.queries.dial_rows import add_task

FESTIVAL = datetime(2026, 2, 13, tzinfo=ZONE)
"""Spring Festival is from the 15th on."""
NATIONAL_DAY = datetime(2026, 9, 28, tzinfo=ZONE)
"""From 1 October on."""
PEOPLE = 150
RESULTS = [
    *[DialResult.NO_ANSWER] * 4,
    *[DialResult.BUSY] * 3,
    *[DialResult.OFF] * 2,
    *[DialResult.DONE] * 3,
    *[DialResult.HUNG_UP] * 2,
    *[DialResult.LATER] * 2,
    DialResult.NO_LINE,
    DialResult.EMPTY,
    DialResult.NEVER,
    DialResult.BROKEN,
]
ALLOWED = Allowed(urgent=3, lines=3, with_agent=1)


@pytest.fixture
def database(sqlite_address: str) -> Database:
    """One kind is enough: what is looked at here is the time, not the database."""
    return Database(sqlite_address)


@pytest.mark.parametrize(
    ("begin", "closed", "step"),
    [
        pytest.param(FESTIVAL, {15, 16, 17, 18, 19}, 7, id="festival, each 7 minutes"),
        pytest.param(FESTIVAL, {15, 16, 17, 18, 19}, 1, id="festival", marks=pytest.mark.long),
        pytest.param(NATIONAL_DAY, {1, 2, 3, 4}, 1, id="national day", marks=pytest.mark.long),
    ],
)
def test_a_week_minute_by_minute_has_no_call_outside_of_the_windows(
    database: Database, rules: DialRules, begin: datetime, closed: set[int], step: int
) -> None:
    chance = random.Random(5)
    with database.write() as connection:
        dialer_state.switch(connection, True, begin)
        for person in range(PEOPLE):
            reason = chance.choice([one for one in DialReason if one not in AT_ANY_HOUR])
            way = DialWay.AGENT if reason in ASKED_FOR else DialWay.AUTOMATIC
            due = begin + timedelta(hours=chance.randrange(120))
            number = f"+86139000{person % 100:05}"  # some are to be called for two reasons
            add_task(connection, reason, number, way=way, next_at=due, due_at=due)
        add_task(connection, DialReason.ALARM_CALL_BACK, "+8613911111111", next_at=begin + timedelta(hours=3))
    up: list[tuple[datetime, Taken]] = []
    with database.write() as connection:
        for minute in range(0, 7 * 24 * 60, step):
            now = begin + timedelta(minutes=minute)
            for over, one in [pair for pair in up if pair[0] <= now]:
                later = chance.choice(list(LaterWish))
                result = chance.choice(RESULTS)
                dial_results.settle(connection, one.attempt_id, result, over, rules, later=later)
                up.remove((over, one))
            free = ALLOWED.lines - len(up)
            allowed = Allowed(ALLOWED.urgent, free, min(free, ALLOWED.with_agent))
            taken = take(connection, "pbx1", now, rules, allowed)
            up += [(now + timedelta(minutes=chance.randrange(1, 4)), one) for one in taken]
            assert len(up) <= ALLOWED.lines + ALLOWED.urgent
    with database.read() as connection:
        rows = connection.execute(
            select(DialAttempt.at, DialAttempt.number, DialAttempt.result, DialTask.id, DialTask.reason).join(
                DialTask, DialTask.id == DialAttempt.dial_task_id
            )
        ).all()
    calls = [row for row in rows if row.reason not in AT_ANY_HOUR]
    assert len(calls) > PEOPLE // 2
    reasons_of_day: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    hours: defaultdict[int, list[int]] = defaultdict(list)
    for row in calls:
        local = row.at.astimezone(ZONE)
        assert time(9) <= local.time() < time(11, 30) or time(14, 30) <= local.time() < time(19, 30), local
        assert local.day not in closed, local
        assert published_kind(local.date()) is not None
        if row.reason not in ASKED_FOR:
            reasons_of_day[row.number, local.day].add(row.id)
        if row.result not in NOT_COUNTED and row.result is not None:
            hours[row.id].append(local.hour)
    assert all(len(tasks) == 1 for tasks in reasons_of_day.values())
    assert all(len(found) <= 3 for found in hours.values())
    alarms = Counter(row.at.astimezone(ZONE).hour for row in rows if row.reason in AT_ANY_HOUR)
    assert set(alarms) <= {3, 4} and alarms
    database.close()
