"""The record's form as the page sends it: what may be kept as a draft, and what makes a case."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from flask_babel import gettext, lazy_gettext

from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.caller_number import read_caller_number
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.record_rules import Answered, RecordField, missing
from ivr.standard.urgency import Urgency
from storage.queries.records import RecordText

LONGEST_DRAFT_FIELD = 12_000
"""Characters of a field that are kept while typing; what is too long for a case is said, and not lost."""

LONGEST = {RecordField.SURNAME: 40, RecordField.ADDRESS: 200}
"""Characters of a field of a case; the content's limit is a setting (cases.longest_content)."""

FORMS_OF_ADDRESS = ("先生", "女士")

FIELD_WORDS: dict[RecordField, str] = {
    RecordField.KIND: lazy_gettext("Kind"),
    RecordField.COMPLAINT_CLASS: lazy_gettext("Class"),
    RecordField.SURNAME: lazy_gettext("Surname"),
    RecordField.FORM_OF_ADDRESS: lazy_gettext("Form of address"),
    RecordField.CONTACT_NUMBER: lazy_gettext("Number"),
    RecordField.ADDRESS: lazy_gettext("Address"),
    RecordField.CONTENT: lazy_gettext("Content"),
    RecordField.URGENCY: lazy_gettext("Urgency"),
    RecordField.UNIT: lazy_gettext("Unit"),
    RecordField.CUSTOMER: lazy_gettext("Customer"),
    RecordField.ANSWERED: lazy_gettext("Answered in the call?"),
}

_Word = TypeVar("_Word", CallKind, ComplaintClass, Urgency)

Errors = dict[str, str]
"""What is wrong, by field, in words."""


def read_fields(given: Any) -> tuple[dict[str, str], Errors]:
    """Take the form's fields as they were typed; nothing is changed, what no database can keep is named.

    :param given: the JSON value the page sent.
    :returns: the text by field, and what is wrong with it.
    """
    if not isinstance(given, dict):
        return {}, {"": gettext("The request was not understood.")}
    fields = {name: given[name] for name in RecordField if given.get(name) is not None}
    errors: Errors = {}
    for name, text in fields.items():
        if not isinstance(text, str):
            errors[name] = gettext("The request was not understood.")
        elif problem := _not_keepable(text):
            errors[name] = f"{FIELD_WORDS[name]}: {problem}"
    return {str(name): text for name, text in fields.items() if name not in errors}, errors


def _not_keepable(text: str) -> str:
    if "\0" in text:
        return str(gettext("holds an invisible zero character, which cannot be kept; delete it."))
    if len(text) > LONGEST_DRAFT_FIELD:
        most = LONGEST_DRAFT_FIELD
        return str(gettext("%(n)d characters are more than can be kept (%(most)d).", n=len(text), most=most))
    try:
        text.encode()
    except UnicodeEncodeError:
        return str(gettext("holds half a character, which cannot be kept; delete it."))
    return ""


def check(
    fields: Mapping[str, str], settings: Settings, units: Collection[int], customers: Collection[int]
) -> tuple[RecordText | None, Errors]:
    """Make a record of the form, or say what is missing or wrong, by field.

    :param units: ids of the units that work may be passed on to.
    :param customers: ids of the customers that may be named.
    """
    kind = _member(CallKind, fields.get(RecordField.KIND))
    if kind is None:
        return None, {RecordField.KIND: gettext("Choose what the call is about.")}
    errors: Errors = {str(field): _missing_words(field) for field in missing(kind, fields)}
    _check_lengths(fields, settings, errors)
    number = _text(fields, RecordField.CONTACT_NUMBER)
    dialable = read_caller_number(number).number if number else None
    if number and dialable is None:
        errors[RecordField.CONTACT_NUMBER] = gettext("This is no telephone number; write digits only.")
    unit = _id(fields.get(RecordField.UNIT))
    if _text(fields, RecordField.UNIT) and unit not in units:
        errors[RecordField.UNIT] = gettext("This unit takes no more work; choose another.")
    if errors:
        return None, errors
    complaint = _member(ComplaintClass, fields.get(RecordField.COMPLAINT_CLASS))
    customer = _id(fields.get(RecordField.CUSTOMER))
    form = fields.get(RecordField.FORM_OF_ADDRESS)
    return RecordText(
        kind=kind,
        complaint_class=complaint if kind is CallKind.COMPLAINT else None,
        urgency=_member(Urgency, fields.get(RecordField.URGENCY)) or Urgency.ORDINARY,
        unit_id=unit,
        customer_id=customer if customer in customers else None,
        surname=_text(fields, RecordField.SURNAME),
        form_of_address=form if form in FORMS_OF_ADDRESS else None,
        contact_number=dialable,
        address=_text(fields, RecordField.ADDRESS),
        content=fields[RecordField.CONTENT].strip(),
    ), {}


def check_answered(fields: Mapping[str, str], kind: CallKind) -> Errors:
    """What is wrong with "answered in the call" of a new case; only a consultation may be (R-13.3)."""
    if kind is not CallKind.CONSULTATION or fields.get(RecordField.ANSWERED) in list(Answered):
        return {}
    return {RecordField.ANSWERED: gettext("Say whether the customer was answered in the call (R-13.3).")}


def answered(fields: Mapping[str, str], kind: CallKind) -> bool:
    """Whether a consultation was answered in the call, so that nothing is owed."""
    return kind is CallKind.CONSULTATION and fields.get(RecordField.ANSWERED) == Answered.IN_THE_CALL


def _check_lengths(fields: Mapping[str, str], settings: Settings, errors: Errors) -> None:
    longest = {**LONGEST, RecordField.CONTENT: settings.cases.longest_content}
    for field, most in longest.items():
        over = len((fields.get(field) or "").strip()) - most
        if over > 0:
            errors[field] = gettext(
                "%(n)d characters too many (at most %(most)d); what you typed is kept.", n=over, most=most
            )


def _missing_words(field: RecordField) -> str:
    return str(gettext("%(field)s is missing.", field=FIELD_WORDS[field]))


def _text(fields: Mapping[str, str], field: RecordField) -> str | None:
    return (fields.get(field) or "").strip() or None


def _id(text: str | None) -> int | None:
    bare = (text or "").strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 19 else None


def _member(members: type[_Word], text: str | None) -> _Word | None:
    return members(text) if text in list(members) else None
