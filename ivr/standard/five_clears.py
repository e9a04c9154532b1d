"""五清一报, five clears and one report (R-5C): what a case needs before it may be closed.

The five are not ticked by anybody: each is told by what stands in the case.
"""

from dataclasses import dataclass
from enum import StrEnum


class Clear(StrEnum):
    """What must be clear, in its order, and the report at the end."""

    LISTENED = "listened"  # 听清: what the customer said is written down
    ASKED = "asked"  # 问清: every field that the kind needs is filled in
    FOLLOWED_UP = "followed_up"  # 跟清: what was passed on is done
    ANSWERED = "answered"  # 复清: the customer has been answered
    RECORDED = "recorded"  # 记清: what came of it is written down
    REPORTED = "reported"  # 一报: the closing says what is reported


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What stands in a case, since it was opened or last reopened."""

    content: str
    """What the customer said."""
    missing_fields: tuple[str, ...]
    """From :func:`ivr.standard.record_rules.missing`."""
    at_unit: bool
    """A unit has been asked, and it was not taken back."""
    unit_done: bool
    """The unit has said that it is done, or has given its finding."""
    answered: bool
    result: str
    """What was told to the customer, or found; empty where nothing is written."""
    report: str
    """What the one who closes it reports."""


def missing(facts: CaseFacts) -> list[Clear]:
    """Which of the five, and of the report, are missing; nothing: the case may be closed."""
    there = {
        Clear.LISTENED: bool(facts.content.strip()),
        Clear.ASKED: not facts.missing_fields,
        Clear.FOLLOWED_UP: facts.unit_done or not facts.at_unit,
        Clear.ANSWERED: facts.answered,
        Clear.RECORDED: bool(facts.result.strip()),
        Clear.REPORTED: bool(facts.report.strip()),
    }
    return [clear for clear in Clear if not there[clear]]
