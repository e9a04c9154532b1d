"""What is past its time goes, class by class; what is owed, open, or of the audit log stays."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update

from ivr import cli
from ivr.config import Settings, load
from ivr.errors import ConfigError
from ivr.operation import retention
from ivr.operation.nightly import DiskWatch, Nightly, next_run
from ivr.operation.retention import Removed
from ivr.standard.photo_rules import PhotoKind
from ivr.standard.quality_draw import PickReason
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.retention_class import RetentionClass
from ivr.standard.task_kind import TaskKind, TaskStatus
from storage.database import Database
from storage.models import (
    CaseLife,
    CasePhoto,
    Event,
    QualityDraw,
    QualityPopulation,
    QualitySample,
    QualityScore,
    QualitySheet,
    RecordDraft,
    Recording,
    Task,
    VisitorPhone,
)
from storage.queries import audit, audit_chain
from storage.queries.audit import ConsoleFact
from tests.conftest import PROJECT
from tests.storage.queries.case_rows import add_team, make
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
_DIAL_TASK = (
    "INSERT INTO dial_tasks (id, reason, way, rank, status, language, planned_at, due_at, attempts)"
    " VALUES (1, 'repair_revisit', 'automatic', 1, 'done', 'zh', :now, :now, 1)"
)
_DIAL_ATTEMPT = (
    "INSERT INTO dial_attempts (dial_task_id, attempt, number, at, engine, call_id)"
    " VALUES (1, 1, '+8653188880001', :now, 'pbx1', :call)"
)


@pytest.fixture
def settings(database_address: str, tmp_path: Path) -> Settings:
    environment = {
        "HOTLINE_HOME": str(tmp_path / "home"),
        "HOTLINE__STORAGE__URL_FROM": "ADDRESS",
        "ADDRESS": database_address,
        "HOTLINE__RETENTION__PHOTOS": "365",
    }
    settings = load(PROJECT / "config.yaml", environment)
    settings.recordings_folder.mkdir(parents=True)
    (settings.home / "case_photos").mkdir()
    return settings


def recording(settings: Settings, database: Database, name: str, days: float, **values: object) -> int:
    """A finished recording so many days old, with its file."""
    with database.write() as connection:
        started = NOW - timedelta(days=days)
        row = {
            "call_id": values.pop("call_id", None) or add_call(connection, arrived_at=started),
            "pbx_node": "pbx1",
            "kind": RecordingKind.CONVERSATION,
            "status": RecordingStatus.FINISHED,
            "name": name,
            "started_at": started,
            "sha256": "00ff",
            **values,
        }
        made = connection.execute(insert(Recording).values(row).returning(Recording.id)).scalar_one()
    (settings.recordings_folder / f"{name}.wav").write_bytes(b"RIFF")
    return int(made)


def counts(done: list[Removed]) -> dict[str, int]:
    return {removed.of.value: removed.count for removed in done}


def there(settings: Settings) -> set[str]:
    return {file.stem for file in settings.recordings_folder.iterdir()}


def test_each_class_of_recordings_has_a_time_of_its_own(database: Database, settings: Settings) -> None:
    """R-16.6: those of revisits are there for 90 days here, and 30 at the least."""
    recording(settings, database, "young", 364)
    old = recording(settings, database, "old", 366)
    recording(settings, database, "message", 366, kind=RecordingKind.MESSAGE)
    recording(settings, database, "elsewhere", 366, pbx_node="pbx2")
    recording(settings, database, "failed", 366, status=RecordingStatus.FAILED)
    would = retention.run(settings, database, NOW, dry_run=True)
    assert there(settings) == {"young", "old", "message", "elsewhere", "failed"}
    done = retention.run(settings, database, NOW)
    assert would == done
    assert counts(done) | {"recordings": 1, "messages": 1} == counts(done)
    assert there(settings) == {"young", "elsewhere", "failed"}
    with database.read() as connection:
        row = connection.execute(select(Recording.status, Recording.sha256).where(Recording.id == old)).one()
        assert row == (RecordingStatus.DELETED, "00ff")
        told = connection.execute(select(Event.data).where(Event.kind == ConsoleFact.DELETED_BY_RULE))
        assert [data for (data,) in told if data["class"] == "recordings"] == [
            {"class": "recordings", "count": 1, "days": 365, "ids": [old]}
        ]
        assert audit_chain.verify(connection).fault is None
    assert sum(counts(retention.run(settings, database, NOW)).values()) == 0


def test_a_drawn_recording_stays_until_it_is_scored(database: Database, settings: Settings) -> None:
    """R-QA1."""
    with database.write() as connection:
        reader = add_agent(connection)
    drawn = [recording(settings, database, name, 400) for name in ("unread", "read")]
    with database.write() as connection:
        draw = connection.execute(
            insert(QualityDraw)
            .values(month="2026-10", seed="1", per_agent=2, made_at=NOW, made_by=reader)
            .returning(QualityDraw.id)
        ).scalar_one()
        connection.execute(
            insert(QualityPopulation).values(draw_id=draw, agent_id=reader, size=2, ids=b"", sha256="")
        )
        samples = [
            connection.execute(
                insert(QualitySample)
                .values(
                    draw_id=draw, agent_id=reader, recording_id=each, reason=PickReason.RANDOM, place=place
                )
                .returning(QualitySample.id)
            ).scalar_one()
            for place, each in enumerate(drawn, start=1)
        ]
        sheet = connection.execute(
            insert(QualitySheet).values(sha256="0", first_used_at=NOW, content={}).returning(QualitySheet.id)
        ).scalar_one()
        connection.execute(
            insert(QualityScore).values(
                sample_id=samples[1],
                reading=1,
                reader_id=reader,
                sheet_id=sheet,
                at=NOW,
                marks={},
                percent=100.0,
                remark="",
            )
        )
    retention.run(settings, database, NOW)
    assert there(settings) == {"unread"}


def test_recordings_of_revisits_go_by_the_dialers_rule(database: Database, settings: Settings) -> None:
    """R-16.6."""
    with database.write() as connection:
        call = add_call(connection)
        now = NOW.replace(tzinfo=None)
        connection.execute(text(_DIAL_TASK), {"now": now})
        connection.execute(text(_DIAL_ATTEMPT), {"now": now, "call": call})
    recording(settings, database, "revisit", 91, call_id=call)
    recording(settings, database, "conversation", 91)
    assert counts(retention.run(settings, database, NOW))["revisits"] == 1
    assert there(settings) == {"conversation"}


def test_nothing_of_an_open_case_or_a_message_nobody_heard_goes(
    database: Database, settings: Settings
) -> None:
    """R-AR, R-3.2."""
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team, "repair").case_id
        call = connection.execute(
            text("SELECT call_id FROM cases WHERE id = :case"), {"case": case}
        ).scalar_one()
    recording(settings, database, "of-the-case", 400, call_id=call)
    unheard = recording(settings, database, "unheard", 400, kind=RecordingKind.MESSAGE)
    with database.write() as connection:
        connection.execute(
            insert(Task).values(
                kind=TaskKind.MESSAGE, status=TaskStatus.OPEN, priority=1, call_id=call, language="zh",
                queued_at=NOW, created_at=NOW, recording_id=unheard,
            )
        )  # fmt: skip
    photo = settings.home / "case_photos" / "1-aa.jpeg"
    photo.write_bytes(b"\xff\xd8")
    with database.write() as connection:
        connection.execute(
            insert(CasePhoto).values(
                case_id=case, at=NOW - timedelta(days=400), kind=PhotoKind.JPEG, given_name="x",
                file_name="1-aa.jpeg", size_bytes=2, sha256="00",
            )
        )  # fmt: skip
    assert sum(counts(retention.run(settings, database, NOW)).values()) == 0
    closed = NOW - timedelta(days=366)
    with database.write() as connection:
        connection.execute(update(CaseLife).values(closed_at=closed))
        connection.execute(update(Task).values(status=TaskStatus.DONE))
    done = counts(retention.run(settings, database, NOW))
    assert (done["recordings"], done["messages"], done["photos"]) == (1, 1, 1)
    assert not photo.exists()
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(CasePhoto)).scalar_one() == 1
    assert counts(retention.run(settings, database, NOW))["photos"] == 0


def test_rows_without_files_go_and_the_audit_log_never(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-18."""
    monkeypatch.setattr(retention, "BATCH", 2)
    long_ago = NOW - timedelta(days=1200)
    with database.write() as connection:
        agent = add_agent(connection)
        for days in (31, 31, 31, 29):
            draft = {
                "call_id": add_call(connection),
                "agent_id": agent,
                "editor": "tab",
                "seq": 1,
                "fields": {},
            }
            connection.execute(insert(RecordDraft).values(saved_at=NOW - timedelta(days=days), **draft))
        connection.execute(
            insert(VisitorPhone).values(
                name="try-1", digest="x", caller_number="1", made_at=long_ago, expires_at=long_ago
            )
        )
        connection.execute(insert(Event).values(at=long_ago, kind="call.held"))
        connection.execute(insert(Event).values(at=NOW, kind="call.held"))
        connection.execute(insert(Event).values(at=long_ago, kind="demo.filled"))
        audit.note(connection, ConsoleFact.LISTENED, long_ago, agent_id=agent, data={})
    done = counts(retention.run(settings, database, NOW))
    assert (done["drafts"], done["visitor_phones"], done["call_events"]) == (3, 1, 1)
    with database.read() as connection:
        kinds = connection.execute(select(Event.kind).order_by(Event.id)).scalars().all()
        assert kinds[:3] == ["call.held", "demo.filled", "console.listened"]
        assert set(kinds[3:]) == {"console.deleted_by_rule"}
        assert audit_chain.verify(connection).fault is None


