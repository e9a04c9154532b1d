"""Figures of the hotline for whoever watches from outside: one cheap look, no person and no number in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ivr.standard.notice_kind import NoticeState
from ivr.standard.recording_status import RecordingStatus
from ivr.standard.task_kind import TaskStatus
from ivr.standard.trunk_choice import WRONG
from storage.models import (
    Agent,
    AgentPresence,
    AuditLink,
    Call,
    CaseLife,
    Command,
    Engine,
    Notice,
    Offer,
    Recording,
    SipBan,
    Task,
)
from storage.queries import trunk_states

NEWEST_ROWS = 20_000
"""How far back failures are looked for: by the keys, so that a large table costs nothing."""


@dataclass(frozen=True, slots=True)
class NodeSign:
    """An engine: seconds since its last sign of life, whether it has its PBX, and what it said of itself.

    ``pbx_seconds``: how long the PBX took for its last request. ``unwritten``: facts that waited for the
    database. ``unrecorded``: the disk is full. ``crowded``: more callers than can be served.
    """

    node: str
    silent_seconds: float
    pbx_connected: bool
    pbx_seconds: float | None = None
    unwritten: int = 0
    unrecorded: bool = False
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class HealthFigures:
    """All of one moment. Counts by their words; times in seconds."""

    engines: list[NodeSign]
    calls: dict[tuple[str, str], int]
    """By stage and direction, of those that are up."""
    waiting: dict[str, tuple[int, float]]
    """By queue: how many wait, and how long the first has."""
    offers: dict[str, int]
    """By outcome, of those made in the last hour."""
    agents: dict[str, int]
    """By state, of those who may sign in."""
    cases_late: int
    cases_due_soon: int
    """Open cases with something due within the hour."""
    notices_waiting: dict[str, int]
    notices_failed: dict[str, int]
    """By way, in the last day."""
    recordings_failed: int
    """In the last day."""
    tasks: dict[str, int]
    """Owed, by kind."""
    commands_open: int
    oldest_command_seconds: float
    audit_lines: int
    trunks: dict[tuple[str, str], bool]
    """By node and name, whether it takes calls."""
    bans: int
    """Addresses that the PBXs do not listen to now."""


def read(connection: Connection, now: datetime) -> HealthFigures:
    """Look at everything in one transaction."""
    day, hour = now - timedelta(days=1), now - timedelta(hours=1)
    open_commands, oldest = connection.execute(
        select(func.count(), func.min(Command.at)).where(Command.done_at.is_(None))
    ).one()
    late, soon = (
        _count(connection, CaseLife, CaseLife.closed_at.is_(None), CaseLife.due_at < moment)
        for moment in (now, now + timedelta(hours=1))
    )
    return HealthFigures(
        engines=engines(connection, now),
        calls=_by(connection, (Call.stage, Call.direction), Call.ended_at.is_(None)),
        waiting=_waiting(connection, now),
        offers=_by_one(connection, Offer.outcome, Offer.made_at >= hour, Offer.outcome.is_not(None)),
        agents=_agents(connection),
        cases_late=late,
        cases_due_soon=soon - late,
        notices_waiting=_by_one(connection, Notice.way, Notice.state == NoticeState.WAITING),
        notices_failed=_by_one(
            connection,
            Notice.way,
            _newest(connection, Notice),
            Notice.state == NoticeState.FAILED,
            Notice.made_at >= day,
        ),
        recordings_failed=_count(
            connection,
            Recording,
            _newest(connection, Recording),
            Recording.status == RecordingStatus.FAILED,
            Recording.started_at >= day,
        ),
        tasks=_by_one(connection, Task.kind, Task.status == TaskStatus.OPEN),
        commands_open=open_commands,
        oldest_command_seconds=_age(oldest, now),
        audit_lines=connection.execute(select(func.max(AuditLink.position))).scalar_one() or 0,
        trunks={
            (line.pbx_node, line.name): line.state not in WRONG for line in trunk_states.listed(connection)
        },
        bans=len({*connection.execute(select(SipBan.address).where(SipBan.until > now)).scalars()}),
    )


def engines(connection: Connection, now: datetime) -> list[NodeSign]:
    """The last sign of life of every engine there ever was."""
    rows = connection.execute(select(Engine.__table__).order_by(Engine.pbx_node))
    return [
        NodeSign(
            row.pbx_node,
            _age(row.seen_at, now),
            row.pbx_connected,
            row.pbx_seconds,
            row.unwritten,
            row.unrecorded,
            row.crowded,
        )
        for row in rows
    ]


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def _waiting(connection: Connection, now: datetime) -> dict[str, tuple[int, float]]:
    rows = connection.execute(
        select(Call.queue, func.count(), func.min(Call.queued_at))
        .where(Call.ended_at.is_(None), Call.stage == "waiting", Call.queued_at.is_not(None))
        .group_by(Call.queue)
    )
    return {queue or "": (count, _age(first, now)) for queue, count, first in rows}


def _agents(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        select(AgentPresence.state, func.count())
        .join(Agent, Agent.id == AgentPresence.agent_id)
        .where(Agent.active.is_(True))
        .group_by(AgentPresence.state)
    )
    return {str(state): count for state, count in rows}


def _by(connection: Connection, words: tuple[Any, ...], *of: ColumnElement[bool]) -> dict[Any, int]:
    rows = connection.execute(select(*words, func.count()).where(*of).group_by(*words))
    return {tuple(map(str, row[:-1])): row[-1] for row in rows}


def _by_one(connection: Connection, word: Any, *of: ColumnElement[bool]) -> dict[str, int]:
    return {found[0]: count for found, count in _by(connection, (word,), *of).items()}


def _count(connection: Connection, table: Any, *of: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*of)).scalar_one())


def _newest(connection: Connection, table: Any) -> ColumnElement[bool]:
    last = connection.execute(select(func.max(table.id))).scalar_one() or 0
    condition: ColumnElement[bool] = table.id > last - NEWEST_ROWS
    return condition
