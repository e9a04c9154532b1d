"""The board: what the live pages show, read with the same little work however long the past is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage
from storage.database import Database
from storage.models import Agent, AgentPresence, Call
from storage.queries import board
from tests.storage.rows import NOW, add_agent, add_call, add_offer

AGENTS, WAITING, PAST = 50, 200, 5000


@pytest.fixture
def busy(database: Database) -> Database:
    """50 agents and 200 waiting callers."""
    agent = {"name": "王敏", "role": "agent", "password_hash": "", "device_kind": "phone", "created_at": NOW}
    with database.write() as connection:
        connection.execute(insert(Agent), [{**agent, "work_number": str(1000 + n)} for n in range(AGENTS)])
        ids = [row.id for row in connection.execute(Agent.__table__.select())]
        presence = {"state": AgentState.READY, "since": NOW, "idle_since": NOW}
        connection.execute(insert(AgentPresence), [{**presence, "agent_id": agent_id} for agent_id in ids])
        _insert_calls(connection, WAITING, stage=CallStage.WAITING)
    return database


def _insert_calls(connection: Connection, count: int, **values: object) -> None:
    call = {
        "pbx_node": "pbx1",
        "dialled": "95777",
        "language": "zh",
        "kind": CallKind.REPAIR,
        "queue": "repair",
        "caller_number": "13912341111",
        "menu_path": "2",
        "arrived_at": NOW,
        "queued_at": NOW,
        **values,
    }
    connection.execute(insert(Call), [{**call, "channel": f"{call['stage']}{n}"} for n in range(count)])
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE calls")


def _work_of_reading(database: Database) -> int:
    """What it takes to read the whole board once: SQLite's own steps, or rows that PostgreSQL looks at."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    looked_at = (
        "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
    )
    with database.read() as connection:
        driver = connection.connection.driver_connection
        before = 0
        if connection.dialect.name == "sqlite":
            driver.set_progress_handler(step, 1)
        else:
            before = int(connection.exec_driver_sql(looked_at).scalar_one())
        read = board.read(connection, NOW, {}, board.Kept())
        assert (len(read.agents), len(read.waiting), len(read.calls)) == (AGENTS, WAITING, WAITING)
        if connection.dialect.name == "sqlite":
            driver.set_progress_handler(None, 0)
            return steps
        return int(connection.exec_driver_sql(looked_at).scalar_one()) - before


def test_reading_the_board_is_the_same_work_however_long_the_past_is(busy: Database) -> None:
    at_first = _work_of_reading(busy)
    with busy.write() as connection:
        _insert_calls(connection, PAST, stage=CallStage.ENDED, ended_at=NOW, outcome=CallOutcome.ANSWERED)
    assert 0 < _work_of_reading(busy) < at_first * 1.05


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
