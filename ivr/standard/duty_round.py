"""The duty list 值班领导名单 is called from its first to its last name, again and again (R-3.1)."""

from dataclasses import dataclass
from enum import StrEnum


class DutyOutcome(StrEnum):
    """What came of a call to somebody on the list."""

    ACKNOWLEDGED = "acknowledged"  # pressed the key: knows of it
    NOT_ACKNOWLEDGED = "not_acknowledged"  # answered, but pressed nothing
    BUSY = "busy"  # speaks with somebody
    DECLINED = "declined"  # refused the call
    NO_ANSWER = "no_answer"  # rang to no avail
    UNREACHABLE = "unreachable"  # no line, no such number, or switched off
    ENGINE_RESTART = "engine_restart"  # the engine ended, and the call with it: the same person is next


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: which time through the list, and which place in it, both from 1."""

    round: int
    place: int


FIRST_TURN = Turn(1, 1)


def next_turn(last: Turn | None, outcome: DutyOutcome | None, people: int) -> Turn | None:
    """Who is called next; None: nobody any more.

    :param last: the last call's turn, None before the first one; ``outcome``: what came of it.
    :param people: how many are on the list now; it may have become shorter since.

    >>> next_turn(Turn(1, 2), DutyOutcome.BUSY, 2)
    Turn(round=2, place=1)
    """
    if outcome is DutyOutcome.ACKNOWLEDGED or people == 0:
        return None
    if last is None:
        return FIRST_TURN
    if outcome is DutyOutcome.ENGINE_RESTART and last.place <= people:
        return last
    return Turn(last.round, last.place + 1) if last.place < people else Turn(last.round + 1, 1)
