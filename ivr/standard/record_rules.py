"""Which fields the record of a call needs before it makes a case, by what the call is about.

R-14.1 complaint: name, number, content. R-15.1 repair and alarm: name, address, number, content. All three
are passed on to a unit at once. R-CL: a complaint has a class. R-13.3: a consultation: what was asked.
"""

from collections.abc import Mapping
from enum import StrEnum


class RecordField(StrEnum):
    """A field of the record; its word is the field's name in forms and drafts."""

    KIND = "kind"  # what the call is about
    COMPLAINT_CLASS = "complaint_class"  # of a complaint (R-CL)
    SURNAME = "surname"  # as the customer said it
    FORM_OF_ADDRESS = "form_of_address"  # 先生 or 女士
    CONTACT_NUMBER = "contact_number"  # where the customer can be reached
    ADDRESS = "address"  # where something is to be done
    CONTENT = "content"  # what was said
    URGENCY = "urgency"  # how soon
    UNIT = "unit_id"  # 责任单位
    CUSTOMER = "customer_id"  # of the archive
    ANSWERED = "answered"  # of a consultation: whether the customer was answered in the call


class Answered(StrEnum):
    """Whether a consultation was answered in the call."""

    IN_THE_CALL = "yes"  # nothing is owed
    OWED = "no"  # the customer is answered later, within the time


_F = RecordField
_WHO = (_F.SURNAME, _F.CONTACT_NUMBER)

REQUIRED: Mapping[str, tuple[RecordField, ...]] = {
    "consultation": (_F.CONTENT,),
    "repair": (*_WHO, _F.ADDRESS, _F.CONTENT, _F.UNIT),
    "alarm": (*_WHO, _F.ADDRESS, _F.CONTENT, _F.UNIT),
    "complaint": (_F.COMPLAINT_CLASS, *_WHO, _F.CONTENT, _F.UNIT),
}
"""By kind of call, in the order of the form."""

ANSWER_OWED = (*_WHO, _F.CONTENT)
"""Of a consultation that is answered later: name and number are taken (R-13.3)."""

PASSED_ON = frozenset({"repair", "alarm", "complaint"})
"""Kinds that go to a unit in the transaction that saves them (R-14.1, R-15.1)."""


def missing(kind: str, fields: Mapping[str, str | None]) -> list[RecordField]:
    """The fields that are still to be filled in, in the order of the form.

    :param kind: one of consultation, repair, alarm, complaint.
    :param fields: the form's text by field.
    """
    later = kind == "consultation" and fields.get(_F.ANSWERED) == Answered.OWED
    wanted = ANSWER_OWED if later else REQUIRED[kind]
    return [field for field in wanted if not (fields.get(field) or "").strip()]
