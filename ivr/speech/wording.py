"""How a wording of the catalogue is read: text with places for values, ``{name:kind}``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.errors import PromptError

_PLACE = re.compile(r"\{([^{}]*)\}")
_PLACE_CONTENT = re.compile(r"([a-z][a-z0-9_]*):([a-z_]+)")
_SPOKEN = re.compile(r"[^\W_]")
_NUMERAL = re.compile(r"[0-9]")


class ValueKind(StrEnum):
    """What kind of value a place in a wording takes."""

    NUMBER = "number"
    """How many: a whole number from 0 to 99999."""
    MINUTES = "minutes"
    """A length of time in whole minutes, spoken with its unit."""
    ORDINAL = "ordinal"
    """Which one in a row: a whole number from 0 to 99999."""
    DIGITS = "digits"
    """A telephone number, digit by digit."""
    TIME = "time"
    """A time of day: datetime.time, or "HH:MM" up to "24:00"."""
    DATE = "date"
    """A day of the year, as month and day: datetime.date."""
    CASE_NUMBER = "case_number"
    """Letters, digits and dashes, one by one (R-N)."""


TEXT_KIND = "text"
"""The kind of a place that is filled before rendering, never at call time."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a wording that a value is spoken at."""

    name: str
    kind: ValueKind


def split_wording(wording: str, texts: Mapping[str, str], where: str) -> list[str | Place]:
    """Split a wording at its places; text places are filled in, so they split nothing.

    Args:
        wording: a wording of the catalogue, such as ``您现在排在第{place:ordinal}位。``
        texts: text by name, for the places of kind ``text``.
        where: the wording's address in the catalogue, for errors.

    Returns:
        Texts and places in speaking order; texts that hold nothing to say (a lone full stop) are left out.

    Raises:
        PromptError: a place is malformed, of unknown kind, named twice, or a text is not given.
    """
    pieces: list[str | Place] = []
    text, end = "", 0
    for match in _PLACE.finditer(wording):
        text += _checked_text(wording[end : match.start()], where)
        end = match.end()
        name, kind = _name_and_kind(match.group(1), where)
        if kind == TEXT_KIND:
            text += _text_of(name, texts, where)
            continue
        pieces += [text, Place(name, ValueKind(kind))]
        text = ""
    pieces.append(text + _checked_text(wording[end:], where))
    names = [piece.name for piece in pieces if isinstance(piece, Place)]
    if len(set(names)) < len(names):
        raise PromptError(f"{where}: a value is named twice; each place needs a name of its own")
    spoken = [piece for piece in pieces if isinstance(piece, Place) or _SPOKEN.search(piece)]
    if not spoken:
        raise PromptError(f"{where}: says nothing; write what is to be spoken")
    return spoken


def uses_text(wording: str) -> list[str]:
    """The names of the texts a wording takes from config.yaml."""
    found = (_PLACE_CONTENT.fullmatch(match) for match in _PLACE.findall(wording))
    return [match.group(1) for match in found if match and match.group(2) == TEXT_KIND]


def _name_and_kind(content: str, where: str) -> tuple[str, str]:
    match = _PLACE_CONTENT.fullmatch(content)
    kinds = [TEXT_KIND, *ValueKind]
    if not match:
        raise PromptError(
            f"{where}: {{{content}}} is not a place; write {{name:kind}}, such as {{place:number}}"
        )
    if match.group(2) not in kinds:
        raise PromptError(f"{where}: {{{content}}}: unknown kind; use one of {', '.join(kinds)}")
    return match.group(1), match.group(2)


def _text_of(name: str, texts: Mapping[str, str], where: str) -> str:
    if name not in texts:
        known = ", ".join(sorted(texts)) or "none"
        raise PromptError(f"{where}: no text is named {name!r}; there is {known}")
    return texts[name]


def _checked_text(text: str, where: str) -> str:
    if "{" in text or "}" in text:
        raise PromptError(f"{where}: a brace without its partner; write {{name:kind}}")
    if _NUMERAL.search(text):
        raise PromptError(
            f"{where}: write numerals as words (三, three): the voices read figures differently"
        )
    return text
