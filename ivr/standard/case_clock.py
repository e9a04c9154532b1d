"""Clocks of what is owed: hours, days, working days with holidays and swapped days; they can be stopped.

A day's clock runs to the end of its last day, the day it starts on not counted (Civil Code of the PRC,
articles 201 and 203). What counts of a stretch of time is all of it, or, by working days, what of it lies
in working days; a clock that is stopped keeps what is left of that and goes on with it (R-CT, R-OV).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

LONGEST_WALK = 3660
"""Days that are looked through for working days: more means that the calendar has none."""

_NOTHING = timedelta(0)
_DAY = timedelta(days=1)


class Clock(StrEnum):
    """What of the time counts."""

    HOURS = "hours"  # every hour, day and night
    DAYS = "days"  # whole days, up to the end of the last one
    WORKING_DAYS = "working_days"  # days on which people work, up to the end of the last one


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hotline's zone, and on which of its days people work."""

    zone: tzinfo
    is_working: Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Timer:
    """A clock with its state.

    ``total`` is what counts from its start to its end, ``counted`` what of it had counted when it was
    started last. ``running_since`` None: it is stopped, and ``due_at`` is what it was before.
    """

    clock: Clock
    total: timedelta
    counted: timedelta
    running_since: datetime | None
    due_at: datetime


def due(clock: Clock, amount: float, started_at: datetime, calendar: Calendar) -> datetime:
    """When something is due.

    :param amount: hours, or whole days, by ``clock``; above 0.
    :raises ValueError: ``amount`` is not above 0, or no whole number of days.
    """
    if amount <= 0:
        raise ValueError(f"a clock runs for more than 0 {clock}, not for {amount}")
    if clock is Clock.HOURS:
        return started_at + timedelta(hours=amount)
    if amount != int(amount):
        raise ValueError(f"{clock} are whole, not {amount}")
    day, left = _local_day(started_at, calendar), int(amount)
    for _ in range(LONGEST_WALK):
        day += _DAY
        left -= clock is Clock.DAYS or calendar.is_working(day)
        if not left:
            return _midnight(day + _DAY, calendar)
    raise ValueError(f"no {amount} working days within {LONGEST_WALK} days of {started_at.date()}")


def counted_between(clock: Clock, begin: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """What counts of the time from ``begin`` to ``end``; nothing where the end is not after the beginning."""
    if clock is not Clock.WORKING_DAYS:
        return max(end - begin, _NOTHING)
    counted, day = _NOTHING, _local_day(begin, calendar)
    while (day_begins := _midnight(day, calendar)) < end:
        if calendar.is_working(day):
            counted += min(end, _midnight(day + _DAY, calendar)) - max(begin, day_begins)
        day += _DAY
    return counted


def moment_after(clock: Clock, begin: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """The first moment at which ``amount`` has counted since ``begin``; ``begin`` itself for nothing.

    :raises ValueError: there are no working days to come.
    """
    if amount <= _NOTHING:
        return begin
    if clock is not Clock.WORKING_DAYS:
        return begin + amount
    day, left = _local_day(begin, calendar), amount
    for _ in range(LONGEST_WALK):
        if calendar.is_working(day):
            from_when = max(begin, _midnight(day, calendar))
            whole = _midnight(day + _DAY, calendar) - from_when
            if left <= whole:
                return from_when + left
            left -= whole
        day += _DAY
    raise ValueError(f"no working day within {LONGEST_WALK} days of {begin.date()}")


def start(clock: Clock, amount: float, started_at: datetime, calendar: Calendar) -> Timer:
    """Start a clock; ``amount`` as in :func:`due`."""
    due_at = due(clock, amount, started_at, calendar)
    total = counted_between(clock, started_at, due_at, calendar)
    return Timer(clock, total, _NOTHING, started_at, due_at)


def stop(timer: Timer, now: datetime, calendar: Calendar) -> Timer:
    """Stop a clock; one that is stopped, or already late, is as before: what is late stays late."""
    if timer.running_since is None or now >= timer.due_at:
        return timer
    return replace(timer, counted=_counted_so_far(timer, now, calendar), running_since=None)


def go_on(timer: Timer, now: datetime, calendar: Calendar) -> Timer:
    """Let a stopped clock run again: due later by exactly what counts of the time it stood still."""
    if timer.running_since is not None:
        return timer
    due_at = moment_after(timer.clock, now, timer.total - timer.counted, calendar)
    return replace(timer, running_since=now, due_at=due_at)


def lengthened(timer: Timer, amount: float, started_at: datetime, calendar: Calendar) -> Timer:
    """The clock as if it had been started for ``amount``; the time it stood still stays left out.

    :param started_at: when it was started first.
    """
    whole = start(timer.clock, amount, started_at, calendar)
    if timer.running_since is None:
        return replace(timer, total=whole.total)
    due_at = moment_after(timer.clock, timer.running_since, whole.total - timer.counted, calendar)
    return replace(timer, total=whole.total, due_at=due_at)


def agreed(timer: Timer, due_at: datetime, calendar: Calendar) -> Timer:
    """The clock with another end, as it was agreed with the customer (R-CT).

    :raises ValueError: it is stopped, or the end is before it was started.
    """
    if timer.running_since is None or due_at <= timer.running_since:
        raise ValueError("a running clock gets an end after its start")
    counted = counted_between(timer.clock, timer.running_since, due_at, calendar)
    return replace(timer, total=timer.counted + counted, due_at=due_at)


def moment_of_share(timer: Timer, percent: float, calendar: Calendar) -> datetime | None:
    """When so much of the time has counted (R-OV); None while the clock is stopped.

    :param percent: of the whole time, 100 is when it is due.
    """
    if timer.running_since is None:
        return None
    if percent >= 100:
        return timer.due_at
    wanted = timer.total * (percent / 100)
    return min(moment_after(timer.clock, timer.running_since, wanted - timer.counted, calendar), timer.due_at)


def percent_used(timer: Timer, now: datetime, calendar: Calendar) -> float:
    """How much of the time has counted, in percent; above 100 only by working days that count on."""
    counted = timer.counted if timer.running_since is None else _counted_so_far(timer, now, calendar)
    return 100.0 if not timer.total else 100 * (counted / timer.total)


def _counted_so_far(timer: Timer, now: datetime, calendar: Calendar) -> timedelta:
    assert timer.running_since is not None
    return timer.counted + counted_between(timer.clock, timer.running_since, now, calendar)


def _local_day(moment: datetime, calendar: Calendar) -> date:
    return moment.astimezone(calendar.zone).date()


def _midnight(day: date, calendar: Calendar) -> datetime:
    """When the day begins, in UTC: times of one zone are subtracted without regard to its clock changes."""
    return datetime.combine(day, time(), calendar.zone).astimezone(UTC)
