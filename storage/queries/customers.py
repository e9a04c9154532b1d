"""The customer archive: found by number or by words, made, edited with history (R-12.6, R-AR).

Nobody here is ever deleted: who was removed is found by id only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, update

from ivr.errors import AccountNumberTaken, ChangedMeanwhile
from ivr.standard.chinese_name import surname_of
from ivr.standard.customer_address import Address, written
from ivr.standard.customer_type import CustomerType
from storage.customer_search import read_search, search_line
from storage.customer_values import FIELDS, CustomerValues
from storage.models import Customer, CustomerNumber
from storage.queries.customer_conditions import fits, in_order
from storage.queries.customer_history import changes_between, note_changes
from storage.telephone_numbers import read_number

_COLUMNS = tuple(column for column in Customer.__table__.c if column.name != "search_text")
_IN_USE = Customer.removed_at.is_(None)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer as pages show one."""

    id: int
    name: str
    form_of_address: str | None
    customer_type: CustomerType | None
    compound: str | None
    building: str | None
    entrance: str | None
    door: str | None
    note: str | None
    created_at: datetime
    surname: str | None
    account_number: str | None
    meter_kind: str | None
    meter_model: str | None
    meter_year: int | None
    version: int
    updated_at: datetime | None
    demo: bool
    removed_at: datetime | None
    numbers: tuple[str, ...] = ()
    """E.164."""

    @property
    def address(self) -> str:
        """泉中小区 3号楼 2单元 501; empty where nothing is known."""
        return written(Address(self.compound, self.building, self.entrance, self.door))

    @property
    def called(self) -> str:
        """As the agent says it (R-12.5): 李先生; the name where surname or form of address is not known."""
        return f"{self.surname}{self.form_of_address}" if self.surname and self.form_of_address else self.name

    @property
    def values(self) -> CustomerValues:
        """What an edit may change."""
        return CustomerValues(**{name: getattr(self, name) for name in FIELDS})


@dataclass(frozen=True, slots=True)
class FoundCustomers:
    """A page of what a search found, and how many there are in all."""

    customers: list[CustomerView]
    total: int


def by_number(connection: Connection, number: str, area_code: str | None = None) -> list[CustomerView]:
    """Every customer with this number, the most recently edited first (R-12.6).

    :param number: as the network sent it or as kept; what is no telephone number has no customer.
    :param area_code: of local numbers (config.yaml: company.area_code).
    """
    e164 = read_number(number, area_code).e164
    if e164 is None:
        return []
    having = select(CustomerNumber.customer_id).where(CustomerNumber.number == e164)
    newest = func.coalesce(Customer.updated_at, Customer.created_at).desc()
    return _views(
        connection,
        select(*_COLUMNS).where(Customer.id.in_(having), _IN_USE).order_by(newest, Customer.id).limit(50),
    )


def one(connection: Connection, customer_id: int) -> CustomerView | None:
    """One customer, also one that was removed; None when there is none."""
    found = _views(connection, select(*_COLUMNS).where(Customer.id == customer_id))
    return found[0] if found else None


def alike(connection: Connection, values: CustomerValues) -> list[CustomerView]:
    """Customers of the same name at the same address: probably the same one."""
    same = [
        getattr(Customer, part).is_not_distinct_from(getattr(values, part))
        for part in ("compound", "building", "entrance", "door")
    ]
    wanted = select(*_COLUMNS).where(Customer.name == values.name, _IN_USE, *same)
    return _views(connection, wanted.order_by(Customer.id).limit(10))


def search(connection: Connection, text: str, limit: int) -> list[CustomerView]:
    """The first customers that every word of ``text`` fits; see :func:`search_page`."""
    return search_page(connection, text, limit=limit).customers


def search_page(
    connection: Connection,
    text: str,
    *,
    limit: int,
    offset: int = 0,
    number_anywhere: bool = False,
    area_code: str | None = None,
) -> FoundCustomers:
    """Customers by name, pinyin, initials, address, account number, or telephone number; all for no text.

    :param number_anywhere: any part of a number counts; otherwise the whole number or its last four
        digits only, so that a masked number cannot be guessed digit by digit (R-18).
    """
    words = read_search(text)
    condition = and_(_IN_USE, *(fits(word, number_anywhere, area_code) for word in words))
    # All lines are looked through, once: the count comes with the page, whole rows are read of the page only.
    every = func.count().over()
    wanted = (
        select(Customer.id, every).where(condition).order_by(*in_order(words)).limit(limit).offset(offset)
    )
    page = connection.execute(wanted).all()
    if not page:
        return FoundCustomers([], 0 if not offset else _count(connection, condition))
    ids = [row[0] for row in page]
    found = {one.id: one for one in _views(connection, select(*_COLUMNS).where(Customer.id.in_(ids)))}
    return FoundCustomers([found[one] for one in ids], int(page[0][1]))


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Customer).where(condition)
    return int(connection.execute(counted).scalar_one())


