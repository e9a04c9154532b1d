"""What could not be written is on disk, and is written afterwards: in order, once, whatever dies."""

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from ivr import journal
from ivr.config import Settings
from ivr.journal import Fact, Journal, left_over
from ivr.ledger import Ledger
from ivr.standard.call_stage import CallOutcome, EndedBy
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_state import DialStatus
from ivr.standard.questionnaire import Answered, Measures
from storage.database import Database
from storage.dial_rules import dial_rules
from storage.models import DialAttempt, DialTask, DoNotCall, Event
from storage.queries import dial_results, dial_taking, dialer_state
from storage.queries.calls import note
from storage.queries.offers import NewOffer
from tests.storage.queries.case_rows import NOW as NOON
from tests.storage.queries.dial_rows import MANY, add_task
from tests.storage.rows import NOW


@pytest.fixture
def held(sqlite_address: str) -> Iterator[Callable[[], None]]:
    """A database whose lock somebody holds; called, it is let go."""
    lock = sqlite3.connect(str(Database(sqlite_address).url.database), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    yield lambda: lock.execute("ROLLBACK") if lock.in_transaction else None
    lock.close()


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def fact(number: int) -> Fact:
    return Fact(note, f"fact.{number}", NOW + timedelta(seconds=number), data={"number": number})


def kinds(connection: Connection) -> list[str]:
    return list(connection.execute(select(Event.kind).order_by(Event.id)).scalars())


def entries(folder: Path) -> list[int]:
    return [number for _, _, found in left_over(folder, "") for number, _ in found]


def on_disk(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.iterdir()}


def until(look: Callable[[], object]) -> None:
    give_up = time.monotonic() + 20
    while not look():
        assert time.monotonic() < give_up
        time.sleep(0.01)


async def test_an_engine_that_dies_while_the_database_is_away_loses_nothing(
    sqlite_address: str, held: Callable[[], None], journals: Path
) -> None:
    dying = Ledger(Database(sqlite_address), "first", journals)
    dying.open()
    for number in range(5):
        dying.note(fact(number))
    until(lambda: dying.journalled == 5)
    kept = on_disk(journals)
    held()
    until(lambda: not dying.unwritten)
    await dying.close()  # it could write all of it; what follows is as if it had died just before
    with Database(sqlite_address).write() as connection:
        connection.exec_driver_sql("DELETE FROM events")
        connection.exec_driver_sql("UPDATE journal_marks SET position = 2")
    for file, data in kept.items():
        file.write_bytes(data)
    after = Ledger(Database(sqlite_address), "second", journals)
    after.open()
    await after.decide(lambda c: note(c, "decision", NOW))
    assert await after.read(kinds) == ["fact.2", "fact.3", "fact.4", "decision"]
    await after.close()
    assert on_disk(journals) == {}


async def test_what_was_kept_is_written_once_when_the_database_is_back(
    sqlite_address: str, held: Callable[[], None], journals: Path
) -> None:
    ledger = Ledger(Database(sqlite_address), "own", journals)
    ledger.open()
    ledger.note(fact(0))
    until(lambda: ledger.journalled == 1)
    ledger.note(fact(1))
    until(lambda: ledger.journalled == 2)
    held()
    until(lambda: not ledger.unwritten)
    ledger.note(fact(2))
    await ledger.decide(lambda c: note(c, "decision", NOW))
    assert await ledger.read(kinds) == ["fact.0", "fact.1", "fact.2", "decision"]
    assert (ledger.journalled, entries(journals)) == (0, [])
    await ledger.close()


async def test_what_waits_for_a_writer_that_stands_still_is_on_disk_meanwhile(
    sqlite_address: str, journals: Path
) -> None:
    ledger = Ledger(Database(sqlite_address), "own", journals)
    ledger.open()
    stands, goes_on = threading.Event(), threading.Event()

    def stand_still(connection: Connection) -> None:
        stands.set()
        goes_on.wait(20)

    ledger.note(fact(0))
    standing = asyncio.create_task(ledger.decide(stand_still))
    await asyncio.to_thread(stands.wait)
    ledger.note(fact(1))
    await asyncio.to_thread(until, lambda: entries(journals) == [1])
    ((_, _, ((_, kept),)),) = left_over(journals, "")
    assert kept.named == fact(1).named, "the first is in the transaction that is not over"
    goes_on.set()
    await standing
    await ledger.decide(lambda c: note(c, "decision", NOW))
    assert await ledger.read(kinds) == ["fact.0", "fact.1", "decision"]
    assert (ledger.journalled, entries(journals)) == (0, [])
    await ledger.close()


async def test_what_a_customer_said_who_was_called_outlives_an_engine_that_dies_without_a_database(
    sqlite_address: str, journals: Path, settings: Settings, tmp_path: Path
) -> None:
    """R-16.5, R-16.6: the answer, and that nobody is to call any more; what follows of it follows once."""

    def blocked(connection: Connection) -> list[str]:
        return list(connection.execute(select(DoNotCall.number)).scalars())

    rules, said = dial_rules(settings), Answered("solved", Measures.SOLVED, "not_solved", 0)
    before = Database(sqlite_address)
    with before.write() as connection:
        add_task(connection, number="+8613900000007")
        dialer_state.switch(connection, True, NOON)
        (called,) = dial_taking.take(connection, "pbx1", NOON, rules, MANY)
    before.close()
    file, as_it_was = Path(str(before.url.database)), tmp_path / "as_it_was.sqlite3"
    shutil.copy(file, as_it_was)
    lock = sqlite3.connect(str(file), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    dying = Ledger(Database(sqlite_address), "first", journals)
    dying.open()
    dying.note(Fact(dial_results.answer, called.attempt_id, said, NOON, recording_name=None))
    result = Fact(
        dial_results.write_result, called.attempt_id, DialResult.NEVER, NOON, later=None, cause=16, sip=None
    )
    dying.note(result.followed_by(lambda c: dial_results.carry_out(c, called.attempt_id, rules)))
    until(lambda: dying.journalled == 2)
    kept = on_disk(journals)
    lock.close()
    until(lambda: not dying.unwritten)
    assert await dying.read(blocked) == ["+8613900000007"], "an engine that lives sees to it by itself"
    await dying.close()

    # And as if it had died before the database was back.
    left = tmp_path / "left"
    left.mkdir()
    for path, data in kept.items():
        (left / path.name).write_bytes(data)
    after = Ledger(Database(f"sqlite:///{as_it_was}"), "second", left)
    after.open()
    settled = await after.decide(lambda c: dial_results.settle_left_behind(c, NOON, rules, ["pbx1"]))
    assert settled == 1
    attempt = await after.read(lambda c: c.execute(select(DialAttempt.__table__)).one())
    assert (attempt.result, attempt.cause, attempt.ended_at) == (DialResult.NEVER, 16, NOON)
    _, answers = await after.read(lambda c: dial_results.so_far(c, called.attempt_id))
    assert answers == [said]
    task = await after.read(lambda c: c.execute(select(DialTask.__table__)).one())
    assert (task.status, task.end) == (DialStatus.ENDED, DialEnd.NOT_WANTED)
    assert await after.read(blocked) == ["+8613900000007"]
    assert await after.decide(lambda c: dial_results.settle_left_behind(c, NOON, rules, ["pbx1"])) == 0
    await after.close()


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.datetimes(timezones=st.just(NOW.tzinfo)),
    st.sampled_from(CallOutcome),
    st.sampled_from(EndedBy),
    st.builds(NewOffer, st.integers(), st.integers(), st.none() | st.integers(), st.text(), st.text()),
)


@given(st.lists(VALUES, max_size=4), st.dictionaries(st.text(min_size=1), VALUES, max_size=3))
def test_whatever_a_fact_holds_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, values: list[object], named: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    file = Journal(folder, "one")
    file.keep([(7, Fact(note, *values, data=named))])
    ((_, name, [(number, found)]),) = left_over(folder, "other")
    assert (name, number, found.function) == ("one", 7, note)
    assert (list(found.arguments), found.named) == (values, {"data": named})
    assert [type(value) for value in found.arguments] == [type(value) for value in values]


def test_a_line_that_was_cut_ends_what_counts_and_nothing_else_is_called_by_its_name(tmp_path: Path) -> None:
    file = Journal(tmp_path, "one")
    file.keep([(1, fact(1)), (2, fact(2))])
    path = tmp_path / "one.journal"
    assert path.stat().st_size == journal.ROOM, "room is taken beforehand"
    assert path.stat().st_mode & 0o077 == 0
    lines = path.read_bytes().partition(b"\0")[0]
    path.write_bytes(lines[:-3])
    assert entries(tmp_path) == [1]
    path.write_bytes(b'{"n":1,"f":"os:system","a":["true"],"k":{}}\n' + lines)
    assert entries(tmp_path) == [1, 2]
