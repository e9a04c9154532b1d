"""What cannot be told by a fault of ours holds up nothing else: entries and warnings beside it are told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from ivr.config import Settings
from ivr.config.notice_texts import load_notice_texts
from ivr.config.sections import CallKind
from ivr.ledger import Ledger
from ivr.notices.letters import Letters
from ivr.notices.of_entries import EntryTeller
from ivr.notices.readers import EntryReader, WarningTeller
from ivr.notices.sleeper import Sleeper, kept_running
from ivr.standard.notice_kind import NoticeReason
from storage.database import Database
from storage.queries import case_entries_told, notices, obligation_warnings
from tests.conftest import PROJECT
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import Team, add_team, make


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    opened = Ledger(database)
    opened.open()
    yield opened
    await opened.close()


def wordless(settings: Settings, *missing: str) -> Letters:
    """As if the words of some notices had got lost while the engine ran."""
    whole = load_notice_texts(PROJECT / "prompts")
    texts = {name: words for name, words in whole.texts.items() if name not in missing}
    return Letters(settings, replace(whole, texts=texts))


async def run_until(run: asyncio.Task[None], done: object) -> None:
    for _ in range(1000):
        if done():  # type: ignore[operator]
            break
        await asyncio.sleep(0.01)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)


async def test_an_entry_that_cannot_be_told_is_named_and_passed_over(
    database: Database, settings: Settings, ledger: Ledger, team: Team
) -> None:
    now = datetime.now(UTC)
    with database.write() as connection:
        before = make(connection, team, at=now).case_id
        broken = make(connection, team, CallKind.ALARM, at=now).case_id
        after = make(connection, team, at=now).case_id
    teller = EntryTeller(settings, wordless(settings, "alarm"))
    reader = EntryReader(ledger, teller, lambda: None)

    def all_read() -> bool:
        with database.read() as connection:
            return not case_entries_told.anything_new(connection)

    with capture_logs() as logs:
        await run_until(asyncio.create_task(reader.run()), all_read)
    assert [len(line["entries"]) for line in logs if line["event"] == "notices.entry_not_told"] == [1]
    with database.read() as connection:
        told = {
            case_id: {one.reason for one in notices.of_case(connection, case_id)}
            for case_id in (before, broken, after)
        }
    both = {NoticeReason.CASE_OPENED, NoticeReason.PASSED_ON}
    assert told == {before: both, broken: {NoticeReason.CASE_OPENED}, after: both}


async def test_a_warning_that_cannot_be_told_is_named_and_the_next_one_comes(
    database: Database, settings: Settings, ledger: Ledger, team: Team
) -> None:
    """R-OV."""
    with database.write() as connection:
        late = make(connection, team, at=datetime.now(UTC) - timedelta(hours=7)).case_id
        early = make(connection, team, at=datetime.now(UTC) - timedelta(hours=4)).case_id
    teller = WarningTeller(ledger, CLOCKWORK, wordless(settings, "late"), lambda: None)

    def all_taken() -> bool:
        with database.read() as connection:
            at = obligation_warnings.next_at(connection)
            return at is not None and at > datetime.now(UTC)

    with capture_logs() as logs:
        await run_until(asyncio.create_task(teller.run()), all_taken)
    assert [len(line["obligations"]) for line in logs if line["event"] == "notices.warning_not_told"] == [1]
    with database.read() as connection:
        assert notices.of_case(connection, late) == []
        assert [one.reason for one in notices.of_case(connection, early)] == [NoticeReason.WARNING]


async def test_a_loop_that_fails_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.notices.sleeper.AFTER_A_FAULT", 0.0)
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ZeroDivisionError
        await asyncio.Event().wait()

    with capture_logs() as logs:
        await run_until(asyncio.create_task(kept_running("draws", run)), lambda: runs == 2)
    assert [(line["event"], line["loop"]) for line in logs] == [("loop.fault", "draws")]


async def test_one_sleeps_until_a_moment_or_a_poke() -> None:
    sleeper = Sleeper()
    await sleeper.until(datetime.now(UTC) + timedelta(milliseconds=5))
    await sleeper.until(datetime.now(UTC) - timedelta(hours=1))
    sleeping = asyncio.create_task(sleeper.until(None))
    await asyncio.sleep(0)
    sleeper.poke()
    await asyncio.wait_for(sleeping, 5)
