"""What was said of the script is kept per call and agent, once."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.queries import script_ticks
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_ticks_are_kept_in_order_by_call_and_agent(database: Database) -> None:
    with database.write() as connection:
        me, other = add_agent(connection), add_agent(connection)
        call, second = add_call(connection), add_call(connection)
        script_ticks.tick(connection, call, me, "greeting", NOW)
        script_ticks.tick(connection, call, me, "surname", NOW + timedelta(seconds=5))
        script_ticks.tick(connection, call, me, "greeting", NOW + timedelta(seconds=9))
        script_ticks.tick(connection, call, other, "closing", NOW)
        script_ticks.tick(connection, second, me, "closing", NOW)
        assert script_ticks.read(connection, call, me) == ["greeting", "surname"]
        script_ticks.take_back(connection, call, me, "greeting")
        assert script_ticks.read(connection, call, me) == ["surname"]
        assert script_ticks.read(connection, call, other) == ["closing"]