def test_a_name_that_leads_out_of_the_folder_deletes_nothing(database: Database, settings: Settings) -> None:
    outside = settings.home / "outside.wav"
    recording(settings, database, "old", 366, sha256=None)
    outside.write_bytes(b"not ours")
    with database.write() as connection:
        connection.execute(update(Recording).values(name="../outside"))
    retention.run(settings, database, NOW)
    assert outside.read_bytes() == b"not ours"


@pytest.mark.parametrize(
    ("variable", "value"), [("RECORDINGS", "29"), ("MESSAGES", "1"), ("DRAFTS", "0"), ("AT", "25:00")]
)
def test_a_time_below_that_of_the_standard_is_a_mistake(tmp_path: Path, variable: str, value: str) -> None:
    """R-16.6: 30 days at the least."""
    with pytest.raises(ConfigError, match=f"retention.{variable.lower()}"):
        load(
            PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path), f"HOTLINE__RETENTION__{variable}": value}
        )


def test_the_command_says_how_much_of_each_class(
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recording(settings, database, "old", 4000)
    monkeypatch.setenv("HOTLINE_HOME", str(settings.home))
    monkeypatch.setenv("HOTLINE__STORAGE__URL_FROM", "ADDRESS")
    monkeypatch.setenv("ADDRESS", settings.database_address)
    command = ["--config", str(PROJECT / "config.yaml"), "retention", "run"]
    assert cli.main([*command, "--dry-run"]) == 0
    assert "recordings: 1 would be deleted (older than 365 days)" in capsys.readouterr().out
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert "recordings: 1 deleted (older than 365 days)\n" in said
    assert "photos: kept for ever\n" in said


def test_the_night_begins_at_the_hotlines_own_time_of_day(settings: Settings) -> None:
    assert next_run(settings, NOW) == datetime(2026, 11, 21, 19, 30, tzinfo=UTC)  # 03:30 in Shanghai
    just = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)
    assert next_run(settings, just) == just + timedelta(days=1)


