"""The time that the address of a report names, or a sentence why there is none."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from agent_console.context import console, now
from agent_console.reports import periods
from agent_console.reports.periods import Period, PeriodKind, PeriodTrouble


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, or a sentence why there is none."""

    period: Period | None
    trouble: str = ""

    @property
    def values(self) -> dict[str, str]:
        """For links to the same period."""
        if self.period is None:
            return {}
        found = {"kind": self.period.kind.value, "day": self.period.first.isoformat()}
        if self.period.kind is PeriodKind.DAYS:
            found["until"] = self.period.last.isoformat()
        return found


def asked_period() -> Asked:
    settings = console().settings
    longest = settings.reports.longest_days
    today = now().astimezone(settings.zone).date()
    found = periods.read(
        request.args.get("kind"), request.args.get("day"), request.args.get("until"), today, longest
    )
    if isinstance(found, Period):
        return Asked(found)
    sentences = {
        PeriodTrouble.NO_DAY: gettext("This is no day; write it as 2026-11-21."),
        PeriodTrouble.FUTURE: gettext("This time has not begun; there is nothing to report yet."),
        PeriodTrouble.TOO_LONG: gettext("A report covers at most %(days)s days; choose less.", days=longest),
        PeriodTrouble.ENDS_BEFORE: gettext("The last day lies before the first one."),
    }
    return Asked(None, sentences[found])
