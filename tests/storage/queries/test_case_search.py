"""Searching in Chinese: of whatever two characters, every text that has them is found, and no other."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import MonkeyPatch
from sqlalchemy import insert, select, update

from ivr.config.sections import CallKind
from ivr.standard.transfer import TargetKind, TransferState
from storage.database import Database
from storage.full_text import AT_END
from storage.models import Call, Case, SearchText, Transfer
from storage.queries import call_search, case_search
from storage.queries.call_search import calls
from storage.queries.case_search import cases, hits, words_of
from tests.storage.queries.case_rows import NOW, Team, add_team, finish_repair, make
from tests.storage.rows import add_call

LETTERS = "燃气漏灶表泉中小区李志强aBc123-%_'\"\\ 号楼"


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


def test_an_agent_finds_own_calls_behind_many_of_others(
    database: Database, team: Team, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(call_search, "PAGE", 2)
    with database.write() as connection:
        for place in range(5):
            case_id = make(connection, team, content=f"第{place}次来电，阀门漏气").case_id
            own = team.other.agent_id if place == 1 else team.agent.agent_id
            of_case = select(Case.call_id).where(Case.id == case_id).scalar_subquery()
            connection.execute(update(Call).where(Call.id == of_case).values(agent_id=own))
        [mine] = calls(connection, "漏气", limit=1, talked_by=team.other.agent_id)
        assert "第1次来电" in mine.text
        assert len(calls(connection, "漏气", limit=9, talked_by=team.agent.agent_id)) == 4


def test_one_character_is_enough(database: Database, team: Team) -> None:
    with database.write() as connection:
        one = make(connection, team, content="厨房漏气", surname="李").number
        other = make(connection, team, content="泄漏，味道很大", surname="欧阳", address="王府 A座").number
    assert found(database, "漏") == [other, one]
    assert found(database, "李") == found(database, "李 漏气") == [one]
    assert found(database, "a") == found(database, "A") == found(database, "A 漏") == [other]
    for typed in ("", "  ", "鸭", "%", "_", "'", '"', "李 味"):
        assert found(database, typed) == [], typed


def test_a_common_character_is_found_however_far_back(database: Database, monkeypatch: MonkeyPatch) -> None:
    """Beyond the newest texts the index is asked; where it knows too much, all texts are looked into."""
    monkeypatch.setattr(case_search, "LOOKED_INTO", 2)
    with database.write() as connection:
        for text in ("表一", "表二", "表三 a", "阀门", "阀门", "软管"):
            connection.execute(insert(SearchText).values(text=text + AT_END))
        for most in (2000, 2):
            monkeypatch.setattr(case_search, "MOST_TRIPLES", most)
            assert [hit.text for hit in hits(connection, "表", limit=10)] == ["表三 a", "表二", "表一"]
            assert [hit.text for hit in hits(connection, "阀", limit=1)] == ["阀门"]
            assert [hit.text for hit in hits(connection, "门 阀", limit=10)] == ["阀门", "阀门"]
        page = hits(connection, "表", limit=2)
        assert [hit.text for hit in hits(connection, "表", limit=2, before=page[-1].id)] == ["表一"]


def test_the_newest_are_found_first_over_many_stretches_of_texts(
    database: Database, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(case_search, "LOOKED_INTO", 1)
    places = (1, 5, 70_000, 140_000, 200_000, 330_000, 400_000, 460_000)
    with database.write() as connection:
        for place in places:
            connection.execute(insert(SearchText).values(id=place, text=f"软管漏气 {place}{AT_END}"))
        for limit in (2, 5, 7, 20):
            got = [hit.id for hit in hits(connection, "漏气", limit=limit)]
            assert got == sorted(places, reverse=True)[:limit]
        assert [hit.id for hit in hits(connection, "软 漏气", limit=3, before=200_000)] == [
            140_000,
            70_000,
            5,
        ]


def test_words_are_few_and_each_is_asked_once() -> None:
    assert words_of("漏气  漏气 A阀 " + "甲乙 " * 200) == ["漏气", "a阀", "甲乙"]
    assert len(words_of(" ".join(f"词{place}" for place in range(30)))) == 8


@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=14), min_size=1, max_size=12),
    st.lists(st.text(LETTERS.replace(" ", ""), min_size=1, max_size=6), min_size=1, max_size=3),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_equals_looking_into_every_text(
    database: Database, texts: list[str], words: list[str]
) -> None:
    words += [text[:2] for text in texts if len(text[:2].strip()) == 2 and " " not in text[:2]]
    words += [text[-2:] for text in texts if len(text) > 1 and " " not in text[-2:]]
    words += [word for text in texts for word in text.split()]
    with database.write() as connection:
        for text in texts:
            connection.execute(insert(SearchText).values(text=text + AT_END))
        for word in words:
            wanted = [text.rstrip() for text in reversed(texts) if word.casefold() in text.casefold()]
            assert [hit.text for hit in hits(connection, word, limit=100)] == wanted, word
        connection.rollback()
