"""Who is called first: alarms, then who was promised a call, then revisits by due time, then campaigns."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_reason import RANK, DialReason, Due, order_key

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DUE = st.builds(
    Due,
    st.sampled_from(DialReason),
    st.integers(-10_000, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.integers(1, 10**6),
)


@given(st.lists(DUE, max_size=60))
def test_the_order_is_by_reason_then_by_time(tasks: list[Due]) -> None:
    ordered = sorted(tasks, key=order_key)
    for first, second in pairwise(ordered):
        assert RANK[first.reason] <= RANK[second.reason]
        if first.reason is second.reason:
            assert (first.due_at, first.id) <= (second.due_at, second.id)


def test_every_reason_has_its_place_and_an_alarm_is_before_everything() -> None:
    assert list(RANK) == list(DialReason) == sorted(RANK, key=RANK.__getitem__)
    late = Due(DialReason.ALARM_CALL_BACK, NOON + timedelta(days=9), 9)
    assert all(
        order_key(late) < order_key(Due(reason, NOON, 1))
        for reason in DialReason
        if reason is not DialReason.ALARM_CALL_BACK
    )
