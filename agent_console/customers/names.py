"""The pages' words for fields of the archive, and for everything that can be wrong with them."""

from flask_babel import lazy_gettext

from agent_console.number_mask import shown
from agent_console.words import word
from ivr.standard.customer_type import CHINESE_NAMES, CustomerType
from storage.customer_values import WHOLE_ADDRESS, Fault, Mistake
from storage.queries.customer_history import Change
from storage.telephone_numbers import NumberFault, home_spelling

FIELD_NAMES: dict[str, str] = {
    "account_number": lazy_gettext("Account number"),
    "name": lazy_gettext("Name"),
    "form_of_address": lazy_gettext("Form of address"),
    "customer_type": lazy_gettext("Type"),
    "numbers": lazy_gettext("Telephone numbers"),
    "compound": lazy_gettext("Compound"),
    "building": lazy_gettext("Building"),
    "entrance": lazy_gettext("Entrance"),
    "door": lazy_gettext("Door"),
    WHOLE_ADDRESS: lazy_gettext("Whole address"),
    "meter_kind": lazy_gettext("Kind of meter"),
    "meter_model": lazy_gettext("Model of meter"),
    "meter_year": lazy_gettext("Year of meter"),
    "note": lazy_gettext("Note"),
}
"""In the order in which forms and lists have them."""

METER_KINDS = ("IC卡表", "普通表", "物联网表", "远传表", "流量计")
"""Offered while typing; anything else may be written."""

_EVENTS: dict[str, str] = {
    "created": lazy_gettext("Made"),
    "removed": lazy_gettext("Removed from the archive"),
}

_FAULTS: dict[Fault | NumberFault, str] = {
    Fault.MISSING: lazy_gettext("Fill this in."),
    Fault.TOO_LONG: lazy_gettext("Too long: at most %(right)s characters."),
    Fault.UNPRINTABLE: lazy_gettext("Holds characters that cannot be shown; type it anew."),
    Fault.UNKNOWN_CHOICE: lazy_gettext("“%(given)s” is not known; right would be: %(right)s."),
    Fault.NO_YEAR: lazy_gettext("“%(given)s” is no year; right would be one of %(right)s."),
    Fault.TOO_MANY: lazy_gettext("%(given)s numbers; a customer has at most %(right)s."),
    Fault.TAKEN: lazy_gettext("Another customer has this account number."),
    Fault.REPEATED: lazy_gettext("The same customer as in row %(right)s."),
    NumberFault.ROUNDED: lazy_gettext(
        "“%(given)s” was rounded by a spreadsheet; format the column as text and fill it again."
    ),
    NumberFault.NO_NUMBER: lazy_gettext("“%(given)s” is no telephone number."),
    NumberFault.WRONG_LENGTH: lazy_gettext("“%(given)s” has too many digits or too few."),
    NumberFault.NO_AREA_CODE: lazy_gettext("“%(given)s” needs its area code."),
    NumberFault.NOT_IN_USE: lazy_gettext("“%(given)s” is no number that exists."),
}


def field_name(field: str) -> str:
    """A field, or an event of the history, in the language of the page."""
    return str(FIELD_NAMES.get(field) or _EVENTS.get(field) or field)


def mistake_text(mistake: Mistake) -> str:
    """What is wrong and what would be right, in the language of the page."""
    right = mistake.right
    if mistake.fault is Fault.UNKNOWN_CHOICE and mistake.field == "customer_type":
        right = ", ".join(CHINESE_NAMES.values())
    given = "".join(sign if sign.isprintable() else "\ufffd" for sign in mistake.given)
    return str(_FAULTS[mistake.fault]) % {"given": given[:40], "right": right}


def type_name(customer_type: CustomerType | None) -> str:
    """A type of customers in the language of the page; empty where none is known."""
    return word(customer_type) if customer_type is not None else ""


def change_value(change: Change, value: str | None, *, whole: bool) -> str:
    """A value of the history as the reader may see it."""
    if value is None:
        return ""
    if change.field == "numbers":
        return ", ".join(shown(home_spelling(number), whole=whole) or "" for number in value.split(", "))
    if change.field == "customer_type" and value in list(CustomerType):
        return word(CustomerType(value))
    return value


__all__ = ["FIELD_NAMES", "METER_KINDS", "change_value", "field_name", "mistake_text", "type_name"]
