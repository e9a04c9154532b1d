"""Reading the audit log (R-18, R-19): who signed in, looked, listened, wrote; the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage.models import Agent, Event
from storage.queries.audit import ConsoleFact


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines are wanted; ``work_number`` of who did it."""

    since: datetime
    until: datetime
    fact: ConsoleFact | None = None
    work_number: str | None = None
    call_id: int | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line: who (None where nobody is known), what, when, about which call, and from where."""

    id: int
    at: datetime
    kind: str
    call_id: int | None
    data: dict[str, Any]
    work_number: str | None
    name: str | None


def page(connection: Connection, wanted: LogFilter, *, offset: int, limit: int) -> list[LogLine]:
    """One page of the log."""
    rows = connection.execute(
        select(Event.id, Event.at, Event.kind, Event.call_id, Event.data, Agent.work_number, Agent.name)
        .outerjoin(Agent, Agent.id == Event.agent_id)
        .where(_condition(wanted))
        .order_by(Event.at.desc(), Event.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        LogLine(row.id, row.at, row.kind, row.call_id, row.data or {}, row.work_number, row.name)
        for row in rows
    ]


def count(connection: Connection, wanted: LogFilter) -> int:
    """How many lines the filter lets through."""
    counted = (
        select(func.count())
        .select_from(Event)
        .outerjoin(Agent, Agent.id == Event.agent_id)
        .where(_condition(wanted))
    )
    return int(connection.execute(counted).scalar_one())


def _condition(wanted: LogFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [Event.at >= wanted.since, Event.at < wanted.until]
    if wanted.fact is not None:
        parts.append(Event.kind == wanted.fact)
    else:
        parts.append(Event.kind.startswith("console.", autoescape=True))
    if wanted.work_number is not None:
        parts.append(Agent.work_number == wanted.work_number)
    if wanted.call_id is not None:
        parts.append(Event.call_id == wanted.call_id)
    return and_(*parts)
