"""``python -m tests.bench.reports``: a month's report over a million calls, and a draw over their recordings.

On PostgreSQL, beside a plain count over the same calls as reference. Also simulates 100 000 calls.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from ivr.simulation.day import PlannedAgent, Shift, made_calls
from ivr.simulation.running import Habits, SimulatedQueue, Simulation
from ivr.standard.agent_choice import RoutingRules
from ivr.standard.three_rings import RingRule
from storage.database import Database
from storage.queries import quality_draws, report_cases
from storage.queries.report_conditions import ReportSpan
from storage.queries.report_sums import sums
from storage.queries.report_work_times import work_times
from tests.postgres import PostgresCluster

AGENTS = 200
BEGIN = datetime(2026, 9, 30, 16, tzinfo=UTC)
END = datetime(2026, 10, 31, 16, tzinfo=UTC)
SPAN = ReportSpan(BEGIN, END, 15, 20, 180)

_AGENTS = """
INSERT INTO agents (id, work_number, name, role, password_hash, active, device_kind, created_at)
SELECT n, (1000 + n)::text, '客服' || n, 'agent', '', true, 'phone', :begin FROM generate_series(1, :agents) n
"""
_CALLS = """
INSERT INTO calls (id, pbx_node, channel, dialled, language, stage, menu_path, kind, queue, priority,
    direction, arrived_at, queued_at, talk_started_at, talk_ended_at, ended_at, outcome, agent_id,
    open_offers, returned, agent_left_first)
SELECT n, 'pbx1', 'c' || n, '95777', 'zh', 'ended', '2',
    CASE n % 50 WHEN 0 THEN 'alarm' ELSE 'repair' END, CASE n % 50 WHEN 0 THEN 'alarm' ELSE 'repair' END,
    20, 'inbound', at, at,
    CASE WHEN n % 20 = 0 THEN NULL ELSE at + (n % 30) * interval '1 second' END,
    CASE WHEN n % 20 = 0 THEN NULL ELSE at + (n % 30 + 60 + n % 200) * interval '1 second' END,
    at + interval '400 seconds', CASE WHEN n % 20 = 0 THEN 'abandoned_waiting' ELSE 'answered' END,
    CASE WHEN n % 20 = 0 THEN NULL ELSE 1 + n % :agents END, 0, false, false
FROM (SELECT n, :begin + n * (:end - :begin) / (:calls + 1.0) AS at FROM generate_series(1, :calls) n) made
"""
_OFFERS = """
INSERT INTO offers (call_id, agent_id, pbx_node, device, channel, queue, made_at, rings, ended_at, outcome)
SELECT id, 1 + id % :agents, 'pbx1', 'd', 'o' || id, queue, queued_at, 1, queued_at,
    CASE WHEN talk_started_at IS NULL THEN 'missed' ELSE 'answered' END FROM calls
"""
_TALKS = """
INSERT INTO talks (call_id, agent_id, kind, began_at, ended_at)
SELECT id, agent_id, 'caller', talk_started_at, talk_ended_at FROM calls WHERE talk_started_at IS NOT NULL
"""
_RATINGS = """
INSERT INTO survey_answers (call_id, agent_id, asked_at, score)
SELECT id, agent_id, ended_at, 1 + id % 5 FROM calls WHERE talk_started_at IS NOT NULL AND id % 3 = 0
"""
_STATES = """
INSERT INTO agent_state_changes (agent_id, at, event, from_state, to_state)
SELECT agent_id, talk_started_at + step * interval '20 seconds', 'answer', was, became
FROM calls, (VALUES (0, 'ready', 'offered'), (1, 'offered', 'talking'), (2, 'talking', 'wrap_up'),
    (3, 'wrap_up', 'ready')) steps (step, was, became)
WHERE talk_started_at IS NOT NULL
"""
_RECORDINGS = """
INSERT INTO recordings (call_id, agent_id, pbx_node, kind, status, name, started_at, seconds, sha256)
SELECT id, coalesce(agent_id, 1), 'pbx1', 'conversation', 'finished', 'r' || id, arrived_at, 60,
    repeat('0', 64) FROM calls
"""


def main() -> None:
    """Fill, ask, print. Exit code 0 also where an aim is missed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.reports", description=__doc__)
    arguments.add_argument("--calls", type=int, default=1_000_000)
    given = arguments.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning")
    with ExitStack() as stack:
        cluster = PostgresCluster()
        stack.callback(cluster.remove)
        name = stack.enter_context(cluster.database())
        database = Database(cluster.address(name))
        stack.callback(database.close)
        database.upgrade()
        fill(database, given.calls)
        ask(database)
    simulate(given.calls // 10)


def fill(database: Database, calls: int) -> None:
    """Write a month of calls with all that hangs on them."""
    values = {"begin": BEGIN, "end": END, "calls": calls, "agents": AGENTS}
    for statement in (_AGENTS, _CALLS, _OFFERS, _TALKS, _RATINGS, _STATES, _RECORDINGS):
        with database.write() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            wanted = {key: value for key, value in values.items() if f":{key}" in statement}
            connection.execute(text(statement), wanted)
    with database.write() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("ANALYZE"))
        connection.execute(text("SELECT setval('agents_id_seq', 1000)"))
    print(f"{calls} calls, {4 * calls * 19 // 20} changes of state, {calls} recordings")


def ask(database: Database) -> None:
    """The report's questions, each told with its time, and all of them in one snapshot."""
    questions: dict[str, Callable[[Connection], object]] = {
        "reference: count of the calls": lambda c: c.execute(
            text("SELECT count(*) FROM calls WHERE arrived_at >= :begin AND arrived_at < :end"),
            {"begin": BEGIN, "end": END},
        ).scalar_one(),
        "calls, offers, talks, holds, transfers, ratings": lambda c: len(sums(c, SPAN).people),
        "times at work": lambda c: len(work_times(c, BEGIN, END, END)),
        "cases, late, by unit": lambda c: (
            report_cases.by_kind(c, BEGIN, END),
            report_cases.late(c, BEGIN, END, END),
            report_cases.by_unit(c, BEGIN, END),
        ),
    }
    whole = 0.0
    for name, question in questions.items():
        began = time.perf_counter()
        with database.read() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            question(connection)
        took = time.perf_counter() - began
        whole += took if "reference" not in name else 0
        print(f"  {name:<50} {took:6.2f} s")
    print(f"  {'the month report together (aim 5 s)':<50} {whole:6.2f} s")
    began = time.perf_counter()
    with database.write() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        drawn = quality_draws.make(connection, "2026-10", BEGIN, END, 5, 1, END + timedelta(days=1))
    took = time.perf_counter() - began
    print(f"  draw of {drawn.samples} of {drawn.population} recordings (aim 2 s) {took:17.2f} s")


def simulate(calls: int) -> None:
    """A busy month of calls played through."""
    planned = made_calls(BEGIN, calls / 310, {"repair": 310}, 183.45, None, "bench")
    people = [
        PlannedAgent(str(each), {"repair": 1}, (Shift(BEGIN, END + timedelta(days=90)),))
        for each in range(20)
    ]
    rules = RoutingRules({"repair": "repair"}, {}, timedelta(seconds=20))
    simulation = Simulation(
        rules, RingRule(5, 3, 3), {"repair": SimulatedQueue(False, 20, 0.0)}, Habits(answer_after=3)
    )
    began = time.perf_counter()
    simulation.run(planned, people)
    print(f"  {len(planned)} calls simulated (aim 60 s for 100 000) {time.perf_counter() - began:16.2f} s")


if __name__ == "__main__":
    main()
