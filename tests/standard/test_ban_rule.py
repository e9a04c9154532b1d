"""When an address that tries names or passwords is banned."""

import pytest

from ivr.standard.ban_rule import BanRule, Tries

RULE = BanRule(tries=3, within=60)


@pytest.mark.parametrize(
    ("moments", "banned"),
    [([0, 1], False), ([0, 1, 2], True), ([0, 30, 60], True), ([0, 30, 61], False), ([0, 59, 61, 118], True)],
)
def test_so_many_failures_within_so_long_ban(moments: list[float], banned: bool) -> None:
    tries = Tries(RULE)
    counted = [tries.failed("192.0.2.7", at) for at in moments]
    assert any(counted) is banned


def test_each_address_counts_for_itself_and_a_right_password_ends_the_counting() -> None:
    tries = Tries(RULE)
    assert not any(tries.failed(f"192.0.2.{number}", 0) for number in range(9))
    tries.failed("192.0.2.1", 1)
    tries.succeeded("192.0.2.1")
    assert tries.failed("192.0.2.1", 2) == 0
    assert tries.failed("192.0.2.2", 3) == 0
    assert tries.failed("192.0.2.2", 4) == 3
    tries.forget(before=10)
    assert tries.failed("192.0.2.3", 11) == 0
    assert tries.failed("192.0.2.3", 12) == 0, "what was long ago is forgotten"
