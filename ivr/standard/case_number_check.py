"""Reading a case number as people type and say it, and what a mistyped one may have meant (R-N).

Numbers have no check digit: whether one exists is looked up. Of one that does not, the candidates are all
that differ by one slip of the fingers, or are as near in a way that people confuse.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date

from ivr.standard.case_number import case_number, series

LONGEST = 40
_FORM = re.compile(r"([A-Z]{0,6})-?([0-9]{4})[-./年]?([0-9]{1,2})[-./月]?(?:第)?([0-9]{1,9})号?")
_SPLIT = re.compile(r"([A-Z]{0,6})-?([0-9]{4})([0-9]{2})([0-9]{1,9})")
_READ_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "—": "-", "–": "-", "_": "-", "－": "-"})
_FIGURES = "0123456789"


def read(text: str, digits: int) -> str | None:
    """The number in its form; None where it is none, such as one of a month that does not exist.

    :param digits: least number of digits of the serial (config.yaml: cases.serial_digits).

    >>> read(" ts2026/11-1 ", 4), read("TS2026110001", 4), read("2026-13-0001", 4)
    ('TS2026-11-0001', 'TS2026-11-0001', None)
    """
    bare = "".join(unicodedata.normalize("NFKC", text[:LONGEST]).upper().split())
    prefix = re.match(r"[A-Z]*", bare)
    length = prefix.end() if prefix else 0
    plain = bare[:length] + bare[length:].translate(_READ_LIKE)
    found = (_FORM if re.search(r"[0-9][-./年月]", plain) else _SPLIT).fullmatch(plain)
    if found is None:
        return None
    letters, year, month, serial = found[1], int(found[2]), int(found[3]), int(found[4])
    if not 1 <= month <= 12 or serial < 1 or year < 1:
        return None
    return case_number(series(letters, date(year, month, 1)), serial, digits)


def alike(number: str, prefixes: Iterable[str], today: date, digits: int) -> list[str]:
    """Numbers that somebody may have meant who typed this one, the likeliest first.

    :param number: from :func:`read`.
    :param prefixes: of the kinds of case (config.yaml: cases.number_prefixes).
    :param today: none is of a later month.
    """
    prefix, year, month, serial = _parts(number)
    others = [_number(other, year, month, serial, digits) for other in prefixes if other != prefix]
    figures = f"{year}{month}{serial}"
    slips = [*_swapped(figures), *_replaced(figures)]
    near = [_number(prefix, slip[:4], slip[4:6], slip[6:], digits) for slip in slips]
    near += [_number(prefix, year, month, longer, digits) for longer in _one_off(serial)]
    latest = f"{today.year:04}-{today.month:02}"
    found = [one for one in (*others, *near) if one and one != number and _month(one) <= latest]
    return list(dict.fromkeys(found))


def best(candidates: Iterable[str], existing: Collection[str], most: int) -> list[str]:
    """The first ``most`` candidates that exist, in their order."""
    return [one for one in candidates if one in existing][:most]


def _parts(number: str) -> tuple[str, str, str, str]:
    found = re.fullmatch(r"([A-Z]*)([0-9]{4})-([0-9]{2})-([0-9]+)", number)
    if found is None:
        raise ValueError(f'"{number}" is no case number; read it first')
    return found[1], found[2], found[3], found[4]


def _number(prefix: str, year: str, month: str, serial: str, digits: int) -> str | None:
    return read(f"{prefix}{year}-{month}-{serial}", digits) if serial else None


def _month(number: str) -> str:
    _, year, month, _ = _parts(number)
    return f"{year}-{month}"


def _swapped(figures: str) -> Iterable[str]:
    """Two neighbours the wrong way round."""
    for place in range(len(figures) - 1):
        yield figures[:place] + figures[place + 1] + figures[place] + figures[place + 2 :]


def _replaced(figures: str) -> Iterable[str]:
    """One wrong figure."""
    for place in reversed(range(len(figures))):
        for other in _FIGURES:
            yield figures[:place] + other + figures[place + 1 :]


def _one_off(serial: str) -> Iterable[str]:
    """A figure too many, or one too few."""
    for place in range(len(serial)):
        yield serial[:place] + serial[place + 1 :]
    for place in range(len(serial) + 1):
        for other in _FIGURES:
            yield serial[:place] + other + serial[place:]
