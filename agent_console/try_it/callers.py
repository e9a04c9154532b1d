"""Whom a visitor of /try may call as: somebody the archive knows, several on one number, and a stranger."""

from dataclasses import dataclass

from flask_babel import gettext

from agent_console.context import Console
from ivr.standard.customer_type import CustomerType
from storage.queries import visitor_phones
from storage.queries.visitor_phones import MadeUpCustomer

STRANGERS = ("13900000001", "053188880001")
"""Numbers that no made-up customer has: a mobile one and a land line."""

_LOOKED_AT = 100
_COUNTRY = "+86"


@dataclass(frozen=True, slots=True)
class MadeUpCaller:
    """A number to call from, and who that is."""

    number: str
    who: str


def callers(console: Console) -> list[MadeUpCaller]:
    """The numbers to choose from, the same at every visit."""
    with console.database.read() as connection:
        known = visitor_phones.made_up_customers(connection, _LOOKED_AT)
    mobile, land_line = STRANGERS
    return [
        *_known(known),
        MadeUpCaller(mobile, gettext("a new customer")),
        MadeUpCaller(land_line, gettext("from a land line")),
    ]


def _known(customers: list[MadeUpCustomer]) -> list[MadeUpCaller]:
    """The first household, the first number that several have, the first firm: whichever are there."""
    by_number: dict[str, list[MadeUpCustomer]] = {}
    for customer in customers:
        by_number.setdefault(customer.number, []).append(customer)
    shared = next((group for group in by_number.values() if len(group) > 1), [])
    firms = [c for c in customers if c.customer_type is CustomerType.BUSINESS_OWNER]
    chosen = {group[0].number: group for group in (customers[:1], shared, firms[:1]) if group}
    return [
        MadeUpCaller(number.removeprefix(_COUNTRY), " · ".join(customer.name for customer in group))
        for number, group in chosen.items()
    ]
