"""Writing a call's life, one function a step. Each takes the open transaction of its caller."""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentEvent
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy, TimeSource
from storage.models import Call, Event
from storage.prepared import Prepared
from storage.queries import presence

CHANNELS_AT_ONCE = 500
RECENT_TALKS = 50
"""How many conversations the mean length is taken of."""

_INSERT = Prepared(insert(Call).returning(Call.id))
_EVENT = Prepared(insert(Event))
_BY_CHANNEL = Prepared(
    select(Call.id, Call.ended_at).where(
        Call.pbx_node == bindparam("pbx_node"), Call.channel == bindparam("channel")
    )
)
_LIVE = (Call.id == bindparam("this_call"), Call.ended_at.is_(None))
_WAIT = Prepared(
    update(Call)
    .where(*_LIVE)
    .values(
        stage=CallStage.WAITING,
        queue=bindparam("queue"),
        kind=bindparam("kind"),
        priority=bindparam("priority"),
        menu_path=bindparam("menu_path"),
        language=bindparam("language"),
        queued_at=func.coalesce(Call.queued_at, bindparam("queued", type_=Call.queued_at.type)),
    )
)
_END = Prepared(
    update(Call)
    .where(*_LIVE)
    .values(
        stage=CallStage.ENDED,
        ended_at=bindparam("ended_at"),
        ended_by=bindparam("ended_by"),
        outcome=bindparam("outcome"),
        end_source=bindparam("end_source"),
        open_offers=0,
    )
)


def note(
    connection: Connection,
    kind: str,
    at: datetime,
    *,
    node: str | None = None,
    call_id: int | None = None,
    agent_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Keep one fact about a call or an agent."""
    _EVENT.run(
        connection,
        {"at": at, "kind": kind, "pbx_node": node, "call_id": call_id, "agent_id": agent_id, "data": data},
    )


def arrive(connection: Connection, values: dict[str, Any]) -> int | None:
    """Write a call before it is answered; returns its id.

    A channel that comes again, out of the PBX's fallback, is the same call and goes on with its row:
    what was written as its end is taken back. None when the channel's call lives already.
    """
    channel = {"pbx_node": values["pbx_node"], "channel": values["channel"]}
    known = _BY_CHANNEL.first(connection, channel)
    if known is not None:
        if known.ended_at is None:
            return None
        connection.execute(
            update(Call)
            .where(Call.id == known.id)
            .values(stage=CallStage.ARRIVED, ended_at=None, ended_by=None, end_source=None, outcome=None)
        )
        note(connection, "call.came_back", values["arrived_at"], call_id=known.id)
        return int(known.id)
    call_id = int(_INSERT.one(connection, values).id)
    note(connection, "call.arrived", values["arrived_at"], node=values["pbx_node"], call_id=call_id)
    return call_id


def change(connection: Connection, call_id: int, **values: Any) -> None:
    """Set columns of a call that has not ended."""
    _update_of(tuple(values)).run(connection, {"this_call": call_id, **values})


@functools.cache
def _update_of(names: tuple[str, ...]) -> Prepared:
    """The statement that sets these columns: making one costs more than carrying it out."""
    return Prepared(update(Call).where(*_LIVE).values({name: bindparam(name) for name in names}))


def wait(
    connection: Connection,
    call_id: int,
    now: datetime,
    *,
    queue: str,
    kind: CallKind,
    priority: int,
    menu_path: str,
    language: str,
) -> None:
    """Put a call into a queue. A call that waited already keeps the moment it began to (its place)."""
    _WAIT.run(
        connection,
        {
            "this_call": call_id,
            "queue": queue,
            "kind": kind,
            "priority": priority,
            "menu_path": menu_path,
            "language": language,
            "queued": now,
        },
    )
    note(connection, "call.waiting", now, call_id=call_id, data={"queue": queue})


def lose_agent(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    """The agent's leg went first (R-12.12): the caller waits again, ahead of the queue."""
    change(
        connection,
        call_id,
        stage=CallStage.WAITING,
        returned=True,
        agent_left_first=True,
        preferred_agent_id=agent_id,
        talk_ended_at=now,
        agent_channel=None,
        bridge=None,
    )
    if agent_id is not None:
        presence.apply(connection, agent_id, AgentEvent.CALL_LOST, now, call_id=call_id)
    note(connection, "call.agent_left_first", now, call_id=call_id, agent_id=agent_id)


def end_talk(
    connection: Connection,
    call_id: int,
    agent_id: int | None,
    now: datetime,
    wrap_up_until: datetime,
    stage: CallStage,
) -> None:
    """The conversation is over in good order; the agent goes into wrap-up."""
    change(connection, call_id, stage=stage, talk_ended_at=now, agent_channel=None, bridge=None)
    if agent_id is not None:
        finish_agent(connection, call_id, agent_id, now, wrap_up_until)


def finish_agent(
    connection: Connection, call_id: int, agent_id: int, now: datetime, wrap_up_until: datetime
) -> None:
    """Send the agent of an ended conversation into wrap-up, or past it where the queue has none."""
    presence.apply(
        connection, agent_id, AgentEvent.CALL_ENDED, now, call_id=call_id, wrap_up_until=wrap_up_until
    )
    if wrap_up_until <= now:
        presence.apply(connection, agent_id, AgentEvent.WRAP_UP_OVER, now)


def end(
    connection: Connection,
    call_id: int,
    now: datetime,
    *,
    by: EndedBy,
    outcome: CallOutcome,
    source: TimeSource = TimeSource.EVENT,
) -> bool:
    """Write a call's end, once; False when it had ended before."""
    done = _END.run(
        connection,
        {"this_call": call_id, "ended_at": now, "ended_by": by, "outcome": outcome, "end_source": source},
    )
    if done == 0:
        return False
    note(connection, "call.ended", now, call_id=call_id, data={"by": by.value, "outcome": outcome.value})
    return True


def live(connection: Connection, node: str) -> list[Row[Any]]:
    """Calls of a node that have not ended, in the order of their arrival: what a restart takes up."""
    return list(
        connection.execute(
            select(Call.__table__)
            .where(Call.pbx_node == node, Call.ended_at.is_(None))
            .order_by(Call.arrived_at)
        )
    )


def known_channels(connection: Connection, node: str, channels: Sequence[str]) -> set[str]:
    """Which of these channels of a node have a call, ended or not."""
    known: set[str] = set()
    for at in range(0, len(channels), CHANNELS_AT_ONCE):
        part = channels[at : at + CHANNELS_AT_ONCE]
        known |= set(
            connection.execute(
                select(Call.channel).where(Call.pbx_node == node, Call.channel.in_(part))
            ).scalars()
        )
    return known


def mean_talk_seconds(connection: Connection, queue: str, since: datetime) -> float | None:
    """Mean length of the conversations of a queue since a moment (UTC), None without any."""
    rows = connection.execute(
        select(Call.talk_started_at, Call.talk_ended_at)
        .where(Call.queue == queue, Call.talk_started_at >= since, Call.talk_ended_at.is_not(None))
        .order_by(Call.talk_started_at.desc())
        .limit(RECENT_TALKS)
    )
    lengths = [(end - begin).total_seconds() for begin, end in rows if begin and end]
    return sum(lengths) / len(lengths) if lengths else None
