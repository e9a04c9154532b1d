"""Reads the people of a campaign from a file, CSV or XLSX: every row is called or refused with its reason."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.errors import ListUnreadable
from ivr.standard.number_rules import NumberRules, NumberVerdict, judge
from storage.customer_lists import columns as headings
from storage.customer_lists.reading import recognise, rows
from storage.queries.campaigns import RefusedRow, Somebody
from storage.telephone_numbers import read_number, split_numbers

FIRST_ROWS = 10
TOLD_EVERY = 5000
NO_NUMBER = "no_number"
REPEATED = "repeated"
DO_NOT_CALL = "do_not_call"


@dataclass(slots=True)
class CampaignList:
    """A file that was read: whom to call, and what is not called with row and reason."""

    sha256: str
    people: list[Somebody] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


def read_campaign_list(
    file: Path,
    rules: NumberRules,
    *,
    area_code: str | None,
    most_rows: int,
    do_not_call: Collection[str] = (),
    tell: Callable[[int], None] = lambda done: None,
) -> CampaignList:
    """Read a file; of several numbers in a row the first that may be called is taken.

    :param do_not_call: numbers in E.164 that asked not to be called (R-16.6).
    :param tell: is given how many rows are done, from time to time and at the end.
    :raises ListUnreadable: it cannot be read, has no column of numbers, or too many rows.
    """
    shape = recognise(file)
    found = CampaignList(hashlib.sha256(file.read_bytes()).hexdigest())
    meant: list[str | None] = []
    waiting: list[tuple[int, list[str]]] = []
    seen: dict[str, int] = {}
    done = 0

    def take(number: int, cells: Sequence[str]) -> None:
        nonlocal done
        done += 1
        if done > most_rows:
            raise ListUnreadable(
                "too_many_rows", f"{file.name}: more than {most_rows} rows; split the list", str(most_rows)
            )
        _take(found, seen, number, headings.raw_customer(cells, meant), rules, area_code, do_not_call)
        if done % TOLD_EVERY == 0:
            tell(done)

    for number, cells in rows(file, shape):
        if meant:
            take(number, cells)
            continue
        waiting.append((number, cells))
        if headings.SEVERAL in (guessed := headings.guess(cells)):
            meant, waiting = guessed, []
        elif len(waiting) == FIRST_ROWS:
            break
    if not meant:
        meant = _without_headings(file, waiting)
        for number, cells in rows(file, shape):
            take(number, cells)
    if not done:
        raise ListUnreadable("empty", f"{file.name}: no row below the headings")
    tell(done)
    return found


def _without_headings(file: Path, first: Sequence[tuple[int, list[str]]]) -> list[str | None]:
    """A list that begins at once: the column in which numbers stand; nothing else is known of it."""
    width = max((len(cells) for _, cells in first), default=0)
    for column in range(width):
        cells = [row[column] for _, row in first if column < len(row) and row[column]]
        if cells and all(read_number(cell).e164 is not None for cell in cells[:FIRST_ROWS]):
            return [headings.SEVERAL if place == column else None for place in range(width)]
    raise ListUnreadable(
        "no_columns",
        f"{file.name}: no column of telephone numbers; give it the heading 电话 or phone",
        "numbers",
    )


def _take(
    found: CampaignList,
    seen: dict[str, int],
    row: int,
    values: Mapping[str, str],
    rules: NumberRules,
    area_code: str | None,
    do_not_call: Collection[str],
) -> None:
    given = values.get(headings.SEVERAL, "")
    reason = NO_NUMBER
    for text in split_numbers(given):
        read = read_number(text, area_code)
        judged = judge(text, read.e164, rules)
        if judged.number is None or judged.verdict is not NumberVerdict.ALLOWED:
            reason = str(read.fault or judged.verdict)
            continue
        if judged.number in do_not_call:
            reason = DO_NOT_CALL
            continue
        if judged.number in seen:
            found.refused.append(RefusedRow(row, given, REPEATED, str(seen[judged.number])))
            return
        seen[judged.number] = row
        found.people.append(Somebody(row, judged.number, values.get("name")))
        return
    found.refused.append(RefusedRow(row, given, reason))
