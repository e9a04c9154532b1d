"""Drawing at random so that it can be proven afterwards (R-13.5, R-QA1).

Each of the population gets the SHA-256 of seed and id; those with the smallest are drawn. Seed, share and
population give the same picks on every machine and in every later version, and none can be slipped in.
Where the population is frozen in an order that is part of the proof, its places are drawn instead, which
takes a step for each pick and not one for each of a million (:func:`places`).
"""

import hashlib
import heapq
import math
from collections.abc import Iterable, Sequence


def how_many(population: int, percent: float) -> int:
    """So many are drawn: the share, rounded up, so that of a few there is one."""
    return min(population, math.ceil(population * percent / 100 - 1e-9))


def draw(population: Iterable[int], percent: float, seed: str) -> list[int]:
    """The picks, in the order they were drawn.

    :param population: ids, in any order; twice the same counts once.
    :param percent: of them is drawn.
    :param seed: made for this draw and kept with it; any text.
    """
    ids = set(population)
    return sorted(ids, key=lambda one: _lot(seed, one))[: how_many(len(ids), percent)]


def first(population: Iterable[str], count: int, seed: str) -> list[str]:
    """So many of the picks of :func:`draw`, in the order they are drawn; a million are looked at in a second.

    :param population: ids as decimal text, each once.
    """
    began, digest_of = f"{seed}:".encode(), hashlib.sha256
    ids = ",".join(population).encode().split(b",")  # all at once, which is quicker than one by one
    lots = zip([digest_of(began + one).digest() for one in ids], ids, strict=True)
    return [one.decode() for _, one in heapq.nsmallest(count, lots) if one]


def places(population: Sequence[str], count: int, seed: str) -> list[str]:
    """So many of a frozen list, in the order they are drawn: its beginning, had the seed shuffled it.

    Fisher and Yates' shuffle (D. E. Knuth, The Art of Computer Programming, volume 2, 3.4.2, algorithm P) as
    far as it is needed; the place of each step is the SHA-256 of seed and step, as a number, by what is left.

    :param population: each once, in the order that was frozen.
    """
    moved: dict[int, int] = {}
    drawn: list[str] = []
    for step in range(min(count, len(population))):
        lot = int.from_bytes(hashlib.sha256(f"{seed}:{step}".encode()).digest())
        place = step + lot % (len(population) - step)
        drawn.append(population[moved.get(place, place)])
        moved[place] = moved.get(step, step)
    return drawn


def is_proven(population: Iterable[int], percent: float, seed: str, picks: Iterable[int]) -> bool:
    """Whether these picks are what the draw gives."""
    return list(picks) == draw(population, percent, seed)


def _lot(seed: str, one: int) -> tuple[bytes, int]:
    return hashlib.sha256(f"{seed}:{one}".encode()).digest(), one
