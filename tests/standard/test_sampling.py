"""R-13.5: drawn at random, and anybody can prove the draw afterwards (R-QA1)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.sampling import draw, how_many, is_proven, places

POPULATIONS = st.lists(st.integers(1, 10**9), max_size=80)
PERCENTS = st.floats(0, 100)
SEEDS = st.text(min_size=1, max_size=40)


@given(POPULATIONS, PERCENTS, SEEDS)
def test_the_same_seed_draws_the_same_whatever_the_order(
    population: list[int], percent: float, seed: str
) -> None:
    mixed = random.Random(1).sample(population, len(population))
    picks = draw(population, percent, seed)
    assert picks == draw(mixed, percent, seed)
    assert set(picks) <= set(population) and len(picks) == len(set(picks))
    assert len(picks) == how_many(len(set(population)), percent)


@given(POPULATIONS, PERCENTS, SEEDS)
def test_a_draw_proves_itself_and_no_other(population: list[int], percent: float, seed: str) -> None:
    picks = draw(population, percent, seed)
    assert is_proven(population, percent, seed, picks)
    assert not is_proven(population, percent, seed, [*picks, 10**10])
    if len(picks) > 1:
        assert not is_proven(population, percent, seed, picks[::-1])


@given(st.integers(0, 60), st.integers(0, 70), SEEDS)
def test_places_are_drawn_without_one_coming_twice(size: int, count: int, seed: str) -> None:
    population = [str(number) for number in range(size)]
    drawn = places(population, count, seed)
    assert len(drawn) == len(set(drawn)) == min(count, size) and set(drawn) <= set(population)
    assert places(population, size, seed)[:count] == drawn


def test_every_place_has_the_same_chance_in_every_step() -> None:
    counted = [[0] * 6 for _ in range(3)]
    for turn in range(3000):
        for step, one in enumerate(places("abcdef", 3, f"seed {turn}")):
            counted[step]["abcdef".index(one)] += 1
    assert all(400 < count < 600 for step in counted for count in step)


def test_a_draw_of_today_is_the_same_in_every_later_version() -> None:
    """Kept draws must stay provable: these picks were worked out by sha256sum."""
    assert draw(range(1, 11), 30, "2026-11-21") == [5, 2, 6]


@pytest.mark.parametrize(
    ("population", "percent", "picks"),
    [(0, 50, 0), (1, 1, 1), (10, 10, 1), (11, 10, 2), (7, 100, 7), (9, 0, 0)],
)
def test_a_share_is_rounded_up(population: int, percent: float, picks: int) -> None:
    assert how_many(population, percent) == picks


def test_everybody_has_the_same_chance() -> None:
    drawn = [0] * 20
    for turn in range(2000):
        for one in draw(range(20), 10, f"seed {turn}"):
            drawn[one] += 1
    assert sum(drawn) == 4000
    assert all(120 < count < 280 for count in drawn)
