"""Planned outages (R-5.1): what is wrong with a plan, since when it is announced, when everybody is told.

Customers are told beforehand: by law 48 hours (城镇燃气管理条例, article 20). A notice is owed to them, so
the 30 days between questions (R-16.6) do not stand against it, and texts go also to those who asked not to be
called. Their wish not to be called is kept all the same: a call is not made. A notice is a reason like any
other: nobody is called for two on one day, and it goes before revisits, as it loses its sense soonest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.standard.dialing_hours import DialingHours, KindOf, openings

LONGEST = timedelta(days=14)
"""A planned outage that lasts longer is a mistake of whoever typed it."""


class AreaSound(StrEnum):
    """Whether the name of an area can be said to callers."""

    WANTED = "wanted"  # is to be rendered by an engine
    READY = "ready"  # callers hear it
    IMPOSSIBLE = "impossible"  # there is no voice for it here: a general sentence is said
    LEFT_OUT = "left_out"  # somebody has listened, and prefers the general sentence


class OutageText(StrEnum):
    """Where the text message to a person of the area stands."""

    NONE = "none"  # none is sent: no mobile telephone, or no texts were wanted
    WAITING = "waiting"  # is written when its turn comes
    WRITTEN = "written"  # is a notice, which is carried by itself
    CANCELLED = "cancelled"  # stopped, or too late, before its turn came
    OFF_WAITING = "off_waiting"  # was told, and is to be told that it is off
    OFF_WRITTEN = "off_written"  # that it is off is a notice, which is carried by itself
    OFF_LATE = "off_late"  # was not told before the announced end had passed


class OutageMistake(StrEnum):
    """What is wrong with a plan."""

    NO_NAME = "no_name"  # it is to be known by a name
    NO_AREA = "no_area"  # the words for the area are missing
    NO_WORK = "no_work"  # why gas is off is missing
    NO_TIMES = "no_times"  # from when or until when is missing or unreadable
    ENDS_FIRST = "ends_first"  # ends before it begins
    TOO_LONG = "too_long"  # longer than any planned outage
    OVER = "over"  # has ended already
    NOBODY = "nobody"  # nobody of the area is in the archive, or no place was chosen
    NO_WAY = "no_way"  # neither calls nor texts nor an announcement


@dataclass(frozen=True, slots=True)
class OutagePlan:
    """What somebody wants to announce. ``announced_from``: in front of the menu; None: not there."""

    name: str
    area: str
    work: str
    begins_at: datetime | None
    ends_at: datetime | None
    announced_from: datetime | None
    calls: bool
    texts: bool


def mistakes(plan: OutagePlan, now: datetime) -> Iterator[OutageMistake]:
    """All that is wrong with a plan."""
    for given, mistake in (
        (plan.name, OutageMistake.NO_NAME),
        (plan.area, OutageMistake.NO_AREA),
        (plan.work, OutageMistake.NO_WORK),
    ):
        if not given.strip():
            yield mistake
    if not (plan.calls or plan.texts or plan.announced_from is not None):
        yield OutageMistake.NO_WAY
    if plan.begins_at is None or plan.ends_at is None:
        yield OutageMistake.NO_TIMES
    elif plan.ends_at <= plan.begins_at:
        yield OutageMistake.ENDS_FIRST
    elif plan.ends_at - plan.begins_at > LONGEST:
        yield OutageMistake.TOO_LONG
    elif plan.ends_at <= now:
        yield OutageMistake.OVER


def is_late(begins_at: datetime, now: datetime, ahead: timedelta) -> bool:
    """Whether customers cannot be told as long beforehand as they are to be."""
    return begins_at - now < ahead


def everybody_called_by(
    left: int, per_hour: float, hours: DialingHours, kind_of: KindOf, local_now: datetime
) -> datetime | None:
    """When the last of ``left`` people will have been called, in windows only; None: not within 60 days.

    :param per_hour: calls an hour while a window is open.
    :param local_now: in the hotline's zone.
    """
    if left <= 0:
        return local_now
    if per_hour <= 0:
        return None
    needed = timedelta(hours=left / per_hour)
    for begin, end in openings(hours, kind_of, local_now):
        if end - begin >= needed:
            return begin + needed
        needed -= end - begin
    return None
