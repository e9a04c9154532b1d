"""No answer, busy, off and empty are told apart by what the network says and what was heard before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_attempt import NOT_COUNTED, DialResult
from ivr.standard.line_signals import LineSignals, result_of

SIGNALS = st.builds(
    LineSignals,
    st.none() | st.integers(0, 127),
    st.none() | st.integers(300, 699),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("signals", "result"),
    [
        (LineSignals(17, 486), DialResult.BUSY),
        (LineSignals(17, 600, rang=True), DialResult.BUSY),
        (LineSignals(1, 404), DialResult.EMPTY),
        (LineSignals(28, 484), DialResult.EMPTY),
        (LineSignals(1), DialResult.EMPTY),
        (LineSignals(22, 410), DialResult.EMPTY),
        (LineSignals(19, 480), DialResult.OFF),  # nothing rang: the phone is off
        (LineSignals(19, 480, early_media=True), DialResult.OFF),  # … and the network said so
        (LineSignals(19, 480, rang=True), DialResult.NO_ANSWER),
        (LineSignals(20, 480), DialResult.OFF),
        (LineSignals(given_up=True, rang=True), DialResult.NO_ANSWER),
        (LineSignals(given_up=True, early_media=True), DialResult.OFF),
        (LineSignals(given_up=True), DialResult.NO_LINE),  # a trunk that never says anything
        (LineSignals(21, 603, rang=True), DialResult.REJECTED),
        (LineSignals(21, 403), DialResult.NO_LINE),  # the trunk refuses us
        (LineSignals(34, 503), DialResult.NO_LINE),
        (LineSignals(38, 500), DialResult.NO_LINE),
        (LineSignals(18, 408), DialResult.NO_LINE),
        (LineSignals(18, 408, rang=True), DialResult.NO_ANSWER),
        (LineSignals(), DialResult.NO_LINE),
        (LineSignals(rang=True), DialResult.NO_ANSWER),
        (LineSignals(early_media=True), DialResult.OFF),
    ],
)
def test_what_an_attempt_came_to(signals: LineSignals, result: DialResult) -> None:
    assert result_of(signals) is result


@given(SIGNALS)
def test_whatever_is_said_it_means_something(signals: LineSignals) -> None:
    """A phone that rang was noticed: such an attempt always counts."""
    result = result_of(signals)
    assert result not in (DialResult.DONE, DialResult.AGENT, DialResult.NEVER, DialResult.LATER)
    if signals.rang:
        assert result not in NOT_COUNTED
