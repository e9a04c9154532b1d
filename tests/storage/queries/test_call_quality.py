"""How well a call was heard: kept for the call that was answered then, and replaced while it goes on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.standard.three_rings import OfferOutcome
from storage.database import Database
from storage.queries import call_quality
from storage.queries.call_quality import Counted, LegQuality
from tests.storage.rows import add_agent, add_call, add_offer

ANSWERED = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FIRST = Counted("a" * 36, 10.0, False, 500, 480, 20, 5, 4.2, None, "PCMA")


def answered_call(database: Database, at: datetime = ANSWERED) -> tuple[int, int]:
    """An agent and the call they answered."""
    with database.write() as connection:
        agent_id, call_id = add_agent(connection, work_number="1001"), add_call(connection)
        add_offer(connection, call_id, agent_id, answered_at=at, ended_at=at, outcome=OfferOutcome.ANSWERED)
    return agent_id, call_id


def keep(database: Database, agent_id: int, counted: Counted, now: datetime) -> int | None:
    with database.write() as connection:
        return call_quality.keep(connection, agent_id, counted, now)


def of_call(database: Database, call_id: int) -> list[LegQuality]:
    with database.read() as connection:
        return call_quality.of_call(connection, call_id)


def test_counts_belong_to_the_call_that_was_answered_at_that_moment(database: Database) -> None:
    agent_id, call_id = answered_call(database)
    assert keep(database, agent_id, FIRST, ANSWERED + timedelta(seconds=11)) == call_id
    (leg,) = of_call(database, call_id)
    assert (leg.work_number, leg.counted) == ("1001", FIRST)
    assert leg.lost_percent == 4.0
    assert leg.lost_there_percent == 1.0


def test_later_counts_of_a_leg_replace_earlier_ones_and_the_last_ones_stay(database: Database) -> None:
    agent_id, call_id = answered_call(database)
    keep(database, agent_id, FIRST, ANSWERED + timedelta(seconds=10))
    last = replace(FIRST, seconds=35.0, complete=True, packets_sent=1750)
    assert keep(database, agent_id, last, ANSWERED + timedelta(seconds=35)) == call_id
    late = replace(FIRST, seconds=20.0)
    keep(database, agent_id, late, ANSWERED + timedelta(seconds=20, milliseconds=1))
    assert [leg.counted for leg in of_call(database, call_id)] == [last]


def test_counts_of_no_call_are_not_kept(database: Database) -> None:
    agent_id, call_id = answered_call(database)
    assert keep(database, agent_id, FIRST, ANSWERED + timedelta(minutes=5)) is None
    assert keep(database, agent_id + 1, FIRST, ANSWERED) is None
    assert of_call(database, call_id) == []


def test_nothing_lost_of_nothing_is_no_percentage(database: Database) -> None:
    agent_id, call_id = answered_call(database)
    silent = replace(FIRST, packets_sent=0, packets_received=0, packets_lost=0, jitter_ms=None)
    keep(database, agent_id, silent, ANSWERED + timedelta(seconds=10))
    (leg,) = of_call(database, call_id)
    assert leg.lost_percent is None
    assert leg.lost_there_percent is None
