"""The three-ring rule (R-12.3) at its boundaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.three_rings import AGENTS_FAULT, NEEDS_REST, OfferOutcome, RingRule, outcome_of_cause

RULE = RingRule(ring_seconds=5, ring_count=3, no_ringing_after=3)


@pytest.mark.parametrize(
    ("seconds", "rings"),
    [(-0.1, 0), (0, 1), (4.999, 1), (5, 2), (9.999, 2), (10, 3), (14.999, 3), (15, 3), (60, 3)],
)
def test_a_ring_begins_every_five_seconds_and_there_are_three(seconds: float, rings: int) -> None:
    assert RULE.rings_at(seconds) == rings


@pytest.mark.parametrize(
    ("waited", "rung", "outcome"),
    [
        (0, None, None),
        (2.999, None, None),
        (3, None, OfferOutcome.NO_RINGING),
        (3.5, 0, None),
        (17, 14.999, None),
        (18, 15, OfferOutcome.MISSED),
        (100, 14, None),
    ],
)
def test_an_offer_lasts_three_rings_from_the_first_ring_on(
    waited: float, rung: float | None, outcome: OfferOutcome | None
) -> None:
    """Counted from the moment the device really rings, not from the dialling."""
    assert RULE.overdue(waited=waited, rung=rung) is outcome


@given(
    ring=st.floats(0.5, 10),
    count=st.integers(1, 20),
    rung=st.floats(0, 300),
)
def test_an_offer_is_missed_when_its_last_ring_is_over(ring: float, count: int, rung: float) -> None:
    rule = RingRule(ring_seconds=ring, ring_count=count, no_ringing_after=3)
    missed = rule.overdue(waited=rung + 1, rung=rung) is OfferOutcome.MISSED
    assert missed == (rung >= ring * count)
    assert 1 <= rule.rings_at(rung) <= count
    if missed:
        assert rule.rings_at(rung) >= count - 1 and rule.rings_at(rung + ring) == count


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (17, OfferOutcome.BUSY),
        (34, OfferOutcome.BUSY),
        (21, OfferOutcome.DECLINED),
        (0, OfferOutcome.UNREACHABLE),
        (3, OfferOutcome.UNREACHABLE),
        (20, OfferOutcome.UNREACHABLE),
        (127, OfferOutcome.UNREACHABLE),
    ],
)
def test_a_leg_that_ends_unanswered_says_what_the_device_did(cause: int, outcome: OfferOutcome) -> None:
    assert outcome_of_cause(cause) is outcome


def test_only_a_missed_offer_is_the_agents_fault() -> None:
    assert {OfferOutcome.MISSED} == AGENTS_FAULT
    assert not AGENTS_FAULT & NEEDS_REST
    assert OfferOutcome.ANSWERED not in NEEDS_REST
