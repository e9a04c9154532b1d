"""A case by its number as somebody typed it; of a mistyped one, what was probably meant (R-N)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from ivr.standard.case_number_check import alike, best, read
from storage.models import Case

MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Looked:
    """What a number led to: a case, or suggestions, or neither."""

    case_id: int | None
    number: str | None
    """In its form; None: what was typed is no case number."""
    suggestions: tuple[str, ...] = ()


def look_up(
    connection: Connection, typed: str, today: date, *, prefixes: Collection[str], digits: int
) -> Looked:
    """Find a case by number.

    :param today: the hotline's day.
    :param prefixes: of the kinds (config.yaml: cases.number_prefixes), ``digits`` of the serial.
    """
    number = read(typed, digits)
    if number is None:
        return Looked(None, None)
    case_id = connection.execute(select(Case.id).where(Case.number == number)).scalar_one_or_none()
    if case_id is not None:
        return Looked(case_id, number)
    candidates = alike(number, prefixes, today, digits)
    there = connection.execute(select(Case.number).where(Case.number.in_(candidates))).scalars()
    return Looked(None, number, tuple(best(candidates, set(there), MOST_SUGGESTIONS)))
