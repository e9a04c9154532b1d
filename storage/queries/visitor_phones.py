"""Telephones that somebody tries the hotline with in a browser (demo mode): few at once, and for a while."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, text, update

from ivr.standard.customer_type import CustomerType
from storage.changes import announce
from storage.models import Customer, CustomerNumber, VisitorPhone
from storage.passwords import device_digest
from storage.queries.phones import MARK_BYTES, SECRET_BYTES, PageKey

PREFIX = "try-"
_NAME_BYTES = 6
_ONE_AT_A_TIME = 9_577_705
"""Key of the PostgreSQL lock under which telephones are counted and made."""


def make(
    connection: Connection, caller_number: str, now: datetime, *, lasts: timedelta, at_once: int
) -> PageKey | None:
    """Make a telephone with a secret of its own; telephones whose time is over go.

    :param lasts: how long it may be used without :func:`prolong`.
    :param at_once: how many there may be.
    :returns: None when there are so many already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    connection.execute(delete(VisitorPhone).where(VisitorPhone.expires_at <= now))
    if connection.execute(select(func.count(VisitorPhone.id))).scalar_one() >= at_once:
        return None
    name = PREFIX + secrets.token_hex(_NAME_BYTES)
    key = PageKey(name, secrets.token_urlsafe(SECRET_BYTES), secrets.token_urlsafe(MARK_BYTES))
    connection.execute(
        insert(VisitorPhone).values(
            name=name,
            digest=device_digest(name, key.secret),
            caller_number=caller_number,
            made_at=now,
            expires_at=now + lasts,
        )
    )
    announce(connection)
    return key


def prolong(connection: Connection, name: str, now: datetime, *, lasts: timedelta) -> bool:
    """A telephone is still in use; False when its time was over already."""
    done = connection.execute(
        update(VisitorPhone)
        .where(VisitorPhone.name == name, VisitorPhone.expires_at > now)
        .values(expires_at=now + lasts)
    )
    return done.rowcount == 1


@dataclass(frozen=True, slots=True)
class MadeUpCustomer:
    """Somebody of the made-up archive, as a visitor may call as them."""

    number: str
    """E.164."""
    name: str
    customer_type: CustomerType | None


def made_up_customers(connection: Connection, limit: int) -> list[MadeUpCustomer]:
    """The first made-up customers with their numbers; a number that several share comes for each."""
    rows = connection.execute(
        select(CustomerNumber.number, Customer.name, Customer.customer_type)
        .join(Customer, Customer.id == CustomerNumber.customer_id)
        .where(Customer.demo.is_(True), Customer.removed_at.is_(None))
        .order_by(Customer.id, CustomerNumber.number)
        .limit(limit)
    )
    return [MadeUpCustomer(row.number, row.name, row.customer_type) for row in rows]


def remove(connection: Connection, name: str) -> None:
    """The visitor has left."""
    connection.execute(delete(VisitorPhone).where(VisitorPhone.name == name))
    announce(connection)
