"""Numbers, times, digits and case numbers as the words they are spoken with, per language.

Every function returns keys of the catalogue's ``words`` section, in speaking order. Pure.
"""

import datetime
import re
from collections.abc import Callable

from ivr.errors import PromptError
from ivr.speech.wording import ValueKind

LARGEST_NUMBER = 99_999
PAUSE = "pause"
"""Stands between groups of digits; not a word of the catalogue, but a short silence."""
_DIGITS = re.compile(r"\+?[0-9]{1,40}")
_CASE_NUMBER = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")

Spell = Callable[[object], list[str]]


def spoken_words(kind: ValueKind, language: str, value: object) -> list[str]:
    """The words a value is spoken with.

    Args:
        kind: what kind of value it is.
        language: "zh" or "en".
        value: int for number, minutes and ordinal; str of digits for digits; datetime.time or
            "HH:MM" for time; datetime.date for date; str for case_number.

    Raises:
        PromptError: the value is not of that kind, or the language has no rule for it.
    """
    try:
        spell = _SPELL[language][kind]
    except KeyError:
        raise PromptError(f"language {language!r}: no rule says how it speaks a {kind}") from None
    return spell(value)


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_NUMBER:
        raise PromptError(f"{value!r} is not a whole number from 0 to {LARGEST_NUMBER}")
    return value


def _hour_and_minute(value: object) -> tuple[int, int]:
    if isinstance(value, datetime.time):
        return value.hour, value.minute
    if isinstance(value, str) and _TIME.fullmatch(value):
        return int(value[:2]), int(value[3:])
    raise PromptError(f'{value!r} is not a time of day; give datetime.time or "HH:MM"')


def _day(value: object) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise PromptError(f"{value!r} is not a day; give datetime.date")


# -- Chinese -----------------------------------------------------------------------------------


def _zh_ordinal(value: object) -> list[str]:
    """105 is 一百零五, 1010 is 一千零一十, 20000 is 两万, 2 is 二."""
    number = _whole_number(value)
    if number < 100:
        return [f"n{number}"]
    words: list[str] = []
    gap = False
    for unit, word in ((10_000, "w"), (1_000, "t"), (100, "h")):
        count, number = divmod(number, unit)
        if count:
            words += ["n0"] * gap + [f"{word}{count}"]
        gap = bool(words) and not count
    if 0 < number < 10:
        words.append(f"z{number}")
    elif number:
        words += ["n0"] * gap + [f"r{number}" if number < 20 else f"n{number}"]
    return words


def _zh_number(value: object) -> list[str]:
    """How many: like an ordinal, but a lone 2 is 两 because a measure word follows."""
    return ["two"] if _whole_number(value) == 2 else _zh_ordinal(value)


def _zh_minutes(value: object) -> list[str]:
    return [*_zh_number(value), "minutes"]


def _zh_time(value: object) -> list[str]:
    """14:30 is 下午两点半, 8:05 is 上午八点零五分, 24:00 is 晚上十二点."""
    hour, minute = _hour_and_minute(value)
    part = next(name for end, name in _ZH_PARTS_OF_DAY if hour < end)
    words = [part, f"hour{(hour - 1) % 12 + 1}"]
    if minute == 30:
        words.append("half")
    elif minute:
        words += [f"z{minute}" if minute < 10 else f"n{minute}", "minute"]
    return words


def _zh_date(value: object) -> list[str]:
    """2026-12-03 is 十二月三号."""
    day = _day(value)
    return [f"n{day.month}", "month", f"n{day.day}", "day"]


_ZH_PARTS_OF_DAY = ((6, "early"), (12, "morning"), (13, "noon"), (18, "afternoon"), (25, "evening"))


# -- English -----------------------------------------------------------------------------------


def _en_number(value: object) -> list[str]:
    number = _whole_number(value)
    words: list[str] = []
    thousands, number = divmod(number, 1_000)
    if thousands:
        words += [f"n{thousands}", "thousand"]
    hundreds, number = divmod(number, 100)
    if hundreds:
        words.append(f"h{hundreds}")
    if number or not words:
        words.append(f"n{number}")
    return words


def _en_minutes(value: object) -> list[str]:
    return [*_en_number(value), "minute" if value == 1 else "minutes"]


def _en_time(value: object) -> list[str]:
    """14:30 is "two thirty PM", 8:05 "eight oh five AM", 12:00 noon, 0:00 and 24:00 midnight."""
    hour, minute = _hour_and_minute(value)
    if minute == 0 and hour % 12 == 0:
        return ["noon" if hour == 12 else "midnight"]
    words = [f"n{(hour - 1) % 12 + 1}"]
    if minute:
        words += ["oh"] * (minute < 10) + [f"n{minute}"]
    return [*words, "am" if hour < 12 else "pm"]


def _en_date(value: object) -> list[str]:
    """2026-12-03 is "December three"."""
    day = _day(value)
    return [f"month{day.month}", f"n{day.day}"]


# -- both --------------------------------------------------------------------------------------


def _character(character: str) -> str:
    """Digits have words of their own: in Chinese d1 is 幺, so that it is not heard as 七."""
    if character.isdigit():
        return f"d{character}"
    return {"-": "dash", "+": "plus"}.get(character) or f"letter_{character.lower()}"


def _digits(value: object) -> list[str]:
    """Digit by digit, in groups a listener can write down: 138 0013 8000, 0531 8888 6666, 95777."""
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise PromptError(f"{value!r} is not a telephone number; give a str of at most 40 digits")
    words: list[str] = []
    for position, character in enumerate(value):
        left = len(value) - position
        if words and left % 4 == 0 and len(value) > 5:
            words.append(PAUSE)
        words.append(_character(character))
    return words


def _case_number(value: object) -> list[str]:
    if not isinstance(value, str) or not _CASE_NUMBER.fullmatch(value) or len(value) > 40:
        raise PromptError(f"{value!r} is not a case number; give a str such as 2026-11-0042 (R-N)")
    return [_character(character) for character in value]


_SPELL: dict[str, dict[ValueKind, Spell]] = {
    "zh": {
        ValueKind.NUMBER: _zh_number,
        ValueKind.MINUTES: _zh_minutes,
        ValueKind.ORDINAL: _zh_ordinal,
        ValueKind.DIGITS: _digits,
        ValueKind.TIME: _zh_time,
        ValueKind.DATE: _zh_date,
        ValueKind.CASE_NUMBER: _case_number,
    },
    "en": {
        ValueKind.NUMBER: _en_number,
        ValueKind.MINUTES: _en_minutes,
        ValueKind.ORDINAL: _en_number,
        ValueKind.DIGITS: _digits,
        ValueKind.TIME: _en_time,
        ValueKind.DATE: _en_date,
        ValueKind.CASE_NUMBER: _case_number,
    },
}
