"""How many more calls to the outside may begin: caps by hour and day, so that a stolen password costs little.

What is counted is what has begun: calls out of agents and the dialer, and transfers to numbers outside. Calls
back to somebody with a gas leak are counted and never held up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from ivr.standard.call_stage import CallDirection
from storage.models import Call, Transfer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may begin within any hour and any 24 hours (config.yaml: calling_out)."""

    agent_per_hour: int
    agent_per_day: int
    all_per_hour: int
    all_per_day: int


def left(connection: Connection, caps: Caps, now: datetime, agent_id: int | None = None) -> int:
    """How many more may begin now; 0 where a cap is reached.

    :param agent_id: who wants to begin one; None: the dialer.
    """
    room = [
        caps.all_per_hour - _begun(connection, now - HOUR, None),
        caps.all_per_day - _begun(connection, now - DAY, None),
    ]
    if agent_id is not None:
        room += [
            caps.agent_per_hour - _begun(connection, now - HOUR, agent_id),
            caps.agent_per_day - _begun(connection, now - DAY, agent_id),
        ]
    return max(0, min(room))


def _begun(connection: Connection, since: datetime, agent_id: int | None) -> int:
    out = [Call.direction == CallDirection.OUTBOUND, Call.arrived_at > since]
    passed_on = [Transfer.to_number.is_not(None), Transfer.asked_at > since]
    if agent_id is not None:
        out.append(Call.agent_id == agent_id)
        passed_on.append(Transfer.from_agent_id == agent_id)
    count = 0
    for table, conditions in ((Call, out), (Transfer, passed_on)):
        count += connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    return count
