"""Callers on hold: from when to when, with whose consent, and over the limit (R-12.9)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.models import Call, Hold
from storage.queries import calls

_OPEN = select(Hold.id, Hold.began_at).where(Hold.call_id == bindparam("this_call"), Hold.ended_at.is_(None))
_END = (
    update(Hold)
    .where(Hold.id == bindparam("this_hold"))
    .values(ended_at=bindparam("now"), seconds=bindparam("length"))
)
_HELD = (
    update(Call)
    .where(Call.id == bindparam("this_call"))
    .values(held_since=bindparam("now"), hold_count=Call.hold_count + 1, hold_over_limit=False)
)
_NOT_HELD = (
    update(Call)
    .where(Call.id == bindparam("this_call"))
    .values(held_since=None, hold_seconds=Call.hold_seconds + bindparam("length"), hold_over_limit=False)
)


def begin(
    connection: Connection, call_id: int, agent_id: int | None, now: datetime, *, consent: bool | None
) -> None:
    """The caller hears music from now on.

    :param consent: the agent confirmed that the customer agreed; None: while somebody is asked.
    """
    row = {"call_id": call_id, "agent_id": agent_id, "began_at": now, "consent": consent}
    connection.execute(insert(Hold), row)
    connection.execute(_HELD, {"this_call": call_id, "now": now})
    calls.note(connection, "call.held", now, call_id=call_id, agent_id=agent_id, data={"consent": consent})


def end(connection: Connection, call_id: int, now: datetime) -> None:
    """The caller hears music no more; nothing happens to a caller who was not on hold."""
    for row in connection.execute(_OPEN, {"this_call": call_id}).all():
        length = max(0.0, (now - row.began_at).total_seconds())
        connection.execute(_END, {"this_hold": row.id, "now": now, "length": length})
        connection.execute(_NOT_HELD, {"this_call": call_id, "length": length})
        calls.note(connection, "call.resumed", now, call_id=call_id, data={"seconds": round(length, 1)})


def over_limit(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    """The caller has been on hold for too long: desk and supervisor see it."""
    calls.change(connection, call_id, hold_over_limit=True)
    calls.note(connection, "call.hold_over_limit", now, call_id=call_id, agent_id=agent_id)
