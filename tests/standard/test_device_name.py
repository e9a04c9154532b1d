"""What devices are called, and which number outside a dialled device stands for."""

import pytest

from ivr.standard.device_name import device_name, dialled_number, work_number_of


def test_a_name_and_its_work_number_belong_together() -> None:
    assert work_number_of(device_name("1001")) == "1001"
    assert work_number_of("1001") is None


@pytest.mark.parametrize(
    ("device", "number"),
    [
        ("PJSIP/trunk-carrier/sip:053188880001@192.0.2.10:5060", "053188880001"),
        ("PJSIP/trunk-carrier/sip:+8613900000000@[2001:db8::1]:5060", "+8613900000000"),
        ("PJSIP/fixed-device/sip:duty@192.0.2.10:5060", None),
        ("PJSIP/agent-1001", None),
        ("", None),
    ],
)
def test_a_number_outside_is_read_from_what_was_dialled(device: str, number: str | None) -> None:
    assert dialled_number(device) == number
