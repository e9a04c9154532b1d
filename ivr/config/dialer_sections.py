"""The sections of config.yaml about calling customers: when, how often, how many at once, what is asked."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from ivr.config.sections import CallKind, parse_span
from ivr.config.value_types import Name, Section
from ivr.standard.dial_attempt import AttemptRules, DialResult
from ivr.standard.dial_pacing import PacingRules
from ivr.standard.dial_reason import DialWay
from ivr.standard.dialing_hours import DialingHours, OwnDays
from ivr.standard.opening_hours import Span

Hours = Annotated[float, Field(gt=0, le=24 * 14)]
_DECENT = ["09:00-11:30", "14:30-19:30"]


def _day_span(span: str) -> str:
    parse_span(span)
    return span


class DialWindows(Section):
    """When customers are called, by kind of day, each a list of spans; an empty list: nobody is called."""

    working_day: list[str] = Field(default=_DECENT)
    weekend: list[str] = Field(default=_DECENT)
    holiday: list[str] = Field(default=[])

    @field_validator("working_day", "weekend", "holiday")
    @classmethod
    def _spans(cls, spans: list[str]) -> list[str]:
        return [_day_span(span) for span in spans]


class Attempts(Section):
    """How often and with what waits somebody is tried (R-16.6); hours until the next attempt by result."""

    most: Annotated[int, Field(ge=1, le=3)] = 3
    busy_hours: Hours = 2
    no_answer_hours: Hours = 3
    off_hours: Hours = 4
    rejected_hours: Hours = 24
    hung_up_hours: Hours = 24
    evening_from: str = "18:00"
    no_line_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 5
    alarm_minutes: Annotated[float, Field(gt=0, le=60)] = 2
    alarm_most: Annotated[int, Field(ge=1, le=100)] = 10

    @field_validator("evening_from")
    @classmethod
    def _time_of_day(cls, text: str) -> str:
        parse_span(f"{text}-24:00")
        return text

    @property
    def rules(self) -> AttemptRules:
        """As the rules take them."""
        waits = {
            DialResult.BUSY: self.busy_hours,
            DialResult.NO_ANSWER: self.no_answer_hours,
            DialResult.OFF: self.off_hours,
            DialResult.REJECTED: self.rejected_hours,
            DialResult.HUNG_UP: self.hung_up_hours,
            DialResult.BROKEN: self.no_answer_hours,
        }
        return AttemptRules(
            most=self.most,
            waits={result: timedelta(hours=hours) for result, hours in waits.items()},
            evening=time.fromisoformat(self.evening_from),
            no_line_wait=timedelta(minutes=self.no_line_minutes),
            alarm_wait=timedelta(minutes=self.alarm_minutes),
            alarm_most=self.alarm_most,
        )


class Dialer(Section):
    """When customers may be called, how often, and how many at once."""

    windows: DialWindows = DialWindows()
    rest_hours: list[str] = Field(default=["00:00-09:00", "11:30-14:30", "19:30-24:00"])
    never_on: list[date] = Field(default=[])
    attempts: Attempts = Attempts()
    ring_seconds: Annotated[float, Field(ge=5, le=120)] = 40
    lines: Annotated[int, Field(ge=1, le=2000)] = 10
    most_lines: Annotated[int, Field(ge=0, le=2000)] = 4
    kept_lines: Annotated[int, Field(ge=0, le=2000)] = 4
    kept_agents: Annotated[int, Field(ge=1, le=500)] = 1
    most_at_once: Annotated[int, Field(ge=1, le=200)] = 10
    longest_wait_seconds: Annotated[float, Field(ge=0, le=3600)] = 10
    rest_days: Annotated[int, Field(ge=1, le=3660)] = 30
    pause_between_looks: Annotated[float, Field(ge=0.1, le=60)] = 1

    @field_validator("rest_hours")
    @classmethod
    def _spans(cls, spans: list[str]) -> list[str]:
        return [_day_span(span) for span in spans]

    @model_validator(mode="after")
    def _lines_there(self) -> "Dialer":
        if self.most_lines + self.kept_lines > self.lines:
            raise ValueError(
                f"most_lines ({self.most_lines}) and kept_lines ({self.kept_lines}) are more than the "
                f"{self.lines} lines there are; make one of them smaller"
            )
        return self

    @property
    def hours(self) -> DialingHours:
        """As the rules take them."""
        return DialingHours(
            working_day=_parsed(self.windows.working_day),
            weekend=_parsed(self.windows.weekend),
            holiday=_parsed(self.windows.holiday),
            rest=_parsed(self.rest_hours),
            ring=timedelta(seconds=self.ring_seconds),
        )

    @property
    def pacing(self) -> PacingRules:
        """As the rules take them."""
        return PacingRules(
            most_lines=self.most_lines,
            kept_lines=self.kept_lines,
            kept_agents=self.kept_agents,
            longest_wait_seconds=self.longest_wait_seconds,
            most_at_once=self.most_at_once,
        )

    @property
    def rest(self) -> timedelta:
        """For how long nobody is asked again (R-16.6)."""
        return timedelta(days=self.rest_days)

    def own_days(self, special_days: Any) -> OwnDays:
        """The company's own days, with those on which nobody is called.

        :param special_days: :class:`ivr.config.sections.SpecialDays`.
        """
        return OwnDays(special_days.working_days, special_days.days_off, self.never_on)


class Asking(Section):
    """How the customers of one kind of case are asked."""

    questionnaire: Name
    way: DialWay = DialWay.AUTOMATIC


_ASKED = (CallKind.REPAIR, CallKind.CONSULTATION, CallKind.COMPLAINT)
"""Kinds of cases with a revisit (R-13.5, R-14.4, R-15.4); an alarm has none."""


class Revisits(Section):
    """What is asked after a case (R-16.5), and what an answer changes."""

    kinds: dict[CallKind, Asking] = Field(
        default={
            CallKind.REPAIR: Asking(questionnaire="repair"),
            CallKind.CONSULTATION: Asking(questionnaire="consultation"),
            CallKind.COMPLAINT: Asking(questionnaire="complaint"),
        }
    )
    dissatisfied_at_most: Annotated[int, Field(ge=0, le=9)] = 2
    most_questions: Annotated[int, Field(ge=1, le=5)] = 5
    answer_seconds: Annotated[float, Field(gt=0, le=60)] = 6
    longest_remark_seconds: Annotated[float, Field(gt=0, le=600)] = 60
    kept_days: Annotated[int, Field(ge=30, le=3660)] = 90
    preview_minutes: Annotated[float, Field(ge=1, le=60)] = 5
    result_minutes: Annotated[float, Field(ge=5, le=24 * 60)] = 120
    plan_every_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 5

    @field_validator("kinds")
    @classmethod
    def _each_kind(cls, kinds: dict[CallKind, Asking]) -> dict[CallKind, Asking]:
        if missing := [kind.value for kind in _ASKED if kind not in kinds]:
            raise ValueError(f"nothing is asked after a {', '.join(missing)}; name a questionnaire for each")
        if extra := [kind.value for kind in kinds if kind not in _ASKED]:
            raise ValueError(f"{', '.join(extra)}: such a case has no revisit; remove it")
        return kinds


class Campaigns(Section):
    """Lists of people to call 批次, from the archive or a file."""

    most_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000
    largest_megabytes: Annotated[float, Field(gt=0, le=500)] = 50


class Outages(Section):
    """Planned outages (R-5.1).

    ``ahead_hours``: customers are to be told so long beforehand. ``text_hours``: of every day, in which texts
    go out. ``texts_at_once``: on their way to the carrier at once. ``most_announced``: in front of the menu.
    ``assumed_call_seconds``: until calls tell better. ``voices``: folder of the neural voices; without it
    ``voices`` in the home.
    """

    ahead_hours: Annotated[float, Field(ge=0, le=24 * 30)] = 48
    text_hours: str = "08:00-21:00"
    texts_at_once: Annotated[int, Field(ge=1, le=500)] = 20
    most_announced: Annotated[int, Field(ge=1, le=5)] = 2
    assumed_call_seconds: Annotated[float, Field(ge=5, le=600)] = 60
    voices: Annotated[str, Field(max_length=300)] | None = None

    @field_validator("text_hours")
    @classmethod
    def _span(cls, span: str) -> str:
        return _day_span(span)

    @property
    def text_span(self) -> Span:
        """From and to."""
        return parse_span(self.text_hours)


def _parsed(spans: list[str]) -> tuple[Span, ...]:
    return tuple(parse_span(span) for span in spans)


def window_mistakes(dialer: Dialer) -> Iterator[tuple[str, str]]:
    """Windows that reach into the hours of rest (R-16.6): where, and what would be right."""
    rests = list(zip(dialer.rest_hours, _parsed(dialer.rest_hours), strict=True))
    for kind in ("working_day", "weekend", "holiday"):
        for index, text in enumerate(getattr(dialer.windows, kind)):
            begin, end = parse_span(text)
            for rest_text, (from_, to) in rests:
                if begin < to and from_ < end:
                    yield (
                        f"dialer.windows.{kind}[{index}]",
                        f'"{text}" reaches into the rest hours {rest_text} (dialer.rest_hours); '
                        "nobody is called then (R-16.6)",
                    )
