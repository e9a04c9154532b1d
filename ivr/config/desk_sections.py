"""The sections of config.yaml about what an agent does in and after a conversation."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from ivr.config.sections import CallKind
from ivr.config.value_types import CASE_PREFIX, Seconds, Section


class Talk(Section):
    """A conversation."""

    goal_seconds: Seconds = 180


class Cases(Section):
    """Cases and their numbers (R-N)."""

    number_prefixes: dict[CallKind, Annotated[str, StringConstraints(pattern=CASE_PREFIX)]] = Field(
        default={
            CallKind.CONSULTATION: "ZX",
            CallKind.REPAIR: "",
            CallKind.ALARM: "BJ",
            CallKind.COMPLAINT: "TS",
        }
    )
    serial_digits: Annotated[int, Field(ge=1, le=9)] = 4
    longest_content: Annotated[int, Field(ge=100, le=10_000)] = 4000
    soon_hours: Annotated[float, Field(gt=0, le=24 * 31)] = 4
    export_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000

    @field_validator("number_prefixes")
    @classmethod
    def _one_series_a_kind(cls, prefixes: dict[CallKind, str]) -> dict[CallKind, str]:
        if missing := [kind.value for kind in CallKind if kind not in prefixes]:
            raise ValueError(f"{', '.join(missing)} has no prefix; each kind has a series of its own (R-N)")
        if len(set(prefixes.values())) < len(prefixes):
            raise ValueError("two kinds have the same prefix; each kind has a series of its own (R-N)")
        return prefixes