def test_a_night_that_fails_is_said_and_the_next_one_comes(settings: Settings, tmp_path: Path) -> None:
    said: list[str] = []
    nowhere = Database(f"sqlite:///{tmp_path}/missing/hotline.sqlite3")
    asyncio.run(Nightly(settings, nowhere, said.append).work(NOW))
    assert len(said) == 1 and said[0].endswith("tried again next night")


def test_a_night_tells_what_it_deleted(settings: Settings, database: Database) -> None:
    recording(settings, database, "old", 366)
    said: list[str] = []
    asyncio.run(Nightly(settings, database, said.append).work(NOW))
    assert said == ["retention: recordings: 1 deleted (older than 365 days)"]


def test_a_disk_that_gets_full_is_said_at_once_and_then_every_hour(settings: Settings) -> None:
    said: list[str] = []
    shares = iter([50.0, 94.9, 95.0, 95.5, 99.0, 96.0, 96.0, 50.0, 95.0])
    watch = DiskWatch(settings, said.append, lambda folder: next(shares))
    minutes = (0, 1, 2, 3, 4, 5, 65, 66, 67)
    lines = []
    for minute in minutes:
        watch.look(NOW + timedelta(minutes=minute))
        lines.append(len(said))
    assert lines == [0, 0, 1, 1, 2, 2, 3, 3, 4]
    assert said[0].startswith("warning: the disk of") and "95.0 % full" in said[0]
    assert said[1].startswith("ERROR: the disk of") and "make room now" in said[1]


def test_every_class_has_a_time(settings: Settings) -> None:
    assert {of for of, _ in retention.kept_days(settings)} == set(RetentionClass)
