"""What the network sent as the caller's number, made safe to keep, to show and to dial.

Anything may come: nothing, "anonymous", a name, 200 characters, quotes, control characters. A number is
dialled only when all of it is a number; a number cut out of other text would be somebody else's.
"""

import re
from dataclasses import dataclass

LONGEST_NUMBER = 20
"""Digits: E.164 allows 15 (ITU-T E.164, 6.2.1); private networks and prefixes need some more."""
LONGEST_GIVEN = 255
"""Characters that are kept of what was sent."""

_SEPARATORS = re.compile(r"[ \-.()/]")
_DIALABLE = re.compile(rf"\+[0-9]{{1,{LONGEST_NUMBER}}}|[0-9*#]{{1,{LONGEST_NUMBER}}}")
_INTERNATIONAL = re.compile(r"00([1-9][0-9]{6,14})")
_UNPRINTABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """The two columns of a call.

    ``number``: dialable, at most 20 digits, ``*`` and ``#`` after an optional ``+``; None where there is
    none. ``given``: what was sent, printable, at most 255 characters; None when nothing was.
    """

    number: str | None
    given: str | None


def read_caller_number(sent: str | None) -> CallerNumber:
    """Take what the network sent apart.

    ``0086…`` becomes ``+86…``, so that one number has one spelling; separators are left out.

    >>> read_caller_number("0086 138-0013-8000")
    CallerNumber(number='+8613800138000', given='0086 138-0013-8000')
    >>> read_caller_number("anonymous")
    CallerNumber(number=None, given='anonymous')
    """
    if sent is None:
        return CallerNumber(None, None)
    given = "".join(_printable(character) for character in sent).strip()[:LONGEST_GIVEN]
    return CallerNumber(_dialable(sent.strip()), given or None)


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else _UNPRINTABLE


def _dialable(text: str) -> str | None:
    bare = _SEPARATORS.sub("", text)
    if not _DIALABLE.fullmatch(bare):
        return None
    international = _INTERNATIONAL.fullmatch(bare)
    return f"+{international[1]}" if international else bare


def can_be_called(number: str | None) -> bool:
    """Whether a caller's number is one that can be dialled: digits, after a plus sign where there is one."""
    return number is not None and number.removeprefix("+").isdecimal()
