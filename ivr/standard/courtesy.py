"""How to speak to customers: courteous phrases by situation, and the phrases that are never said.

R-4, R-5, R-6: courteous phrases, tactful forms, forms of address. R-8: forbidden phrases.
R-A: advice by type of customer. The wording is read from files; both languages by "zh" and "en".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.standard.call_script import Moment

Wording = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One courteous phrase; ``avoid`` is what it is said in place of, None where there is nothing."""

    wording: Wording
    avoid: Wording | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Phrases for one situation, such as waiting or apology; ``moments`` of a call that it belongs to."""

    id: str
    name: Wording
    rule: str
    phrases: tuple[Phrase, ...]
    moments: frozenset[Moment] = frozenset()


@dataclass(frozen=True, slots=True)
class ForbiddenGroup:
    """Phrases that are never said (R-8), word for word in Chinese, and what to say instead."""

    id: str
    phrases: tuple[str, ...]
    meaning: Wording
    instead: tuple[Wording, ...]
