"""One step in the course of a call, as the page of the call lists them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened in a call."""

    at: datetime
    text: str
    who: str = ""
    detail: str = ""
    tone: str = ""
    """"bad" where a hand was or is needed, "good" where the caller was served."""
