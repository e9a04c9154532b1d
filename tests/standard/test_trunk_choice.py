"""Which trunk a call takes; over another one goes only what nobody can have noticed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_attempt import DialResult
from ivr.standard.line_signals import LineSignals, result_of
from ivr.standard.trunk_choice import TrunkRules, TrunkSeen, TrunkState, goes_on, order

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
RULES = TrunkRules(timedelta(minutes=5), 3)
NAMES = ["one", "two", "three"]


def seen(state: TrunkState, minutes_ago: float = 0) -> TrunkSeen:
    return TrunkSeen(state, NOW - timedelta(minutes=minutes_ago))


def test_trunks_are_tried_in_their_order_and_wrong_ones_at_the_end() -> None:
    assert order(NAMES, {}, NOW, RULES) == NAMES
    assert order(NAMES, {"one": seen(TrunkState.FAILING)}, NOW, RULES) == ["two", "three", "one"]
    assert order(NAMES, {"one": seen(TrunkState.SILENT), "two": seen(TrunkState.UP)}, NOW, RULES) == [
        "two",
        "three",
        "one",
    ]


def test_one_that_failed_is_tried_first_again_after_its_rest_but_not_one_that_does_not_answer() -> None:
    assert order(NAMES, {"one": seen(TrunkState.FAILING, 6)}, NOW, RULES) == NAMES
    assert order(NAMES, {"one": seen(TrunkState.UNREACHABLE, 600)}, NOW, RULES) == ["two", "three", "one"]


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(TrunkState)).map(seen)))
def test_no_trunk_is_ever_left_out(states: dict[str, TrunkSeen]) -> None:
    assert sorted(order(NAMES, states, NOW, RULES)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("signals", "goes"),
    [
        (LineSignals(sip=503), True),
        (LineSignals(sip=403), True),
        (LineSignals(sip=408), True),
        (LineSignals(cause=34), True),
        (LineSignals(), True),
        (LineSignals(sip=486), False),
        (LineSignals(sip=404), False),
        (LineSignals(sip=480), False),
        (LineSignals(sip=603), False),
        (LineSignals(cause=17), False),
    ],
)
def test_only_a_fault_of_the_line_goes_on(signals: LineSignals, goes: bool) -> None:
    assert goes_on(signals) is goes


@given(
    st.sampled_from([None, 403, 404, 408, 480, 486, 500, 503, 603]),
    st.sampled_from([None, 0, 3, 17, 18, 34, 38]),
    st.booleans(),
    st.booleans(),
)
def test_who_was_rung_or_heard_something_is_never_dialled_again(
    sip: int | None, cause: int | None, rang: bool, early: bool
) -> None:
    signals = LineSignals(cause, sip, rang, early)
    if rang or early:
        assert not goes_on(signals)
    if goes_on(signals):
        assert result_of(signals) is DialResult.NO_LINE, "the attempt does not count against the person"
