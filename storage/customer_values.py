"""What somebody typed or a list says about a customer, tidied and checked, with every mistake by field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from ivr.standard.customer_address import Address, take_apart, tidy, written
from ivr.standard.customer_type import CustomerType, read_customer_type
from storage.telephone_numbers import NumberFault, read_number, split_numbers

LENGTHS = {
    "account_number": 32,
    "name": 80,
    "compound": 80,
    "building": 20,
    "entrance": 20,
    "door": 20,
    "meter_kind": 40,
    "meter_model": 40,
    "note": 400,
}
"""Characters that the archive holds, by field."""

MOST_NUMBERS = 10
OLDEST_METER = 1950
WHOLE_ADDRESS = "address"
"""A field of lists only: all four parts on one line."""

_PLAIN = frozenset({"account_number", "building", "entrance", "door", "meter_model"})
"""Fields whose full-width letters and figures are the same as the usual ones."""

_FORMS = {"先生": "先生", "男": "先生", "mr": "先生", "mr.": "先生", "male": "先生", "m": "先生"} | {
    "女士": "女士",
    "小姐": "女士",
    "女": "女士",
    "ms": "女士",
    "ms.": "女士",
    "mrs": "女士",
    "female": "女士",
    "f": "女士",
}
_TURNS_TEXT_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_YEAR = re.compile(r"(\d{4})(?:年|[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?.*)?")


class Fault(StrEnum):
    """What is wrong with a field; those of numbers are of :class:`storage.telephone_numbers.NumberFault`."""

    MISSING = "missing"  # must be filled in
    TOO_LONG = "too_long"  # more characters than the archive holds
    UNPRINTABLE = "unprintable"  # zero bytes, control characters, characters that turn text around
    UNKNOWN_CHOICE = "unknown_choice"  # none of the words that are known
    NO_YEAR = "no_year"  # no year of a meter
    TOO_MANY = "too_many"  # more numbers than a customer has
    TAKEN = "taken"  # another customer has this account number
    REPEATED = "repeated"  # another row of the same list is the same customer


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where, what was given, and what would be right (a figure, a name)."""

    field: str
    fault: Fault | NumberFault
    given: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class CustomerValues:
    """All that somebody may set about a customer; what is not known is None."""

    name: str = ""
    account_number: str | None = None
    form_of_address: str | None = None
    customer_type: CustomerType | None = None
    compound: str | None = None
    building: str | None = None
    entrance: str | None = None
    door: str | None = None
    meter_kind: str | None = None
    meter_model: str | None = None
    meter_year: int | None = None
    note: str | None = None
    numbers: tuple[str, ...] = ()
    """E.164, in the order in which they were given."""

    @property
    def parts(self) -> Address:
        """The address in its parts."""
        return Address(self.compound, self.building, self.entrance, self.door)

    @property
    def address(self) -> str:
        """泉中小区 3号楼 2单元 501"""
        return written(self.parts)


FIELDS = tuple(field.name for field in fields(CustomerValues))
"""Names of everything that can be set, in the order of the history."""


def read_customer(
    raw: Mapping[str, str],
    *,
    area_code: str | None,
    this_year: int,
    numbers: Sequence[str] = (),
) -> tuple[CustomerValues, list[Mistake]]:
    """Check what was given about a customer.

    :param raw: text by field; fields that are missing are not known.
    :param area_code: of local numbers (config.yaml: company.area_code).
    :param this_year: no meter is younger than next year.
    :param numbers: E.164 numbers that were checked before and stay; those of ``raw`` follow them.
    :returns: the values without what is wrong, and every mistake in the order of the fields.
    """
    reading = _Reading(raw)
    found, wrong = reading.numbers(area_code, numbers), reading.mistakes
    values = CustomerValues(
        name=reading.line("name", needed=True) or "",
        account_number=reading.line("account_number"),
        form_of_address=reading.form_of_address(),
        customer_type=reading.customer_type(),
        **reading.address(),
        meter_kind=reading.line("meter_kind"),
        meter_model=reading.line("meter_model"),
        meter_year=reading.year(this_year),
        note=reading.text("note"),
        numbers=found,
    )
    order = {name: place for place, name in enumerate((*FIELDS, WHOLE_ADDRESS))}
    return values, sorted(wrong, key=lambda mistake: order[mistake.field])


