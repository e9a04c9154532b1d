"""How late what is due is found, and at what cost: the engine's own loops on a filled database."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text, update

from ivr.config import load
from ivr.ledger import Ledger
from ivr.notices.office import NoticeOffice
from storage.database import Database
from storage.models import CaseEntry, Obligation, ObligationWarning, ReadingPosition
from storage.queries.case_entries_told import READER
from storage.queries.upsert import insert_or
from tests.bench.processes import usage
from tests.bench.table import Times

PROJECT = Path(__file__).parents[2]
SECONDS = 20
EACH_SECOND = 1
"""Warnings reached; a million cases in three years, each with three clocks of three levels, are 0.1."""
LATE_MS = 1000
SHARE = 0.02
"""Of one core, for engine and database together."""


@dataclass(frozen=True, slots=True)
class Due:
    """What was measured: lateness in milliseconds; ``share`` of one core while warnings were told."""

    late: Times
    share: float


def measure(database: Database) -> Due:
    """Let obligations come due, one after the other, while the engine's loops sleep until the next."""
    return asyncio.run(_measure(database))


async def _measure(database: Database) -> Due:
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as home:
        settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": home})
        at = _lined_up(database, datetime.now(UTC) + timedelta(seconds=3))
        ledger = Ledger(database)
        ledger.open()
        office = NoticeOffice(settings, PROJECT / "prompts", ledger, lambda: None)
        await office.begin()
        tasks = [asyncio.create_task(part) for _, part in office.parts()]
        await asyncio.sleep(2)  # what is read once at the beginning
        used, began = _used(database), time.monotonic()
        await asyncio.sleep((max(at.values()) - datetime.now(UTC)).total_seconds() + 2)
        share = (_used(database) - used) / (time.monotonic() - began)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ledger.close()
    late = Times.of(_lateness(database, at))
    assert late is not None
    return Due(late, share)


def _lined_up(database: Database, first: datetime) -> dict[int, datetime]:
    """Obligations that come due one after the other, and no others; id → when."""
    count = SECONDS * EACH_SECOND
    with database.write() as connection:
        _read_already(connection)
        ids = connection.execute(
            select(Obligation.id)
            .where(Obligation.settled_at.is_(None), Obligation.running_since.is_not(None))
            .where(
                ~select(ObligationWarning.id).where(ObligationWarning.obligation_id == Obligation.id).exists()
            )
            .order_by(Obligation.id.desc())
            .limit(count)
        ).scalars()
        at = {one: first + timedelta(seconds=place / EACH_SECOND) for place, one in enumerate(ids)}
        far = datetime.now(UTC) + timedelta(days=365)
        connection.execute(update(Obligation).where(Obligation.warn_at < far).values(warn_at=far))
        for one, moment in at.items():
            began = moment - timedelta(hours=4)
            connection.execute(
                update(Obligation)
                .where(Obligation.id == one)
                .values(
                    started_at=began,
                    running_since=began,
                    total_seconds=timedelta(hours=4).total_seconds(),
                    due_at=moment,
                    warn_at=moment,
                    level=2,
                )
            )
    return at


def _read_already(connection: Connection) -> None:
    """The entries that the filling wrote are told to nobody."""
    newest = connection.execute(select(func.max(CaseEntry.id))).scalar_one()
    there = insert_or(connection, ReadingPosition).values(reader=READER, position=newest, ahead={"ids": []})
    connection.execute(
        there.on_conflict_do_update(index_elements=[ReadingPosition.reader], set_={"position": newest})
    )


def _used(database: Database) -> float:
    """Processor seconds of this program and of what the database does for it."""
    if database.is_sqlite:
        return time.process_time()
    with database.read() as connection:
        mine = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = list(connection.execute(mine).scalars())
    return time.process_time() + sum(usage({str(pid): pid for pid in pids}).seconds.values())


def _lateness(database: Database, at: dict[int, datetime]) -> Sequence[float]:
    """How much later than its time each was written down; milliseconds."""
    with database.read() as connection:
        rows = connection.execute(
            select(ObligationWarning.obligation_id, ObligationWarning.at).where(
                ObligationWarning.obligation_id.in_(at)
            )
        ).all()
    assert len(rows) == len(at), f"{len(at)} were due, {len(rows)} were told"
    return [(moment - at[one]).total_seconds() * 1000 for one, moment in rows]
