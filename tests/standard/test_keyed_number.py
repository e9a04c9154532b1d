"""Where a number is keyed in, the gas-leak key is a figure among figures, and the alarm alone."""

import pytest

from ivr.standard.keyed_number import ALARM_PAUSE, MOST, Keyed, judge, patience


@pytest.mark.parametrize(
    ("keys", "over", "meant"),
    [
        ("", False, Keyed.MORE),
        ("", True, Keyed.NOTHING),
        ("#", False, Keyed.NOTHING),
        ("0", False, Keyed.MORE),
        ("0001", False, Keyed.MORE),
        ("0001", True, Keyed.NUMBER),
        ("0001#", False, Keyed.NUMBER),
        ("2026110003", True, Keyed.NUMBER),
        ("*", False, Keyed.BACK),
        ("00*", False, Keyed.BACK),
        ("3", False, Keyed.MORE),
        ("3", True, Keyed.ALARM),
        ("3#", False, Keyed.ALARM),
        ("333", False, Keyed.MORE),
        ("3333", False, Keyed.ALARM),
        ("33", True, Keyed.ALARM),
        ("0003", True, Keyed.NUMBER),
        ("3001#", False, Keyed.NUMBER),
        ("1" * MOST, False, Keyed.NUMBER),
    ],
)
def test_what_keys_mean(keys: str, over: bool, meant: Keyed) -> None:
    assert judge(keys, over=over, alarm_key="3") is meant


def test_a_gas_leak_key_that_is_no_figure_is_the_alarm_at_once() -> None:
    assert judge("00#", over=False, alarm_key="#") is Keyed.ALARM


def test_a_lone_gas_leak_key_is_not_waited_on_for_long() -> None:
    assert patience("3", "3", 4) == patience("33", "3", 4) == ALARM_PAUSE
    assert patience("03", "3", 4) == patience("", "3", 4) == 4
    assert patience("3", "3", 1) == 1