class _Reading:
    """Takes one field after the other and remembers what is wrong."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self.raw = raw
        self.mistakes: list[Mistake] = []

    def wrong(self, field: str, fault: Fault | NumberFault, given: str, right: str = "") -> None:
        self.mistakes.append(Mistake(field, fault, given[:80], right))

    def text(self, field: str, longest: int | None = None) -> str | None:
        """The field as it is kept; several lines stay several lines."""
        given = unicodedata.normalize("NFC", self.raw.get(field) or "").replace("\r\n", "\n").strip()
        if not given:
            return None
        if any(_unprintable(character) for character in given):
            self.wrong(field, Fault.UNPRINTABLE, given)
            return None
        limit = longest or LENGTHS[field]
        if len(given) > limit:
            self.wrong(field, Fault.TOO_LONG, given, str(limit))
            return None
        return given

    def line(self, field: str, *, needed: bool = False, longest: int | None = None) -> str | None:
        """The field on one line, several blanks as one."""
        before = len(self.mistakes)
        text = self.text(field, longest)
        if text is None and needed and len(self.mistakes) == before:
            self.wrong(field, Fault.MISSING, "")
        if text and field in _PLAIN:
            text = unicodedata.normalize("NFKC", text)
        return " ".join(text.split()) if text else None

    def form_of_address(self) -> str | None:
        given = self.line("form_of_address", longest=40)
        if given is not None and given.lower() not in _FORMS:
            self.wrong("form_of_address", Fault.UNKNOWN_CHOICE, given, "先生, 女士")
        return _FORMS.get(given.lower()) if given else None

    def customer_type(self) -> CustomerType | None:
        given = self.line("customer_type", longest=40)
        found = read_customer_type(given) if given else None
        if given and found is None:
            self.wrong("customer_type", Fault.UNKNOWN_CHOICE, given)
        return found

    def address(self) -> dict[str, str | None]:
        """The four parts; those of the whole line count where the part itself is not given."""
        line = self.line(WHOLE_ADDRESS, longest=200)
        whole = take_apart(line) if line else Address()
        parts = {
            name: self.line(name) or getattr(whole, name)
            for name in ("compound", "building", "entrance", "door")
        }
        if len(parts["compound"] or "") > LENGTHS["compound"]:
            self.wrong(WHOLE_ADDRESS, Fault.TOO_LONG, line or "", str(LENGTHS["compound"]))
        tidied = tidy(Address(**parts))
        return {name: getattr(tidied, name) for name in parts}

    def year(self, this_year: int) -> int | None:
        given = self.line("meter_year", longest=40)
        if given is None:
            return None
        found = _YEAR.fullmatch(given)
        if found is None or not OLDEST_METER <= int(found[1]) <= this_year + 1:
            self.wrong("meter_year", Fault.NO_YEAR, given, f"{OLDEST_METER}–{this_year + 1}")
            return None
        return int(found[1])

    def numbers(self, area_code: str | None, kept: Sequence[str]) -> tuple[str, ...]:
        given = self.text("numbers", longest=400)
        found = list(kept)
        for piece in split_numbers(given) if given else []:
            read = read_number(piece, area_code)
            if read.fault is not None:
                self.wrong("numbers", read.fault, piece)
            elif read.e164 is not None:
                found.append(read.e164)
        unique = tuple(dict.fromkeys(found))
        if len(unique) > MOST_NUMBERS:
            self.wrong("numbers", Fault.TOO_MANY, str(len(unique)), str(MOST_NUMBERS))
        return unique[:MOST_NUMBERS]


def _unprintable(character: str) -> bool:
    if character in _TURNS_TEXT_AROUND:
        return True
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs")
