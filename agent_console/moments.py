"""Moments and durations as the pages show them, in the hotline's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_begin(now: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of ``now``'s day in ``zone``, in UTC."""
    return span_of_day(now.astimezone(zone).date(), zone)[0]


def span_of_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Beginning and end of a day in ``zone``, in UTC; 23 or 25 hours where clocks change."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def clock(moment: datetime | None, zone: ZoneInfo) -> str:
    """Time of day, 14:03:27; a dash where there is none."""
    return moment.astimezone(zone).strftime("%H:%M:%S") if moment is not None else "–"


def full(moment: datetime | None, zone: ZoneInfo) -> str:
    """Day and time, 2026-11-21 14:03:27; a dash where there is none."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if moment is not None else "–"


def day_clock(moment: datetime | None, zone: ZoneInfo) -> str:
    """Day and minute, 2026-11-21 14:03, for lists; a dash where there is none."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment is not None else "–"


def duration(seconds: float | None) -> str:
    """2:41, or 1:02:41 from an hour on; a dash where there is none."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, last = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{last:02}" if hours else f"{minutes}:{last:02}"


def between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from ``start`` to ``end``; None where either is missing."""
    return (end - start).total_seconds() if start is not None and end is not None else None


def milliseconds(moment: datetime | None) -> int | None:
    """The moment as a page's script counts: milliseconds since 1970 in UTC."""
    return round(moment.timestamp() * 1000) if moment is not None else None
