"""``python -m tests.bench.dialing``: 100 000 calls to customers planned, read from a file, and taken.

Beside each stands a bare INSERT of as many rows of the same width, on the same database: what no program
could be quicker than.
"""

import argparse
import csv
import os
import platform
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text

from ivr.config import load
from ivr.config.sections import CallKind, DeviceKind, Role
from ivr.standard.case_clock import Clock
from ivr.standard.case_life import CaseState
from ivr.standard.dial_pacing import Allowed
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState
from ivr.standard.obligations import ObligationKind
from ivr.standard.urgency import Urgency
from storage.campaign_lists import read_campaign_list
from storage.database import Database
from storage.dial_rules import DialRules, dial_rules
from storage.models import Agent, Case, CaseLife, DialTask, Obligation
from storage.queries import campaigns, dialer_state
from storage.queries.campaigns import NewCampaign
from storage.queries.dial_planning import Planned, plan
from storage.queries.dial_taking import take
from tests.bench.table import Times
from tests.postgres import PostgresCluster

PROJECT = Path(__file__).parents[2]
AIM_SECONDS = 10
BATCH = 5000
LOOKS = 50


def main() -> None:
    """Fill, plan, take, print. Exit code 0 also where an aim is missed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.dialing", description=__doc__)
    arguments.add_argument("--tasks", type=int, default=100_000)
    arguments.add_argument("--only", choices=["sqlite", "postgres"], help="one of the two")
    given = arguments.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-bench-")))
        rules = dial_rules(load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(folder)}))
        if given.only != "postgres":
            measure("SQLite", f"sqlite:///{folder}/hotline.sqlite3", given.tasks, rules, folder)
        if given.only != "sqlite":
            cluster = PostgresCluster()
            stack.callback(cluster.remove)
            name = stack.enter_context(cluster.database())
            measure("PostgreSQL", cluster.address(name), given.tasks, rules, folder)


def measure(name: str, address: str, count: int, rules: DialRules, folder: Path) -> None:
    """Everything on one database."""
    database = Database(address)
    database.upgrade()
    now = datetime(2026, 11, 18, 10, 0, tzinfo=rules.zone)
    with database.write() as connection:
        fill(connection, count, now)
    print(f"\n{name}: {count} cases whose customers are to be asked")
    planned, seconds = planning(database, now, rules)
    assert planned.revisits == count, planned
    verdict = "" if seconds < AIM_SECONDS else f"   misses {AIM_SECONDS} s"
    print(f"  {'planned':44} {seconds:7.2f} s{verdict}")
    print(f"  {'planned again, nothing new':44} {planning(database, now, rules)[1]:7.2f} s")
    read_s, write_s = campaign(database, big_list(folder / "people.csv", count), now, rules, count)
    print(f"  {'campaign: file read and checked':44} {read_s:7.2f} s")
    print(f"  {'campaign: written':44} {write_s:7.2f} s")
    print(f"  {'bare INSERT of as many rows (reference)':44} {bare_insert(database):7.2f} s")
    times = taking(database, now, rules)
    print(
        f"  {'ten taken of all of them':44} p50 {times.p50:7.2f}  p95 {times.p95:7.2f}  "
        f"max {times.longest:7.2f} ms"
    )
    database.close()


def fill(connection: Connection, count: int, now: datetime) -> None:
    """Cases that wait for their revisit, each with its obligation."""
    agent = connection.execute(
        insert(Agent)
        .values(
            work_number="1001",
            name="王敏",
            role=Role.AGENT,
            password_hash="",
            device_kind=DeviceKind.PHONE,
            created_at=now,
        )
        .returning(Agent.id)
    ).scalar_one()
    for begin in range(1, count + 1, BATCH):
        ids = range(begin, min(begin + BATCH, count + 1))
        case = {
            "kind": CallKind.REPAIR,
            "urgency": Urgency.ORDINARY,
            "first_responder_id": agent,
            "content": "灶具打不着火",
            "created_at": now,
        }
        connection.execute(
            insert(Case),
            [
                {**case, "id": one, "number": f"2026-11-{one:06}", "contact_number": f"+86139{one:08}"}
                for one in ids
            ],
        )
        life = {
            "kind": CallKind.REPAIR,
            "urgency": Urgency.ORDINARY,
            "state": CaseState.REVISIT_OWED,
            "owner_id": agent,
            "opened_at": now,
            "outside_party": False,
            "due_at": now,
            "entries": 1,
        }
        connection.execute(insert(CaseLife), [{**life, "case_id": one} for one in ids])
        owed = {
            "kind": ObligationKind.REVISIT,
            "rule": "R-15.4",
            "started_at": now,
            "clock": Clock.HOURS,
            "total_seconds": 172800.0,
            "counted_seconds": 0.0,
            "running_since": now,
            "level": 0,
        }
        connection.execute(
            insert(Obligation),
            [{**owed, "case_id": one, "due_at": now + timedelta(seconds=one)} for one in ids],
        )


def planning(database: Database, now: datetime, rules: DialRules) -> tuple[Planned, float]:
    """Plan until nothing is left, as the command does; seconds."""
    began = time.monotonic()
    whole = Planned(more=True)
    while whole.more:
        with database.write() as connection:
            whole += plan(connection, now, rules, after=whole.last)
    return whole, time.monotonic() - began


def big_list(file: Path, count: int) -> Path:
    """Of each ten rows one is repeated, one foreign, one short and one impossible."""
    wrong = {3: "13900000001", 5: "+85221234567", 7: "12345", 9: "00000000000000000"}
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["姓名", "电话"])
        rows.writerows(["张三", wrong.get(row % 10, f"138{row:08}")] for row in range(count))
    return file


def campaign(
    database: Database, file: Path, now: datetime, rules: DialRules, count: int
) -> tuple[float, float]:
    """Seconds to read a file, and to write it."""
    began = time.monotonic()
    found = read_campaign_list(file, rules.numbers, area_code="0531", most_rows=count)
    assert len(found.people) + len(found.refused) == count
    read_s = time.monotonic() - began
    new = NewCampaign("bench", DialReason.CAMPAIGN, DialWay.AUTOMATIC, "repair")
    with database.write() as connection:
        made = campaigns.make(connection, new, found.people, found.refused, {}, now, rules)
        campaigns.move(connection, made, CampaignState.RUNNING, now)
    return read_s, time.monotonic() - began - read_s


def bare_insert(database: Database) -> float:
    """Seconds to write as many rows of the same width into a table without keys and triggers."""
    with database.read() as connection:
        rows: list[dict[str, Any]] = [
            dict(row._mapping) for row in connection.execute(select(*DialTask.__table__.c).limit(100_000))
        ]
    with database.write() as connection:
        connection.execute(text("CREATE TABLE bare AS SELECT * FROM dial_tasks WHERE 1 = 0"))
    from sqlalchemy import MetaData, Table

    bare = Table("bare", MetaData(), *(column._copy() for column in DialTask.__table__.c))
    for column in bare.c:
        column.foreign_keys.clear()
    began = time.monotonic()
    with database.write() as connection:
        for begin in range(0, len(rows), BATCH):
            connection.execute(insert(bare), rows[begin : begin + BATCH])
    return time.monotonic() - began


def taking(database: Database, now: datetime, rules: DialRules) -> Times:
    """Milliseconds of looks that take ten each, of all that wait."""
    with database.write() as connection:
        dialer_state.switch(connection, True, now)
    found = []
    for _ in range(LOOKS):
        began = time.monotonic()
        with database.write() as connection:
            some = take(connection, "bench", now, rules, Allowed(10, 10, 0))
        found.append((time.monotonic() - began) * 1000)
        assert len(some) == 10
    times = Times.of(found)
    assert times is not None
    return times


if __name__ == "__main__":
    main()
