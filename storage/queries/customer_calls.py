"""The calls of a customer, by the customer's numbers; and who is on an agent's line now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from ivr.standard.call_stage import CallOutcome
from storage.models import Agent, AgentPresence, Call
from storage.telephone_numbers import spellings


@dataclass(frozen=True, slots=True)
class CustomerCall:
    """A call from one of the customer's numbers."""

    id: int
    arrived_at: datetime
    caller_number: str | None
    queue: str | None
    outcome: CallOutcome | None
    talk_started_at: datetime | None
    talk_ended_at: datetime | None
    work_number: str | None
    name: str | None
    """Who talked last."""


def last_calls(
    connection: Connection,
    numbers: Sequence[str],
    *,
    limit: int,
    area_code: str | None = None,
    without: int | None = None,
) -> list[CustomerCall]:
    """The newest calls from any of the numbers, the newest first.

    :param numbers: E.164.
    :param area_code: of local numbers (config.yaml: company.area_code).
    :param without: the call that is going on.
    """
    written = [spelling for number in numbers for spelling in spellings(number, area_code)]
    if not written:
        return []
    rows = connection.execute(
        select(
            Call.id,
            Call.arrived_at,
            Call.caller_number,
            Call.queue,
            Call.outcome,
            Call.talk_started_at,
            Call.talk_ended_at,
            Agent.work_number,
            Agent.name,
        )
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.caller_number.in_(written), Call.id != (without or 0))
        .order_by(Call.arrived_at.desc(), Call.id.desc())
        .limit(limit)
    )
    return [CustomerCall(*row) for row in rows]


def call_at_hand(connection: Connection, agent_id: int) -> Row[int, str | None] | None:
    """Id and ``caller_number`` of the call that rings at the agent, is talked in, or is wrapped up."""
    return connection.execute(
        select(Call.id, Call.caller_number)
        .join(AgentPresence, AgentPresence.call_id == Call.id)
        .where(AgentPresence.agent_id == agent_id)
    ).one_or_none()
