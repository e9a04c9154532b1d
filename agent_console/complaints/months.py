"""The month a summary is of, as pages name it and as the hotline's zone cuts it (R-CS)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_console.moments import span_of_day
from ivr.standard.complaint_summary import month_before

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Month:
    """A month of complaints."""

    first: date
    end: date
    """The first day that is not in it any more."""

    @property
    def name(self) -> str:
        """2026-10."""
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month(*month_before(self.first))

    @property
    def after(self) -> "Month":
        """The month after it."""
        return month_of(self.end)

    def due_on(self, due_day: int) -> date:
        """The last day on which its summary is in time."""
        return self.end.replace(day=due_day)

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Beginning and end in UTC."""
        return span_of_day(self.first, zone)[0], span_of_day(self.end, zone)[0]


def month_of(day: date) -> Month:
    """The month a day is in."""
    first = day.replace(day=1)
    return Month(first, (first + timedelta(days=31)).replace(day=1))


def read(text: str | None, today: date) -> Month:
    """The month an address names; last month where it names none that is over or goes on."""
    found = _MONTH.fullmatch(text or "")
    if found is None or int(found[1]) < FIRST_YEAR:
        return Month(*month_before(today))
    wanted = month_of(date(int(found[1]), int(found[2]), 1))
    return wanted if wanted.first <= today else Month(*month_before(today))
