"""Customers that tests of the archive begin with."""

from datetime import UTC, datetime
from typing import Any

from ivr.standard.customer_type import CustomerType
from storage.customer_values import CustomerValues
from storage.database import Database
from storage.queries import customers

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LI = CustomerValues(
    name="李志强",
    account_number="QZ1",
    form_of_address="先生",
    customer_type=CustomerType.HOUSEHOLD,
    compound="泉中小区",
    building="3",
    entrance="2",
    door="501",
    meter_kind="IC卡表",
    meter_model="JK-2.5",
    meter_year=2019,
    numbers=("+8613900000000",),
)


def somebody(**values: Any) -> CustomerValues:
    """A customer of whom little is known."""
    return CustomerValues(**{"name": "王敏", **values})


def add(database: Database, *wanted: CustomerValues, demo: bool = False) -> list[int]:
    """Write customers; returns their ids."""
    with database.write() as connection:
        return [customers.create(connection, values, None, NOW, demo=demo) for values in wanted]
