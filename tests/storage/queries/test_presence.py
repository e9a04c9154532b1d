"""How events change an agent's one row, and what is kept about it."""

from datetime import timedelta

from sqlalchemy import Connection, select, update

from ivr.standard.agent_state import AgentEvent, AgentState
from storage.database import Database
from storage.models import AgentPresence, AgentStateChange
from storage.queries import presence
from tests.storage.rows import NOW, add_agent, add_call

LATER = NOW + timedelta(seconds=30)


def _state(connection: Connection, agent: int) -> AgentState:
    state = presence.state_of(connection, agent)
    assert state is not None
    return state


def _set(connection: Connection, agent: int, **values: object) -> None:
    connection.execute(update(AgentPresence).where(AgentPresence.agent_id == agent).values(**values))


def test_every_change_leaves_one_row_with_both_states(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        presence.apply(connection, agent, AgentEvent.ASK_BREAK, NOW, reason="午餐")
        changes = connection.execute(select(AgentStateChange)).all()
        assert [(row.from_state, row.to_state, row.reason) for row in changes] == [
            (AgentState.READY, AgentState.BREAK, "午餐")
        ]


def test_an_event_without_meaning_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        assert presence.apply(connection, agent, AgentEvent.ANSWER, NOW) is None
        assert _state(connection, agent) is AgentState.READY
        assert connection.execute(select(AgentStateChange.id)).first() is None


def test_an_event_of_another_call_than_the_agents_is_ignored(database: Database) -> None:
    with database.write() as connection:
        mine, other, agent = add_call(connection), add_call(connection), add_agent(connection)
        _set(connection, agent, state=AgentState.OFFERED, call_id=mine)
        assert presence.apply(connection, agent, AgentEvent.MISSED, NOW, call_id=other) is None
        assert _state(connection, agent) is AgentState.OFFERED


def test_a_missed_offer_sets_the_agent_not_answering(database: Database) -> None:
    """R-12.3."""
    with database.write() as connection:
        call, agent = add_call(connection), add_agent(connection)
        _set(connection, agent, state=AgentState.OFFERED, call_id=call)
        presence.apply(connection, agent, AgentEvent.MISSED, NOW, call_id=call)
        assert _state(connection, agent) is AgentState.NOT_ANSWERING


def test_a_wrap_up_that_an_alarm_pre_empted_goes_on_when_the_offer_is_gone(database: Database) -> None:
    with database.write() as connection:
        call, agent = add_call(connection), add_agent(connection)
        _set(connection, agent, state=AgentState.OFFERED, call_id=call, wrap_up_until=LATER)
        presence.apply(connection, agent, AgentEvent.OFFER_GONE, NOW, call_id=call)
        assert _state(connection, agent) is AgentState.WRAP_UP
        assert presence.due_wrap_ups(connection, NOW) == [(agent, LATER)]


def test_a_break_refused_during_a_call_is_taken_after_its_wrap_up(database: Database) -> None:
    """R-12.10."""
    with database.write() as connection:
        call, agent = add_call(connection), add_agent(connection)
        _set(connection, agent, state=AgentState.TALKING, call_id=call)
        assert presence.apply(connection, agent, AgentEvent.ASK_BREAK, NOW, reason="午餐") is None
        presence.remember(connection, agent, AgentEvent.ASK_BREAK, "午餐")
        presence.apply(connection, agent, AgentEvent.CALL_ENDED, NOW, call_id=call, wrap_up_until=LATER)
        assert _state(connection, agent) is AgentState.WRAP_UP
        presence.apply(connection, agent, AgentEvent.WRAP_UP_OVER, LATER)
        row = connection.execute(select(AgentPresence.state, AgentPresence.reason)).one()
        assert row == (AgentState.BREAK, "午餐")


def test_a_sign_out_asked_for_during_a_call_happens_after_it(database: Database) -> None:
    """R-12.10."""
    with database.write() as connection:
        call, agent = add_call(connection), add_agent(connection)
        _set(connection, agent, state=AgentState.TALKING, call_id=call)
        presence.remember(connection, agent, AgentEvent.SIGN_OUT, None)
        presence.apply(connection, agent, AgentEvent.CALL_ENDED, NOW, call_id=call, wrap_up_until=LATER)
        presence.apply(connection, agent, AgentEvent.WRAP_UP_OVER, LATER)
        assert _state(connection, agent) is AgentState.SIGNED_OUT


def test_who_asks_to_be_ready_without_a_device_is_device_gone(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        _set(connection, agent, state=AgentState.BREAK, device_present=False)
        presence.apply(connection, agent, AgentEvent.ASK_READY, NOW)
        assert _state(connection, agent) is AgentState.DEVICE_GONE
        presence.apply(connection, agent, AgentEvent.DEVICE_BACK, NOW)
        assert _state(connection, agent) is AgentState.READY


def test_agents_of_calls_that_are_over_are_freed(database: Database) -> None:
    with database.write() as connection:
        ended = add_call(connection, ended_at=NOW)
        live = add_call(connection)
        lost, talking = add_agent(connection), add_agent(connection)
        _set(connection, lost, state=AgentState.READY)
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == lost)
            .values(state=AgentState.TALKING, call_id=ended)
        )
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == talking)
            .values(state=AgentState.TALKING, call_id=live)
        )
        assert presence.free_lost_agents(connection, NOW) == 1
        assert _state(connection, lost) is AgentState.READY
        assert _state(connection, talking) is AgentState.TALKING
