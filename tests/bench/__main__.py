"""``make bench``: one table of our path beside the bare dialplan, from one run on the same PBX."""

import argparse
import asyncio
import functools
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path

from tests.asterisk.running_pbx import asterisk_install
from tests.bench.bare_path import bare_path
from tests.bench.calls import make_calls
from tests.bench.engine_path import RunningPath, engine_path
from tests.bench.plan import FEW, FULL, SHORT, Aims, Load, Plan
from tests.bench.processes import CORES, cores_used, usage, wait_until_idle
from tests.bench.table import BARE, Row, Times, table, verdicts
from tests.postgres import PostgresCluster

Path_ = tuple[str, Callable[[Path], AbstractAsyncContextManager[RunningPath]], list[Load]]


def main() -> None:
    """Measure, and print the table and how it stands with the aims. Exit code 0 also where one is missed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--short", action="store_true", help="few calls: whether the bench works")
    arguments.add_argument("--only", metavar="WORD", default="", help="paths with this word in their name")
    given = arguments.parse_args()
    rows = asyncio.run(measure(SHORT if given.short else FULL, given.only))
    print()
    print(table(rows))
    print()
    print("\n".join(verdicts(rows, Aims())))
    print()
    print(_circumstances())


async def measure(plan: Plan, only: str = "") -> list[Row]:
    """Every path with every load, one after the other."""
    rows: list[Row] = []
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        for index, (name, start, loads) in enumerate(_paths(plan, stack)):
            if only not in name:
                continue
            home = Path(folder) / str(index)
            _say(name)
            async with start(home) as path:
                for load in loads:
                    row = await asyncio.to_thread(_row, name, path, load, home, plan.idle_seconds)
                    print(
                        f"{time.strftime('%H:%M:%S')}   {load.name}: {row.failed} of {row.calls} failed",
                        flush=True,
                    )
                    rows.append(row)
    return rows


def _say(line: str) -> None:
    """Show how far it is, on the side."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def _paths(plan: Plan, stack: ExitStack) -> list[Path_]:
    """What is measured, in the table's order."""
    every = [*plan.loads(plan.rates), plan.waiting()]
    paths: list[Path_] = [
        (BARE, lambda home: bare_path(plan, home), every),
        ("engine, SQLite", lambda home: engine_path(plan, home, recording=True), every),
    ]
    if plan.with_postgres:
        cluster = PostgresCluster()
        stack.callback(cluster.remove)
        on_postgres = functools.partial(engine_path, plan, recording=True, cluster=cluster)
        paths.append(("engine, PostgreSQL", on_postgres, every))
    if plan.rates_unrecorded:
        unrecorded = functools.partial(engine_path, plan, recording=False)
        paths.append(("engine, SQLite, no recording", unrecorded, plan.loads(plan.rates_unrecorded)))
    return paths


def _row(name: str, path: RunningPath, load: Load, home: Path, idle_seconds: float) -> Row:
    """Make the calls of a load and look at what the programs used for them."""
    wait_until_idle(path.programs)
    before_idle = usage(path.programs)
    time.sleep(idle_seconds)
    before = usage(path.programs)
    idle = cores_used(before_idle, before)
    folder = home / "calls" / load.name.replace("/", "-").replace(" ", "-")
    outcome = make_calls(load, path.sip_port, path.agents_port, folder)
    called = usage(path.programs)
    wait_until_idle(path.programs)
    after = usage(path.programs)
    elapsed = after.at - before.at
    used = {each: after.seconds[each] - before.seconds[each] for each in path.programs}
    ours = sum(called.seconds[each] - before.seconds[each] for each in used)
    return Row(
        path=name,
        load=load.name,
        calls=load.calls,
        failed=outcome.failed,
        key_to_ring=Times.of(outcome.key_to_ring()),
        free_to_ring=Times.of(outcome.free_to_ring()) if load.key == FEW else None,
        processor={each: 1000 * (used[each] - idle[each] * elapsed) / load.calls for each in used},
        memory={each: (before.megabytes[each], after.megabytes[each]) for each in used},
        others=(called.machine - before.machine - ours) / (called.at - before.at) / CORES,
    )


def _circumstances() -> str:
    """Under which circumstances the figures came about, and what they mean."""
    version = ".".join(map(str, asterisk_install().version))
    return f"""Asterisk {version} everywhere; {CORES} cores, Python {platform.python_version()}, \
load average {os.getloadavg()[0]:.1f}. Callers and agents are SIPp on this machine and count as others;
so does whatever else runs here: look at the ratios first.
key → phone rings: last RTP packet of the key → INVITE at the agent's phone.
agent free → next rings: BYE of the caller → INVITE of the next waiting caller at the same phone.
bare dialplan: Answer, Read with the same prompt, Queue (leastrecent, autofill, no wrap-up). It records
nothing; ours records in two channels, but for the rows that say otherwise. Nobody sends sound.
CPU: above what the programs use idle, with threads and children. Memory: what is shared counts by its share.
failed: no agent answered, or the call did not end in order."""


if __name__ == "__main__":
    main()
