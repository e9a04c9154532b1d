"""Many customers written at once; what is slow about them was made ready before the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from storage.customer_values import CustomerValues
from storage.models import Customer, CustomerChange, CustomerNumber
from storage.queries.customer_history import Changes
from storage.queries.customers import columns_of


@dataclass(frozen=True, slots=True)
class ReadyCustomer:
    """A customer with all columns made: pinyin takes longer than writing."""

    values: CustomerValues
    columns: dict[str, Any]


def ready(values: CustomerValues) -> ReadyCustomer:
    """Make the columns of a customer."""
    return ReadyCustomer(values, columns_of(values))


def add_all(
    connection: Connection,
    customers: Sequence[ReadyCustomer],
    by: int | None,
    now: datetime,
    *,
    import_id: int | None = None,
    demo: bool = False,
) -> list[int]:
    """Make customers who are all new; returns their ids in the same order."""
    if not customers:
        return []
    made = connection.execute(
        insert(Customer).returning(Customer.id, sort_by_parameter_order=True),
        [{**customer.columns, "created_at": now, "demo": demo} for customer in customers],
    )
    ids = [int(row.id) for row in made]
    pairs = list(zip(ids, customers, strict=True))
    numbers = [
        {"customer_id": customer_id, "number": number}
        for customer_id, customer in pairs
        for number in customer.values.numbers
    ]
    if numbers:
        connection.execute(insert(CustomerNumber), numbers)
    note = {"at": now, "agent_id": by, "import_id": import_id, "field": "created", "before": None}
    connection.execute(
        insert(CustomerChange),
        [{**note, "customer_id": made_id, "after": customer.values.name} for made_id, customer in pairs],
    )
    return ids


def change_all(
    connection: Connection,
    changed: Sequence[tuple[int, ReadyCustomer, Changes]],
    by: int | None,
    now: datetime,
    *,
    import_id: int | None = None,
) -> None:
    """Change customers: id, all values from now on, and what differs. A made-up one is a real one then."""
    if not changed:
        return
    names = tuple(changed[0][1].columns)
    connection.execute(
        update(Customer)
        .where(Customer.id == bindparam("this_customer"))
        .values(
            {name: bindparam(f"new_{name}", type_=Customer.__table__.c[name].type) for name in names}
            | {"version": Customer.version + 1, "updated_at": now, "demo": False}
        ),
        [
            {"this_customer": customer_id, **{f"new_{name}": customer.columns[name] for name in names}}
            for customer_id, customer, _ in changed
        ],
    )
    with_numbers = [(customer_id, customer) for customer_id, customer, what in changed if "numbers" in what]
    if with_numbers:
        connection.execute(
            delete(CustomerNumber).where(CustomerNumber.customer_id == bindparam("this_customer")),
            [{"this_customer": customer_id} for customer_id, _ in with_numbers],
        )
        numbers = [
            {"customer_id": customer_id, "number": number}
            for customer_id, customer in with_numbers
            for number in customer.values.numbers
        ]
        if numbers:
            connection.execute(insert(CustomerNumber), numbers)
    note = {"at": now, "agent_id": by, "import_id": import_id}
    connection.execute(
        insert(CustomerChange),
        [
            {**note, "customer_id": customer_id, "field": field, "before": before, "after": after}
            for customer_id, _, what in changed
            for field, (before, after) in what.items()
        ],
    )
