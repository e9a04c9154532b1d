"""One call to a customer is taken back by somebody, with what follows for its case or its promise."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_state import LEADS_TO, DialMove
from storage.changes import announce
from storage.dial_rules import DialRules
from storage.models import Agent, DialTask, Event
from storage.queries import dial_cases
from storage.queries.audit import ConsoleFact
from storage.queries.dial_results import settle_promise


def cancel(
    connection: Connection, task_id: int, now: datetime, rules: DialRules, *, by: int, reason: str
) -> Row[Any] | None:
    """Take a task back that nobody calls this moment; the case of a revisit goes on without it.

    Whoever looks at it on the desk finds it gone when dialing.

    :param by: who, an agent's id. ``reason``: why, in their words.
    :returns: the task as it was; None: it is being called, or is over.
    """
    task = connection.execute(
        select(*DialTask.__table__.c).where(DialTask.id == task_id).with_for_update()
    ).one_or_none()
    if task is None or (status := LEADS_TO.get((task.status, DialMove.TAKE_BACK))) is None:
        return None
    values = {"status": status, "end": DialEnd.CANCELLED, "ended_at": now, "next_at": None}
    taken_back = connection.execute(
        update(DialTask)
        .where(DialTask.id == task_id, DialTask.status == task.status)
        .values(**values, held_by=None, held_until=None)
    )
    if taken_back.rowcount != 1:
        return None
    if task.task_id is not None:
        settle_promise(connection, task.task_id, DialEnd.CANCELLED, now)
    if task.obligation_id is not None:
        dial_cases.take_back(connection, task.case_id, reason, now, rules, by=by)
    announce(connection)
    return task


def cancelled_by(connection: Connection, task_id: int) -> Any:
    """Who took a task back: a row of ``at``, ``work_number``, ``name`` and ``reason``; None: nobody."""
    return connection.execute(
        select(Event.at, Agent.work_number, Agent.name, Event.data["reason"].as_string().label("reason"))
        .outerjoin(Agent, Agent.id == Event.agent_id)
        .where(Event.kind == ConsoleFact.REVISIT_CANCELLED.value, Event.data["task"].as_integer() == task_id)
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()
