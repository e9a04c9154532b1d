"""Recordings drawn for appraisal (R-QA1)."""

from collections import Counter

import pytest

from ivr.standard.quality_draw import BY_PLACE, Pick, PickReason, new_seed, picks
from ivr.standard.sampling import draw, first

IDS = [str(number) for number in range(1, 101)]


def test_the_picks_are_those_of_the_seed_whatever_the_order_of_the_population() -> None:
    """Of the draws of before, each recording has a lot of its own; they must stay provable."""
    assert picks(IDS, (), 5, "seed", 1) == picks(IDS[::-1], (), 5, "seed", 2)
    assert picks(IDS, (), 5, "seed", 1) != picks(IDS, (), 5, "another", 1)
    assert [int(one) for one in first(IDS, 5, "seed")] == draw(map(int, IDS), 5, "seed")


def test_alarms_are_always_in_and_none_twice() -> None:
    drawn = picks(IDS, (), 5, "seed", 1)
    alarms = {drawn[0].recording_id, 101, 99}
    found = picks([*IDS, "101"], alarms, 5, "seed", 1)
    assert {pick.recording_id for pick in found} >= alarms
    assert len({pick.recording_id for pick in found}) == len(found)
    assert Pick(drawn[0].recording_id, PickReason.RANDOM) in found


@pytest.mark.parametrize("seed", ["s", f"{BY_PLACE}s"])
def test_who_has_fewer_recordings_than_are_drawn_has_all_of_them_drawn(seed: str) -> None:
    assert {pick.recording_id for pick in picks(["1", "2", "3"], (), 5, seed, 1)} == {1, 2, 3}


def test_a_new_seed_draws_places_of_what_was_frozen_other_ones_for_each_agent() -> None:
    """These picks were worked out by sha256sum and bc: they must come out in every later version."""
    assert [one.recording_id for one in picks(IDS, (), 3, "places-2026-11", 7)] == [77, 37, 63]
    seed = new_seed()
    assert seed.startswith(BY_PLACE) and seed != new_seed() and len(seed) <= 64
    assert picks(IDS, (), 9, seed, 1) != picks(IDS, (), 9, seed, 2)
    assert picks(IDS, (), 9, seed, 1)[:4] == picks(IDS, (), 4, seed, 1)


def test_every_recording_has_the_same_chance() -> None:
    counted = Counter(one for seed in range(2000) for one in first(IDS, 5, str(seed)))
    # 2000 draws of 5 of 100: 100 each on average, with a deviation below 10.
    assert len(counted) == 100 and max(counted.values()) < 150 and min(counted.values()) > 55
