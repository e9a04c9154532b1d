"""In what way somebody talked in a call."""

from enum import StrEnum


class TalkKind(StrEnum):
    """What an agent's part in a call was, for a time."""

    CALLER = "caller"  # with the caller, holds and consultations of theirs included
    CONSULTED = "consulted"  # asked by a colleague, while the caller heard music
