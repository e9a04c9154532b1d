"""A drawn conversation with sound in it: an interruption, a hold, a transfer, a silence (R-QA1)."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from ivr.standard.transfer import TargetKind, TransferOutcome, TransferState
from storage.database import Database
from storage.models import Hold, QualitySample, Recording, Transfer
from storage.queries import quality_draws
from tests.hints.conversations import write
from tests.storage.queries.test_quality import recorded

LAST_MONTH = datetime.now(UTC).replace(day=1, hour=12) - timedelta(days=10)
MONTH = f"{LAST_MONTH:%Y-%m}"


def draw(database: Database, agent: int, folder: Path) -> int:
    """A minute: interrupted at 14, on hold from 20 to 34, asked about at 21, silent from 40 to 58.

    :returns: the id of its sample.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"r{agent}-0.wav"
    write(file, 60, [(8, 16), (35, 40), (58, 60)], [(1, 6), (14, 19)])
    with database.write() as connection:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        recording = recorded(connection, agent, LAST_MONTH, 0, sha256=digest, seconds=60.0)
        found = connection.execute(
            select(Recording.call_id, Recording.started_at).where(Recording.id == recording)
        ).one()
        held = {"call_id": found.call_id, "agent_id": agent, "consent": True, "seconds": 14.0}
        since = found.started_at + timedelta(seconds=20)
        until = since + timedelta(seconds=14)
        connection.execute(insert(Hold).values(**held, began_at=since, ended_at=until))
        asked = {
            "call_id": found.call_id,
            "from_agent_id": agent,
            "to_kind": TargetKind.AGENT,
            "to_value": "1002",
            "note": "",
            "attended": True,
            "state": TransferState.RINGING,
            "asked_at": found.started_at + timedelta(seconds=21),
            "ended_at": found.started_at + timedelta(seconds=30),
            "outcome": TransferOutcome.ENDED,
        }
        connection.execute(insert(Transfer).values(asked))
        now = datetime.now(UTC)
        quality_draws.make(connection, MONTH, LAST_MONTH.replace(day=1), now, 5, agent, now)
        sample = select(QualitySample.id).where(QualitySample.recording_id == recording)
        return int(connection.execute(sample).scalar_one())
