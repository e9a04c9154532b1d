"""The bench of reports still fills its database, asks everything and draws."""

import subprocess
import sys

import pytest

from tests.conftest import PROJECT


@pytest.mark.long
def test_the_bench_of_reports_asks_everything_and_draws() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.reports", "--calls", "2000"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=PROJECT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "the month report together" in done.stdout
    assert "of 2000 recordings" in done.stdout and "calls simulated" in done.stdout
