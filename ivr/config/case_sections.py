"""The sections of config.yaml about what cases owe and by when, and what belongs to them."""

from datetime import date, tzinfo
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from ivr.config.sections import SpecialDays
from ivr.config.value_types import DigitKey, Seconds, Section
from ivr.standard.case_clock import Calendar
from ivr.standard.obligations import Clockwork, Times
from ivr.standard.opening_hours import Calendar as PublishedDays
from ivr.standard.opening_hours import DayKind, kind_of_day

Hours = Annotated[float, Field(gt=0, le=24 * 366)]
Days = Annotated[int, Field(ge=1, le=366)]
Percent = Annotated[float, Field(gt=0, le=100)]


class Obligations(Section):
    """By when what is owed: the numbers of R-13.3, R-13.5, R-15.1, R-15.4, R-CT, R-CR, R-CA and R-OV."""

    consultation_answer_hours: Hours = 24
    consultation_revisit_hours: Hours = 48
    alarm_acknowledge_minutes: Annotated[float, Field(gt=0, le=60)] = 2
    handle_hours: Hours = 6
    finish_hours: Hours = 24
    repair_revisit_hours: Hours = 48
    finding_days: Days = 3
    opinion_days: Days = 1
    complaint_answer_days: Days = 5
    close_days: Days = 13
    close_days_outside: Days = 17
    complaint_revisit_days: Days = 15
    quality_revisit_day: Days = 2
    objection_within_days: Days = 10
    objection_answer_days: Days = 15
    urgent_objection_days: Days = 3
    warn_at: Annotated[list[Percent], Field(min_length=1, max_length=9)] = Field(default=[50, 80, 100])
    summary_day: Annotated[int, Field(ge=1, le=28)] = 10

    @field_validator("warn_at")
    @classmethod
    def _rising(cls, percents: list[float]) -> list[float]:
        if percents != sorted(set(percents)):
            raise ValueError("write the percents from low to high, each once, such as [50, 80, 100]")
        return percents

    @model_validator(mode="after")
    def _in_order(self) -> "Obligations":
        if self.close_days_outside < self.close_days:
            raise ValueError(
                f"close_days_outside ({self.close_days_outside}) must not be below close_days "
                f"({self.close_days}): an outside party makes it longer (R-CT)"
            )
        return self

    @property
    def times(self) -> Times:
        """The numbers as the rules take them."""
        return Times(**{name: getattr(self, name) for name in Times.__dataclass_fields__})

    def clockwork(self, calendar: Calendar) -> Clockwork:
        """All that clocks run by."""
        return Clockwork(calendar, self.times, tuple(self.warn_at))


class RandomRevisits(Section):
    """Consultations drawn at random and revisited (R-13.5)."""

    percent: Annotated[float, Field(ge=0, le=100)] = 10
    draw_every_hours: Annotated[float, Field(gt=0, le=24)] = 12


class Blacklist(Section):
    """Numbers that are turned away, but for alarms (R-BL)."""

    longest_days: Annotated[int, Field(ge=1, le=3660)] = 365


class Incidents(Section):
    """When calls from one neighbourhood are proposed as one incident (R-3.1)."""

    window_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 60
    at_least: Annotated[int, Field(ge=2, le=100)] = 3


class Photos(Section):
    """Photos of cases."""

    largest_megabytes: Annotated[float, Field(gt=0, le=40)] = 10
    most: Annotated[int, Field(ge=1, le=200)] = 20


class CaseLinks(Section):
    """Links to one case, for a fitter's phone."""

    hours: Annotated[float, Field(gt=0, le=24 * 31)] = 72
    tries_per_minute: Annotated[int, Field(ge=1, le=1000)] = 20


class CaseStatus(Section):
    """A caller hears in the menu how a case stands (config.yaml: case_status)."""

    enabled: bool = True
    key: DigitKey = "5"
    rounds: Annotated[int, Field(ge=1, le=5)] = 2
    digit_seconds: Seconds = 4


def working_days(zone: tzinfo, own_days: SpecialDays, published: PublishedDays) -> Calendar:
    """The calendar that clocks run by (R-CT).

    :param zone: of the hotline.
    :param own_days: the company's, which win over the published ones.
    :param published: holidays and swapped working days, :func:`ivr.working_calendar.published_kind`.
    """

    def is_working(day: date) -> bool:
        kind = kind_of_day(day, published, own_days.working_days, own_days.days_off)
        return kind is DayKind.WORKING_DAY

    return Calendar(zone, is_working)
