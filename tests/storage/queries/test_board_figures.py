"""The day's figures of the board: the same as a report's, whatever has changed between two readings."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.report_figures import Counts
from ivr.standard.three_rings import OfferOutcome
from storage.database import Database
from storage.models import AgentPresence, AgentSkill, Call, Offer
from storage.queries import board_figures, report_sums
from storage.queries.board_figures import AtWork, DayCount
from storage.queries.report_conditions import ReportSpan
from tests.storage.rows import NOW, add_agent

QUICK, SOON = 15.0, 20.0
COMPARED = (
    "offered",
    "answered",
    "abandoned",
    "within_quick",
    "within_soon",
    "offers_answered",
    "offers_missed",
)


def test_figures_that_are_kept_up_to_date_are_those_of_a_report(database: Database) -> None:
    """R-12.3: a reading each half minute of two hours, calls that end late, a caller who is brought back."""
    chance, begin = random.Random(7), NOW
    with database.write() as connection:
        agent = add_agent(connection)
    day = DayCount(begin, QUICK, SOON)
    going_on: list[int] = []
    now = begin
    for step in range(60):
        now = begin + timedelta(seconds=30 * step)
        with database.write() as connection:
            for _ in range(3):
                going_on.append(_arrive(connection, now, chance))
            chance.shuffle(going_on)
            while len(going_on) > 8:
                _end(connection, going_on.pop(), now, agent, chance)
        with database.read() as connection:
            kept = day.read(connection, now)
            span = ReportSpan(begin, now + timedelta(days=1), QUICK, SOON, 180)
            wanted = report_sums.sums(connection, span).by_queue()
        assert _compared(kept) == _compared(wanted), step
    # Of 180 callers the first three came a moment before the day began.
    assert sum(counts.offered for counts in kept.values()) == 177
    assert len(day._parts[0].going_on) < 20, "what is over is not read again"


def test_people_are_counted_by_skill(database: Database) -> None:
    states = [AgentState.READY, AgentState.TALKING, AgentState.BREAK]
    with database.write() as connection:
        ids = [add_agent(connection) for _ in states]
        for agent_id, state in zip(ids, states, strict=True):
            connection.execute(
                update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(state=state)
            )
        connection.execute(delete(AgentSkill))
        rows = [{"agent_id": agent_id, "skill": "repair", "level": 1} for agent_id in ids]
        connection.execute(insert(AgentSkill), rows)
    with database.read() as connection:
        assert board_figures.at_work(connection) == {"repair": AtWork(takes_calls=2, free=1)}


def _compared(sums: dict[str, Counts]) -> dict[str, list[object]]:
    return {queue: [getattr(counts, name) for name in COMPARED] for queue, counts in sums.items()}


_channels = iter(range(1_000_000))


def _arrive(connection: Connection, now: datetime, chance: random.Random) -> int:
    queue = chance.choice(["repair", "alarm"])
    row = {
        "pbx_node": "pbx1",
        "channel": f"c{next(_channels)}",
        "dialled": "95777",
        "language": "zh",
        "stage": CallStage.WAITING,
        "kind": CallKind(queue),
        "queue": queue,
        "arrived_at": now - timedelta(seconds=chance.random()),
        "queued_at": now,
    }
    return int(connection.execute(insert(Call).values(row).returning(Call.id)).scalar_one())


def _end(connection: Connection, call_id: int, now: datetime, agent: int, chance: random.Random) -> None:
    answered = chance.random() < 0.7
    began = now - timedelta(seconds=chance.choice([1, 10, 16]))
    values: dict[str, Any] = {
        "ended_at": now,
        "stage": CallStage.ENDED,
        "outcome": CallOutcome.ABANDONED_WAITING,
    }
    if answered:
        values |= {"outcome": CallOutcome.ANSWERED, "talk_started_at": began, "talk_ended_at": now}
    connection.execute(update(Call).where(Call.id == call_id).values(values))
    offer = {
        "call_id": call_id,
        "agent_id": agent,
        "pbx_node": "pbx1",
        "device": "PJSIP/x",
        "channel": f"o{next(_channels)}",
        "queue": "repair",
        "made_at": now,
        "ended_at": now,
        "outcome": OfferOutcome.ANSWERED if answered else OfferOutcome.MISSED,
    }
    connection.execute(insert(Offer).values(offer))
