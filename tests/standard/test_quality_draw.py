"""Recordings drawn for appraisal (R-QA1)."""

from collections import Counter

from ivr.standard.quality_draw import Pick, PickReason, picks
from ivr.standard.sampling import draw, first

IDS = [str(number) for number in range(1, 101)]


def test_the_picks_are_those_of_the_seed_whatever_the_order_of_the_population() -> None:
    assert picks(IDS, (), 5, "seed") == picks(reversed(IDS), (), 5, "seed")
    assert picks(IDS, (), 5, "seed") != picks(IDS, (), 5, "another")
    assert [int(one) for one in first(IDS, 5, "seed")] == draw(map(int, IDS), 5, "seed")


def test_alarms_are_always_in_and_none_twice() -> None:
    drawn = picks(IDS, (), 5, "seed")
    alarms = {drawn[0].recording_id, 101, 99}
    found = picks([*IDS, "101"], alarms, 5, "seed")
    assert {pick.recording_id for pick in found} >= alarms
    assert len({pick.recording_id for pick in found}) == len(found)
    assert Pick(drawn[0].recording_id, PickReason.RANDOM) in found


def test_who_has_fewer_recordings_than_are_drawn_has_all_of_them_drawn() -> None:
    assert {pick.recording_id for pick in picks(["3", "1", "2"], (), 5, "s")} == {1, 2, 3}


def test_every_recording_has_the_same_chance() -> None:
    counted = Counter(one for seed in range(2000) for one in first(IDS, 5, str(seed)))
    # 2000 draws of 5 of 100: 100 each on average, with a deviation below 10.
    assert len(counted) == 100 and max(counted.values()) < 150 and min(counted.values()) > 55
