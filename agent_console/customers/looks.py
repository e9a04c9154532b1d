"""Who sees what of a customer: numbers whole or masked, and every look in the audit log (R-18)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_login import current_user
from sqlalchemy import Connection

from agent_console import rights
from agent_console.auth.pages import origin
from agent_console.context import console, now
from agent_console.number_mask import shown
from storage.queries import audit
from storage.queries.audit import ConsoleFact
from storage.queries.customer_calls import call_at_hand
from storage.queries.customers import CustomerView
from storage.telephone_numbers import home_spelling, read_number

KEY_LENGTH = 16


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number as the reader may see it; ``key`` names it in forms without telling it."""

    text: str
    key: str


def number_key(number: str) -> str:
    """What a form calls a number, so that a page with masked numbers does not hold the whole ones."""
    secret = current_app.secret_key
    key = secret if isinstance(secret, bytes) else str(secret).encode()
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:KEY_LENGTH]


def sees_whole_numbers() -> bool:
    """Whether the reader's task needs whole numbers everywhere."""
    return current_user.role in rights.SEES_WHOLE_NUMBERS


def at_hand(connection: Connection, customer: CustomerView) -> int | None:
    """The call in which the reader has this customer now, None in no call: it needs the whole numbers."""
    if current_user.role not in rights.AT_A_DESK:
        return None
    call = call_at_hand(connection, current_user.agent_id)
    if call is None or call.caller_number is None:
        return None
    number = read_number(call.caller_number, console().settings.company.area_code).e164
    return call.id if number is not None and number in customer.numbers else None


def number_text(number: str, *, whole: bool) -> str:
    """A number of the archive as people write it, whole or masked."""
    return shown(home_spelling(number), whole=whole) or ""


def shown_numbers(customer: CustomerView, *, whole: bool) -> list[ShownNumber]:
    """The numbers of a customer as the reader may see them."""
    return [ShownNumber(number_text(number, whole=whole), number_key(number)) for number in customer.numbers]


def note_look(connection: Connection, customer_id: int, *, where: str, call_id: int | None = None) -> None:
    """Write down that the reader sees a customer.

    :param where: "page", "form" or "desk".
    """
    _note(connection, ConsoleFact.CUSTOMER_LOOKED_AT, {"customer": customer_id, "where": where}, call_id)


def note_lookup(connection: Connection, customer_ids: Sequence[int], call_id: int | None) -> None:
    """Write down whom the reader was told of as having a number."""
    data = {"customers": list(customer_ids), "where": "lookup"}
    _note(connection, ConsoleFact.CUSTOMER_LOOKED_AT, data, call_id)


def note_search(connection: Connection, text: str, found: Sequence[CustomerView], total: int) -> None:
    """Write down what the reader searched for and who was on the page."""
    shown_ids = [customer.id for customer in found]
    data = {"text": text[:100].replace("\0", ""), "customers": shown_ids, "total": total}
    _note(connection, ConsoleFact.CUSTOMERS_SEARCHED, data, None)


def _note(connection: Connection, kind: ConsoleFact, data: dict[str, Any], call_id: int | None) -> None:
    audit.note(
        connection,
        kind,
        now(),
        agent_id=current_user.agent_id,
        call_id=call_id,
        data={**data, "sign_in": current_user.sign_in_id, **origin().data()},
    )
