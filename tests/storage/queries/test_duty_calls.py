"""R-3.1: who on the duty list was called about an alarm, and what came of it; one call at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.duty_round import DutyOutcome, Turn
from storage.database import Database
from storage.models import DutyCall, Engine
from storage.queries import duty_calls
from storage.queries.duty_calls import Alert
from tests.storage.queries.case_rows import NOW, Team, add_team, make

SECOND = timedelta(seconds=1)
RINGS, TALKS = timedelta(seconds=30), timedelta(seconds=60)


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


@pytest.fixture
def alarm(database: Database, team: Team) -> int:
    """The case of an alarm of which the duty list is to be told."""
    with database.write() as connection:
        case_id = make(connection, team, CallKind.ALARM).case_id
        assert duty_calls.begin(connection, case_id, NOW)
        assert not duty_calls.begin(connection, case_id, NOW)
    return case_id


def sign(database: Database, node: str, seconds: int) -> None:
    """The engine of a node shows that it lives."""
    with database.write() as connection:
        row = {"pbx_node": node, "instance": node, "started_at": NOW, "pbx_connected": True}
        seen = NOW + seconds * SECOND
        if (
            connection.execute(update(Engine).where(Engine.pbx_node == node).values(seen_at=seen)).rowcount
            == 0
        ):
            connection.execute(insert(Engine).values(seen_at=seen, **row))


def take(database: Database, node: str, seconds: int = 0) -> list[int]:
    with database.write() as connection:
        return duty_calls.take(connection, node, NOW + seconds * SECOND, RINGS, TALKS)


def found(database: Database, alert_id: int, node: str = "pbx1") -> Alert:
    with database.read() as connection:
        alert = duty_calls.alert(connection, alert_id, node)
    assert alert is not None
    return alert


def ask(database: Database, alert: Alert, turn: Turn, seconds: int = 0) -> int | None:
    with database.write() as connection:
        return duty_calls.ask(
            connection,
            alert,
            turn,
            NOW + seconds * SECOND,
            person="孙站长",
            number="13900000001",
            node="pbx1",
            channel=f"duty-{turn.round}-{turn.place}-{seconds}",
        )


def test_each_call_is_a_row_until_somebody_acknowledges(database: Database, alarm: int) -> None:
    with database.read() as connection:
        assert duty_calls.anything_to_take(connection)
    (alert_id,) = take(database, "pbx1")
    alert = found(database, alert_id)
    first = ask(database, alert, Turn(1, 1))
    assert first is not None
    assert ask(database, alert, Turn(1, 2)) is None, "nobody else is called while somebody is"
    with database.write() as connection:
        assert not duty_calls.anything_to_take(connection)
        duty_calls.rang(connection, first, NOW + SECOND)
        duty_calls.settle(connection, first, DutyOutcome.NO_ANSWER, NOW + 9 * SECOND)
    second = ask(database, alert, Turn(1, 2), 10)
    assert second is not None
    with database.write() as connection:
        duty_calls.answered(connection, second, NOW + 12 * SECOND)
        duty_calls.settle(connection, second, DutyOutcome.ACKNOWLEDGED, NOW + 20 * SECOND)
        assert duty_calls.alert(connection, alert_id, "pbx1") is None
        calls = duty_calls.of_case(connection, alarm)
    assert [(call.person, call.round, call.outcome) for call in calls] == [
        ("孙站长", 1, DutyOutcome.NO_ANSWER),
        ("孙站长", 1, DutyOutcome.ACKNOWLEDGED),
    ]
    assert calls[0].rang_at == NOW + SECOND and calls[0].acknowledged_at is None
    assert calls[1].acknowledged_at == NOW + 20 * SECOND
    assert take(database, "pbx1", 30) == []


def test_one_engine_calls_and_another_goes_on_once_that_one_is_gone(database: Database, alarm: int) -> None:
    sign(database, "pbx1", 0)
    sign(database, "pbx2", 0)
    (alert_id,) = take(database, "pbx1")
    assert take(database, "pbx2") == []
    assert take(database, "pbx1") == [alert_id], "the next engine of the same node goes on with it"
    call_id = ask(database, found(database, alert_id), Turn(1, 1), 5)
    assert call_id is not None
    sign(database, "pbx2", 30)
    assert take(database, "pbx2", 30) == [], "its PBX may still ring somebody"
    with database.write() as connection:
        duty_calls.answered(connection, call_id, NOW + 34 * SECOND)
    sign(database, "pbx2", 36)
    assert take(database, "pbx2", 36) == [], "or somebody listens"
    with database.read() as connection:
        assert duty_calls.others_open(connection, "pbx2")
    sign(database, "pbx2", 66)
    assert take(database, "pbx2", 66) == [alert_id]
    with database.read() as connection:
        last = duty_calls.last_call(connection, alert_id)
        assert last is not None and (last.turn, last.outcome) == (Turn(1, 1), None)
        assert duty_calls.open_channels(connection, "pbx1") == {"duty-1-1-5"}
        assert not duty_calls.others_open(connection, "pbx2")


@pytest.mark.parametrize("change", ["UPDATE duty_calls SET outcome = 'busy'", "DELETE FROM duty_calls"])
def test_a_call_is_never_changed_after_its_outcome(database: Database, alarm: int, change: str) -> None:
    (alert_id,) = take(database, "pbx1")
    call_id = ask(database, found(database, alert_id), Turn(1, 1))
    assert call_id is not None
    with database.write() as connection:
        duty_calls.settle(connection, call_id, DutyOutcome.ACKNOWLEDGED, NOW)
        duty_calls.settle(connection, call_id, DutyOutcome.BUSY, NOW)  # nothing: it has its outcome
    with pytest.raises(Conflict, match=r"R-3\.1|R-AR"), database.write() as connection:
        connection.exec_driver_sql(change)
    with database.read() as connection:
        assert connection.execute(DutyCall.__table__.select()).one().outcome is DutyOutcome.ACKNOWLEDGED
