"""Made-up data: told from real data, and taken out without deleting anything (R-AR)."""

from storage.database import Database
from storage.queries import customers, demo, units
from tests.storage.customer_rows import LI, NOW, add, somebody
from tests.storage.rows import add_agent


def test_a_database_is_untouched_until_somebody_works_here(database: Database) -> None:
    with database.write() as connection:
        assert demo.is_untouched(connection)
        add_agent(connection)
        assert not demo.is_untouched(connection)


def test_made_up_customers_and_units_are_taken_out_and_real_ones_stay(database: Database) -> None:
    made_up, _ = add(database, LI, somebody(name="张三"), demo=True)
    (real,) = add(database, somebody(name="王五"))
    with database.write() as connection:
        ids = demo.add_units(connection, [("城南管理站", "+8613900009001")])
        own = demo.add_units(connection, [("真管理站", "+8613900009002")])
        demo.note_filled(connection, NOW, customers=2, units=ids)
        assert demo.any_left(connection) and demo.count(connection) == 2
    with database.write() as connection:
        assert demo.clear(connection, None, NOW) == 2
        assert demo.clear(connection, None, NOW) == 0
    with database.read() as connection:
        assert not demo.any_left(connection)
        assert [customer.id for customer in customers.search(connection, "", 10)] == [real]
        assert [unit.id for unit in units.active(connection)] == own
        kept = customers.one(connection, made_up)
    assert kept is not None and kept.removed_at == NOW and kept.numbers == LI.numbers
