"""Rows that tests of storage need before they can begin."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from ivr.config.sections import DeviceKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from storage.models import Agent, AgentPresence, Call, Offer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
_NUMBERS = itertools.count(1000)


def add_agent(connection: Connection, **values: Any) -> int:
    """An agent who is ready; returns the id."""
    row = {
        "work_number": str(next(_NUMBERS)),
        "name": "王敏",
        "role": Role.AGENT,
        "password_hash": "",
        "device_kind": DeviceKind.PHONE,
        "created_at": NOW,
        **values,
    }
    agent_id = int(connection.execute(insert(Agent).values(row).returning(Agent.id)).scalar_one())
    connection.execute(
        insert(AgentPresence).values(agent_id=agent_id, state=AgentState.READY, since=NOW, idle_since=NOW)
    )
    return agent_id


def add_call(connection: Connection, **values: Any) -> int:
    """A call that has just arrived; returns the id."""
    row = {
        "pbx_node": "pbx1",
        "channel": f"caller-{next(_NUMBERS)}",
        "dialled": "95777",
        "language": "zh",
        "stage": CallStage.ARRIVED,
        "arrived_at": NOW,
        **values,
    }
    return int(connection.execute(insert(Call).values(row).returning(Call.id)).scalar_one())


def add_offer(connection: Connection, call_id: int, agent_id: int, **values: Any) -> int:
    """An offer of a call to an agent, open unless an outcome is given; returns the id."""
    row = {
        "call_id": call_id,
        "agent_id": agent_id,
        "pbx_node": "pbx1",
        "device": "PJSIP/1001",
        "channel": f"offer-{next(_NUMBERS)}",
        "queue": "repair",
        "made_at": NOW,
        **values,
    }
    return int(connection.execute(insert(Offer).values(row).returning(Offer.id)).scalar_one())
