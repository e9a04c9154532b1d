"""The bench itself: it still runs, counts what happened, and prints its table."""

import subprocess
import sys

import pytest

from tests.asterisk.running_pbx import CONFIG
from tests.bench.calls import CallMoments, Outcome
from tests.bench.plan import Aims
from tests.bench.table import BARE, Row, Times, table, verdicts


def row(path: str, load: str = "5/s", *, p95: float = 20, engine: float = 5, failed: int = 0) -> Row:
    processor = {"pbx": 10.0} | ({} if path == BARE else {"engine": engine})
    memory = dict.fromkeys(processor, (50.0, 60.0))
    return Row(path, load, 100, failed, Times(p95 / 2, p95, p95 * 2), None, processor, memory, 0.25)


@pytest.mark.e2e
def test_the_short_bench_makes_its_calls_on_both_paths_and_prints_one_table() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--short"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=CONFIG.parent,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith((f"{BARE}  ", "engine, SQLite  "))]
    assert len(lines) == 4, done.stdout
    for line in lines:
        cells = line.split("  ")
        calls, failed = [cell.strip() for cell in cells if cell.strip().isdigit()][:2]
        assert int(calls) > 0
        assert int(failed) < int(calls), done.stdout
    assert done.stdout.count("─" * 40) >= 1
    assert "agent free → next rings, p95: aim ≤ 50 ms" in done.stdout


def test_a_percentile_is_the_value_so_many_calls_did_not_exceed() -> None:
    assert Times.of([float(n) for n in range(1, 101)]) == Times(50, 95, 100)
    assert Times.of([7.0]) == Times(7, 7, 7)
    assert Times.of([]) is None


def test_a_call_that_no_agent_answered_or_that_did_not_end_in_order_has_failed() -> None:
    good = CallMoments(key=1, rings=1.1, agent="1001", talk=2, free=5, done=5.1)
    unanswered = CallMoments(key=1, free=5, done=5.1)
    hanging = CallMoments(key=1, rings=1.1, agent="1001", talk=2, free=5)
    assert Outcome({1: good, 2: unanswered, 3: hanging}).failed == 2


def test_only_callers_who_waited_count_for_the_time_from_free_to_ring() -> None:
    calls = {
        1: CallMoments(key=1, rings=1.02, agent="5001", talk=2, free=5, done=5.1),
        2: CallMoments(key=3, rings=5.03, agent="5001", talk=6, free=9, done=9.1),
        3: CallMoments(key=9.5, rings=9.6, agent="5001", talk=10, free=12, done=12.1),
        4: CallMoments(key=3, rings=3.02, agent="5002", talk=4, free=8, done=8.1),
    }
    assert Outcome(calls).free_to_ring() == pytest.approx([30])


def test_the_verdicts_say_at_which_load_an_aim_was_missed_and_by_how_much() -> None:
    rows = [
        row(BARE, "5/s", p95=10),
        row(BARE, "50/s", p95=12),
        row("engine, SQLite", "5/s", p95=25, engine=6),
        row("engine, SQLite", "50/s", p95=52, engine=9.5, failed=2),
    ]
    said = "\n".join(verdicts(rows, Aims()))
    assert "p95 behind bare: aim ≤ 30 ms, worst 40 (50/s): missed by 10 ms" in said
    assert "engine's CPU: aim ≤ 8 ms a call, worst 9.5 (50/s): missed by 1.5 ms a call" in said
    assert "failed calls: aim ≤ 0, worst 2 (50/s): missed by 2" in said
    assert "agent free" not in said


def test_an_aim_that_was_reached_is_said_to_be() -> None:
    said = verdicts([row(BARE, p95=10), row("engine, PostgreSQL", p95=25, engine=11)], Aims())
    assert said[0].endswith("worst 15 (5/s): reached")
    assert said[1] == "engine, PostgreSQL: engine's CPU: aim ≤ 12 ms a call, worst 11 (5/s): reached"


def test_the_table_sets_our_path_beside_the_bare_one_of_the_same_load() -> None:
    text = table([row(BARE, p95=10), row("engine, SQLite", p95=25, engine=5)])
    ours = next(line for line in text.splitlines() if line.startswith("engine, SQLite"))
    assert "+15" in ours
    assert " 1.5 " in ours
