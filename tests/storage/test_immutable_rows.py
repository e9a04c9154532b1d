"""The triggers that keep the records as they were written, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, text, update

from ivr.errors import Conflict
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.three_rings import OfferOutcome
from storage.database import Database
from storage.models import AgentStateChange, Event, Offer
from tests.storage.rows import add_agent, add_call, add_offer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_an_open_offer_is_given_its_rings_and_its_outcome(database: Database) -> None:
    with database.write() as connection:
        offer = add_offer(connection, add_call(connection), add_agent(connection))
        connection.execute(update(Offer).where(Offer.id == offer).values(rings=1, rung_at=NOW))
        connection.execute(
            update(Offer).where(Offer.id == offer).values(outcome=OfferOutcome.MISSED, rings=3)
        )
    with database.read() as connection:
        assert connection.execute(text("SELECT outcome, rings FROM offers")).one() == ("missed", 3)


@pytest.mark.parametrize("values", [{"rings": 2}, {"outcome": OfferOutcome.ANSWERED}, {"outcome": None}])
def test_an_offer_is_never_changed_after_its_outcome(database: Database, values: dict[str, object]) -> None:
    """R-12.3: one immutable record."""
    with database.write() as connection:
        offer = add_offer(
            connection, add_call(connection), add_agent(connection), outcome=OfferOutcome.MISSED, rings=3
        )
    with (
        pytest.raises(Conflict, match=r"never changed after its outcome \(R-12.3\)"),
        database.write() as connection,
    ):
        connection.execute(update(Offer).where(Offer.id == offer).values(**values))
    with database.read() as connection:
        assert connection.execute(text("SELECT outcome, rings FROM offers")).one() == ("missed", 3)


def test_an_offer_with_an_outcome_is_not_deleted(database: Database) -> None:
    with database.write() as connection:
        call, agent = add_call(connection), add_agent(connection)
        add_offer(connection, call, agent, outcome=OfferOutcome.BUSY)
        open_offer = add_offer(connection, call, agent)
    with pytest.raises(Conflict, match=r"R-12\.3"), database.write() as connection:
        connection.execute(delete(Offer))
    with database.write() as connection:
        assert connection.execute(delete(Offer).where(Offer.id == open_offer)).rowcount == 1


def test_an_event_is_never_changed(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(Event).values(at=NOW, kind="call.arrived", data={"dialled": "95777"}))
    with pytest.raises(Conflict, match="an event is never changed"), database.write() as connection:
        connection.execute(update(Event).values(kind="call.ended"))


def test_a_line_of_the_audit_log_is_never_deleted(database: Database) -> None:
    """R-18."""
    with database.write() as connection:
        connection.execute(insert(Event).values(at=NOW, kind="console.listened", data={"recording": 1}))
    with pytest.raises(Conflict, match="never deleted"), database.write() as connection:
        connection.execute(delete(Event))


def test_a_state_change_is_never_changed(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        connection.execute(
            insert(AgentStateChange).values(
                agent_id=agent,
                at=NOW,
                event=AgentEvent.MISSED,
                from_state=AgentState.OFFERED,
                to_state=AgentState.NOT_ANSWERING,
            )
        )
    with pytest.raises(Conflict, match="a state change is never changed"), database.write() as connection:
        connection.execute(update(AgentStateChange).values(to_state=AgentState.READY))
