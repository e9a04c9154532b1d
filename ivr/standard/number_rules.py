"""Which numbers may be called from the desk, and how a line to the outside wants them written.

A number comes normalised to E.164 (``+8613900000000``) where it is one; short numbers (110, 95588) have
no E.164 form and come as they were typed.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

LONGEST_SHORT_NUMBER = 6
"""Digits; a national number with its area code has more."""

_HOME = re.compile(r"^(\+|00)?86")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class NumberVerdict(StrEnum):
    """Whether a number may be called."""

    ALLOWED = "allowed"  # it may
    NOT_VALID = "number_not_valid"  # this is no telephone number
    NOT_ALLOWED = "number_not_allowed"  # premium, foreign, or one of our own
    EMERGENCY = "emergency_number_not_allowed"  # an emergency number that is not on the list


class NumberForm(StrEnum):
    """How a line to the outside wants numbers."""

    E164 = "e164"  # +8653188880001
    NATIONAL = "national"  # 053188880001, 13900000000, 0085212345678


@dataclass(frozen=True, slots=True)
class NumberRules:
    """The rules' values (config.yaml: calling_out).

    :param emergency: numbers that are never called but for those in ``emergency_allowed``.
    :param countries: beginnings of E.164 numbers that may be called: "+86".
    :param premium: beginnings, E.164 or short, of numbers that cost extra.
    :param short: beginnings of short numbers that may be called: "95".
    :param own: our own numbers: who calls them from here calls in a circle.
    """

    emergency: Collection[str]
    emergency_allowed: Collection[str]
    countries: Collection[str]
    premium: Collection[str]
    short: Collection[str]
    own: Collection[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say about a number. ``number``: to be dialled and kept; only of an allowed one."""

    verdict: NumberVerdict
    number: str | None = None


def judge(typed: str, e164: str | None, rules: NumberRules) -> Judged:
    """Whether a number may be called.

    :param typed: digits as somebody typed them; blanks and signs do no harm.
    :param e164: the same normalised; None where it is no number of any country's plan.
    """
    digits = re.sub(r"[^0-9+]", "", typed)
    bare = _HOME.sub("", digits)
    for spelling in {digits, bare, bare.removeprefix("0")}:
        if spelling in rules.emergency:
            if spelling in rules.emergency_allowed:
                return Judged(NumberVerdict.ALLOWED, spelling)
            return Judged(NumberVerdict.EMERGENCY)
    if {digits, bare} & set(rules.own):
        return Judged(NumberVerdict.NOT_ALLOWED)
    if e164 is None:
        return _short(bare, rules)
    if _begins(e164, rules.premium) or _begins(e164.removeprefix("+86"), rules.premium):
        return Judged(NumberVerdict.NOT_ALLOWED)
    if not _begins(e164, rules.countries):
        return Judged(NumberVerdict.NOT_ALLOWED)
    return Judged(NumberVerdict.ALLOWED, e164)


def _short(digits: str, rules: NumberRules) -> Judged:
    if not re.fullmatch(rf"[1-9][0-9]{{2,{LONGEST_SHORT_NUMBER - 1}}}", digits):
        return Judged(NumberVerdict.NOT_VALID)
    if _begins(digits, rules.premium) or not _begins(digits, rules.short):
        return Judged(NumberVerdict.NOT_ALLOWED)
    return Judged(NumberVerdict.ALLOWED, digits)


def _begins(number: str, beginnings: Collection[str]) -> bool:
    return number.startswith(tuple(beginnings))


def as_dialled(number: str, form: NumberForm, prefix: str = "") -> str:
    """A number as a line to the outside wants it.

    :param number: E.164, or a short number, which stays as it is.
    :param prefix: what that line wants before every number.

    >>> as_dialled("+8653188880001", NumberForm.NATIONAL, prefix="9")
    '9053188880001'
    """
    if number.startswith("+") and form is NumberForm.NATIONAL:
        home = number.removeprefix("+86")
        if home == number:
            number = "00" + number.removeprefix("+")
        else:
            number = home if _MOBILE.fullmatch(home) else "0" + home
    return prefix + number
