"""Which fields a record needs, by what the call is about (R-13.3, R-14.1, R-15.1, R-CL)."""

import pytest

from ivr.config.sections import CallKind
from ivr.standard.record_rules import PASSED_ON, REQUIRED, RecordField, missing

FULL: dict[str, str | None] = {
    "surname": "李",
    "contact_number": "13912341111",
    "address": "泉中小区3号楼",
    "content": "漏水",
    "unit_id": "1",
    "complaint_class": "service",
}


@pytest.mark.parametrize("kind", list(CallKind))
def test_every_kind_has_its_rule_and_a_full_record_lacks_nothing(kind: CallKind) -> None:
    assert kind in REQUIRED
    assert missing(kind, FULL) == []


@pytest.mark.parametrize("kind", ["repair", "alarm"])
def test_who_is_sent_out_needs_name_number_address_and_content(kind: str) -> None:
    """R-15.1."""
    assert missing(kind, {}) == ["surname", "contact_number", "address", "content", "unit_id"]


def test_a_complaint_needs_its_class_and_no_address() -> None:
    """R-14.1, R-CL."""
    assert missing("complaint", {}) == ["complaint_class", "surname", "contact_number", "content", "unit_id"]


def test_a_consultation_needs_what_was_asked() -> None:
    assert missing("consultation", {"content": "  \n "}) == [RecordField.CONTENT]


def test_what_is_passed_on_has_a_unit() -> None:
    assert all((kind in PASSED_ON) == (RecordField.UNIT in fields) for kind, fields in REQUIRED.items())
