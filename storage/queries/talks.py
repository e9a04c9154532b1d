"""Who talked from when to when in which call: the source of agents' own figures and of reviews."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, literal_column, select, update

from ivr.standard.talk_kind import TalkKind
from storage.models import Agent, Talk
from storage.prepared import Prepared

_FIRST = Prepared(
    select(Talk.agent_id)
    .join(Agent, Agent.id == Talk.agent_id)
    .where(Talk.call_id == bindparam("this_call"), Talk.kind == TalkKind.CALLER, Agent.active)
    .order_by(Talk.id)
    .limit(literal_column("1"))
)
_LIVE = (
    update(Talk)
    .where(Talk.call_id == bindparam("this_call"), Talk.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_BEGIN = Prepared(insert(Talk))
_END_ALL = Prepared(_LIVE)
_END = Prepared(_LIVE.where(Talk.agent_id == bindparam("agent")))
_END_OUTSIDE = Prepared(_LIVE.where(Talk.agent_id.is_(None)))


def begin(
    connection: Connection,
    call_id: int,
    agent_id: int | None,
    now: datetime,
    kind: TalkKind = TalkKind.CALLER,
) -> None:
    """An agent's part in a call begins. ``agent_id`` None: somebody outside."""
    _BEGIN.run(connection, {"call_id": call_id, "agent_id": agent_id, "kind": kind, "began_at": now})


def first_of(connection: Connection, call_id: int) -> int | None:
    """Who talked with the caller first and still works here: the first contact (R-FR). None: nobody did."""
    row = _FIRST.first(connection, {"this_call": call_id})
    return None if row is None else int(row.agent_id)


def end(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    """An agent's part in a call is over; one that ended before stays as it is."""
    if agent_id is None:
        _END_OUTSIDE.run(connection, {"this_call": call_id, "now": now})
    else:
        _END.run(connection, {"this_call": call_id, "agent": agent_id, "now": now})


def end_all(connection: Connection, call_id: int, now: datetime) -> None:
    """The call is over: so is everybody's part."""
    _END_ALL.run(connection, {"this_call": call_id, "now": now})


def go_on_with_caller(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    """Who was asked talks with the caller from now on."""
    end(connection, call_id, agent_id, now)
    begin(connection, call_id, agent_id, now)
