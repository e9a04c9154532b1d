"""Caps on calls to the outside, by hour and day, of an agent and of all."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from ivr.standard.call_stage import CallDirection, CallStage
from ivr.standard.transfer import TargetKind, TransferState
from storage.database import Database
from storage.models import Call, Transfer
from storage.queries.call_out_caps import Caps, left
from tests.storage.rows import NOW, add_agent

CAPS = Caps(agent_per_hour=3, agent_per_day=5, all_per_hour=6, all_per_day=20)


def out(connection: Connection, agent_id: int | None, at: datetime, number: int) -> int:
    return int(
        connection.execute(
            insert(Call).returning(Call.id),
            {
                "pbx_node": "pbx1",
                "channel": f"out-{number}",
                "caller_number": "+8613900000001",
                "dialled": "",
                "language": "zh",
                "stage": CallStage.ENDED,
                "arrived_at": at,
                "direction": CallDirection.OUTBOUND,
                "agent_id": agent_id,
            },
        ).scalar_one()
    )


@pytest.mark.parametrize(
    ("minutes_ago", "agents_left", "dialers_left"),
    [([], 3, 6), ([1, 59], 1, 4), ([1, 2, 3], 0, 3), ([61, 62, 63], 2, 6), ([61, 62, 63, 64, 1], 0, 5)],
)
def test_an_agent_is_held_by_the_hour_and_by_the_day(
    database: Database, minutes_ago: list[int], agents_left: int, dialers_left: int
) -> None:
    with database.write() as connection:
        agent = add_agent(connection, work_number="1001")
        for number, minutes in enumerate(minutes_ago):
            out(connection, agent, NOW - timedelta(minutes=minutes), number)
        assert left(connection, CAPS, NOW, agent) == agents_left
        assert left(connection, CAPS, NOW) == dialers_left


def test_what_others_and_the_dialer_begin_counts_for_all_and_so_do_transfers_outside(
    database: Database,
) -> None:
    with database.write() as connection:
        agent, other = add_agent(connection, work_number="1001"), add_agent(connection, work_number="1002")
        for number in range(4):
            call_id = out(connection, None if number % 2 else other, NOW, number)
        assert left(connection, CAPS, NOW, agent) == 2
        for to_number in ("+8613900000002", None):
            connection.execute(
                insert(Transfer),
                {
                    "call_id": call_id,
                    "from_agent_id": agent,
                    "to_kind": TargetKind.OUTSIDE,
                    "to_value": "x",
                    "to_number": to_number,
                    "note": "",
                    "attended": False,
                    "state": TransferState.RINGING,
                    "asked_at": NOW,
                    "ended_at": NOW,
                },
            )
        assert left(connection, CAPS, NOW, agent) == 1
        out(connection, None, NOW, 9)
        assert left(connection, CAPS, NOW, agent) == 0
