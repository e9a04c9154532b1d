"""The sections of config.yaml about reports and the appraisal of recordings (R-QA1 to R-QA3)."""

from typing import Annotated

from pydantic import Field, model_validator

from ivr.config.value_types import Seconds, Section


class Reports(Section):
    """What reports hold answers to, and how long a time they may cover."""

    quick_seconds: Seconds = 15
    soon_seconds: Seconds = 20
    longest_days: Annotated[int, Field(ge=92, le=3660)] = 366
    goal_percent: Annotated[float, Field(gt=0, lt=100)] = 90
    most_occupancy_percent: Annotated[float, Field(gt=0, le=100)] = 85

    @model_validator(mode="after")
    def _in_order(self) -> "Reports":
        if self.soon_seconds <= self.quick_seconds:
            raise ValueError(
                f"soon_seconds ({self.soon_seconds:g}) must be above quick_seconds ({self.quick_seconds:g})"
            )
        return self


class Hints(Section):
    """What a reader is pointed at in a drawn recording (R-QA2, R-9); hints, never verdicts."""

    made: bool = True
    recogniser: bool = True
    silence_seconds: Seconds = 10
    overlap_seconds: Seconds = 0.6
    slowest_speech: Annotated[float, Field(gt=0, le=1000)] = 120
    fastest_speech: Annotated[float, Field(gt=0, le=1000)] = 140
    expected_phrases: list[str] = Field(default=["号客服员", "其他问题吗"])

    @model_validator(mode="after")
    def _in_order(self) -> "Hints":
        if self.fastest_speech < self.slowest_speech:
            raise ValueError(
                f"fastest_speech ({self.fastest_speech:g}) must not be below "
                f"slowest_speech ({self.slowest_speech:g})"
            )
        return self


class Quality(Section):
    """Recordings drawn for appraisal, and the objections to what was found (R-QA1, R-QA2)."""

    per_agent: Annotated[int, Field(ge=1, le=1000)] = 5
    objection_days: Annotated[int, Field(ge=1, le=366)] = 10
    pass_percent: Annotated[float, Field(ge=0, le=100)] = 80
    hints: Hints = Hints()
