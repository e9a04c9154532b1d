"""Notices: shown at desks until they are read, carried once, kept as they were told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr.errors import Conflict
from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay
from storage.database import Database
from storage.models import Notice
from storage.queries import notice_carrying, notices
from storage.queries.notice_carrying import Lent
from storage.queries.notices import NewNotice, NoticeView
from tests.storage.queries.case_rows import NOW, Team, add_team, make

SECOND = timedelta(seconds=1)
LINK = "http://127.0.0.1:8000/f/2026-11-0001/abcdefghijklmnop"


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def add(database: Database, *new: NewNotice) -> None:
    with database.write() as connection:
        assert notices.add(connection, new, NOW) == len(new)


def text_to(number: str, **values: object) -> NewNotice:
    given = {"way": NoticeWay.TEXT, "text": "新工单", "reason": NoticeReason.PASSED_ON, "number": number}
    return NewNotice(**(given | values))  # type: ignore[arg-type]


def lend(database: Database, at: int = 0, node: str = "pbx1", way: NoticeWay = NoticeWay.TEXT) -> Lent | None:
    with database.write() as connection:
        return notice_carrying.lend(connection, NOW + at * SECOND, way, node, 60 * SECOND)


def of(database: Database, agent_id: int) -> list[NoticeView]:
    with database.read() as connection:
        return notices.unread_of(connection, agent_id, 10)


def test_a_desk_notice_is_there_until_its_reader_has_read_it(database: Database, team: Team) -> None:
    me, other = team.agent.agent_id, team.other.agent_id
    assert me is not None and other is not None
    with database.write() as connection:
        case = make(connection, team)
        mine = NewNotice(
            NoticeWay.DESK,
            "已处理完毕",
            NoticeReason.FINISHED,
            agent_id=me,
            subject="待答复",
            case_id=case.case_id,
        )
        notices.add(connection, [mine], NOW)
    (seen,) = of(database, me)
    assert (seen.text, seen.subject, seen.case_number, seen.state) == (
        "已处理完毕",
        "待答复",
        case.number,
        "sent",
    )
    assert of(database, other) == []
    with database.write() as connection:
        assert notice_carrying.next_at(connection) is None
        assert notices.count_unread(connection, me) == 1
        assert not notices.mark_read(connection, seen.id, other, NOW)
        assert notices.mark_read(connection, seen.id, me, NOW + SECOND)
        assert not notices.mark_read(connection, seen.id, me, NOW + 2 * SECOND)
        (kept,) = notices.of_case(connection, case.case_id)
    assert (kept.state, kept.read_at) == (NoticeState.READ, NOW + SECOND)
    assert of(database, me) == []


def test_urgent_ones_are_carried_first_and_each_is_lent_to_one_engine(database: Database) -> None:
    add(database, text_to("+8613900000001"), text_to("+8613900000002", urgent=True))
    first, second = lend(database), lend(database, node="pbx2")
    assert first is not None and second is not None
    assert (first.to, second.to) == ("+8613900000002", "+8613900000001")
    assert (first.tries, first.unclear) == (1, False)
    assert lend(database) is None
    assert lend(database, way=NoticeWay.MAIL) is None
    # The engine says nothing of it: after a while it is anybody's, who knows that it may have gone out.
    again = lend(database, at=61)
    assert again is not None
    assert (again.id, again.tries, again.unclear) == (first.id, 2, True)


def test_what_an_engine_was_at_when_it_died_is_due_at_once_for_the_next_of_its_node(
    database: Database,
) -> None:
    add(database, text_to("+8613900000001"))
    assert lend(database) is not None
    with database.write() as connection:
        assert notice_carrying.give_back_lent(connection, "pbx2", NOW) == 0
        assert notice_carrying.give_back_lent(connection, "pbx1", NOW + SECOND) == 1
    found = lend(database, at=1)
    assert found is not None and found.unclear


def test_what_could_not_be_carried_waits_and_is_given_up_in_the_end(database: Database) -> None:
    add(database, text_to("+8613900000001"))
    first = lend(database)
    assert first is not None
    with database.write() as connection:
        notice_carrying.not_sent(connection, first.id, "the carrier is away", NOW + 10 * SECOND)
        assert notice_carrying.next_at(connection, NoticeWay.TEXT) == NOW + 10 * SECOND
        assert notice_carrying.next_at(connection, NoticeWay.MAIL) is None
    assert lend(database, at=9) is None
    second = lend(database, at=10)
    assert second is not None and (second.tries, second.unclear) == (2, False)
    with database.write() as connection:
        notice_carrying.not_sent(connection, second.id, "x" * 900, None)
        assert notice_carrying.next_at(connection) is None
        row = connection.execute(select(Notice)).one()
    assert (row.state, row.tries, len(row.error)) == (NoticeState.FAILED, 2, notice_carrying.LONGEST_ERROR)


def test_a_link_that_opens_a_case_is_shown_to_nobody_and_kept_only_until_it_is_sent(
    database: Database, team: Team
) -> None:
    with database.write() as connection:
        case = make(connection, team)
        link = text_to("+8613900000001", text=f"请受理：{LINK}", case_id=case.case_id)
        notices.add(connection, [link], NOW)
        (shown,) = notices.of_case(connection, case.case_id)
    assert shown.text == "请受理：http://127.0.0.1:8000/f/2026-11-0001/…"
    lent = lend(database)
    assert lent is not None and lent.text.endswith(LINK)
    with database.write() as connection:
        notice_carrying.sent(connection, lent.id, NOW)
        assert connection.execute(select(Notice.text)).scalar_one() == shown.text


@pytest.mark.parametrize("change", ["UPDATE notices SET text = 'x'", "DELETE FROM notices"])
def test_what_was_told_is_never_changed_nor_deleted(database: Database, change: str) -> None:
    """R-AR."""
    add(database, text_to("+8613900000001"))
    lent = lend(database)
    assert lent is not None
    with database.write() as connection:
        notice_carrying.sent(connection, lent.id, NOW)
        notice_carrying.not_sent(connection, lent.id, "too late to say so", None)
    with pytest.raises(Conflict, match="R-AR"), database.write() as connection:
        connection.exec_driver_sql(change)
    with database.read() as connection:
        assert connection.execute(select(Notice.state)).scalar_one() is NoticeState.SENT