def create(
    connection: Connection,
    values: CustomerValues,
    by: int | None,
    now: datetime,
    *,
    demo: bool = False,
) -> int:
    """Make a customer; returns the id.

    :param by: who, None for the operator's commands.
    :raises AccountNumberTaken: another customer has the account number.
    """
    _refuse_taken(connection, values.account_number, None)
    made = insert(Customer).values(**columns_of(values), created_at=now, demo=demo).returning(Customer.id)
    customer_id = int(connection.execute(made).scalar_one())
    _add_numbers(connection, customer_id, values.numbers)
    note_changes(connection, customer_id, {"created": (None, values.name)}, by, now)
    return customer_id


def edit(
    connection: Connection,
    customer_id: int,
    version: int,
    values: CustomerValues,
    by: int | None,
    now: datetime,
) -> list[str]:
    """Change a customer, and write down what changed; nothing is written where nothing did.

    :param version: of the :class:`CustomerView` that was shown to who edits.
    :returns: the names of the fields that changed.
    :raises ChangedMeanwhile: somebody else edited or removed the customer since.
    :raises AccountNumberTaken: another customer has the account number.
    """
    before = one(connection, customer_id)
    if before is None or before.version != version or before.removed_at is not None:
        raise ChangedMeanwhile(f"customer {customer_id} was changed by somebody else; look again")
    changes = changes_between(before.values, values)
    if not changes:
        return []
    if "account_number" in changes:
        _refuse_taken(connection, values.account_number, customer_id)
    written_now = connection.execute(
        update(Customer)
        .where(Customer.id == customer_id, Customer.version == version, _IN_USE)
        .values(**columns_of(values), version=version + 1, updated_at=now)
    )
    if written_now.rowcount == 0:
        raise ChangedMeanwhile(f"customer {customer_id} was changed by somebody else; look again")
    if "numbers" in changes:
        old = CustomerNumber.customer_id == customer_id
        connection.execute(CustomerNumber.__table__.delete().where(old))  # type: ignore[attr-defined]
        _add_numbers(connection, customer_id, values.numbers)
    note_changes(connection, customer_id, changes, by, now)
    return list(changes)


def remove(
    connection: Connection, customer_id: int, version: int, reason: str, by: int | None, now: datetime
) -> None:
    """Take a customer out of the archive; the row, its numbers and its history stay (R-AR).

    :raises ChangedMeanwhile: somebody else edited or removed the customer since.
    """
    done = connection.execute(
        update(Customer)
        .where(Customer.id == customer_id, Customer.version == version, _IN_USE)
        .values(removed_at=now, version=version + 1)
    )
    if done.rowcount == 0:
        raise ChangedMeanwhile(f"customer {customer_id} was changed by somebody else; look again")
    note_changes(connection, customer_id, {"removed": (None, reason)}, by, now)


def columns_of(values: CustomerValues) -> dict[str, Any]:
    """The columns of a customer's row, with what is derived from the values."""
    columns = {name: getattr(values, name) for name in FIELDS if name != "numbers"}
    line = search_line(values.name, values.account_number, values.parts, values.meter_model)
    return {**columns, "surname": surname_of(values.name), "search_text": line}


def _refuse_taken(connection: Connection, account_number: str | None, but: int | None) -> None:
    if account_number is None:
        return
    other = connection.execute(
        select(Customer.id).where(Customer.account_number == account_number, _IN_USE)
    ).scalar_one_or_none()
    if other is not None and other != but:
        raise AccountNumberTaken(account_number, other)


def _add_numbers(connection: Connection, customer_id: int, numbers: Sequence[str]) -> None:
    if numbers:
        rows = [{"customer_id": customer_id, "number": number} for number in numbers]
        connection.execute(insert(CustomerNumber), rows)


def _views(connection: Connection, wanted: Select[Any]) -> list[CustomerView]:
    rows = connection.execute(wanted).all()
    numbers = numbers_of(connection, [row.id for row in rows])
    return [_view(row, numbers) for row in rows]


def numbers_of(connection: Connection, customer_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The numbers of customers, by id; who has none is not in it."""
    found: dict[int, tuple[str, ...]] = {}
    if customer_ids:
        wanted = select(CustomerNumber.customer_id, CustomerNumber.number).where(
            CustomerNumber.customer_id.in_(customer_ids)
        )
        for customer_id, number in connection.execute(wanted.order_by(CustomerNumber.number)):
            found[customer_id] = (*found.get(customer_id, ()), number)
    return found


def _view(row: Row[Any], numbers: Mapping[int, tuple[str, ...]]) -> CustomerView:
    return CustomerView(**row._mapping, numbers=numbers.get(row.id, ()))
