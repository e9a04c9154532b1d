"""The section of config.yaml about the live board: from where on a figure turns colour, and sounds."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ivr.config.value_types import Section

Level = Literal["", "warn", "alarm"]
Percent = Annotated[float, Field(ge=0, le=100)]


class Rising(Section):
    """A figure that is the worse the higher: coloured from ``warn`` on, and red from ``alarm`` on."""

    warn: Annotated[float, Field(ge=0, le=100_000)]
    alarm: Annotated[float, Field(ge=0, le=100_000)]
    sound: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "Rising":
        if self.alarm < self.warn:
            raise ValueError(
                f"alarm ({self.alarm:g}) is below warn ({self.warn:g}); this figure is the worse the higher, "
                f"so write warn: {self.alarm:g}, alarm: {self.warn:g}, or the like"
            )
        return self

    def level(self, value: float | None) -> Level:
        """How bad a value is; none where there is no value."""
        if value is None or value < self.warn:
            return ""
        return "alarm" if value >= self.alarm else "warn"


class Falling(Section):
    """A share in percent that is the worse the lower: coloured below ``warn``, and red below ``alarm``."""

    warn: Percent
    alarm: Percent
    sound: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "Falling":
        if self.alarm > self.warn:
            raise ValueError(
                f"alarm ({self.alarm:g}) is above warn ({self.warn:g}); this figure is the worse the lower, "
                f"so write warn: {self.alarm:g}, alarm: {self.warn:g}, or the like"
            )
        return self

    def level(self, value: float | None) -> Level:
        """How bad a value is; none where there is no value."""
        if value is None or value >= self.warn:
            return ""
        return "alarm" if value < self.alarm else "warn"


class Board(Section):
    """Thresholds of the live board; seconds, percent, or how many."""

    waiting: Rising = Rising(warn=3, alarm=8)
    longest_wait: Rising = Rising(warn=15, alarm=60, sound=True)
    expected_wait: Rising = Rising(warn=60, alarm=180)
    alarms_waiting: Rising = Rising(warn=1, alarm=1, sound=True)
    within_rings: Falling = Falling(warn=95, alarm=90)
    answered_quick: Falling = Falling(warn=95, alarm=90)
    answered_soon: Falling = Falling(warn=97, alarm=93)
    abandoned: Rising = Rising(warn=3, alarm=5)
    not_answering: Rising = Rising(warn=1, alarm=3)
    cases_due: Rising = Rising(warn=1, alarm=5)
    cases_late: Rising = Rising(warn=1, alarm=3)
    least_calls: Annotated[int, Field(ge=1, le=1000)] = 10
    screen_days: Annotated[int, Field(ge=7, le=3660)] = 366
