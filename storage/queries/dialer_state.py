"""Whether the dialer runs, set by people; and what is going on that decides how much it may do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.dial_pacing import Floor
from ivr.standard.dial_reason import DialReason, DialWay
from storage.changes import announce
from storage.models import Agent, AgentPresence, Call, DialAttempt, DialerState, DialTask
from storage.queries.upsert import insert_or

_ROW = 1


@dataclass(frozen=True, slots=True)
class Dialer:
    """``planned_at``: when what is to be called was gathered last.

    ``by``: work number and name of who set it, ``reason``: why; None of a command of the operator.
    """

    running: bool
    changed_at: datetime | None = None
    planned_at: datetime | None = None
    by: tuple[str, str] | None = None
    reason: str | None = None


def state(connection: Connection) -> Dialer:
    """How the dialer was set last; before anybody set it, it does not run."""
    row = connection.execute(
        select(
            DialerState.running,
            DialerState.changed_at,
            DialerState.planned_at,
            DialerState.reason,
            Agent.work_number,
            Agent.name,
        )
        .outerjoin(Agent, Agent.id == DialerState.by_agent_id)
        .where(DialerState.id == _ROW)
    ).one_or_none()
    if row is None:
        return Dialer(running=False)
    by = (row.work_number, row.name) if row.work_number is not None and row.name is not None else None
    return Dialer(row.running, row.changed_at, row.planned_at, by, row.reason)


def switch(
    connection: Connection,
    running: bool,
    now: datetime,
    by: int | None = None,
    *,
    reason: str | None = None,
) -> bool:
    """Let the dialer run, or stop it; calls that are up go on. Returns whether that changed anything.

    :param by: who; None for a command of the operator.
    :param reason: why, as they wrote it.
    """
    before = state(connection)
    values = {"id": _ROW, "running": running, "changed_at": now, "by_agent_id": by, "reason": reason}
    connection.execute(
        insert_or(connection, DialerState)
        .values(values)
        .on_conflict_do_update(index_elements=["id"], set_={**values})
    )
    announce(connection)
    return before.running is not running


def note_planned(connection: Connection, now: datetime) -> None:
    """Keep when what is to be called was gathered."""
    connection.execute(update(DialerState).where(DialerState.id == _ROW).values(planned_at=now))


def floor(connection: Connection, now: datetime, *, lines: int, alarm_queue: str) -> Floor:
    """What is going on now.

    :param lines: that the trunks have.
    :param alarm_queue: in which alarm callers wait; who is called back for an alarm waits as they do.
    """
    up = connection.execute(select(func.count()).where(Call.ended_at.is_(None))).scalar_one()
    # An agent's own call is in it only while it is up: its result may be written long after.
    going_on = and_(
        DialAttempt.result.is_(None), or_(DialAttempt.agent_id.is_(None), Call.ended_at.is_(None))
    )
    begun = connection.execute(
        select(func.count()).where(DialAttempt.result.is_(None), DialAttempt.call_id.is_(None))
    ).scalar_one()
    # A call that the dialer has brought to an agent's queue waits for one as well, but is no caller of ours.
    ours = select(DialAttempt.call_id).where(DialAttempt.result.is_(None), DialAttempt.call_id.is_not(None))
    waiting = connection.execute(
        select(Call.queue, func.min(Call.queued_at).label("since"))
        .where(Call.stage == CallStage.WAITING, Call.ended_at.is_(None), Call.id.not_in(ours))
        .group_by(Call.queue)
    ).all()
    dialing = connection.execute(
        select(func.count())
        .select_from(DialAttempt)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .where(going_on)
    ).scalar_one()
    promised = connection.execute(
        select(func.count())
        .select_from(DialAttempt)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .where(
            DialAttempt.result.is_(None),
            DialAttempt.agent_id.is_(None),  # who calls by hand is no free agent any more
            DialTask.way == DialWay.AGENT,
            func.coalesce(Call.stage, CallStage.ARRIVED) != CallStage.TALKING,
        )
    ).scalar_one()
    called_back = connection.execute(
        select(func.count())
        .select_from(DialAttempt)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .where(
            DialAttempt.result.is_(None),
            DialTask.reason == DialReason.ALARM_CALL_BACK,
            func.coalesce(Call.stage, CallStage.ASKING).in_((CallStage.ASKING, CallStage.WAITING)),
        )
    ).scalar_one()
    free = connection.execute(
        select(func.count()).where(
            AgentPresence.state == AgentState.READY, AgentPresence.device_present.is_(True)
        )
    ).scalar_one()
    longest = max(
        ((now - row.since).total_seconds() for row in waiting if row.since is not None), default=0.0
    )
    return Floor(
        lines=lines,
        lines_used=up + begun,
        dialing=dialing,
        free_agents=free,
        promised_agents=promised,
        alarm_waiting=called_back > 0 or any(row.queue == alarm_queue for row in waiting),
        longest_wait_seconds=longest,
        urgent_out=called_back,
    )
