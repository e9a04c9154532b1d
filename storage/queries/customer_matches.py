"""Which rows of a list are about customers of the archive: same account number, or same name and address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, select

from ivr.standard.customer_address import Address
from storage.customer_values import FIELDS, CustomerValues
from storage.models import Customer
from storage.queries.customers import numbers_of

_Item = TypeVar("_Item")

AT_ONCE = 500
"""Values that one question holds."""


@dataclass(slots=True)
class Matches:
    """Ids of customers by what tells them."""

    by_account: dict[str, int] = field(default_factory=dict)
    by_place: dict[tuple[str, Address], tuple[int, bool]] = field(default_factory=dict)
    """By name and address; and whether the account number is known."""

    def of(self, values: CustomerValues) -> int | None:
        """Who a row is about; None: somebody new.

        Name and address tell only where not both account numbers are known and differ: a firm may have
        two meters at one address.
        """
        account = values.account_number
        if account is not None and account in self.by_account:
            return self.by_account[account]
        customer_id, has_account = self.by_place.get((values.name, values.parts), (None, False))
        return None if account is not None and has_account else customer_id


def matches(connection: Connection, rows: Sequence[CustomerValues]) -> Matches:
    """Look the customers of many rows up at once; a row without a compound is told by its account only."""
    found = Matches()
    accounts = {values.account_number for values in rows if values.account_number}
    for some in _parts(sorted(accounts)):
        wanted = select(Customer.account_number, Customer.id).where(
            Customer.account_number.in_(some), Customer.removed_at.is_(None)
        )
        found.by_account |= {str(row.account_number): row.id for row in connection.execute(wanted)}
    places = {(values.name, values.parts) for values in rows if values.compound}
    for some in _parts(sorted({name for name, _ in places})):
        for customer_id, account, name, *parts in connection.execute(
            select(
                Customer.id,
                Customer.account_number,
                Customer.name,
                Customer.compound,
                Customer.building,
                Customer.entrance,
                Customer.door,
            )
            .where(Customer.name.in_(some), Customer.removed_at.is_(None))
            .order_by(Customer.id)
        ):
            place = (name, Address(*parts))
            if place in places and (place not in found.by_place or found.by_place[place][1]):
                # One without account number is the better guess: the list may bring it.
                found.by_place[place] = (customer_id, account is not None)
    return found


def values_of(connection: Connection, customer_ids: Sequence[int]) -> dict[int, CustomerValues]:
    """All values of customers, by id."""
    columns = [Customer.__table__.c[name] for name in FIELDS if name != "numbers"]
    found: dict[int, CustomerValues] = {}
    for some in _parts(list(customer_ids)):
        numbers = numbers_of(connection, some)
        for row in connection.execute(select(Customer.id, *columns).where(Customer.id.in_(some))):
            values = {name: value for name, value in row._mapping.items() if name != "id"}
            found[row.id] = CustomerValues(**values, numbers=numbers.get(row.id, ()))
    return found


def _parts(every: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for begin in range(0, len(every), AT_ONCE):
        yield every[begin : begin + AT_ONCE]
