"""Tasks to call customers that tests begin with."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_pacing import Allowed
from ivr.standard.dial_reason import DialReason, DialWay
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import DialTask
from storage.queries import dial_results, dialer_state
from storage.queries.dial_results import Settled
from storage.queries.dial_rows import new_task
from storage.queries.dial_taking import Taken, take
from tests.storage.queries.case_rows import NOW

MANY = Allowed(urgent=1000, lines=1000, with_agent=1000)
TEN_MINUTES = timedelta(minutes=10)


def add_task(
    connection: Connection,
    reason: DialReason = DialReason.REVISIT,
    number: str = "+8613912341111",
    **values: Any,
) -> int:
    """A task that may be called at once; returns the id."""
    row = {
        **new_task(reason, NOW, number=number),
        "way": DialWay.AUTOMATIC,
        "language": "zh",
        "due_at": NOW,
        "next_at": NOW,
        **values,
    }
    return int(connection.execute(insert(DialTask).values(row).returning(DialTask.id)).scalar_one())


def run(database: Database, at: datetime = NOW) -> None:
    """Let the dialer run."""
    with database.write() as connection:
        dialer_state.switch(connection, True, at)


def taken(
    database: Database,
    rules: DialRules,
    at: datetime = NOW,
    allowed: Allowed = MANY,
    engine: str = "pbx1",
) -> list[Taken]:
    """Take what may be called."""
    with database.write() as connection:
        return take(connection, engine, at, rules, allowed, shown_number="053195777")


def settled(
    database: Database,
    rules: DialRules,
    attempt_id: int,
    result: DialResult,
    at: datetime = NOW,
    **more: Any,
) -> Settled:
    """Settle an attempt that is not over."""
    with database.write() as connection:
        found = dial_results.settle(connection, attempt_id, result, at, rules, **more)
    assert found is not None
    return found


def task(database: Database, task_id: int) -> Any:
    """A task's row."""
    with database.read() as connection:
        return connection.execute(select(*DialTask.__table__.c).where(DialTask.id == task_id)).one()
