"""How long a waiting caller may expect to wait: a rough figure, said in whole minutes."""

import math


def expected_wait(place: int, agents_at_work: int, mean_handling_seconds: float) -> float | None:
    """Seconds until the caller at ``place`` is answered, when all agents are busy.

    The agents together finish a conversation every ``mean / agents`` seconds, and the caller at place
    n waits for n of them (the mean wait of the n-th in an M/M/c queue).

    :param place: 1 is served next.
    :param agents_at_work: people with the skill who take calls, busy or not; who is on break or not
        answering is not counted.
    :param mean_handling_seconds: of a conversation with its wrap-up.
    :returns: None where nobody is at work: nothing can be promised.
    :raises ValueError: ``place`` is below 1.
    """
    if place < 1:
        raise ValueError(f"place {place}: the next caller's place is 1")
    if agents_at_work < 1:
        return None
    return place * max(0.0, mean_handling_seconds) / agents_at_work


def spoken_minutes(seconds: float) -> int:
    """Whole minutes to say: rounded up, never less than 1, so that nobody is promised too much."""
    return max(1, math.ceil(seconds / 60))
