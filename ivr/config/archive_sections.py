"""The sections of config.yaml about the customer archive."""

from typing import Annotated

from pydantic import Field

from ivr.config.value_types import Section


class Imports(Section):
    """Lists of customers that are imported.

    An import is one transaction, which on SQLite holds up all other writing for its last second or two;
    the limits keep that short.
    """

    largest_megabytes: Annotated[int, Field(ge=1, le=200)] = 10
    most_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    kept_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 24


__all__ = ["Imports"]
