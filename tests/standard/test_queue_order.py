"""The order in which waiting callers are served."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.queue_order import OrderKey, order_key, place_of

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def _key(
    call_id: int, *, alarm: bool = False, returned: bool = False, priority: int = 40, minute: int = 0
) -> OrderKey:
    return order_key(
        alarm=alarm,
        returned=returned,
        priority=priority,
        queued_at=NOON + timedelta(minutes=minute),
        call_id=call_id,
    )


def test_alarm_then_returned_then_priority_then_arrival() -> None:
    served = [
        _key(9, alarm=True, minute=30),
        _key(8, alarm=True, minute=31),
        _key(7, returned=True, priority=99, minute=29),
        _key(6, priority=20, minute=28),
        _key(5, priority=40, minute=1),
        _key(4, priority=40, minute=2),
    ]
    shuffled = random.Random(4).sample(served, len(served))
    assert sorted(shuffled) == served


def test_an_alarm_is_before_a_returned_caller_of_the_best_priority() -> None:
    assert _key(2, alarm=True, priority=99, minute=59) < _key(1, returned=True, priority=1)


def test_two_who_came_at_the_same_moment_keep_the_order_of_their_calls() -> None:
    assert _key(1) < _key(2)


def test_the_place_counts_who_is_served_before() -> None:
    mine = _key(5, minute=5)
    others = [_key(1), _key(2, minute=9), _key(3, alarm=True, minute=9), mine]
    assert place_of(mine, others) == 3
    assert place_of(mine, []) == 1


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 99), st.integers(0, 60)), max_size=20))
def test_everybody_has_a_place_of_their_own(callers: list[tuple[bool, bool, int, int]]) -> None:
    keys = [
        _key(number, alarm=alarm, returned=returned, priority=priority, minute=minute)
        for number, (alarm, returned, priority, minute) in enumerate(callers)
    ]
    assert [place_of(key, keys) for key in sorted(keys)] == list(range(1, len(keys) + 1))
