"""Recordings are begun once, and end finished or failed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from ivr.standard.call_stage import CallStage
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from storage.database import Database
from storage.models import Event, Recording
from storage.queries import calls, recordings

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
NAME = "2026/11/21/1-talk"


def a_call(connection: Connection) -> int:
    row = {
        "pbx_node": "pbx1",
        "channel": "1763757.12",
        "dialled": "95777",
        "language": "zh",
        "stage": CallStage.ARRIVED,
        "arrived_at": NOW,
    }
    call_id = calls.arrive(connection, row)
    assert call_id is not None
    return call_id


def begin(connection: Connection, call_id: int) -> None:
    recordings.begin(connection, call_id, None, "pbx1", RecordingKind.CONVERSATION, NAME, NOW)


def test_a_recording_that_is_begun_again_stays_one(database: Database) -> None:
    with database.write() as connection:
        call_id = a_call(connection)
        begin(connection, call_id)
        begin(connection, call_id)
        rows = connection.execute(select(Recording.name, Recording.status)).all()
    assert rows == [(NAME, RecordingStatus.RUNNING)]


def test_what_runs_is_found_with_the_callers_channel_until_it_is_finished(database: Database) -> None:
    with database.write() as connection:
        begin(connection, a_call(connection))
        [running] = recordings.running(connection, "pbx1")
        assert (running.name, running.channel) == (NAME, "1763757.12")
        assert recordings.running(connection, "another") == []
        recordings.finish(
            connection, NAME, NOW + timedelta(seconds=3), seconds=3.0, size_bytes=96044, sha256="ab" * 32
        )
        assert recordings.running(connection, "pbx1") == []


def test_one_that_failed_is_said_and_counted(database: Database) -> None:
    with database.write() as connection:
        call_id = a_call(connection)
        begin(connection, call_id)
        recordings.fail(connection, NAME, call_id, NOW, "the disk is full")
        row = connection.execute(select(Recording.status, Recording.failure)).one()
        assert row == (RecordingStatus.FAILED, "the disk is full")
        kinds = connection.execute(select(Event.kind)).scalars().all()
    assert "recording.failed" in kinds
