"""Checks every row of a list before anything is written: values, mistakes by column, who is known already."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from ivr.errors import ListUnreadable
from storage.customer_lists import columns as headings
from storage.customer_lists.reading import ListShape, Row, recognise, rows
from storage.customer_values import FIELDS, MOST_NUMBERS, CustomerValues, Fault, Mistake, read_customer
from storage.queries.customer_matches import Matches

FIRST_ROWS = 30
"""Rows that are read to show how a list is meant; the headings are among them."""
BATCH = 500
"""Rows after which the progress is told."""

Tell = Callable[[int], None]
"""Is given how many rows are done."""
LookUp = Callable[[Sequence[CustomerValues]], Matches]
"""Finds the customers of the archive that rows are about."""


@dataclass(frozen=True, slots=True)
class HowToRead:
    """How a list is read: recognised, and corrected by a person."""

    shape: ListShape
    header: int
    """Number of the row with the headings; 0: there is none."""
    columns: tuple[str | None, ...]
    """What each column means; None: it is left out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list is held against; of config.yaml and the clock."""

    area_code: str | None
    this_year: int
    most_rows: int


@dataclass(frozen=True, slots=True)
class RowMistake:
    """Something wrong in a row; ``column`` counts from 0."""

    row: int
    column: int
    mistake: Mistake


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row without a mistake."""

    row: int
    values: CustomerValues
    known: int | None
    """The customer's id in the archive; None: somebody new."""


@dataclass(slots=True)
class CheckedList:
    """A whole list, checked."""

    good: list[CheckedRow] = field(default_factory=list)
    mistakes: list[RowMistake] = field(default_factory=list)
    rows: int = 0
    rows_wrong: int = 0

    @property
    def rows_known(self) -> int:
        """Rows whose customer is in the archive."""
        return sum(row.known is not None for row in self.good)


def how_recognised(file: Path) -> tuple[HowToRead, list[Row]]:
    """How a list seems to be meant, and its first rows to show.

    :raises ListUnreadable: see :func:`storage.customer_lists.reading.recognise`.
    """
    shape = recognise(file)
    first = first_rows(file, shape)
    if not first:
        raise ListUnreadable("empty", f"{file.name}: nothing stands in it")
    header = headings.find_header(first)
    return with_header(shape, header or 0, first), first


def first_rows(file: Path, shape: ListShape) -> list[Row]:
    """The first rows of a list.

    :raises ListUnreadable: the file cannot be read in this way.
    """
    return list(islice(rows(file, shape), FIRST_ROWS))


def with_header(shape: ListShape, header: int, first: Sequence[Row]) -> HowToRead:
    """How to read a list with its headings in row ``header`` (0: none), its columns guessed from them."""
    width = max((len(cells) for _, cells in first), default=0)
    named = next((cells for number, cells in first if number == header), [])
    guessed = headings.guess(named)
    return HowToRead(shape, header, tuple((guessed + [None] * width)[:width]))


def check_list(file: Path, how: HowToRead, limits: Limits, look_up: LookUp, tell: Tell) -> CheckedList:
    """Read and check all rows.

    :param look_up: finds the customers of the archive that rows are about.
    :param tell: is given how many rows are done, from time to time.
    :raises ListUnreadable: the file cannot be read, has no column of names, or too many rows.
    """
    if wrong := headings.wrong_columns(how.columns):
        raise ListUnreadable("no_columns", f"{file.name}: columns: {wrong}; name each once", wrong)
    read: list[tuple[int, CustomerValues, list[Mistake]]] = []
    for number, cells in rows(file, how.shape):
        if number <= how.header:
            continue
        read.append((number, *_read(cells, how, limits)))
        if len(read) > limits.most_rows:
            raise ListUnreadable(
                "too_many_rows",
                f"{file.name}: more than {limits.most_rows} rows; split the list",
                str(limits.most_rows),
            )
        if len(read) % BATCH == 0:
            tell(len(read))
    if not read:
        raise ListUnreadable("empty", f"{file.name}: no row below the headings")
    return _compared(read, how, look_up([values for _, values, mistakes in read if not mistakes]))


def _compared(
    read: Sequence[tuple[int, CustomerValues, list[Mistake]]], how: HowToRead, found: Matches
) -> CheckedList:
    """Tell rows that are about the same customer, and those whose customer is known."""
    checked = CheckedList(rows=len(read))
    seen = _Seen()
    for number, values, mistakes in read:
        known = None if mistakes else found.of(values)
        wrong = mistakes or list(seen.mistakes(number, values, known))
        if wrong:
            checked.rows_wrong += 1
            checked.mistakes += [RowMistake(number, _column(how, one.field), one) for one in wrong]
        else:
            checked.good.append(CheckedRow(number, values, known))
    return checked


def _read(cells: Sequence[str], how: HowToRead, limits: Limits) -> tuple[CustomerValues, list[Mistake]]:
    raw = headings.raw_customer(cells, how.columns)
    return read_customer(raw, area_code=limits.area_code, this_year=limits.this_year)


def _column(how: HowToRead, meaning: str) -> int:
    """The column a mistake belongs to; parts of an address may have come from its whole line."""
    for wanted in (meaning, "address", "name"):
        if wanted in how.columns:
            return how.columns.index(wanted)
    return 0


class _Seen:
    """Finds rows of one list that are the same customer."""

    def __init__(self) -> None:
        self._accounts: dict[str, int] = {}
        self._addresses: dict[tuple[object, ...], int] = {}
        self._known: dict[int, int] = {}

    def mistakes(self, row: int, values: CustomerValues, known: int | None) -> Iterator[Mistake]:
        account, place = values.account_number, (values.name, values.parts)
        before = self._accounts.get(account) if account else None
        if before is None and known is not None:
            before = self._known.get(known)
        if before is None and account is None and values.compound:
            before = self._addresses.get(place)
        if before is not None:
            which = "account_number" if account else "name"
            yield Mistake(which, Fault.REPEATED, account or values.name, str(before))
            return
        if account:
            self._accounts[account] = row
        if known is not None:
            self._known[known] = row
        if values.compound:
            self._addresses.setdefault(place, row)


def merged(known: CustomerValues, row: CustomerValues) -> CustomerValues:
    """What a known customer is after a row: what the row leaves empty stays, numbers are added."""
    given = {name: getattr(row, name) for name in FIELDS if getattr(row, name) is not None}
    numbers = tuple(dict.fromkeys((*known.numbers, *row.numbers)))[:MOST_NUMBERS]
    return replace(known, **{**given, "numbers": numbers})


def column_letter(column: int) -> str:
    """How a spreadsheet calls a column, counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
