"""What a search for customers asks the database: which words fit, and who comes first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from storage.customer_search import SearchWord
from storage.models import Customer, CustomerNumber
from storage.telephone_numbers import read_number

SHORTEST_PART = 3
"""Digits of a part of a number that is looked for anywhere."""
SHOWN_END = 4
"""Digits at a masked number's end that everybody sees and so may look for (R-18)."""


def fits(word: SearchWord, number_anywhere: bool, area_code: str | None) -> ColumnElement[bool]:
    """Whether a word of a search fits a customer; see ``customers.search_page`` for the arguments."""
    begin = " " if word.at_beginning else ""
    in_line = Customer.search_text.contains(begin + word.text, autoescape=True)
    if word.digits is None:
        return in_line
    number = _number_fits(word.digits, number_anywhere, area_code)
    if number is None:
        return in_line
    return or_(in_line, Customer.id.in_(select(CustomerNumber.customer_id).where(number)))


def _number_fits(digits: str, anywhere: bool, area_code: str | None) -> ColumnElement[bool] | None:
    parts: list[ColumnElement[bool]] = []
    whole = read_number(digits, area_code).e164
    if whole is not None:
        parts.append(CustomerNumber.number == whole)
    if anywhere and len(digits) >= SHORTEST_PART:
        # A leading 0 belongs to the area code as people write it; E.164 has none.
        parts.append(CustomerNumber.number.contains(digits.lstrip("0") or digits, autoescape=True))
    elif len(digits) == SHOWN_END:
        parts.append(CustomerNumber.number.endswith(digits, autoescape=True))
    return or_(*parts) if parts else None


def in_order(words: Sequence[SearchWord]) -> list[Any]:
    """Whose name begins so first, then by address, buildings and doors in the order of their numbers."""
    order: list[Any] = []
    if words:
        begins = Customer.search_text.startswith(" " + words[0].text, autoescape=True)
        order.append(case((begins, 0), else_=1))
    order.append(Customer.compound)
    for part in (Customer.building, Customer.entrance, Customer.door):
        order += [func.length(part), part]
    return [*order, Customer.id]
