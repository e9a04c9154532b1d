"""Calls that an agent ended before the customer did, with the reason: read by the supervisor (R-12.12)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ivr.standard.conversation_refusal import SpecialEnd
from storage.models import Agent, Call

_SINCE = (
    select(
        Call.id,
        Call.ended_at,
        Agent.work_number,
        Agent.name,
        Call.caller_number,
        Call.special_end,
        Call.special_end_text,
    )
    .outerjoin(Agent, Agent.id == Call.agent_id)
    .where(Call.special_end.is_not(None), Call.ended_at >= bindparam("since"))
    .order_by(Call.ended_at.desc(), Call.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class EndedByAgent:
    """One such call; ``text`` is what the agent wrote about it."""

    call_id: int
    ended_at: datetime
    work_number: str | None
    name: str | None
    caller_number: str | None
    reason: SpecialEnd
    text: str | None


def since(connection: Connection, since: datetime, most: int) -> list[EndedByAgent]:
    """The calls that agents ended since a moment (UTC), the newest first, ``most`` of them at most."""
    rows: list[Any] = list(connection.execute(_SINCE, {"since": since, "most": most}))
    return [EndedByAgent(*row) for row in rows]
