"""The board: what the live pages show, read in a few milliseconds however long the past is."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage
from storage.database import Database
from storage.models import Agent, AgentPresence, Call
from storage.queries import board
from tests.storage.rows import NOW, add_agent, add_call, add_offer

MILLISECONDS_ALLOWED = 5


@pytest.fixture
def busy(database: Database) -> Database:
    """50 agents, 200 waiting callers and 5000 calls of the past."""
    waiting = {
        "pbx_node": "pbx1",
        "dialled": "95777",
        "language": "zh",
        "stage": CallStage.WAITING,
        "kind": CallKind.REPAIR,
        "queue": "repair",
        "caller_number": "13912341111",
        "menu_path": "2",
        "arrived_at": NOW,
        "queued_at": NOW,
    }
    past = {**waiting, "stage": CallStage.ENDED, "ended_at": NOW, "outcome": CallOutcome.ANSWERED}
    agent = {"name": "王敏", "role": "agent", "password_hash": "", "device_kind": "phone", "created_at": NOW}
    with database.write() as connection:
        connection.execute(insert(Agent), [{**agent, "work_number": str(1000 + n)} for n in range(50)])
        ids = [row.id for row in connection.execute(Agent.__table__.select())]
        presence = {"state": AgentState.READY, "since": NOW, "idle_since": NOW}
        connection.execute(insert(AgentPresence), [{**presence, "agent_id": agent_id} for agent_id in ids])
        connection.execute(insert(Call), [{**waiting, "channel": f"w{n}"} for n in range(200)])
        connection.execute(insert(Call), [{**past, "channel": f"p{n}"} for n in range(5000)])
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE calls")
    return database


def test_a_board_of_50_agents_and_200_waiting_is_read_within_5_ms(busy: Database) -> None:
    took, kept = [], board.Kept()
    for _ in range(30):
        began = time.perf_counter()
        with busy.read() as connection:
            read = board.read(connection, NOW, {}, kept)
        took.append((time.perf_counter() - began) * 1000)
    assert (len(read.agents), len(read.waiting), len(read.calls)) == (50, 200, 200)
    print(f"board: best {min(took):.1f} ms, median {sorted(took)[15]:.1f} ms")
    # The best of many: on a machine that is busy with other things the rest says nothing about the board.
    assert min(took) < MILLISECONDS_ALLOWED


def test_an_ended_call_is_on_the_board_while_somebody_wraps_it_up(database: Database) -> None:
    with database.write() as connection:
        over = add_call(connection, ended_at=NOW)
        add_call(connection, ended_at=NOW)
        agent = add_agent(connection)
        connection.execute(
            AgentPresence.__table__.update()
            .where(AgentPresence.agent_id == agent)
            .values(state=AgentState.WRAP_UP, call_id=over)
        )
    with database.read() as connection:
        assert set(board.read(connection, NOW, {}).calls) == {over}
        call = board.call_of(connection, agent)
        assert call is not None
        assert (call.id, call.pbx_node) == (over, "pbx1")
        assert board.state_of(connection, agent) is AgentState.WRAP_UP


def test_the_waiting_are_in_the_order_of_service(database: Database) -> None:
    """Alarm first, then those whose agent's leg dropped (R-12.12), then priority, then arrival."""
    with database.write() as connection:
        order = [
            add_call(connection, stage=CallStage.WAITING, queued_at=NOW + timedelta(seconds=later), **values)
            for later, values in [
                (9, {"kind": CallKind.ALARM, "priority": 1}),
                (8, {"returned": True, "priority": 40}),
                (7, {"priority": 20}),
                (0, {"priority": 40}),
                (1, {"priority": 40}),
            ]
        ]
        add_call(connection, stage=CallStage.MENU)
    with database.read() as connection:
        assert [call.id for call in board.read(connection, NOW, {}).waiting] == order


def test_only_open_offers_to_agents_are_on_the_board(database: Database) -> None:
    with database.write() as connection:
        call, agent, other = add_call(connection), add_agent(connection), add_agent(connection)
        add_offer(connection, call, agent, rung_at=NOW)
        add_offer(connection, call, other, outcome="missed", ended_at=NOW)
    with database.read() as connection:
        offers = board.read(connection, datetime.now(UTC), {}).offers
    assert {agent_id: (offer.call_id, offer.rung_at) for agent_id, offer in offers.items()} == {
        agent: (call, NOW)
    }
