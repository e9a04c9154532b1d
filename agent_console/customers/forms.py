"""The form of a customer: what was typed, what it means, and what is wrong with it, field by field.

Nothing typed is ever lost: the form is shown again exactly as it was sent, whatever is wrong. Numbers a
customer has already are named by a key, so that a form with masked numbers holds no whole ones (R-18).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from agent_console.context import console, now
from agent_console.customers.looks import number_key
from agent_console.customers.names import mistake_text
from storage.customer_values import FIELDS, CustomerValues, read_customer
from storage.queries.customers import CustomerView


@dataclass(frozen=True, slots=True)
class CustomerForm:
    """A form as it is shown."""

    typed: Mapping[str, str]
    """Text by field, as in the boxes; ``numbers`` are those to be added."""
    dropped: frozenset[str] = frozenset()
    """Keys of the customer's numbers that are ticked to be taken away."""
    version: int = 0
    """Of the customer, as the person saw it; 0 of a new one."""
    mistakes: Mapping[str, list[str]] = field(default_factory=dict)
    """What is wrong, by field."""


def empty(number: str) -> CustomerForm:
    """The form of a new customer.

    :param number: that it begins with, such as that of who calls; may be empty.
    """
    return CustomerForm({"numbers": number[:60]})


def of(customer: CustomerView) -> CustomerForm:
    """The form of a customer as the archive has it."""
    values = {name: getattr(customer, name) for name in FIELDS if name != "numbers"}
    return CustomerForm(
        {name: str(value) for name, value in values.items() if value is not None}, version=customer.version
    )


def sent(customer: CustomerView | None) -> tuple[CustomerForm, CustomerValues | None]:
    """The form that was sent, and what it means; None where something is wrong with it.

    :param customer: who is edited; None for a new one.
    """
    typed = {name: request.form.get(name, "") for name in FIELDS}
    dropped = frozenset(request.form.getlist("drop"))
    kept = [] if customer is None else [n for n in customer.numbers if number_key(n) not in dropped]
    settings = console().settings
    values, mistakes = read_customer(
        typed,
        area_code=settings.company.area_code,
        this_year=now().astimezone(settings.zone).year,
        numbers=kept,
    )
    by_field: dict[str, list[str]] = {}
    for mistake in mistakes:
        by_field.setdefault(mistake.field, []).append(mistake_text(mistake))
    form = CustomerForm(typed, dropped, request.form.get("version", 0, type=int), by_field)
    return form, None if mistakes else values


def printable(typed: str | None) -> str:
    """What was typed, as a box can show it: a zero byte or control character is seen as a mark."""
    return "".join("\ufffd" if _unseen(sign) else sign for sign in typed or "")


def _unseen(sign: str) -> bool:
    return sign not in "\r\n\t" and (ord(sign) < 32 or ord(sign) == 127)
