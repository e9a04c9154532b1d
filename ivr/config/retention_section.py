"""The section of config.yaml about how long what is kept is kept."""

from typing import Annotated

from pydantic import Field

from ivr.config.value_types import WORDS_OF_PATTERN, Section

_TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
WORDS_OF_PATTERN[_TIME_OF_DAY] = 'a time of day in quotes, such as "03:30"'

KeptDays = Annotated[int, Field(ge=1, le=36600)]
KeptDaysOfRecords = Annotated[int, Field(ge=30, le=36600)]
"""What shows how customers were served is there for 30 days at least (R-16.6)."""


class Retention(Section):
    """Days after which what is kept is deleted, by class; null: never. Cases and entries never are (R-AR).

    Recordings of revisits have ``revisits.kept_days``. Nothing that belongs to an open case is deleted, and
    nothing that was found wrong.
    """

    recordings: KeptDaysOfRecords | None = 365
    messages: KeptDaysOfRecords | None = 365
    photos: KeptDaysOfRecords | None = None
    drafts: KeptDays | None = 30
    visitor_phones: KeptDays | None = 1
    call_events: KeptDaysOfRecords | None = 1095
    at: Annotated[str, Field(pattern=_TIME_OF_DAY)] = "03:30"


__all__ = ["Retention"]
