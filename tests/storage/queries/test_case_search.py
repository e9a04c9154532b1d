"""Searching in Chinese: of whatever two characters, every text that has them is found, and no other."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from ivr.config.sections import CallKind
from ivr.standard.transfer import TargetKind, TransferState
from storage.database import Database
from storage.full_text import AT_END
from storage.models import SearchText, Transfer
from storage.queries.call_search import calls
from storage.queries.case_search import cases, hits, words_of
from tests.storage.queries.case_rows import NOW, Team, add_team, finish_repair, make
from tests.storage.rows import add_call

LETTERS = "燃气漏灶表泉中小区李志强aB3-%_'\"\\ 号楼"


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def found(database: Database, typed: str, **how: object) -> list[str]:
    with database.read() as connection:
        return [line.number for line in cases(connection, typed, limit=20, **how)]  # type: ignore[arg-type]


def test_a_case_is_found_by_name_address_content_and_number(database: Database, team: Team) -> None:
    with database.write() as connection:
        one = make(connection, team, content="厨房闻到燃气味，怀疑软管漏气", surname="欧阳").number
        make(connection, team, content="询问如何缴费", surname="李", address="历山名郡 1号楼")
    for typed in (
        "漏气",
        "欧阳先生",
        "泉中小区",
        "2单元 501",
        "软管漏气",
        one,
        "燃气 软管",
        "厨房闻到燃气味",
    ):
        assert found(database, typed) == [one], typed
    for typed in ("漏水", "气漏", "泉中小学", "漏气 缴费", "煤"):
        assert found(database, typed) == [], typed


def test_corrections_and_what_was_done_are_found_too(database: Database, team: Team) -> None:
    with database.write() as connection:
        case = make(connection, team)
        finish_repair(connection, case.case_id, team)
    assert found(database, "试火正常") == [case.number]
    assert found(database, "正常") == [case.number]


def test_a_note_passed_on_with_a_call_is_found(database: Database) -> None:
    with database.write() as connection:
        call_id = add_call(connection)
        connection.execute(
            insert(Transfer).values(
                call_id=call_id,
                to_kind=TargetKind.QUEUE,
                to_value="alarm",
                note="老人独自在家，头晕",
                attended=False,
                state=TransferState.RINGING,
                asked_at=NOW,
            )
        )
    with database.read() as connection:
        assert [hit.call_id for hit in hits(connection, "头晕", limit=5)] == [call_id]


def test_the_newest_come_first_and_the_list_is_narrowed_down(database: Database, team: Team) -> None:
    with database.write() as connection:
        repair = make(connection, team, content="阀门漏气").number
        asked = make(connection, team, CallKind.CONSULTATION, content="漏气怎么办", answered=True).number
    assert found(database, "漏气") == [asked, repair]
    assert found(database, "漏气", kind=CallKind.REPAIR) == [repair]
    assert found(database, "漏气", only_open=True) == [asked, repair]


def test_calls_are_found_by_what_was_written_about_them_each_once(database: Database, team: Team) -> None:
    with database.write() as connection:
        for place in range(5):
            case_id = make(connection, team, content=f"第{place}次来电，阀门漏气").case_id
        finish_repair(connection, case_id, team)
        found_calls = calls(connection, "漏气", limit=3)
        assert [found.text[-10:-5] for found in found_calls] == ["第4次来电", "第3次来电", "第2次来电"]
        assert len(calls(connection, "漏气", limit=50)) == 5
        assert calls(connection, "试火正常", limit=50) == []
    assert len({found.id for found in found_calls}) == 3


@pytest.mark.parametrize("typed", ["", "  ", "漏", "a", "%", "_", "'", '"'])
def test_what_has_no_two_characters_finds_nothing(database: Database, team: Team, typed: str) -> None:
    with database.write() as connection:
        make(connection, team)
    assert found(database, typed) == []


def test_words_are_few_and_each_is_asked_once() -> None:
    assert words_of("漏气  漏气 A阀 " + "甲乙 " * 200) == ["漏气", "a阀", "甲乙"]
    assert len(words_of(" ".join(f"词{place}" for place in range(30)))) == 8


@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=14), min_size=1, max_size=12),
    st.lists(st.text(LETTERS.replace(" ", ""), min_size=2, max_size=4), min_size=1, max_size=3),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_equals_looking_into_every_text(
    database: Database, texts: list[str], words: list[str]
) -> None:
    words += [text[:2] for text in texts if len(text[:2].strip()) == 2 and " " not in text[:2]]
    words += [text[-2:] for text in texts if len(text) > 1 and " " not in text[-2:]]
    with database.write() as connection:
        for text in texts:
            connection.execute(insert(SearchText).values(text=text + AT_END))
        for word in words:
            wanted = [text.rstrip() for text in reversed(texts) if word.casefold() in text.casefold()]
            assert [hit.text for hit in hits(connection, word, limit=100)] == wanted, word
        connection.rollback()
