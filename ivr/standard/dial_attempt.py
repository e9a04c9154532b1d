"""What follows an attempt to reach somebody: at most 3, at different hours, with hours between (R-16.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from ivr.standard.dialing_hours import DialingHours, KindOf, next_opening


class DialResult(StrEnum):
    """What came of an attempt."""

    DONE = "done"  # agreed, and was asked everything; or heard the notice
    PART = "part"  # agreed, and hung up before the last question
    LATER = "later"  # not now
    NEVER = "never"  # does not want to be called any more
    AGENT = "agent"  # wanted to speak to somebody, and did
    HUNG_UP = "hung_up"  # answered, and hung up before saying whether it suits
    NO_ANSWER = "no_answer"  # rang, and nobody came
    BUSY = "busy"  # talks to somebody else
    REJECTED = "rejected"  # did not want to take the call
    OFF = "off"  # the phone is off or out of reach
    EMPTY = "empty"  # nobody has this number
    NO_LINE = "no_line"  # our own line failed; the person noticed nothing
    BROKEN = "broken"  # the program died in the middle; whether it rang is not known


class LaterWish(StrEnum):
    """When somebody for whom it does not suit now wants to be called."""

    EVENING = "evening"  # this evening
    TOMORROW = "tomorrow"  # tomorrow
    UNSAID = "unsaid"  # pressed nothing: another day


class DialEnd(StrEnum):
    """Why a task is over."""

    REACHED = "reached"  # it was said or asked
    UNREACHABLE = "unreachable"  # as often tried as is allowed
    EMPTY_NUMBER = "empty_number"  # nobody has the number
    NOT_WANTED = "not_wanted"  # never again, as they said
    NO_TIME_LEFT = "no_time_left"  # no allowed moment is left before it has lost its sense
    REFUSED = "refused"  # the rules do not let this number be called
    CANCELLED = "cancelled"  # somebody took it back, or it is not owed any more


NOT_COUNTED = frozenset({DialResult.NO_LINE})
"""The person noticed nothing of it."""

REACHED = frozenset({DialResult.DONE, DialResult.PART, DialResult.AGENT})
"""Somebody agreed to be asked: not again within 30 days."""


@dataclass(frozen=True, slots=True)
class AttemptRules:
    """The numbers of R-16.6 (config.yaml: dialer.attempts).

    ``waits``: until the next attempt, by what came of the last; ``evening``: when this evening begins;
    ``no_line_wait``: until our own line is tried again. ``alarm_wait`` and ``alarm_most``: of alarm callers,
    who are tried at any hour and soon.
    """

    most: int
    waits: Mapping[DialResult, timedelta]
    evening: time
    no_line_wait: timedelta
    alarm_wait: timedelta
    alarm_most: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that is over. ``at``: when it began, in the hotline's zone."""

    at: datetime
    result: DialResult
    later: LaterWish | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """Exactly one of the two: when it is tried again, or why it is over."""

    at: datetime | None = None
    end: DialEnd | None = None


_ENDS: Mapping[DialResult, DialEnd] = {
    DialResult.DONE: DialEnd.REACHED,
    DialResult.PART: DialEnd.REACHED,
    DialResult.AGENT: DialEnd.REACHED,
    DialResult.NEVER: DialEnd.NOT_WANTED,
    DialResult.EMPTY: DialEnd.EMPTY_NUMBER,
}


def after(
    rules: AttemptRules,
    attempts: Sequence[Attempt],
    hours: DialingHours,
    kind_of: KindOf,
    local_now: datetime,
    *,
    until: datetime | None = None,
) -> Next:
    """What comes after the last of the attempts.

    :param attempts: all of the task, in order, at least one.
    :param local_now: in the hotline's zone.
    :param until: when the call has lost its sense, such as the end of an outage.
    """
    last = attempts[-1]
    if end := _ENDS.get(last.result):
        return Next(end=end)
    counted = [attempt for attempt in attempts if attempt.result not in NOT_COUNTED]
    broken = sum(attempt.result is DialResult.BROKEN for attempt in counted)
    if len(counted) >= rules.most or broken > 1:  # what broke off is tried once more, no oftener
        return Next(end=DialEnd.UNREACHABLE)
    earliest, avoided = _earliest(rules, last, local_now), {attempt.at.hour for attempt in counted}
    # A time that the person chose is theirs, whatever hour it is.
    chosen = last.result is DialResult.LATER and last.later in (LaterWish.EVENING, LaterWish.TOMORROW)
    at = next_opening(hours, kind_of, earliest, avoided_hours=() if chosen else avoided)
    if at is None or (until is not None and at >= until):
        return Next(end=DialEnd.NO_TIME_LEFT)
    return Next(at=at)


def after_alarm(rules: AttemptRules, attempts: Sequence[Attempt], now: datetime) -> Next:
    """What comes after the last attempt to reach an alarm caller: again soon, at any hour.

    :param attempts: all of the task, in order, at least one.
    """
    if end := _ENDS.get(attempts[-1].result):
        return Next(end=end)
    if sum(attempt.result not in NOT_COUNTED for attempt in attempts) >= rules.alarm_most:
        return Next(end=DialEnd.UNREACHABLE)
    return Next(at=now + rules.alarm_wait)


def _earliest(rules: AttemptRules, last: Attempt, local_now: datetime) -> datetime:
    """From when on somebody may be tried again."""
    if last.result in NOT_COUNTED:
        return local_now + rules.no_line_wait
    tomorrow = datetime.combine(local_now.date() + timedelta(days=1), time(), local_now.tzinfo)
    if last.result is DialResult.LATER:
        evening = datetime.combine(local_now.date(), rules.evening, local_now.tzinfo)
        if last.later is LaterWish.EVENING:  # who says it in the evening means a later one
            return evening if local_now < evening else evening + timedelta(days=1)
        return tomorrow
    return max(local_now, last.at + rules.waits.get(last.result, timedelta(days=1)))
