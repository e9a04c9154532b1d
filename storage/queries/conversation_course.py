"""What happened inside one call's conversations, in order: holds, transfers, the reason it was ended for."""

from typing import Any

from sqlalchemy import Connection, String, and_, cast, select
from sqlalchemy.orm import aliased

from ivr.standard.transfer import TargetKind
from storage.models import Agent, Hold, Transfer, Unit

_FROM, _TO = aliased(Agent), aliased(Agent)


def holds(connection: Connection, call_id: int) -> list[Any]:
    """Holds with the agent's work number and name (R-12.9)."""
    return list(
        connection.execute(
            select(*Hold.__table__.c, Agent.work_number, Agent.name)
            .outerjoin(Agent, Agent.id == Hold.agent_id)
            .where(Hold.call_id == call_id)
            .order_by(Hold.began_at, Hold.id)
        )
    )


def transfers(connection: Connection, call_id: int) -> list[Any]:
    """Transfers with who passed the call on (``work_number``, ``name``) and to whom (``to``)."""
    rows = connection.execute(
        select(
            *Transfer.__table__.c,
            _FROM.work_number,
            _FROM.name,
            _TO.work_number.label("to_work_number"),
            _TO.name.label("to_name"),
            Unit.name.label("unit"),
        )
        .outerjoin(_FROM, _FROM.id == Transfer.from_agent_id)
        .outerjoin(_TO, _TO.id == Transfer.to_agent_id)
        .outerjoin(
            Unit, and_(Transfer.to_kind == TargetKind.UNIT, cast(Unit.id, String) == Transfer.to_value)
        )
        .where(Transfer.call_id == call_id)
        .order_by(Transfer.asked_at, Transfer.id)
    )
    return list(rows)
