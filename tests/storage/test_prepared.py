"""A prepared statement gives what SQLAlchemy gives, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select, update

from ivr.errors import Conflict
from ivr.standard.call_stage import CallStage
from storage.database import Database
from storage.models import Agent, Call, Event
from storage.prepared import Prepared

NOW = datetime(2026, 11, 21, 8, 30, 15, 250_000, tzinfo=UTC)
CALL = {
    "pbx_node": "pbx1",
    "channel": "1763757.12",
    "caller_number": None,
    "dialled": "95777",
    "language": "zh",
    "stage": CallStage.WAITING,
    "arrived_at": NOW,
}
NEW_CALL = Prepared(insert(Call).returning(Call.id))
ALL = select(Call.__table__)


def test_a_row_is_written_with_the_defaults_of_the_columns_that_are_not_given(database: Database) -> None:
    with database.write() as connection:
        made = NEW_CALL.one(connection, CALL)
    with database.read() as connection:
        ours = Prepared(ALL).one(connection)
        theirs = connection.execute(ALL).one()
    assert tuple(ours) == tuple(theirs)
    assert (ours.id, ours.stage, ours.arrived_at) == (made.id, CallStage.WAITING, NOW)
    assert (ours.menu_path, ours.open_offers, ours.returned) == ("", 0, False)


def test_moments_words_and_facts_come_back_as_they_went_in(database: Database) -> None:
    data = {"queue": "报修", "times": [1, 2], "none": None}
    with database.write() as connection:
        Prepared(insert(Event)).run(connection, {"at": NOW, "kind": "call.waiting", "data": data})
        Prepared(insert(Event)).run(connection, {"at": NOW, "kind": "call.ended", "data": None})
    with database.read() as connection:
        found = Prepared(select(Event.at, Event.kind, Event.data).order_by(Event.id)).rows(connection)
        none = connection.execute(select(Event.id).where(Event.data.is_(None))).all()
    assert [tuple(row) for row in found] == [(NOW, "call.waiting", data), (NOW, "call.ended", None)]
    assert len(none) == 1


def test_a_statement_with_a_list_in_it_and_a_limit_that_is_given(database: Database) -> None:
    wanted = Prepared(
        select(Call.id)
        .where(Call.stage.in_({CallStage.WAITING, CallStage.MENU}), Call.arrived_at >= bindparam("since"))
        .order_by(Call.id)
        .limit(bindparam("most"))
    )
    with database.write() as connection:
        stages = [CallStage.WAITING, CallStage.ENDED, CallStage.MENU, CallStage.MENU]
        first, _, third, fourth = (
            NEW_CALL.one(connection, {**CALL, "channel": str(number), "stage": stage}).id
            for number, stage in enumerate(stages)
        )
    with database.read() as connection:
        assert [row.id for row in wanted.rows(connection, {"since": NOW, "most": 2})] == [first, third]
        assert [row.id for row in wanted.rows(connection, {"since": NOW, "most": 9})] == [
            first,
            third,
            fourth,
        ]
        assert wanted.first(connection, {"since": NOW + timedelta(seconds=1), "most": 9}) is None


def test_a_change_says_how_many_rows_it_changed(database: Database) -> None:
    move = Prepared(
        update(Call)
        .where(Call.id == bindparam("this_call"), Call.stage == CallStage.WAITING)
        .values(stage=CallStage.TALKING, open_offers=Call.open_offers + 1)
    )
    with database.write() as connection:
        made = NEW_CALL.one(connection, CALL)
        assert move.run(connection, {"this_call": made.id}) == 1
        assert move.run(connection, {"this_call": made.id}) == 0
    with database.read() as connection:
        assert connection.execute(select(Call.stage, Call.open_offers)).one() == (CallStage.TALKING, 1)


def test_what_the_database_refuses_is_one_of_our_errors_and_nothing_is_written(database: Database) -> None:
    with pytest.raises(Conflict), database.write() as connection:
        NEW_CALL.one(connection, CALL)
        NEW_CALL.one(connection, CALL)
    with database.write() as connection:
        assert connection.execute(select(Call.id)).all() == []
        NEW_CALL.one(connection, CALL)


def test_a_word_that_is_none_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="asleep"), database.write() as connection:
        NEW_CALL.one(connection, {**CALL, "stage": "asleep"})


def test_it_serves_two_databases_at_a_time(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Database(f"sqlite:///{tmp_path_factory.mktemp('other')}/hotline.db")
    other.upgrade()
    names = Prepared(select(Agent.work_number).where(Agent.active.is_(True)))
    with database.read() as here, other.read() as there:
        assert (names.rows(here), names.rows(there)) == ([], [])
    other.close()
