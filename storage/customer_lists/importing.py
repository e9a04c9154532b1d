"""Brings a checked list into the archive: everything slow first, then all of it in one transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ivr.errors import ListUnreadable
from ivr.standard.import_state import DuplicateChoice, ImportState
from storage.customer_lists.checking import BATCH, CheckedList, CheckedRow, HowToRead, Tell, merged
from storage.customer_lists.reading import ListFormat, ListShape
from storage.queries import customer_imports, demo
from storage.queries.customer_bulk import ReadyCustomer, add_all, change_all, ready
from storage.queries.customer_history import Changes, changes_between
from storage.queries.customer_matches import matches, values_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person said yes to."""

    duplicates: DuplicateChoice
    clear_demo: bool = False
    """Take the made-up customers out first, in the same transaction."""
    skip_wrong: bool = False
    """Leave rows with mistakes out; otherwise a list with any is not imported at all."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows."""

    created: int
    updated: int
    skipped: int
    """Known customers that stay as they are."""
    cleared: int
    """Made-up customers that were taken out."""


@dataclass(frozen=True, slots=True)
class ReadyList:
    """A list with all columns made, for whoever is new."""

    rows: list[tuple[CheckedRow, ReadyCustomer]]


def make_ready(checked: CheckedList, tell: Tell) -> ReadyList:
    """Make the columns of every row: pinyin takes longer than writing.

    :param tell: is given how many rows are done.
    """
    rows = []
    for place, row in enumerate(checked.good, start=1):
        rows.append((row, ready(row.values)))
        if place % BATCH == 0:
            tell(place)
    return ReadyList(rows)


def write(
    connection: Connection,
    import_id: int,
    checked: CheckedList,
    prepared: ReadyList,
    wish: Wish,
    by: int | None,
    now: datetime,
) -> Imported:
    """Write a whole list and the end of its import into one open transaction.

    Who is known is looked up again: the archive may have changed since the check.

    :raises ListUnreadable: the import was taken for dead meanwhile; the transaction must not be committed.
    """
    cleared = demo.clear(connection, by, now) if wish.clear_demo else 0
    found = matches(connection, [row.values for row, _ in prepared.rows])
    known = [(found.of(row.values), row.values, customer) for row, customer in prepared.rows]
    new = [customer for customer_id, _, customer in known if customer_id is None]
    there = values_of(connection, [customer_id for customer_id, _, _ in known if customer_id is not None])
    changed: dict[int, tuple[int, ReadyCustomer, Changes]] = {}
    if wish.duplicates is DuplicateChoice.UPDATE:
        for customer_id, given, customer in known:
            if customer_id is None or customer_id in changed:
                continue
            values = merged(there[customer_id], given)
            if changes := changes_between(there[customer_id], values):
                one = customer if values == given else ready(values)
                changed[customer_id] = (customer_id, one, changes)
    skipped = len(known) - len(new) - len(changed)
    add_all(connection, new, by, now, import_id=import_id)
    change_all(connection, list(changed.values()), by, now, import_id=import_id)
    imported = Imported(len(new), len(changed), skipped, cleared)
    counts = {"created": imported.created, "updated": imported.updated, "skipped": skipped}
    settled = customer_imports.settle(
        connection,
        import_id,
        ImportState.DONE,
        now,
        rows=checked.rows,
        rows_done=checked.rows,
        rows_wrong=checked.rows_wrong,
        rows_known=len(changed) + skipped,
        **counts,
    )
    if not settled:
        raise ListUnreadable("interrupted", f"import {import_id}: was taken for dead; nothing was written")
    return imported


def how_as_data(how: HowToRead) -> dict[str, Any]:
    """How a list is read, as it is kept with its import."""
    shape = {**asdict(how.shape), "format": how.shape.format.value}
    return {"shape": shape, "header": how.header, "columns": list(how.columns)}


def how_of_data(data: dict[str, Any]) -> HowToRead:
    """The reverse of :func:`how_as_data`."""
    shape = data["shape"]
    return HowToRead(
        ListShape(ListFormat(shape["format"]), shape["encoding"], shape["delimiter"], shape["sheet"]),
        int(data["header"]),
        tuple(data["columns"]),
    )
