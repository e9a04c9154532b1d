"""The bench of cases still fills both databases and asks them everything."""

import re
import subprocess
import sys

import pytest

from tests.conftest import PROJECT


@pytest.mark.long
def test_the_bench_of_cases_fills_both_databases_and_asks_everything() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.cases", "--cases", "1000"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=PROJECT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "SQLite: 100 cases, 300 obligations, 100 texts" in done.stdout
    assert "PostgreSQL: 1000 cases, 3000 obligations, 1000 texts" in done.stdout
    asked = re.findall(r"^  (\S.*?)  +p50 +[\d.]+  p95 +[\d.]+  max +[\d.]+ ms", done.stdout, re.MULTILINE)
    assert len(asked) == 2 * len(set(asked)) > 30
    assert {"unit's list by time left", "overdue board", "desk list, newest"} < set(asked)
