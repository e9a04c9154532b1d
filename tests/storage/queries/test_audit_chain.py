"""The chain of hashes over the audit log: whole under several writers, and it names what a superuser did."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, delete, insert, select, text

from ivr.errors import Conflict, StorageError
from storage import migration
from storage.audit_hash import FIRST, Line, canonical, chained
from storage.database import Database
from storage.models import AuditLink, Event
from storage.queries import audit, audit_chain
from storage.queries.audit import ConsoleFact
from storage.queries.audit_chain import Head, Verdict
from tests.postgres import PostgresCluster
from tests.storage.rows import add_agent

NOW = datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=UTC)


def _write(database: Database, lines: int = 1) -> None:
    with database.write() as connection:
        for number in range(lines):
            audit.note(
                connection,
                ConsoleFact.SEARCHED,
                NOW + timedelta(seconds=number),
                agent_id=None,
                data={"words": "燃气 “泄漏”", "found": number, "share": 1.0, "address": None},
            )


def _verify(database: Database, kept: Head | None = None) -> Verdict:
    with database.read() as connection:
        return audit_chain.verify(connection, kept)


def _as_superuser(database: Database, *statements: str) -> None:
    """Change what the triggers refuse, as somebody can who owns the database itself."""
    with database.write() as connection:
        if database.is_sqlite:
            triggers = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'refuse_%'")
            ).scalars()
            for name in list(triggers):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_each_line_follows_the_one_before_it(database: Database) -> None:
    """R-18."""
    _write(database, 2)
    _write(database)
    with database.read() as connection:
        links = connection.execute(select(AuditLink.__table__).order_by(AuditLink.position)).all()
    assert [link.position for link in links] == [1, 2, 3]
    assert [link.previous_hash for link in links] == [FIRST, links[0].hash, links[1].hash]
    assert _verify(database) == Verdict(Head(3, links[2].hash), None)


def test_an_empty_log_is_whole(database: Database) -> None:
    assert _verify(database) == Verdict(Head(0, FIRST), None)


def test_a_line_that_is_rolled_back_leaves_no_place_and_no_gap(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        audit.note(connection, ConsoleFact.SEARCHED, NOW, agent_id=None, data={})
        raise ZeroDivisionError
    with database.write() as connection:
        add_agent(connection)  # the same connection again, with nothing to tell
    _write(database)
    with database.write() as connection:
        part = connection.begin_nested()
        audit.note(connection, ConsoleFact.SEARCHED, NOW, agent_id=None, data={})
        part.rollback()
        audit.note(connection, ConsoleFact.LOG_READ, NOW, agent_id=None, data={})
    verdict = _verify(database)
    assert (verdict.head.position, verdict.fault) == (2, None)


def test_several_who_write_at_once_make_one_chain_without_a_gap(database: Database) -> None:
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                with database.write() as connection:
                    audit.note(
                        connection, ConsoleFact.VIEWED, NOW, agent_id=None, data={"by": number, "turn": turn}
                    )
        except StorageError as error:
            failures.append(error)

    writers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    verdict = _verify(database)
    assert (verdict.head.position, verdict.fault) == (60, None)


def test_the_chain_is_refused_to_everybody_who_is_no_superuser(database: Database) -> None:
    _write(database)
    for statement in ("UPDATE audit_chain SET hash = 'x'", "DELETE FROM audit_chain"):
        with pytest.raises(Conflict, match=r"never changed \(R-18\)"), database.write() as connection:
            connection.execute(text(statement))


_CHANGED = "line 2 (event {second}): the line was changed"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE events SET agent_id = 7 WHERE id = {second}", _CHANGED),
        ("UPDATE events SET at = '2026-11-21 08:00:09' WHERE id = {second}", _CHANGED),
        ("UPDATE events SET kind = 'call.held' WHERE id = {second}", _CHANGED),
        ("UPDATE audit_chain SET hash = 'x' WHERE position = 2", _CHANGED),
        (
            "UPDATE audit_chain SET previous_hash = 'x' WHERE position = 2",
            "line 2 (event {second}): the chain is broken",
        ),
        ("DELETE FROM audit_chain WHERE position = 2", "line 2: its place in the chain is missing"),
        (
            "INSERT INTO events (id, at, kind) VALUES (9999999, '2026-11-21 08:00:00', 'console.listened')",
            "event 9999999 (2026-11-21T08:00:00+00:00 console.listened): has no place in the chain",
        ),
    ],
)
def test_what_a_superuser_did_is_named(database: Database, statement: str, fault: str) -> None:
    _write(database, 3)
    with database.read() as connection:
        second = connection.execute(select(AuditLink.event_id).where(AuditLink.position == 2)).scalar_one()
    _as_superuser(database, statement.format(second=second))
    found = _verify(database).fault
    assert found is not None and found.startswith(fault.format(second=second)), found


def test_a_line_that_was_deleted_is_named(database: Database) -> None:
    _write(database, 3)
    if database.is_sqlite:  # where a key points at the row, it is switched off first
        with sqlite3.connect(database.where) as raw:
            raw.executescript("DROP TRIGGER refuse_delete_events; DELETE FROM events WHERE id = 2")
        raw.close()
        second = 2
    else:
        with database.read() as connection:
            wanted = select(AuditLink.event_id).where(AuditLink.position == 2)
            second = connection.execute(wanted).scalar_one()
        _as_superuser(database, f"DELETE FROM events WHERE id = {second}")
    assert _verify(database).fault == f"line 2 (event {second}): the line is missing from the log"


def test_an_end_that_was_cut_off_shows_against_a_head_kept_elsewhere(database: Database) -> None:
    _write(database, 3)
    kept = _verify(database).head
    _as_superuser(
        database,
        "DELETE FROM audit_chain WHERE position = 3",
        "DELETE FROM events WHERE id = (SELECT max(id) FROM events)",
    )
    assert _verify(database).fault is None
    fault = _verify(database, kept).fault
    assert fault == (
        "line 3: is missing, and all after it: the log ends at 2, and had 3 lines when its head was kept"
    )


def test_a_chain_that_was_made_anew_shows_against_a_head_kept_elsewhere(database: Database) -> None:
    _write(database, 2)
    kept = _verify(database).head
    _as_superuser(database, "DELETE FROM audit_chain", "UPDATE events SET agent_id = 7")

    def again(connection: Connection) -> None:
        for event_id in connection.execute(select(Event.id)).scalars():
            audit_chain.remember(connection, event_id)

    with database.write() as connection:
        again(connection)
    assert _verify(database).fault is None
    found = _verify(database, kept).fault
    assert found == "line 2: has another hash than the head that was kept: the chain was made anew"
    assert _verify(database, _verify(database).head).fault is None


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_migration_takes_up_the_lines_there_are(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        _migrated_with_lines(Database(f"sqlite:///{tmp_path}/old.sqlite3"))
    else:
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        with cluster.database() as name:
            _migrated_with_lines(Database(cluster.address(name)))


def _migrated_with_lines(database: Database) -> None:
    """An older program wrote, then this one is started."""
    config = migration._config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
        for number in range(5):
            kind = "console.sign_in" if number % 2 == 0 else "call.held"
            connection.execute(insert(Event).values(at=NOW, kind=kind, data={"n": number, "名": "王"}))
    database.upgrade()
    _write(database)
    verdict = _verify(database)
    database.close()
    assert (verdict.head.position, verdict.fault) == (4, None)


def test_what_calls_left_behind_may_go_and_lines_of_the_log_may_not(database: Database) -> None:
    """R-18; the events of calls go by the retention rule."""
    with database.write() as connection:
        connection.execute(insert(Event).values(at=NOW, kind="call.held"))
    _write(database)
    with database.write() as connection:
        gone = delete(Event).where(Event.kind == "call.held")
        assert connection.execute(gone).rowcount == 1
    with pytest.raises(Conflict, match="never deleted"), database.write() as connection:
        connection.execute(delete(Event))


def test_the_bytes_that_are_hashed_never_change() -> None:
    """Changed bytes would make every chain there is look forged."""
    data = {"recording": 1, "address": "192.0.2.7", "名": "王"}
    line = Line(7, NOW, "console.listened", None, 3, 5, data)
    assert canonical(2, line) == (
        b'[2,7,"2026-11-21T08:00:00.123456+00:00","console.listened",null,3,5,'
        b'{"address":"192.0.2.7","recording":1,"\xe5\x90\x8d":"\xe7\x8e\x8b"}]'
    )
    assert chained(FIRST, 2, line) == "5ecac0da5cfd67bf589990ed57c3f3dfbf83d6160caa2c3e354b8950885fc52a"
