"""Telephone numbers as the archive keeps them: E.164, whatever way they were written.

Source: ITU-T E.164 and the numbering plans of libphonenumber (the package phonenumbers), China by default.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

HOME = "CN"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_LETTERS = re.compile(r"[^\W\d_]")


class NumberFault(StrEnum):
    """Why something is no telephone number of a customer."""

    ROUNDED = "rounded"  # a spreadsheet wrote it as 1.39E+10 and its last digits are lost
    NO_NUMBER = "no_number"  # holds letters, or no digits at all
    WRONG_LENGTH = "wrong_length"  # too many digits or too few
    NO_AREA_CODE = "no_area_code"  # a local number of which nobody knows the town
    NOT_IN_USE = "not_in_use"  # no number of that country is built like this


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number in E.164 (``+8613900000000``), or why there is none."""

    e164: str | None
    fault: NumberFault | None = None


def read_number(text: str, area_code: str | None = None) -> ReadNumber:
    """Read a telephone number, with or without country code, area code, blanks and signs.

    :param area_code: of local numbers that are written without one, such as "0531"; None: they are faults.

    >>> read_number("0086 139-0000-0000")
    ReadNumber(e164='+8613900000000', fault=None)
    """
    sent = unicodedata.normalize("NFKC", text).strip()
    if _ROUNDED.fullmatch(sent):
        return ReadNumber(None, NumberFault.ROUNDED)
    if len(sent) > 60 or _LETTERS.search(sent) or not re.search("[0-9]", sent):
        return ReadNumber(None, NumberFault.NO_NUMBER)
    bare = re.sub("[^0-9+]", "", sent)
    bare = "+" + bare[2:] if bare.startswith("00") else bare
    home = bare.removeprefix("+86").removeprefix("0") if bare.startswith("+86") else bare
    if _MOBILE.fullmatch(home.removeprefix("0")):
        return ReadNumber(f"+86{home.removeprefix('0')}")  # also of a range that is younger than the plans
    if _LOCAL.fullmatch(bare):
        if area_code is None:
            return ReadNumber(None, NumberFault.NO_AREA_CODE)
        bare = area_code + bare
    return _by_plan(bare)


def _by_plan(bare: str) -> ReadNumber:
    try:
        number = phonenumbers.parse(bare, HOME)
    except phonenumbers.NumberParseException:
        return ReadNumber(None, NumberFault.WRONG_LENGTH)
    if not phonenumbers.is_possible_number(number):
        return ReadNumber(None, NumberFault.WRONG_LENGTH)
    if not phonenumbers.is_valid_number(number):
        return ReadNumber(None, NumberFault.NOT_IN_USE)
    return ReadNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def spellings(e164: str, area_code: str | None = None) -> list[str]:
    """How carriers write a number where they say who calls.

    :param e164: as kept, ``+8613900000000``.
    :param area_code: of the town whose numbers come without one.
    """
    if not e164.startswith("+86"):
        return [e164, e164.removeprefix("+"), "00" + e164.removeprefix("+")]
    home = e164.removeprefix("+86")
    found = [e164, home, "0" + home, "86" + home, "0086" + home]
    if area_code and ("0" + home).startswith(area_code):
        found.append(("0" + home).removeprefix(area_code))
    return found


def home_spelling(e164: str) -> str:
    """A number as people of this country write it: 13900000000, 053188880001; foreign ones stay E.164."""
    home = e164.removeprefix("+86")
    if home == e164 or home.startswith(("1", "400", "800")):
        return home
    return f"0{home}"


def split_numbers(text: str) -> list[str]:
    """Take several numbers of one cell or field apart: by commas, semicolons, slashes, lines.

    Blanks part them only where every piece is long enough to be a number of its own.

    >>> split_numbers("13900000000、0531-88880001 / 139 0000 0002")
    ['13900000000', '0531-88880001', '139 0000 0002']
    """
    pieces = [piece.strip() for piece in re.split(r"[,;，；、/／|\n\r\t]+", text)]
    found: list[str] = []
    for piece in filter(None, pieces):
        words = piece.split()
        apart = len(words) > 1 and all(len(re.sub(r"\D", "", word)) >= 7 for word in words)
        found += words if apart else [piece]
    return found


def is_mobile(e164: str) -> bool:
    """Whether a number takes texts: a mobile one, or of a country that does not tell mobile from fixed ones.

    :param e164: as kept, ``+8613900000000``.
    """
    home = e164.removeprefix("+86")
    if home != e164:
        return _MOBILE.fullmatch(home) is not None
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(e164, HOME))
    except phonenumbers.NumberParseException:
        return False
    types = phonenumbers.PhoneNumberType
    return kind in (types.MOBILE, types.FIXED_LINE_OR_MOBILE)
