"""The bench of calls to customers still plans, reads and takes on both databases."""

import subprocess
import sys

import pytest

from tests.conftest import PROJECT


@pytest.mark.long
def test_the_bench_of_calls_to_customers_plans_reads_and_takes_on_both_databases() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.dialing", "--tasks", "2000"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=PROJECT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for said in ("SQLite: 2000 cases", "PostgreSQL: 2000 cases"):
        assert said in done.stdout
    for row in ("planned  ", "campaign: written", "bare INSERT", "ten taken of all of them"):
        assert done.stdout.count(row) == 2, row
