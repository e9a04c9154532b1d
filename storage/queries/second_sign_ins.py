"""Sign-ins under a work number at which somebody worked already: read by the supervisor (R-20)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from storage.models import Agent, Event, SignIn
from storage.queries.audit import ConsoleFact

_ELSEWHERE = "signed_in_elsewhere"
"""Why such a sign-in is refused, in the audit log; the other reasons are wrong or closed accounts."""

_SINCE = (
    select(Event.at, Event.kind, Event.data, Agent.work_number, Agent.name)
    .join(Agent, Agent.id == Event.agent_id)
    .where(
        Event.at >= bindparam("since"),
        or_(
            Event.kind == ConsoleFact.TAKEN_OVER.value,
            and_(
                Event.kind == ConsoleFact.SIGN_IN_REFUSED.value,
                Event.data["why"].as_string() == _ELSEWHERE,
            ),
        ),
    )
    .order_by(Event.at.desc(), Event.id.desc())
    .limit(bindparam("most"))
)
_SESSIONS = select(SignIn.id, SignIn.address, SignIn.started_at).where(
    SignIn.id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class SecondSignIn:
    """Somebody signed in from ``address`` while a session from ``other_address`` was at work since then.

    ``taken_over``: they ended that session; otherwise they were refused.
    """

    at: datetime
    work_number: str
    name: str
    taken_over: bool
    address: str
    other_address: str | None
    other_since: datetime | None


def since(connection: Connection, since: datetime, most: int) -> list[SecondSignIn]:
    """The second sign-ins since a moment (UTC), the newest first, ``most`` of them at most."""
    rows = connection.execute(_SINCE, {"since": since, "most": most}).all()
    ids = {row.data["sign_in"] for row in rows}
    others = {row.id: row for row in connection.execute(_SESSIONS, {"ids": list(ids)})} if ids else {}
    return [_second(row, others.get(row.data["sign_in"])) for row in rows]


def _second(row: Any, other: Any) -> SecondSignIn:
    taken_over = row.kind == ConsoleFact.TAKEN_OVER
    origin = row.data.get("by", {}) if taken_over else row.data
    return SecondSignIn(
        at=row.at,
        work_number=row.work_number,
        name=row.name,
        taken_over=taken_over,
        address=origin.get("address", ""),
        other_address=other.address if other is not None else None,
        other_since=other.started_at if other is not None else None,
    )
