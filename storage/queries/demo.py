"""Made-up data: whether any is there, what was filled in, and taking it out before real data comes (R-AR)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, insert, select, update

from storage.models import Agent, Call, Customer, CustomerChange, Event, Unit

FILLED = "demo.filled"
CLEARED = "demo.cleared"

_IN_USE = (Customer.demo.is_(True), Customer.removed_at.is_(None))


def is_untouched(connection: Connection) -> bool:
    """Whether the database is as a first start finds it: nobody works here and nothing has happened yet."""
    for table in (Agent, Customer, Call, Unit, Event):
        if connection.execute(select(exists().where(table.id.is_not(None)))).scalar_one():
            return False
    return True


def add_units(connection: Connection, units: Sequence[tuple[str, str]]) -> list[int]:
    """Make units of name and telephone number (E.164); returns their ids."""
    rows = [{"name": name, "phone": phone, "active": True} for name, phone in units]
    made = connection.execute(insert(Unit).returning(Unit.id, sort_by_parameter_order=True), rows)
    return [int(row.id) for row in made]


def note_filled(connection: Connection, now: datetime, *, customers: int, units: Sequence[int]) -> None:
    """Write down what was filled in."""
    data = {"customers": customers, "units": list(units)}
    connection.execute(insert(Event).values(at=now, kind=FILLED, data=data))


def any_left(connection: Connection) -> bool:
    """Whether made-up customers are in the archive; the pages say so then."""
    return bool(connection.execute(select(exists().where(*_IN_USE))).scalar_one())


def count(connection: Connection) -> int:
    """How many made-up customers are in the archive."""
    return int(connection.execute(select(func.count()).select_from(Customer).where(*_IN_USE)).scalar_one())


def clear(connection: Connection, by: int | None, now: datetime) -> int:
    """Take all made-up customers and units out; the rows stay, as everything does (R-AR).

    :returns: how many customers were taken out.
    """
    ids = list(connection.execute(select(Customer.id).where(*_IN_USE)).scalars())
    if not ids:
        return 0
    connection.execute(update(Customer).where(*_IN_USE).values(removed_at=now, version=Customer.version + 1))
    note = {"at": now, "agent_id": by, "field": "removed", "before": None, "after": "demo"}
    connection.execute(insert(CustomerChange), [{**note, "customer_id": customer_id} for customer_id in ids])
    filled = connection.execute(
        select(Event.data).where(Event.kind == FILLED).order_by(Event.id).limit(1)
    ).scalar_one_or_none()
    units = (filled or {}).get("units", [])
    if units:
        connection.execute(update(Unit).where(Unit.id.in_(units)).values(active=False))
    connection.execute(
        insert(Event).values(at=now, kind=CLEARED, agent_id=by, data={"customers": len(ids), "units": units})
    )
    return len(ids)
