"""The newest save of a draft wins in whatever order; another tab's is not overwritten unseen."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storage.database import Database
from storage.queries import record_drafts
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def agent(database: Database) -> int:
    with database.write() as connection:
        return add_agent(connection, work_number="1001")


@pytest.fixture
def call(database: Database) -> int:
    with database.write() as connection:
        return add_call(connection)


def save(database: Database, call: int, agent: int, text: str, **more: Any) -> bool:
    with database.write() as connection:
        return record_drafts.save(
            connection,
            call,
            NOW,
            agent_id=agent,
            fields={"content": text},
            **{"editor": "a", "seen": 0, **more},
        )


def text_of(database: Database, call: int) -> tuple[int, str, str]:
    with database.read() as connection:
        draft = record_drafts.read(connection, call)
    assert draft is not None
    return draft.seq, draft.editor, draft.fields["content"]


def test_an_older_save_that_arrives_late_changes_nothing(database: Database, call: int, agent: int) -> None:
    assert save(database, call, agent, "漏", seq=1)
    assert save(database, call, agent, "漏水了", seq=3)
    assert not save(database, call, agent, "漏水", seq=2)
    assert text_of(database, call) == (3, "a", "漏水了")


def test_another_tab_replaces_only_what_it_has_seen(database: Database, call: int, agent: int) -> None:
    assert save(database, call, agent, "甲", seq=5)
    assert not save(database, call, agent, "乙", editor="b", seq=9, seen=4)
    assert save(database, call, agent, "乙", editor="b", seq=6, seen=5)
    assert not save(database, call, agent, "甲二", seq=7, seen=5)
    assert text_of(database, call) == (6, "b", "乙")


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "🔥" * 5000, "a\n\tb  ", "'; DROP TABLE cases --"]
)
def test_what_was_typed_is_kept_exactly(database: Database, call: int, agent: int, text: str) -> None:
    assert save(database, call, agent, text, seq=1)
    assert text_of(database, call)[2] == text


def test_a_draft_without_a_case_is_found_again(database: Database, call: int, agent: int) -> None:
    save(database, call, agent, "没写完", seq=1)
    with database.read() as connection:
        found = record_drafts.unfinished(connection, agent, NOW, 10)
        nobodys = record_drafts.unfinished(connection, agent + 1, NOW, 10)
    assert [(one.call_id, one.fields["content"]) for one in found] == [(call, "没写完")]
    assert nobodys == []
